"""Colours of bands: which text is readable on them (WCAG 2.2 contrast)."""

from __future__ import annotations

import re

from exhibitions.core.errors import N_, Refused

BLACK, WHITE = "#000000", "#ffffff"
_FORM = re.compile(r"#[0-9a-fA-F]{6}")


def check(colour: str) -> str:
    """The colour in small letters when it is written #rrggbb, else `Refused("colour_form")`."""
    if not _FORM.fullmatch(colour):
        raise Refused("colour_form", N_("A colour is written like #0b6e6e."))
    return colour.lower()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written #rrggbb, 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever is easier to read on the colour: at least 4.5 to 1 on every colour."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
