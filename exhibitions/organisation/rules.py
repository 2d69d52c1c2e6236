"""What must be true of an organisation's facts and of its logo."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from zoneinfo import available_timezones

from PIL import Image, UnidentifiedImageError

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_, Refused

ZONE = "Asia/Shanghai"
LOGO_MOST_BYTES = 2 * 1024 * 1024
LOGO_MOST_PIXELS = 16_000_000
LOGO_SIDE = 512
_KINDS = ("PNG", "JPEG", "WEBP")
# Letters that are read in another order than they are written could make one name look like another.
_CONTROLS = frozenset({"Cc", "Cf"})


@dataclass(frozen=True)
class Facts:
    """Names and address, one of each pair may be empty; `timezone` is an IANA zone."""

    name_zh: str = ""
    name_en: str = ""
    address_zh: str = ""
    address_en: str = ""
    timezone: str = ZONE


def clean(text: str) -> str:
    """One line in composed form (NFC), without control and direction characters."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in line if unicodedata.category(c) not in _CONTROLS).strip()


def check_facts(facts: Facts) -> None:
    """Refuse an organisation without a name, or with a clock that does not exist."""
    if not (facts.name_zh or facts.name_en):
        raise Refused("organisation_nameless", N_("Enter the name in Chinese or in English."))
    if facts.timezone not in available_timezones():
        raise Refused("timezone_unknown", N_("There is no such time zone. Enter one like Asia/Shanghai."))


def drawn_anew(content: bytes) -> bytes:
    """A logo as a PNG of at most 512 pixels a side: what else was in the file is gone (F17).

    Refuses what is too large, too many pixels by its own header, or no picture of the three kinds.
    """
    if len(content) > LOGO_MOST_BYTES:
        raise Refused("logo_large", N_("A logo has at most 2 MB. Make it smaller and try again."))
    try:
        with Image.open(io.BytesIO(content), formats=_KINDS) as picture:
            if picture.width * picture.height > LOGO_MOST_PIXELS:
                raise Refused("logo_pixels", N_("This picture has too many pixels. 512 a side are enough."))
            picture.thumbnail((LOGO_SIDE, LOGO_SIDE))
            out = io.BytesIO()
            picture.convert("RGBA").save(out, "PNG")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise Refused(
            "logo_unreadable", N_("This is no PNG, JPEG or WebP picture that can be read.")
        ) from error
    return out.getvalue()


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "organisation.changed": N_("Facts of the organisation changed"),
        "organisation.logo_changed": N_("Logo changed"),
    },
    fields={
        "name_zh": N_("Name in Chinese"),
        "name_en": N_("Name in English"),
        "address_zh": N_("Address in Chinese"),
        "address_en": N_("Address in English"),
        "timezone": N_("Time zone"),
    },
)
