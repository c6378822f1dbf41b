"""Runs the simulator alone: `python -m rejoinder.workbench.simulator --port 8090 --webhook-url http://…/webhook`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from rejoinder.workbench import terminal
from rejoinder.workbench.simulator.server import HandshakeError, Simulator
from rejoinder.workbench.simulator.settings import Settings


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    defaults = Settings()
    parser = argparse.ArgumentParser(
        prog="rejoinder.workbench.simulator", description="A WhatsApp Cloud API."
    )
    parser.add_argument("--port", type=int, default=8090, help="port on 127.0.0.1 (8090; 0: a free one)")
    parser.add_argument("--webhook-url", help="where webhooks are sent; the handshake is made at the start")
    parser.add_argument("--app-secret", default=defaults.app_secret, help="signs the webhooks")
    parser.add_argument("--verify-token", default=defaults.verify_token, help="for the handshake")
    parser.add_argument("--access-token", default=defaults.access_tokens[0], help="for the callers")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Return 1 if the port is in use or the webhook refuses the handshake."""
    arguments = _arguments(argv)
    settings = Settings(
        app_secret=arguments.app_secret,
        verify_token=arguments.verify_token,
        access_tokens=(arguments.access_token,),
    )
    try:
        with Simulator(settings, port=arguments.port) as simulator:
            if arguments.webhook_url:
                simulator.register_webhook(arguments.webhook_url)
            print(f"WhatsApp simulator: {simulator.url} (chat page, /sim/, /v26.0/…/messages)", flush=True)
            threading.Event().wait()
    except (OSError, OverflowError) as error:
        print(f"cannot listen on port {arguments.port}: {error}", file=sys.stderr)
        return 1
    except HandshakeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    for stop in (signal.SIGINT, signal.SIGTERM):  # some shells start us with SIGINT ignored
        signal.signal(stop, signal.default_int_handler)
    terminal.protect()
    sys.exit(main())
