"""What the list and its exports call states, sources and columns, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number
from exhibitions.core.i18n import format_date, language, local
from exhibitions.core.sheets.writing import Value
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.queries import groups
from exhibitions.visitors.queries.form import all_questions
from exhibitions.visitors.queries.invitations import source_names
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.regions import region_name
from exhibitions.visitors.rules.registration import SOURCE_TEXTS, shown_state, source_text
from exhibitions.visitors.views.answers import with_answers

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
        "region": [(key, region_name(key, language())) for key in queries.regions(expo)],
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
    cells = _Cells(expo)
    for line, answers in with_answers(expo, queries.lines(expo, ids), questions):
        fields = {**cells.of(line), **answers}
        yield [fields[name] for name in columns]


class _Cells:
    """A line in words; what many lines say alike is put into words once."""

    def __init__(self, expo: Expo) -> None:
        self._zone = ZoneInfo(expo.timezone)
        self._classes = {each.id: str(local(each, "name")) for each in badge_queries.classes(expo)}
        self._states = {name: str(text) for name, text in STATES.items()}
        self._leaders = groups.leaders(expo)
        self._language = language()
        self._expo_id = expo.id
        self._regions: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def of(self, line: queries.Line) -> Mapping[str, Value]:
        """The fields of a line by the names of the columns."""
        if line.region not in self._regions:
            self._regions[line.region] = region_name(line.region, self._language)
        if line.source not in self._sources:
            self._sources[line.source] = source(line.source, self._expo_id)
        return {
            "number": number.with_check(line.number) if line.number is not None else None,
            "name": line.name,
            "company": line.company,
            "title": line.title,
            "phone": line.phone,
            "email": line.email,
            "class": self._classes[line.class_id],
            "region": self._regions[line.region],
            "visit_day": line.visit_day,
            "state": self._states[shown_state(line.state, line.came)],
            "source": self._sources[line.source],
            "group": self._leaders.get(line.leader_id or line.id, ""),
            "registered": line.created_at.astimezone(self._zone).strftime("%Y-%m-%d %H:%M"),
        }
