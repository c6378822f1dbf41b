"""Serves a simulator alone, for anybody's client, and says what that client must know."""

from __future__ import annotations

import sys
import threading

from rejoinder.workbench.simulator.server import HandshakeError, Simulator
from rejoinder.workbench.simulator.settings import Settings

PORT = 8090


def serve(settings: Settings, port: int, webhook: str | None) -> int:
    """Serve until interrupted. Return 1 if the port is in use or the webhook refuses the handshake."""
    try:
        with Simulator(settings, port=port) as simulator:
            if webhook:
                simulator.register_webhook(webhook)
            print(introduction(simulator.url, settings, webhook), flush=True)
            threading.Event().wait()
    except (OSError, OverflowError) as error:
        print(f"cannot listen on port {port}: {error}", file=sys.stderr)
        return 1
    except HandshakeError as error:
        print(_advice(error, settings), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def introduction(url: str, settings: Settings, webhook: str | None) -> str:
    """Return what the client and the person in front of the terminal must know."""
    number_id, number = next(iter(settings.phone_numbers.items()))
    token, username = next(iter(settings.telegram_bots.items()))
    asked = "agreed to the handshake" if webhook else "none: --webhook URL, or POST /sim/handshake"
    facts = {
        "talk to your bot": f"{url}/",
        "base address": f"{url}/{settings.default_version}   instead of https://graph.facebook.com/…",
        "access token": settings.access_tokens[0],
        "app secret": f"{settings.app_secret}   signs the webhooks",
        "phone number id": f"{number_id}   (+{number})",
        "account id": settings.waba_id,
        "app id": settings.app_id,
        "webhook": f"{webhook}   {asked}" if webhook else asked,
        "Telegram": f"{url}/bot{token}   instead of https://api.telegram.org/bot…",
        "Telegram bot": f"@{username}",
    }
    lines = [f"  {name:<17} {value}" for name, value in facts.items()]
    return "\n".join([f"WhatsApp simulator: {url} (Ctrl-C stops it)", *lines])


def _advice(error: HandshakeError, settings: Settings) -> str:
    text = str(error)
    if "cannot be reached" in text:
        return f"{text}\nStart your server first: the simulator asks it at once, as Meta does."
    return (
        f"{text}\nThe webhook must answer `GET …?hub.mode=subscribe&hub.verify_token={settings.verify_token}&"
        "hub.challenge=…` with the challenge alone. --verify-token says with which token it is asked."
    )
