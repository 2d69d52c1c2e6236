"""Lists of people whom somebody brings along: names one a line, or a table with company, phone number and category."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_, Refused
from exhibitions.visitors.rules.columns import Column, columns_of, heading_key
from exhibitions.visitors.rules.registration import checked_company, checked_name, checked_phone

MOST_IN_GROUP = 500
"""How many people somebody may bring along; a gate takes as many heads at once (check-in.md)."""
COLUMNS = (Column.NAME, Column.COMPANY, Column.PHONE, Column.CATEGORY)
"""The columns of a list, in the order in which a table without headings is written."""

CLASS_CLOSED = N_("This category is not open to registration here. Ask the organiser")

_LONGEST_BEGIN = 20
_LIST_NUMBER = re.compile(r"^\s*[(（]?\d{1,3}(?:\s*[.．、,，)）:：]|(?=\s))\s*(?=\S)")
_NUMBER_ALONE = re.compile(r"[(（]?\d{1,3}[.．、,，)）:：]?")
_DIGITS_ALONE = re.compile(r"[\d+ -]*\d[\d+ -]*")
_BETWEEN_NAMES = re.compile(r"[；;、\t]")
_COMMA = re.compile(r"[,，]")
_BETWEEN_FACTS = re.compile(r"[；;、\t,，]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_HAN_NAME = re.compile(rf"{_HAN.pattern}{{2,4}}")
_PHONE = re.compile(r"\+?\d[\d -]{3,18}\d")
_WIDE = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")
_PHONE_DIGITS = 5
_NAME_AND_COMPANY = 2
_LEAST_ROW = 3
"""A line of so many cells is a row of a table even where it stands alone."""
_LEAST_DIGITS = 3
_SEPARATORS = ("\t", ",", "，", ";", "；")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a list, as kept; what the line does not say is empty: then it is as with the leader."""

    name: str
    company: str = ""
    phone: str | None = None
    class_key: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that nobody can be registered from: its number from 1, its beginning, and why."""

    number: int
    begin: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list says: its people in their order, and every line that is wrong."""

    people: list[Member]
    bad: list[BadLine]

    @property
    def only_names(self) -> bool:
        """Whether the list says nothing but names."""
        return not any(each.company or each.phone or each.class_key for each in self.people)


@dataclass(frozen=True, slots=True)
class _Line:
    """One person of a list, as typed; `plain` is a name that stands alone, where more than a name is a mistake."""

    number: int
    text: str
    name: str
    company: str = ""
    phone: str = ""
    category: str = ""
    plain: bool = False


def checked_people(
    text: str, room: int, classes: Mapping[str, str] | None = None, known: Collection[str] = ()
) -> Listed:
    """The people of a list, one a line, blank lines left out, and the lines that are wrong.

    A first line of known column names (IR1) makes it a table. Without one a line is read by what its parts look like: a
    mobile number, a word of `classes` (`heading_key` → class key), a name, a company. Where a line holds names alone, they
    are told apart where no name has such a mark: ； ; 、 tab, and a comma between Chinese names. A list number goes.
    A line of a table keeps its empty cells: who has no name there is named as wrong. A word that `classes` gives no key
    is a class which is not open here.
    A number that stands in the list before, or is one of `known`, makes a line wrong. Raises `Refused` for no name at all
    or more than `room`.
    """
    numbered = enumerate(text.splitlines(), start=1)
    lines = [(number, line) for number, line in numbered if clean_name(line.replace(",", " "))]
    found = list(_read(lines, classes or {}))
    if not found:
        raise Refused("names_missing", N_("Enter at least one name"))
    if len(found) > room:
        raise Refused("names_many", N_("You can bring %(room)s more. Shorten the list"), room=room)
    people, bad = [], []
    numbers: dict[str, int] = dict.fromkeys(known, 0)
    for line in found:
        try:
            member = _checked(line, classes or {})
            _note(numbers, member.phone, line.number)
        except Refused as refusal:
            bad.append(BadLine(line.number, _begin(line.text), refusal))
        else:
            people.append(member)
    return Listed(people, bad)


def class_words(named: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """What a list may call a class: (key, its names) → the words as they are compared, each with the key."""
    return {heading_key(word): key for key, names in named for word in (key, *names) if word}


def as_text(rows: Iterable[Sequence[str]], columns: Mapping[Column, int]) -> str:
    """Rows of a table as a text that `checked_people` reads, a line a row; with no known name column, as they stand."""
    if Column.NAME not in columns:
        return "\n".join("\t".join(map(_flat, cells)).rstrip("\t") for cells in rows)
    kept = [column for column in COLUMNS if column in columns]
    lines = [[column.value for column in kept]]
    lines += [[_at(cells, columns.get(column)) for column in kept] for cells in rows]
    return "\n".join("\t".join(line) for line in lines)


def _read(lines: Sequence[tuple[int, str]], classes: Mapping[str, str]) -> Iterable[_Line]:
    head = _heading(lines[0][1]) if lines else None
    if head is not None:
        separator, columns = head
        return [_of_table(number, line, separator, columns) for number, line in lines[1:]]
    table = len(lines) > 1 and _is_even(line for _, line in lines)
    return [
        one
        for number, line in lines
        for one in (
            [_of_row(number, line, classes)]
            if table or line.count("\t") >= _LEAST_ROW - 1
            else _of_line(number, line, classes)
        )
    ]


def _is_even(lines: Iterable[str]) -> bool:
    """Whether every line has as many tabs, those at its ends counted or not."""
    counts = [(line.count("\t"), line.strip("\t").count("\t")) for line in lines]
    return any(len(set(one)) == 1 and one[0] > 0 for one in zip(*counts, strict=True))


def _of_row(number: int, line: str, classes: Mapping[str, str]) -> _Line:
    """A row of a table without headings: its empty cells stand, and what looks like a number is the number."""
    cells = [_flat(cell) for cell in line.split("\t")]
    if len(cells) > 1 and _NUMBER_ALONE.fullmatch(cells[0]):
        cells = cells[1:]
    cells[0] = _LIST_NUMBER.sub("", cells[0])
    phone = next((cell for cell in cells if _is_number(cell)), "")
    category = next((cell for cell in cells if heading_key(cell) in classes), "")
    rest = [cell for cell in cells if cell not in (phone, category) or not cell]
    if not phone and len(rest) > len(COLUMNS) - 1:
        phone = rest.pop(_NAME_AND_COMPANY)
    if len(rest) > _NAME_AND_COMPANY and not category:
        category = rest.pop(_NAME_AND_COMPANY)
    if any(rest[_NAME_AND_COMPANY:]):
        return _Line(number, line, "，".join(filter(None, rest)), phone=phone, plain=True)
    name, company = [*rest, "", ""][:_NAME_AND_COMPANY]
    return _Line(number, line, name, company, phone, category)


def _is_number(cell: str) -> bool:
    return bool(_DIGITS_ALONE.fullmatch(cell.translate(_WIDE))) and _digits(cell) >= _LEAST_DIGITS


def _heading(line: str) -> tuple[str, dict[Column, int]] | None:
    for separator in _SEPARATORS:
        cells = line.split(separator)
        columns = columns_of(cells)
        if Column.NAME in columns and (len(columns) > 1 or len(cells) == 1):
            return separator, columns
    return None


def _of_table(number: int, line: str, separator: str, columns: Mapping[Column, int]) -> _Line:
    cells = next(csv.reader([line], delimiter=separator), [])
    name, company, phone, category = (_at(cells, columns.get(column)) for column in COLUMNS)
    return _Line(number, line, name, company, phone, category)


def _at(cells: Sequence[str], place: int | None) -> str:
    return _flat(cells[place]) if place is not None and place < len(cells) else ""


def _flat(cell: str) -> str:
    return " ".join(cell.split())


def _of_line(number: int, line: str, classes: Mapping[str, str]) -> list[_Line]:
    """The people of a line without headings, or the line itself where it cannot be told."""
    bare = _LIST_NUMBER.sub("", line)
    phone, rest = _phone_in(bare, line)
    parts = [part.strip() for part in _BETWEEN_FACTS.split(rest)]
    phone = phone or next((part for part in parts[1:] if _is_number(part)), "")
    parts = [part for part in parts if clean_name(part) and not part.isdigit()]
    category = next((part for part in parts if heading_key(part) in classes), "")
    others = [part for part in parts if part != category]
    if not (phone or category or _is_with_company(others)):
        return [_Line(number, name, name, plain=True) for name in _names_in(bare)]
    if len(others) == 1 and _HAN_NAME.fullmatch(others[0].split()[0]):
        others = others[0].split(maxsplit=1)
    if len(others) > _NAME_AND_COMPANY:
        return [_Line(number, line, "，".join(others), phone=phone, plain=True)]
    name, company = [*others, "", ""][:2]
    return [_Line(number, line, name, company, phone, category)]


def _phone_in(bare: str, line: str) -> tuple[str, str]:
    """The mobile number in a line and what is left; a list number is none of it, unless without it there is no number."""
    for text in (bare, line):
        found = _PHONE.search(text.translate(_WIDE))
        if found is not None and _digits(found[0]) >= _PHONE_DIGITS:
            whole = f"{text[: found.start()]}\t{text[found.end() :]}"
            if text == line or _is_phone(found[0]):
                return found[0], whole
    return "", bare


def _is_phone(text: str) -> bool:
    try:
        checked_phone(text)
    except Refused:
        return False
    return True


def _is_with_company(parts: Sequence[str]) -> bool:
    """Whether two parts are a Chinese name and what is too long to be another."""
    if len(parts) != _NAME_AND_COMPANY or not _HAN_NAME.fullmatch(parts[0]):
        return False
    return bool(_HAN.search(parts[1])) and not _HAN_NAME.fullmatch(parts[1])


def _names_in(line: str) -> list[str]:
    """The names of a line; the line itself where it holds something else besides."""
    parts = [_LIST_NUMBER.sub("", part) for part in _BETWEEN_NAMES.split(line)]
    parts = [part for part in parts if clean_name(part) and not part.strip().isdigit()] or [line]
    if len(parts) == 1:
        by_comma = [part.strip() for part in _COMMA.split(line) if part.strip()]
        if len(by_comma) > 1 and all(map(_HAN_NAME.fullmatch, by_comma)):
            return by_comma
    return parts


def _checked(line: _Line, classes: Mapping[str, str]) -> Member:
    if line.plain and _COMMA.search(line.name) and _HAN.search(line.name):
        raise Refused("name_more", N_("Enter name, company and mobile number only"))
    name, company = checked_name(line.name), checked_company(line.company)
    phone = checked_phone(line.phone) if line.phone.strip() else None
    return Member(name, company, phone, _class_of(line.category, classes))


def _class_of(category: str, classes: Mapping[str, str]) -> str:
    if not category.strip():
        return ""
    key = classes.get(heading_key(category))
    if key is None:
        raise Refused(
            "category_unknown", N_("There is no such category. Leave it empty, or use one of the form")
        )
    if not key:
        raise Refused("class_closed", CLASS_CLOSED)
    return key


def _note(numbers: dict[str, int], phone: str | None, number: int) -> None:
    """Remember a phone number; raises `Refused` where it stands in a line before or came with an earlier list."""
    if phone is None:
        return
    before = numbers.get(phone)
    if before == 0:
        raise Refused("phone_before", N_("Somebody of your group has this mobile number already"))
    if before is not None:
        raise Refused("phone_twice", N_("Line %(line)s has the same mobile number"), line=before)
    numbers[phone] = number


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)


def _begin(line: str) -> str:
    """As much of a line as it takes to find it again."""
    line = line.strip()
    return line if len(line) <= _LONGEST_BEGIN else f"{line[:_LONGEST_BEGIN]}…"
