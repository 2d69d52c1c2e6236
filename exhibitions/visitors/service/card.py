"""The badge as a picture for a chat: fair, person, code and days on one card (ux.md §2, WeChat)."""

from __future__ import annotations

from dataclasses import dataclass

from exhibitions.core import qr
from exhibitions.core.picture import Sheet, broken

WIDTH, HEIGHT = 750, 1180
_CODE = 7 * 90
_QUIET = "#5b6570"


@dataclass(frozen=True)
class Card:
    """What stands on the card, in its reader's language; `code` is the text of the QR, `colour` the class's (#rrggbb)."""

    fair: str
    badge_class: str
    colour: str
    name: str
    company: str
    number: str
    code: str
    lines: tuple[str, ...]


def draw(card: Card) -> bytes:
    """The card as PNG, 750 pixels wide, under 150 kB. Raises `Refused("fonts_missing")` without the printing fonts."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.box(0, 0, WIDTH, 20, card.colour)
    top = 56
    for line in broken(card.fair, 34, WIDTH - 110, 2, bold=True):
        sheet.text(top, line, 34, bold=True)
        top += 48
    top += 14
    sheet.text(top, card.name, 64, bold=True)
    top += 92
    about = " · ".join(filter(None, (card.badge_class, card.company)))
    sheet.text(top, about, 28, _QUIET)
    top += 44
    sheet.paste(qr.png(card.code), top, _CODE)
    top += _CODE - 6
    sheet.text(top, card.number, 40, bold=True)
    top += 68
    for line in card.lines:
        sheet.text(top, line, 28, _QUIET)
        top += 44
    return sheet.png()
