"""A picture that a bot or a contact can send."""

import math
import struct
import zlib


def picture(width: int = 320, height: int = 200) -> bytes:
    """Return a small PNG: hills before an evening sky."""

    def colour(x: int, y: int) -> bytes:
        if y > height * 0.7 + 14 * math.sin(x / 31):
            return bytes((38, 70, 64))
        if y > height * 0.55 + 20 * math.sin(x / 47 + 2):
            return bytes((62, 110, 98))
        return bytes((250 - y // 3, 205 - y // 2, 150))

    rows = b"".join(b"\0" + b"".join(colour(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
