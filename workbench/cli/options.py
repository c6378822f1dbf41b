"""Options of several commands. They come from the command line, or from make through the environment."""

import argparse
import os

from rejoinder.workbench.stack.errors import StackError


def bot(parser: argparse.ArgumentParser) -> None:
    """Add `--bot`, whose default is BOT."""
    parser.add_argument("--bot", default=os.environ.get("BOT") or "bot", help="the bot's folder (BOT)")


def ports(parser: argparse.ArgumentParser) -> None:
    """Add `--aws-port` and `--sim-port`, whose defaults are AWS_PORT and SIM_PORT."""
    parser.add_argument("--aws-port", type=int, default=_port("AWS_PORT"), help="of the local AWS (AWS_PORT)")
    parser.add_argument("--sim-port", type=int, default=_port("SIM_PORT"), help="of the simulator (SIM_PORT)")


def _port(name: str) -> int | None:
    text = os.environ.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"{name} must be a port, a number from 1 to 65535, not {text!r}")
    return int(text)
