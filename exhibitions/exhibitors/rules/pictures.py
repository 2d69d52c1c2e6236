"""Pictures that exhibitors send: logos and products, turned upright and drawn anew, so that nothing else is in the file."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from exhibitions.core.errors import N_, Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
SIDE = 1200
_KINDS = ("PNG", "JPEG", "WEBP")


def drawn_anew(content: bytes, side: int = SIDE) -> tuple[bytes, str]:
    """The picture upright, at most `side` pixels a side, and its content type: PNG where it lets through, else JPEG.

    Refuses what is above 5 MB, has too many pixels by its own header, or is no picture of the three kinds.
    """
    if len(content) > MOST_BYTES:
        raise Refused("picture_large", N_("A picture has at most 5 MB. Make it smaller and try again"))
    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(
                    "picture_pixels", N_("This picture has too many pixels. Make it smaller and try again")
                )
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((side, side))
            return _written(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused(
            "picture_unreadable", N_("This is no PNG, JPEG or WebP picture that can be read")
        ) from error


def _written(picture: Image.Image) -> tuple[bytes, str]:
    out = io.BytesIO()
    lets_through = picture.mode in ("RGBA", "LA", "P", "PA")
    plain = picture.convert("RGBA" if lets_through else "RGB")
    # What came beside the pixels (a comment, a colour profile) would be written into the new file as well.
    plain.info.clear()
    if lets_through:
        plain.save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png"
    plain.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue(), "image/jpeg"
