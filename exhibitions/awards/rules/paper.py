"""Sheets of paper: their numbers and words, what two people read from one, and where they differ (issue: paper jury)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exhibitions.awards.rules.order_entry import groups
from exhibitions.awards.rules.rule_set import Criterion, RuleSet, normal
from exhibitions.awards.rules.sheet_entry import COMMENT, ELIMINATED, MARK, TICKED, checked
from exhibitions.core.errors import N_, Refused

TURNS = (1, 2)
"""A sheet is read twice, by two persons."""
TYPES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What a scan may be, by its first bytes."""
MOST_BYTES = 20 * 1024 * 1024
HEAD = 16
PLACE = "place:"
_PLACE = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a sheet: marks by criterion as exact text, blank ones left out; the tick against an award; the words.

    On the sheet of an order it is the place of every entry instead.
    """

    marks: Mapping[str, str] = field(default_factory=dict)
    eliminated: bool = False
    comment: str = ""
    places: Mapping[str, int] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As a row keeps it."""
        if self.places:
            return {"places": dict(self.places)}
        return {"marks": dict(self.marks), "eliminated": self.eliminated, "comment": self.comment}


class Difference(NamedTuple):
    """A field that two people read differently; `name` is that of the field in forms."""

    name: str
    label: str
    first: str
    second: str


def loaded(stored: Mapping[str, Any]) -> Content:
    """What `Content.stored` has written."""
    return Content(
        stored.get("marks", {}),
        bool(stored.get("eliminated")),
        stored.get("comment", ""),
        stored.get("places", {}),
    )


def sheet_number(season_id: int, count: int) -> str:
    """The number of the so-manyeth sheet of a season, in letters that a QR code holds well."""
    return f"P{season_id}-{count:04}"


def typed(rules: RuleSet, values: Mapping[str, str]) -> tuple[Content, dict[str, Refused]]:
    """What was typed from a sheet, and what is wrong with a field by its name (a mark off the scale, no number).

    A required mark may be missing on paper: the sheet is kept as the juror left it, and does not count (AW-03).
    """
    wrong: dict[str, Refused] = {}
    found: dict[str, str] = {}
    for name in (*(MARK + each.code for each in rules.criteria), ELIMINATED, COMMENT):
        try:
            found[name] = checked(rules, name, values.get(name, ""))
        except Refused as refusal:
            wrong[name] = refusal
    marks = {each.code: found[MARK + each.code] for each in rules.criteria if found.get(MARK + each.code)}
    content = Content(marks, found.get(ELIMINATED) == TICKED, found.get(COMMENT, ""))
    if not wrong and not marks and not content.eliminated:
        first = MARK + rules.criteria[0].code
        wrong[first] = Refused("sheet_empty", N_("Type at least one mark: an empty sheet is not taken."))
    return content, wrong


def values_of(content: Content) -> dict[str, str]:
    """The content by the names of the fields."""
    return {
        **{MARK + code: text for code, text in content.marks.items()},
        ELIMINATED: TICKED if content.eliminated else "",
        COMMENT: content.comment,
        **{PLACE + entry: str(place) for entry, place in content.places.items()},
    }


def differences(rules: RuleSet, first: Content, second: Content) -> Iterator[Difference]:
    """Every field that was read differently, in the order of the sheet. Of words only the letters count, not the blanks."""
    names = [(MARK + each.code, each.code) for each in rules.criteria]
    yield from _differing((*names, (ELIMINATED, ""), (COMMENT, "")), first, second)


def _differing(names: Iterable[tuple[str, str]], first: Content, second: Content) -> Iterator[Difference]:
    one, other = values_of(first), values_of(second)
    for name, label in names:
        mine, theirs = one.get(name, ""), other.get(name, "")
        if _folded(mine) != _folded(theirs):
            yield Difference(name, label, mine, theirs)


def typed_order(entries: Sequence[str], values: Mapping[str, str]) -> tuple[Content, dict[str, Refused]]:
    """The places of these entries as they were typed from the sheet of an order, and what is wrong with one.

    Every entry has a place, as on the juror's own page; equal places are entries that are equal to the juror.
    """
    wrong: dict[str, Refused] = {}
    found: dict[str, int] = {}
    for entry in entries:
        text = _folded(values.get(PLACE + entry, ""))
        if not text:
            wrong[PLACE + entry] = Refused(
                "place_blank",
                N_("Type the place of %(entry)s: an order with a gap does not count."),
                entry=entry,
            )
        elif not _PLACE.fullmatch(text) or int(text) > len(entries):
            wrong[PLACE + entry] = Refused(
                "place_wrong", N_("Enter a place from 1 to %(most)s"), most=len(entries)
            )
        else:
            found[entry] = int(text)
    return Content(places=found), wrong


class Field(NamedTuple):
    """What is typed from one box of a sheet."""

    name: str
    label: str
    hint: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class MarkReader:
    """Reads a score sheet: marks by the rubric, the tick against an award, the words."""

    rules: RuleSet

    def typed(self, values: Mapping[str, str]) -> tuple[Content, dict[str, Refused]]:
        """What was typed, and what is wrong with a field by its name (`typed`)."""
        return typed(self.rules, values)

    def differences(self, first: Content, second: Content) -> list[Difference]:
        """Where two readings differ."""
        return list(differences(self.rules, first, second))

    def fields(self, names: Mapping[str, str]) -> list[Field]:
        """The boxes of the rubric, by what the reader calls its criteria."""
        return [
            Field(
                MARK + each.code,
                names[each.code],
                f"{normal(each.min)}–{normal(each.max)}",
                not each.required,
            )
            for each in self.rules.criteria
        ]


@dataclass(frozen=True, slots=True)
class OrderReader:
    """Reads the sheet of an order: the places of the entries on it that the juror still judges."""

    entries: Sequence[str]

    def typed(self, values: Mapping[str, str]) -> tuple[Content, dict[str, Refused]]:
        """What was typed, and what is wrong with a field by its name (`typed_order`)."""
        return typed_order(self.entries, values)

    def differences(self, first: Content, second: Content) -> list[Difference]:
        """Where two readings differ."""
        return list(_differing([(PLACE + entry, entry) for entry in self.entries], first, second))

    def fields(self, products: Mapping[str, str]) -> list[Field]:
        """The boxes of the entries, by number and by what the reader calls their products."""
        return [
            Field(PLACE + entry, f"{entry} {products[entry]}", f"1–{len(self.entries)}")
            for entry in self.entries
        ]

    def groups(self, content: Content) -> list[list[str]]:
        """The order that was read, the best first, without entries that are no longer the juror's."""
        return groups({entry: content.places[entry] for entry in self.entries})


Reader = MarkReader | OrderReader


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def check_second(first_by: int | None, now_by: int | None) -> None:
    """Raises `Refused` where the same person would read a sheet twice: that proves nothing."""
    if now_by is None or first_by == now_by:
        raise Refused(
            "same_person",
            N_("You have typed this sheet already. Somebody else must type it the second time."),
        )


def type_of(head: bytes) -> str:
    """The content type of a scan by its beginning. Raises `Refused` for anything else."""
    for start, kind in TYPES.items():
        if head.startswith(start):
            return kind
    raise Refused("scan_type", N_("Send a PDF or a picture (JPG, PNG) of the sheet."))


def check_size(size: int) -> None:
    """Raises `Refused` for a scan that is larger than 20 MB."""
    if size > MOST_BYTES:
        raise Refused("scan_large", N_("The scan is larger than 20 MB. Send a smaller one."))


WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "评分表",
        "sheet": "表号",
        "juror": "评委",
        "round": "轮次",
        "entry": "参评编号",
        "category": "类别",
        "product": "产品",
        "criterion": "评分标准",
        "weight": "权重",
        "scale": "分值",
        "step": "步长 {step}",
        "optional": "（选填）",
        "mark": "评分",
        "eliminated": "不予授奖",
        "comment": "评语",
        "sign": "评委签名",
        "date": "日期",
        "hint": "请在方框内填写分数；如需修改，请划去原分数，在旁边重写并签名。",
        "page": "第 {page} 页，共 {of} 页",
        "order_title": "排序表",
        "order_entries": "参评产品",
        "order_mark": "名次",
        "order_hint": "请在每个方框内填写名次，1 为最佳，可以并列；每件都要填写。如需修改，请划去原名次，在旁边重写并签名。",
    },
    "en": {
        "title": "Score sheet",
        "sheet": "Sheet",
        "juror": "Juror",
        "round": "Round",
        "entry": "Entry",
        "category": "Category",
        "product": "Product",
        "criterion": "Criterion",
        "weight": "Weight",
        "scale": "Scale",
        "step": "in steps of {step}",
        "optional": " (optional)",
        "mark": "Mark",
        "eliminated": "No award",
        "comment": "Comment",
        "sign": "Signature of the juror",
        "date": "Date",
        "hint": "Write a mark into each box. To change one, cross it out, write the new mark beside it and sign there.",
        "page": "Page {page} of {of}",
        "order_title": "Order sheet",
        "order_entries": "Entries",
        "order_mark": "Place",
        "order_hint": "Write a place into every box: 1 is the best, equal places are allowed. To change one, cross it out, write the new one beside it and sign there.",
    },
}
"""The words of a sheet in the juror's language."""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion as the sheet prints it."""

    name: str
    weight: str
    scale: str
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that a sheet of paper says. On the sheet of an order `lines` are the entries, and no entry stands above."""

    lang: str
    number: str
    award: str
    juror: str
    round: str
    entry: str
    category: str
    product: str
    lines: tuple[Line, ...]
    is_order: bool = False

    def word(self, key: str, **values: object) -> str:
        """A word of the sheet in its language."""
        return WORDS[self.lang][key].format(**values)


def lines_of(rules: RuleSet, lang: str) -> tuple[Line, ...]:
    """The rubric as a sheet prints it: name, weight, scale and anchor words."""
    return tuple(_line(each, WORDS[lang], lang) for each in rules.criteria)


def order_lines(entries: Sequence[tuple[str, str]]) -> tuple[Line, ...]:
    """Entries, each by number and product, as the sheet of an order prints them."""
    return tuple(Line(f"{number}  {product}", "", f"1–{len(entries)}") for number, product in entries)


def _line(each: Criterion, words: Mapping[str, str], lang: str) -> Line:
    name = (each.name_zh or each.name_en) if lang == "zh" else (each.name_en or each.name_zh)
    scale = f"{normal(each.min)}–{normal(each.max)}"
    if each.step is not None:
        scale += f" {words['step'].format(step=normal(each.step))}"
    return Line(
        (name or each.code) + ("" if each.required else words["optional"]),
        normal(each.weight),
        scale,
        tuple(
            f"{normal(anchor.mark)} {_anchor(anchor.text_zh, anchor.text_en, lang)}"
            for anchor in each.anchors
        ),
    )


def _anchor(zh: str, en: str, lang: str) -> str:
    return (zh or en) if lang == "zh" else (en or zh)
