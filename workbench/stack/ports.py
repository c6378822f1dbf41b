"""Ports on this machine's loopback address."""

import socket
import ssl

HOST = "127.0.0.1"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For requests to this machine, which are plain http. Otherwise httpx loads all certificates each time."""


def is_free(port: int) -> bool:
    """Whether a server can listen on a port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    with socket.socket() as probe:  # on macOS the bind above works even if a server listens on all addresses
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) != 0


def any_free(*, but: int | None = None) -> int:
    """Return a port that is free now and is not `but`."""
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        if port != but:
            return port
