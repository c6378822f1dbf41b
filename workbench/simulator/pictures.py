"""The pictures of QR codes that the simulator draws. They look like one, and no phone can read them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import Final

SIDE: Final = 21
"""How many squares a picture has on each side, as the smallest QR code has."""

SCALE: Final = 8
"""How many pixels a square has on each side."""

TYPES: Final = {"PNG": "image/png", "SVG": "image/svg+xml"}


def drawn(kind: str, text: str) -> bytes:
    """Return a picture of squares, PNG or SVG. The same text gives the same picture."""
    digest = hashlib.shake_256(text.encode()).digest(SIDE * SIDE)
    rows = [[digest[y * SIDE + x] % 2 == 0 for x in range(SIDE)] for y in range(SIDE)]
    return _svg(rows) if kind == "SVG" else _png(rows)


def _svg(rows: list[list[bool]]) -> bytes:
    squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
    return f'{head}<path d="{squares}"/></svg>'.encode()


def _png(rows: list[list[bool]]) -> bytes:
    """Write PNG by hand: one byte of grey for each pixel. https://www.w3.org/TR/png-3/"""
    lines = [b"".join((b"\x00" if dark else b"\xff") * SCALE for dark in row) for row in rows]
    pixels = b"".join((b"\x00" + line) * SCALE for line in lines)
    header = struct.pack(">IIBBBBB", SIDE * SCALE, SIDE * SCALE, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
