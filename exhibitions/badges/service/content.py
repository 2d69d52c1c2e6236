"""What is printed on a badge, as a file for paper and as pictures for screens."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from exhibitions.badges import queries
from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.badges.queries import Wanted, paper
from exhibitions.badges.rules import layout, number, wording
from exhibitions.badges.rules.reserves import shown as serial_shown
from exhibitions.badges.service import drawing, picture
from exhibitions.badges.service.drawing import Printed
from exhibitions.badges.service.issuing import code_of
from exhibitions.core import pdf, qr
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo

_MOST_SHOWN = 4


def sheet(key: str) -> layout.Sheet:
    """The page of this name (`90x130`, `a4x4` ...); raises `Refused("sheet_unknown")` for another."""
    if key not in layout.SHEETS:
        raise Refused("sheet_unknown", N_("There is no page of this size."))
    return layout.SHEETS[key]


def class_words(badge_class: BadgeClass) -> str:
    """The word on the band in both languages: 专业观众 TRADE VISITOR."""
    return f"{badge_class.name_zh} {badge_class.name_en.upper()}".strip()


def printed(expo: Expo, badge: Badge) -> Printed:
    """What stands on the badge."""
    return printed_many(expo, [badge])[0]


def printed_many(expo: Expo, badges: Sequence[Badge]) -> list[Printed]:
    """What stands on each of the badges; a free reserve badge says its serial number in place of the details."""
    free = [badge.id for badge in badges if badge.reserve and badge.holder_id is None]
    serials = queries.serials(expo, free) if free else {}
    designs = {badge.badge_class.id: design_of(badge.badge_class) for badge in badges}
    return [_printed(expo, badge, designs[badge.badge_class.id], serials.get(badge.id)) for badge in badges]


def _printed(expo: Expo, badge: Badge, design: layout.Design, serial: int | None) -> Printed:
    words = wording.Words(badge.name, badge.company, badge.title, badge.region, badge.planned_day)
    facts = wording.facts(
        words, class_words(badge.badge_class), number.shown(badge.number), fair_words(expo), design
    )
    if serial is not None:
        # A name is written there by hand; the serial number is for who hands it out.
        design = replace(design, fields=design.fields | {"title"})
        facts = replace(facts, details=f"备用证 RESERVE {serial_shown(serial)}")
    return Printed(facts, code_of(expo, badge), badge.badge_class.colour, design)


def badge_png(expo: Expo, badge: Badge) -> bytes:
    """The badge's code as a PNG of at least 600 pixels, for "my badge" (V3)."""
    return qr.png(code_of(expo, badge))


def badge_svg_path(expo: Expo, badge: Badge) -> str:
    """The badge's code as an SVG path in a square of 45 units, quiet zone included."""
    return qr.svg_path(code_of(expo, badge))


def pdf_of(
    expo: Expo, badges: Sequence[Badge], sheet_key: str, placement: drawing.Placement = drawing.AS_IT_IS
) -> bytes:
    """A PDF of these badges in their order. Call `count_print` for each in a transaction of its own."""
    out = io.BytesIO()
    drawing.draw(out, printed_many(expo, badges), sheet(sheet_key), title(expo), placement=placement)
    return out.getvalue()


def sample(expo: Expo, wanted: Wanted, sheet_key: str) -> bytes:
    """One page with the longest names that are wanted, to see before printing; its codes open no gate."""
    page = sheet(sheet_key)
    longest = sorted(queries.to_print(expo, wanted), key=lambda texts: -_weight(texts.name))[
        : len(page.places)
    ]
    badges = queries.badges_in_order(expo, [texts.badge_id for texts in longest])
    shown = [replace(it, code="SAMPLE") for it in printed_many(expo, badges)]
    out = io.BytesIO()
    drawing.draw(out, shown or [_example(expo, wanted)], page, title(expo))
    return out.getvalue()


def _weight(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def design_of(badge_class: BadgeClass) -> layout.Design:
    """What is printed on badges of this class."""
    return layout.Design(frozenset(badge_class.fields), badge_class.band)


def fair_words(expo: Expo) -> str:
    """The names of the fair, a line for each language."""
    return "\n".join(filter(None, (expo.name_zh, expo.name_en)))


def title(expo: Expo) -> str:
    """The title of a file of the fair's badges."""
    return expo.name_zh or expo.name_en


def _example(expo: Expo, wanted: Wanted) -> Printed:
    """A badge of nobody, of the class that is looked at: its first one while none is chosen."""
    found = queries.class_by_key(expo, wanted.class_key) or next(iter(queries.classes(expo)), None)
    words = wording.Words("欧阳娜娜", "大连示例进出口贸易有限公司")
    design = design_of(found) if found else layout.Design()
    facts = wording.facts(
        words, class_words(found) if found else "", number.shown(number.LOWEST), fair_words(expo), design
    )
    return Printed(facts, "SAMPLE", found.colour if found else "#0b6e6e", design)


def preview(expo: Expo, badge_class: BadgeClass, sheet_key: str, design: layout.Design) -> bytes:
    """A PNG of up to four badges of this class with its longest texts, as they would be printed with this design.

    Where the fair has few people yet, invented ones with long names stand in. Their codes open no gate.
    """
    size = sheet(sheet_key).template.key
    width = pdf.fonts().width
    people = [wording.Words(*row) for row in paper.longest(expo, badge_class)]
    by_name = sorted(people, key=lambda one: -width(one.name, 1.0, bold=True))
    by_company = sorted(people, key=lambda one: -width(one.company, 1.0))
    chosen = list(dict.fromkeys([*by_name[:2], *by_company[:2], *wording.SAMPLES]))[:_MOST_SHOWN]
    word, fair = class_words(badge_class), fair_words(expo)
    shown = [
        Printed(
            wording.facts(one, word, number.shown(number.LOWEST), fair, design),
            "SAMPLE",
            badge_class.colour,
            design,
        )
        for one in chosen
    ]
    return picture.png(shown, size)
