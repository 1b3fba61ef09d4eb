"""Drawings in large pixels, made into PNG files: what the demo's people attach."""

import struct
import zlib

_SIDE = 14
_COLOURS = {
    ".": (244, 241, 232),
    "#": (46, 52, 64),
    "g": (74, 143, 95),
    "G": (126, 188, 110),
    "b": (139, 94, 60),
    "B": (176, 128, 88),
    "w": (86, 156, 214),
    "r": (200, 72, 64),
    "s": (150, 152, 148),
    "o": (255, 255, 255),
}

_BASIL = """
................
.....GG..GG.....
....GggGGggG....
....GggggggG....
.....GGggGG.....
...GG..gg..GG.w.
..GggG.gg.GggGww
...GGggggggGG.ww
.......gg.....w.
.......gg.......
....bBBBBBBb....
....bBoBBoBb....
.....bBBBBb.....
.....bB##Bb.....
......bbbb......
................
"""

_SNAKE = """
####################
#..................#
#..................#
#...gggg...........#
#...g..............#
#...ggGG.......r...#
#......G...........#
#......o...........#
#..................#
#..................#
#..................#
####################
"""

_GARY = """
................
................
....gg....gg....
...goog..goog...
...go#gggg#og...
...gggggggggg...
..gGGGGGGGGGGg..
..gG########Gg..
..ggGGGGGGGGgg..
..g.gggggggg.g..
.gg.gg....gg.gg.
..ssssssssssss..
.ssssssssssssss.
................
"""

_DRAWINGS = {"thirsty-basil.png": _BASIL, "snake.png": _SNAKE, "gary.png": _GARY}


def picture(name: str) -> bytes:
    """Give a drawing as a PNG file."""
    rows = _DRAWINGS[name].split()
    scanlines = b"".join((b"\0" + _line(row)) * _SIDE for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]) * _SIDE, len(rows) * _SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(scanlines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _line(row: str) -> bytes:
    return b"".join(bytes(_COLOURS[each]) * _SIDE for each in row)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
