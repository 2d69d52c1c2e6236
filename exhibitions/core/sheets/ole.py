"""The few bytes of a real .xls that its library does not tell: from which year its day numbers count."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

ENTRY = 128
SMALL = 64
LAST_SECTOR = 0xFFFFFFFA
NAMES = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book"))
STREAM = 2
DATE_MODE, END = 0x0022, 0x000A


def counts_from_1904(content: bytes) -> bool:
    """Whether the workbook in an OLE file has the calendar of old Excel for Macintosh; False when it cannot be told."""
    try:
        for kind, data in _records(_workbook(content)):
            if kind in (DATE_MODE, END):
                return kind == DATE_MODE and data[:1] == b"\x01"
    except (struct.error, IndexError, ValueError):
        return False
    return False


def _workbook(content: bytes) -> bytes:
    """The stream with the workbook's records; ValueError when there is none."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    sectors = content[size:]
    tables = [place for place in struct.unpack_from("<109I", content, 76) if place < LAST_SECTOR]
    following = _numbers(b"".join(sectors[place * size : (place + 1) * size] for place in tables))

    def chain(place: int) -> bytes:
        return _chain(sectors, place, following, size)

    folder = chain(struct.unpack_from("<I", content, 48)[0])
    for start in range(0, len(folder), ENTRY):
        name_length, kind = struct.unpack_from("<HB", folder, start + 64)
        if kind == STREAM and folder[start : start + max(0, name_length - 2)] in NAMES:
            first, length = struct.unpack_from("<II", folder, start + 116)
            if length >= struct.unpack_from("<I", content, 56)[0]:
                return chain(first)
            # A short stream lies in small sectors inside the stream of the first entry.
            small = chain(struct.unpack_from("<I", folder, 116)[0])
            return _chain(small, first, _numbers(chain(struct.unpack_from("<I", content, 60)[0])), SMALL)
    raise ValueError("no workbook")


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(sectors: bytes, place: int, following: Sequence[int], size: int) -> bytes:
    parts: list[bytes] = []
    # A chain that runs in a circle ends with the number of sectors that there are.
    while place < LAST_SECTOR and len(parts) < len(following):
        parts.append(sectors[place * size : (place + 1) * size])
        place = following[place]
    return b"".join(parts)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
