"""The sample company's logo, a sun over a roof, drawn pixel by pixel.

The image data are stored, not compressed, so that every zlib gives the same bytes; the workbook
around them is compressed anyway.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

SIZE = 96  #: pixels, both ways
_SAMPLES = 4  # per pixel and direction, for soft edges

_GROUND: Colour = (15, 76, 92)
_SUN: Colour = (247, 181, 56)
_ROOF: Colour = (255, 255, 255)
_PANEL: Colour = (38, 118, 140)


def png() -> bytes:
    """The logo as a PNG file, RGB, `SIZE` × `SIZE` pixels."""
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(_row(y)) for y in range(SIZE))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in ((b"IHDR", header), (b"IDAT", _stored(rows)), (b"IEND", b""))
    )


def _row(y: int) -> Iterator[int]:
    """Red, green and blue of every pixel of row `y`."""
    offsets = [(i + 0.5) / _SAMPLES for i in range(_SAMPLES)]
    for x in range(SIZE):
        seen = [_colour((x + dx) / SIZE, (y + dy) / SIZE) for dx in offsets for dy in offsets]
        yield from (round(sum(channel) / len(seen)) for channel in zip(*seen, strict=True))


def _colour(x: float, y: float) -> Colour:
    """What stands at (x, y), both from 0 to 1, the origin at the top left."""
    below_roof_line = y > 0.52 + 0.62 * abs(x - 0.5)
    if below_roof_line and 0.12 < x < 0.88 and y < 0.86:
        return _PANEL if _on_panel(x, y) else _ROOF
    return _SUN if _on_sun(x - 0.5, y - 0.42) and not below_roof_line else _GROUND


def _on_panel(x: float, y: float) -> bool:
    """Whether the place is on one of the six solar panels of the front."""
    column, row = (x - 0.29) / 0.15, (y - 0.68) / 0.07
    return 0 <= column < 2.8 and 0 <= row < 2 and column % 1 < 0.8 and row % 1 < 0.75


def _on_sun(x: float, y: float) -> bool:
    """Whether the place, seen from the middle of the sun, is on its disc or on a ray."""
    distance, turn = math.hypot(x, y), math.degrees(math.atan2(y, x)) % 30
    return distance < 0.17 or (0.215 < distance < 0.29 and min(turn, 30 - turn) < 5)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """`data` as a zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4)."""
    blocks = [data[start : start + 65_535] for start in range(0, len(data), 65_535)]
    return b"".join(
        [
            b"\x78\x01",
            *(
                struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block
                for block in blocks
            ),
            struct.pack(">I", zlib.adler32(data)),
        ]
    )
