"""Tables that belong to an import: the preview, the refused rows, the people in the file's own columns, a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules import number as badge_number
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.core.imports import tables
from exhibitions.core.sheets.table import Cell
from exhibitions.core.sheets.writing import Value
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Import, Registration
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.columns import Column
from exhibitions.visitors.rules.file_manner import Manner, Values, manner_of, written
from exhibitions.visitors.rules.importing import REASON_TEXTS, Person, Reason, judge, remark, shortened
from exhibitions.visitors.service import import_comparing as comparing
from exhibitions.visitors.service.importing import Opened

T = TypeVar("T")
_PORTION = 500
_MANNER_ROWS = 5_000

COLUMN_TEXTS: Mapping[Column, str] = {
    Column.NAME: N_("Name"),
    Column.PHONE: N_("Phone"),
    Column.EMAIL: N_("E-mail"),
    Column.COMPANY: N_("Company"),
    Column.TITLE: N_("Job title"),
    Column.REGION: N_("Region"),
    Column.CATEGORY: N_("Category"),
    Column.VISIT_DATE: N_("Visit date"),
    Column.NOTE: N_("Note"),
    Column.NUMBER: N_("Badge number"),
}


def preview(opened: Opened) -> tables.Preview:
    """The beginning of the file, with what there is to say of each row by itself."""
    return tables.preview(opened, lambda cells: remark(judge(cells, opened.layout)))


def differences(
    expo: Expo, row: Import, opened: Opened, spell: Callable[[str, Any], str]
) -> list[tables.Difference]:
    """What the first fifty rows that change somebody would change, as the check has found them.

    `spell` writes the value of a field as people read it. A phone number or address that is known now is masked.
    """
    pairs = dict(list(row.counts.get("changes") or [])[: tables.SHOWN_DIFFERENCES])  # type: ignore[call-overload]
    changes: list[tuple[int, int, Person]] = []
    for line in opened.table.rows():
        if len(changes) == len(pairs):
            break
        verdict = judge(line.cells, opened.layout) if line.number in pairs else None
        if isinstance(verdict, Person):
            changes.append((line.number, pairs[line.number], shortened(verdict)))
    altered = comparing.differences(expo, [(registration, person) for _, registration, person in changes])
    return [
        tables.Difference(
            number,
            person.name,
            [
                (name, _MASKED.get(name, str)(spell(name, now)), spell(name, then))
                for name, (now, then) in altered[registration].items()
            ],
        )
        for number, registration, person in changes
        if registration in altered
    ]


_MASKED: Mapping[str, Callable[[str], str]] = {
    "phone": lambda text: masked_phone(text) if text else "",
    "email": lambda text: masked_email(text) if text else "",
}


def refused_rows(row: Import, opened: Opened, words: tables.Words) -> Iterator[list[str]]:
    """The refused rows in the columns of the file, with row number and reason behind them; the heading first."""
    pairs: Sequence[tuple[int, str]] = row.counts.get("rejected") or []  # type: ignore[assignment]
    reasons = {number: REASON_TEXTS[Reason(reason)] for number, reason in pairs}
    return tables.refused_rows(opened, reasons, COLUMN_TEXTS, words)


def people_rows(expo: Expo, row: Import, opened: Opened, words: tables.Words) -> Iterator[list[Value]]:
    """The people of an import as they are now, in the columns and the manner of their file, with their badge number.

    Importing these rows again changes people by that number. Whom no row of the file names any more, because number and
    address were changed, stand at the end. Told row by row, maybe after the session that loaded `expo` and `row` has
    ended: both are asked for anew.
    """
    expo, row = _now(expo), _now(row)
    columns = dict(opened.columns)
    heading = tables.headings(opened, COLUMN_TEXTS, words)
    if Column.NUMBER not in columns:
        columns[Column.NUMBER] = len(heading)
        heading.append(words(COLUMN_TEXTS[Column.NUMBER]))
    yield list(heading)
    manner = _manner(expo, opened, heading)
    classes = {found.id: found.key for found in badge_queries.classes(expo)}
    for portion in _portions(opened, queries.keys_brought_in(expo, row.id, 0)):
        people = queries.registrations(expo, [number for number, _ in portion])
        numbers = queries.badge_numbers(expo, people)
        for number, cells in portion:
            if number in people:
                values = _values(people[number], classes, numbers.get(number))
                whole = [*cells, *[""] * (len(heading) - len(cells))][: len(heading)]
                yield written(whole, values, columns, opened.layout, manner)


def _now(known: T) -> T:
    """The same row as today's session knows it; its number is read without asking the session it came from."""
    return db.session.get_one(type(known), sa.inspect(known).identity)


def _manner(expo: Expo, opened: Opened, heading: Sequence[str]) -> Manner:
    """How the file writes things, by its first rows; a class that it does not name has the fair's own name for it."""
    rows = (line.cells for line in islice(opened.table.rows(), _MANNER_ROWS))
    manner = manner_of(heading, rows, opened.layout)
    for found in badge_queries.classes(expo):
        names = (found.name_zh, found.name_en) if manner.language == "zh" else (found.name_en, found.name_zh)
        manner.classes.setdefault(found.key, names[0] or names[1] or found.key)
    return manner


def _portions(
    opened: Opened, keys: Mapping[tuple[str | None, str | None], int]
) -> Iterator[list[tuple[int, list[Cell]]]]:
    """The rows of the file that are people of the import, each once, with their registrations, by the portion."""
    waiting: list[tuple[int, list[Cell]]] = []
    left = dict.fromkeys(keys.values())
    phones = {phone: number for (phone, _), number in keys.items() if phone}
    emails = {email: number for (_, email), number in keys.items() if email}
    for line in opened.table.rows():
        verdict = judge(line.cells, opened.layout)
        if not isinstance(verdict, Person):
            continue
        number = phones.get(verdict.phone or "") or emails.get(verdict.email or "")
        if number in left:
            del left[number]
            waiting.append((number, line.cells))
        if len(waiting) == _PORTION:
            yield waiting
            waiting = []
    waiting += [(number, []) for number in left]
    for start in range(0, len(waiting), _PORTION):
        yield waiting[start : start + _PORTION]


def _values(person: Registration, classes: Mapping[int, str], number: int | None) -> Values:
    return Values(
        name=person.name,
        phone=person.phone,
        email=person.email,
        company=person.company,
        title=person.title,
        region=person.region,
        category=classes.get(person.class_id, ""),
        visit_day=person.visit_day,
        note=person.note,
        number=badge_number.shown(number) if number is not None else "",
    )


def template_rows(words: tables.Words) -> list[list[str]]:
    """An empty list to fill in: the headings in the reader's language and two example rows."""
    columns = [column for column in Column if column is not Column.NUMBER]
    return [
        [words(COLUMN_TEXTS[column]) for column in columns],
        [
            "张伟",
            "138 0013 8000",
            "zhangwei@example.com",
            "大连星河玻璃有限公司",
            "经理",
            "大连",
            "专业观众",
            "",
            "",
        ],
        ["Kim Min-su", "+82 10 1234 5678", "", "Hanbit Trading", "", "KR", "buyer", "", ""],
    ]
