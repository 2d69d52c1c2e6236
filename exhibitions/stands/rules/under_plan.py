"""The picture under a plan, drawn anew so that nothing else than a picture is in the file."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from exhibitions.core.errors import N_, Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 80_000_000
SIDE = 4_000
"""Pixels of the longer side that are kept."""

_KINDS = ("PNG", "JPEG", "WEBP")
_COLOURS = 64
_UNREADABLE = N_("This is no PNG or JPEG picture. Save the drawing as PNG and try again")


def drawn_anew(content: bytes) -> tuple[bytes, int, int]:
    """The picture as a PNG file of few colours, upright and white behind, with its width and height in pixels.

    Raises Refused for more than 20 MB or 80 million pixels, and for anything but PNG, JPEG and WebP: an SVG or PDF
    could hold a program and is never shown.
    """
    if len(content) > MOST_BYTES:
        raise Refused("picture_large", N_("A picture under the plan has at most 20 MB"))
    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("picture_large", N_("This picture has too many pixels. Make it smaller"))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused("picture_unreadable", _UNREADABLE) from error
    upright.thumbnail((SIDE, SIDE))
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    sheet.quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue(), sheet.width, sheet.height
