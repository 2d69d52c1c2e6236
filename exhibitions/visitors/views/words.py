"""What the list and its exports call states, sources and columns, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core.contact import written_phone
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.regions import in_order, region_name
from exhibitions.core.sheets.writing import Value
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.queries import groups
from exhibitions.visitors.queries.form import all_questions
from exhibitions.visitors.queries.invitations import source_names
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.registration import SOURCE_TEXTS, shown_state, source_text
from exhibitions.visitors.views.answers import answer_columns

STATES = {
    "waiting": lazy_pgettext("registration", "Waiting"),
    "registered": lazy_pgettext("registration", "Registered"),
    "visited": lazy_pgettext("registration", "Visited"),
    "cancelled": lazy_pgettext("registration", "Cancelled"),
    "refused": lazy_pgettext("registration", "Refused"),
}
HAS = {
    "phone": lazy_pgettext("filter", "Has a mobile number"),
    "no-phone": lazy_pgettext("filter", "No mobile number"),
    "email": lazy_pgettext("filter", "Has an e-mail address"),
    "no-email": lazy_pgettext("filter", "No e-mail address"),
}
PRINTED = {
    "yes": lazy_pgettext("filter", "Badge printed"),
    "no": lazy_pgettext("filter", "Badge not printed"),
}


def options(expo: Expo) -> dict[str, list[tuple[str, str]]]:
    """What each filter of the list offers."""
    return {
        "class": [(each.key, local(each, "name")) for each in badge_queries.classes(expo)],
        "region": [
            (key, region_name(key, language())) for key in in_order(queries.regions(expo), language())
        ],
        "source": [(word, source(word, expo.id)) for word in queries.sources(expo)],
        "day": [(day.date.isoformat(), format_date(day.date)) for day in expo_queries.open_days(expo)],
        "has": [(word, str(text)) for word, text in HAS.items()],
        "printed": [(word, str(text)) for word, text in PRINTED.items()],
    }


def source(word: str, expo_id: int) -> str:
    """A source of a fair in the reader's language, as far as it is known: who invites by the word of a link."""
    named = _named(expo_id).get(word) if word and word not in SOURCE_TEXTS else None
    if named is not None:
        own, other = named if language() == "zh" else named[::-1]
        return own or other
    text, place = source_text(word)
    return f"{_(text)} {place}".strip() if text in SOURCE_TEXTS.values() else text


def _named(expo_id: int) -> dict[str, tuple[str, str]]:
    """The names of the sources of a fair, asked once a page."""
    known: dict[int, dict[str, tuple[str, str]]] = g.setdefault("source_names", {})
    if expo_id not in known:
        known[expo_id] = source_names(expo_id)
    return known[expo_id]


def sheet(expo: Expo, ids: Sequence[int], columns: Sequence[str]) -> Iterator[list[Value]]:
    """These columns of these registrations as people read them, the headings first.

    Times are those of the fair, to the minute.
    """
    own = [name for name in columns if name not in HEADINGS]
    questions = {name: each for each in all_questions(expo) if (name := f"q-{each.id}") in own} if own else {}
    yield [
        _(HEADINGS[name]) if name in HEADINGS else str(local(questions[name], "label")) for name in columns
    ]
    spelt = _spelling(expo, groups.leaders(expo) if "group" in columns else {})
    fields = {field for name in columns for field in _MADE_OF.get(name, (name,))}
    for portion in queries.columns_of(expo, ids, fields):
        answers = answer_columns(expo, portion["id"], questions)
        cells = [answers[name] if name in answers else _column(name, portion, spelt) for name in columns]
        yield from map(list, zip(*cells, strict=True))


# Which fields of a registration a column needs, where they are not one of the same name.
_MADE_OF: dict[str, tuple[str, ...]] = {
    "class": ("class_id",),
    "state": ("state", "came"),
    "group": ("leader_id", "id"),
    "registered": ("created_at",),
}


def _column(
    name: str, portion: Mapping[str, Sequence[Any]], spelt: Mapping[str, Callable[[Any], Value]]
) -> Sequence[Value]:
    """A column of a portion as people read it. What many lines say alike is put into words once."""
    values = [portion[field] for field in _MADE_OF.get(name, (name,))]
    if name not in spelt:
        return values[0]
    spell = spelt[name]
    keys = values[0] if len(values) == 1 else list(zip(*values, strict=True))
    if name in _FEW:
        words = {key: spell(key) for key in set(keys)}
        return [words[key] for key in keys]
    return [spell(key) for key in keys]


_FEW = frozenset(("class", "region", "state", "source"))
"""The columns of which a fair knows a few hundred values at most."""


def _spelling(expo: Expo, leaders: Mapping[int, str]) -> Mapping[str, Callable[[Any], Value]]:
    """How the values of a column are written that are not written as they are stored."""
    zone, here = ZoneInfo(expo.timezone), language()
    classes = {each.id: str(local(each, "name")) for each in badge_queries.classes(expo)}
    return {
        "number": lambda found: number.with_check(found) if found is not None else None,
        "phone": written_phone,
        "class": lambda found: classes[found],
        "region": lambda found: region_name(found, here),
        "state": lambda found: str(STATES[shown_state(*found)]),
        "source": lambda found: source(found, expo.id),
        "group": lambda found: leaders.get(found[0] or found[1], ""),
        "registered": lambda found: found.astimezone(zone).isoformat(" ", "minutes")[:16],
    }
