"""The copy of a paper as it is kept: what people photograph, upright, as small as it stays readable, and without what else
a phone writes into a picture.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from exhibitions.core.errors import N_, Refused

MOST_BYTES = 48 * 1024 * 1024
"""What a request with a copy may have; a licence that was photographed at full size has 40 MB."""
MOST_PDF_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 89_000_000
SIDE = 2_600
"""An A4 sheet at 220 dots an inch: the smallest print of a licence is readable."""
QUALITY = 82
_PDF, _PDF_END = b"%PDF-", b"%%EOF"
_PDF_WITHIN = 2048


@dataclass(frozen=True)
class Copy:
    """What is kept: the bytes, their type, and the ending of the file's name."""

    content: bytes
    content_type: str
    ending: str


def kept_copy(content: bytes) -> Copy:
    """The copy of a paper from an uploaded PDF, JPG or PNG.

    A picture is turned as it was held, drawn anew with at most 2,600 pixels a side, and saved as JPEG without place, time
    and camera. Raises `Refused`: copy_unreadable, copy_large, copy_pixels.
    """
    # What only begins like a PDF is something else, or two things at once.
    if content.lstrip().startswith(_PDF) and _PDF_END in content[-_PDF_WITHIN:]:
        if len(content) > MOST_PDF_BYTES:
            raise Refused(
                "copy_large", N_("A PDF has at most 20 MB. Save it in a smaller quality and try again.")
            )
        return Copy(content, "application/pdf", "pdf")
    try:
        return Copy(_drawn_anew(content), "image/jpeg", "jpg")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused(
            "copy_unreadable", N_("This is no PDF, JPG or PNG that can be read. Photograph the paper anew.")
        ) from error


def _drawn_anew(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("copy_pixels", N_("This picture has too many pixels. Photograph the paper anew."))
        # A JPEG is decoded no larger than it is needed.
        picture.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture)
        if upright.mode not in ("RGB", "L"):
            upright = _on_white(upright)
        upright.thumbnail((SIDE, SIDE))
        out = io.BytesIO()
        upright.save(out, "JPEG", quality=QUALITY, optimize=True, exif=b"")
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("CMYK", "YCbCr", "LAB"):
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    sheet = Image.new("RGBA", whole.size, "white")
    sheet.alpha_composite(whole)
    return sheet.convert("RGB")
