"""core.qr: the same pictures as `qrcode`, read by two independent readers (design.md §5, issue 2 demand 7)."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import QRData

from exhibitions.core import qr

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def reference(text: str) -> list[str]:
    """What `qrcode` itself draws, by its public way (mode 2 is alphanumeric)."""
    code = qrcode.QRCode(version=qr.VERSION, error_correction=ERROR_CORRECT_M, mask_pattern=qr.MASK)
    code.add_data(QRData(text.encode(), mode=2), optimize=0)
    code.make(fit=False)
    return ["".join("1" if module else "0" for module in row) for row in code.modules]


def texts(seed: int, count: int, length: int) -> list[str]:
    """Texts that are the same in every run and have no pattern."""
    drawn = hashlib.shake_256(str(seed).encode()).digest(count * length)
    characters = [ALPHABET[value % len(ALPHABET)] for value in drawn]
    return ["".join(characters[at : at + length]) for at in range(0, count * length, length)]


def test_pictures_are_bit_for_bit_those_of_qrcode_for_100_codes() -> None:
    for text in texts(1, 100, 121):
        assert qr.rows(text) == reference(text)


@pytest.mark.parametrize("length", range(1, 123))
def test_pictures_are_those_of_qrcode_at_every_length(length: int) -> None:
    text = texts(length, 1, length)[0]
    assert qr.rows(text) == reference(text)


@pytest.mark.parametrize("text", ["1" * 122, ":" * 121, " " * 7, "$%*+-./: "])
def test_pictures_of_monotonous_texts_are_those_of_qrcode(text: str) -> None:
    assert qr.rows(text) == reference(text)


def test_a_text_that_qrcode_itself_fails_on_is_drawn_and_read() -> None:
    """`qrcode` 8.2 raises `glog(0)` on a data block of zeros."""
    image = Image.new("L", (45, 45), 255)
    for y, row in enumerate(qr.rows("0" * 122)):
        for x, module in enumerate(row):
            image.putpixel((x + 4, y + 4), 0 if module == "1" else 255)
    image = image.resize((450, 450))
    assert [found.text for found in zxingcpp.read_barcodes(image)] == ["0" * 122]


@pytest.mark.parametrize("text", ["A" * 123, "a", "码", "\0", "B\n", "Ä"])
def test_what_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(qr.NotDrawableError):
        qr.picture(text)


def test_png_is_large_small_and_read_by_zxing() -> None:
    """V3: at least 600 pixels, at most 30 kB; ux.md §2 WeChat."""
    for text in texts(2, 20, 121):
        file = qr.png(text)
        image = Image.open(io.BytesIO(file))
        assert image.size == (630, 630)
        assert len(file) <= 30_000
        assert [found.text for found in zxingcpp.read_barcodes(image)] == [text]


def test_png_is_read_by_zbar(tmp_path: Path) -> None:
    """A second reader, of another family."""
    if shutil.which("zbarimg") is None and not os.environ.get("CI"):
        pytest.skip("zbarimg is not installed")
    for number, text in enumerate(texts(3, 5, 121)):
        path = tmp_path / f"{number}.png"
        path.write_bytes(qr.png(text))
        read = subprocess.run(["zbarimg", "--raw", "-q", "-Sbinary", path], capture_output=True, check=True)
        assert read.stdout.decode().rstrip("\n") == text


def test_png_survives_a_messenger() -> None:
    """V3: read off a screenshot that was shrunk and compressed to a poor JPEG."""
    for text in texts(4, 10, 121):
        poor = io.BytesIO()
        Image.open(io.BytesIO(qr.png(text))).convert("L").resize((240, 240)).save(poor, "JPEG", quality=30)
        assert [found.text for found in zxingcpp.read_barcodes(Image.open(poor))] == [text]


def test_png_and_table_draw_the_same() -> None:
    for text in texts(6, 5, 121):
        image = Image.open(io.BytesIO(qr.png(text, 45))).convert("L")
        drawn = [
            "".join("1" if image.getpixel((x + 4, y + 4)) == 0 else "0" for x in range(37)) for y in range(37)
        ]
        assert drawn == qr.rows(text)


def test_png_has_its_quiet_zone() -> None:
    image = Image.open(io.BytesIO(qr.png("HELLO", 600)))
    scale = image.width // (qr.SIDE + 2 * qr.QUIET)
    assert image.width == scale * (qr.SIDE + 2 * qr.QUIET) >= 600
    for box in ((0, 0, image.width, 4 * scale), (0, 0, 4 * scale, image.height)):
        assert image.convert("L").crop(box).getextrema() == (255, 255)
    assert image.convert("L").getpixel((4 * scale, 4 * scale)) == 0


def test_svg_path_covers_exactly_the_dark_modules() -> None:
    text = texts(5, 1, 121)[0]
    drawn = set()
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", qr.svg_path(text)):
        drawn |= {(int(y), int(x) + step) for step in range(int(run))}
    dark = {
        (y + 4, x + 4)
        for y, row in enumerate(reference(text))
        for x, module in enumerate(row)
        if module == "1"
    }
    assert drawn == dark
