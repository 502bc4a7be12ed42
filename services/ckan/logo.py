"""The picture of the organisation: three places, linked. We make this PNG ourselves, with the same bytes every time.

CKAN takes no SVG for an organisation, so it is drawn here, dot by dot.
"""

from __future__ import annotations

import struct
import zlib
from itertools import combinations
from math import dist, hypot

WIDTH, HEIGHT = 240, 132
FINE = 2
"""Points a dot is measured at, in each direction: smooth edges."""
PAPER, LINE = (255, 255, 255), (147, 161, 171)
PLACES = (((120, 34), (194, 65, 12)), ((44, 98), (29, 95, 168)), ((196, 98), (15, 118, 110)))
RADIUS, THICKNESS = 27, 6

Colour = tuple[int, int, int]


def logo() -> bytes:
    """A PNG, flat, since CKAN shows it as wide as it can."""
    rows = b"".join(b"\0" + bytes(part for x in range(WIDTH) for part in dot(x, y)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG file (ISO/IEC 15948, 5.3)."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def dot(x: int, y: int) -> Colour:
    """The mean colour of what lies within a dot."""
    steps = [(step + 0.5) / FINE for step in range(FINE)]
    red, green, blue = zip(*(colour(x + right, y + down) for right in steps for down in steps), strict=True)
    return sum(red) // FINE**2, sum(green) // FINE**2, sum(blue) // FINE**2


def colour(x: float, y: float) -> Colour:
    """The colour at a point."""
    for centre, fill in PLACES:
        if dist((x, y), centre) <= RADIUS:
            return fill
    near = min(distance((x, y), start, end) for (start, _), (end, _) in combinations(PLACES, 2))
    return LINE if near <= THICKNESS / 2 else PAPER


def distance(point: tuple[float, float], start: tuple[int, int], end: tuple[int, int]) -> float:
    """From a point to a straight line from start to end."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    along = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    along = max(0.0, min(1.0, along))
    return hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))
