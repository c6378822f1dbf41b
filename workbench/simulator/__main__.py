"""Runs the simulator alone: `python -m rejoinder.workbench.simulator --webhook http://…/webhook`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from rejoinder.workbench import terminal
from rejoinder.workbench.simulator.alone import PORT, serve
from rejoinder.workbench.simulator.settings import Settings


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    usual = Settings()
    parser = argparse.ArgumentParser(
        prog="rejoinder.workbench.simulator", description="A WhatsApp Cloud API."
    )
    number = next(iter(usual.phone_numbers))
    parser.add_argument("--port", type=int, default=PORT, help=f"port on 127.0.0.1 ({PORT}; 0: a free one)")
    parser.add_argument(
        "--webhook", "--webhook-url", help="where webhooks are sent; the handshake is made at the start"
    )
    parser.add_argument("--app-secret", default=usual.app_secret, help="signs the webhooks")
    parser.add_argument("--verify-token", default=usual.verify_token, help="for the handshake")
    parser.add_argument("--access-token", default=usual.access_tokens[0], help="for the callers")
    parser.add_argument("--phone-number-id", default=number, help="the id of the business's phone number")
    parser.add_argument("--waba-id", default=usual.waba_id, help="the id of the account")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Return 1 if the port is in use or the webhook refuses the handshake."""
    given = _arguments(argv)
    settings = Settings.of(
        app_secret=given.app_secret,
        verify_token=given.verify_token,
        access_token=given.access_token,
        phone_number_id=given.phone_number_id,
        waba_id=given.waba_id,
    )
    return serve(settings, given.port, given.webhook)


if __name__ == "__main__":
    for stop in (signal.SIGINT, signal.SIGTERM):  # some shells start us with SIGINT ignored
        signal.signal(stop, signal.default_int_handler)
    terminal.protect()
    sys.exit(main())
