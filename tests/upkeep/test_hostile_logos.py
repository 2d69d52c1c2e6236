"""F17 at the one place where this room takes files: the logo."""

from __future__ import annotations

import io
import resource
import struct
import time
import zlib

import pytest
from PIL import Image

from exhibitions.core.errors import Refused
from exhibitions.organisation.rules import LOGO_MOST_BYTES, drawn_anew

_MOST_GROWTH_KIB = 300 * 1024
_MOST_SECONDS = 15


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def good(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 800), "teal").save(out, kind)
    return out.getvalue()


HOSTILE = {
    "more pixels than memory": png(50_000, 50_000),
    "a bomb that begins truly": png(30_000, 30_000, bytes(20_000_000)),
    "negative by overflow": png(2**31 - 1, 2**31 - 1),
    "no pixels": png(0, 0),
    "cut off": good("PNG")[:200],
    "too many bytes": good("PNG") + bytes(LOGO_MOST_BYTES),
    "text that runs": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "entities": b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]><svg>&c;</svg>",
    "another kind of picture": good("GIF"),
    "an archive": b"PK\x03\x04" + bytes(1000),
    "nothing that means anything": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_f17_a_hostile_logo_is_refused_in_words(name: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(Refused) as refusal:
        drawn_anew(HOSTILE[name])
    assert refusal.value.code.startswith("logo_")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < _MOST_GROWTH_KIB
    # Not a figure of speed: the promise of F17 itself.
    assert time.monotonic() - began < _MOST_SECONDS


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_hides_behind_a_picture_does_not_come_along(kind: str) -> None:
    """A file that is a picture and something else at once (polyglot) is a picture only afterwards."""
    drawn = drawn_anew(good(kind) + b"<script>alert(1)</script>PK\x03\x04")
    assert b"<script>" not in drawn
    assert drawn.startswith(b"\x89PNG")
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.size == (512, 512)
