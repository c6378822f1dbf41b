"""What all tests share."""

import signal

from tests.log_scanner import pytest_configure

__all__ = ["pytest_configure"]

# A shell that starts us in the background (as some CI does) makes us ignore Ctrl-C. Each program that a test
# starts and interrupts would ignore it too. With a handler of our own, programs begin with the default again.
signal.signal(signal.SIGINT, signal.default_int_handler)
