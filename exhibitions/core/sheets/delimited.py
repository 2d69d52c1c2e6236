"""Tables in plain text: CSV, TXT and what is pasted into a box (IR0).

The encoding is not guessed by statistics alone: the decoding whose heading row is known wins, because the
bytes of a Korean file decode as GB18030 without any error. Frequent letters only break ties.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path

from exhibitions.core.sheets.table import (
    HEADING_WITHIN,
    Choice,
    Guess,
    Kind,
    Known,
    Row,
    Unreadable,
    find_heading,
    is_blank,
)

ENCODINGS: dict[str, tuple[str, ...]] = {
    "utf-8": ("utf-8",),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "cp949": ("cp949",),
    "euc-kr": ("euc-kr",),
}
"""Names a person may choose from → Python's codecs. Big5 from Taiwan and from Hong Kong differ."""

SEPARATORS = (",", ";", "\t")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
SAMPLE_BYTES = 256 * 1024
CHUNK = 1024 * 1024
SEP_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
PLAUSIBLE = 0.6
MOST_CONTROLS = 0.01

FREQUENT = {
    "gb18030": set(
        "的公司有限大连市王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋"
        "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉玲华红建国志海经理业务销售总采购专观众普通媒体"
        "辽宁北京上海省区轻工商品贸易进出口科技发展有限责任股份集团电子家具服装食品工厂部员设计主管先生女士备注"
    ),
    "big5": set(
        "的公司有限大連市王李張劉陳楊趙黃周吳徐孫胡朱高林何郭馬羅梁宋鄭謝韓唐馮于董蕭程曹袁鄧許傅沈曾彭呂蘇盧蔣"
        "偉芳娜秀英敏靜麗強軍洋勇豔杰娟濤明超蘭霞平剛桂文輝玲華紅建國志海經理業務銷售總採購專觀眾普通媒體"
        "台灣臺北中香港新竹高雄省區輕工商品貿易進出口科技發展股份集團電子傢俱服裝食品工廠部員設計主管先生女士備註"
    ),
    "cp949": set(
        "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지나엄채원천방공현함"
        "수영호준민서은혜경미희숙자철동재상훈기태석연주식회사무역산업전자부장과대리이사표팀사원구매일반관람객서울부산인천대구시"
    ),
}
FREQUENT["euc-kr"] = FREQUENT["cp949"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand a text, with what speaks for it."""

    encoding: str
    codec: str
    separator: str
    heading_row: int | None
    known_columns: int
    likeness: float

    def rank(self) -> tuple[int, float]:
        """More known columns first, then the likelier letters."""
        return self.known_columns, self.likeness


@dataclass(slots=True)
class TextSource:
    """A text file that is read with one codec and one separator."""

    path: Path
    codec: str
    guess: Guess
    errors: str = field(default="strict")

    def rows(self) -> Generator[Row]:
        """See `Source.rows`. A line feed inside quotes starts no new row, as in Excel."""
        with _opened(self.path, self.codec, self.errors) as stream:
            yield from _records(stream, self.guess.separator or ",")


def open_text(path: Path, known: Known, choice: Choice) -> TextSource:
    """Understand a text file, obeying `choice` where it says something.

    Raises Unreadable `empty` when it holds nothing but blanks, `not_a_table` when it is no text.
    """
    candidates = [c for c in _candidates(path, known, choice) if c]
    if not candidates:
        raise Unreadable("not_a_table")
    best = max(candidates, key=Candidate.rank)
    if best.known_columns == 0:
        _refuse_what_is_no_text(path, best.codec)
    best, errors = _settle(path, candidates, best)
    guess = Guess(
        Kind.TEXT,
        encoding=best.encoding,
        separator=best.separator,
        heading_row=best.heading_row,
        lossy=errors != "strict",
    )
    return TextSource(path, best.codec, guess, errors)


def _candidates(path: Path, known: Known, choice: Choice) -> Iterator[Candidate | None]:
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE_BYTES)
    marked = [name for mark, name in MARKS if sample.startswith(mark)]
    names = [choice.encoding] if choice.encoding in ENCODINGS else (marked[:1] or _possible(sample))
    forced = len(names) == 1
    whole = len(sample) < SAMPLE_BYTES
    for name in names:
        for codec in ENCODINGS[name]:
            text = _decoded(sample, codec, whole=whole, errors="replace" if forced else "strict")
            if text is not None:
                yield _candidate((name, codec), text, known, choice)
    if not forced:
        yield _utf8_with_faults(sample, known, choice)


def _possible(sample: bytes) -> list[str]:
    """UTF-16 has a zero byte in every comma and line feed; no other of the encodings has any."""
    return [name for name in ENCODINGS if b"\x00" in sample or not name.startswith("utf-16")]


def _utf8_with_faults(sample: bytes, known: Known, choice: Choice) -> Candidate | None:
    """A file with a few broken bytes is still shown, marked as lossy, when its heading is known."""
    candidates = []
    for name in ("utf-8", "gb18030", "cp949", "big5"):
        text = _decoded(sample, ENCODINGS[name][0], whole=True, errors="replace")
        if text is not None and text.count("\ufffd") * 50 <= len(text):
            found = _candidate((name, ENCODINGS[name][0]), text, known, choice)
            candidates.append(replace(found, likeness=found.likeness - 1))
    return max(candidates, key=Candidate.rank, default=None)


def _candidate(coding: tuple[str, str], text: str, known: Known, choice: Choice) -> Candidate:
    name, codec = coding
    best: tuple[int, int, str, int | None] | None = None
    hint = SEP_LINE.fullmatch(text[:12].splitlines()[0]) if text[:12].strip() else None
    separators = (choice.separator or (hint and hint[1]),) if choice.separator or hint else SEPARATORS
    for separator in separators:
        found, width = _heading(text, str(separator), known)
        row, count = found if found else (None, 0)
        if best is None or (count, width) > best[:2]:
            best = (count, width, str(separator), row)
    count, _, separator, row = best or (0, 0, ",", None)
    return Candidate(name, codec, separator, row, count, likeness(name, text))


def _heading(text: str, separator: str, known: Known) -> tuple[tuple[int, int] | None, int]:
    """The heading's row number and count of known names, and how wide most rows are."""
    rows: list[Row] = []
    with suppress(Unreadable):  # The sample is cut; the rows before the cut are enough to judge by.
        rows.extend(islice(_records(StringIO(text, newline=""), separator), HEADING_WITHIN))
    found = find_heading(rows, known)
    widths = sorted(len(row.cells) for row in rows)
    return (found[0].number, found[1]) if found else None, widths[len(widths) // 2] if widths else 0


def _settle(path: Path, candidates: list[Candidate], best: Candidate) -> tuple[Candidate, str]:
    """The best candidate under which the whole file, not only its beginning, can be decoded.

    When there is none, the best is kept and what cannot be decoded is shown as U+FFFD.
    """
    rivals = sorted(candidates, key=Candidate.rank, reverse=True)
    for rival in rivals:
        if rival.known_columns < best.known_columns or rival.likeness < PLAUSIBLE:
            continue
        if _decodes(path, rival.codec):
            return rival, "strict"
    return best, "strict" if _decodes(path, best.codec) else "replace"


def likeness(encoding: str, text: str) -> float:
    """How much the letters look like what the encoding is used for, from 0 to 1; 1 for valid UTF-8."""
    if encoding == "utf-8":
        return 1.0
    letters = [letter for letter in text if letter > "\x7f"][:2_000]
    if encoding.startswith("utf-16"):
        return sum(_is_usual(letter) for letter in text[:2_000]) / max(1, len(text[:2_000])) if text else 0.0
    if not letters:
        return 0.9
    usual = sum(_fits(encoding, letter) for letter in letters) / len(letters)
    frequent = sum(letter in FREQUENT[encoding] for letter in letters) / len(letters)
    return 0.6 * usual + 0.4 * min(1.0, 2.5 * frequent)


def _is_usual(letter: str) -> bool:
    return (
        " " <= letter <= "~"
        or letter in "\r\n\t"
        or "\u4e00" <= letter <= "\u9fff"
        or "\uac00" <= letter <= "\ud7a3"
    )


def _fits(encoding: str, letter: str) -> bool:
    """Whether the letter is in the everyday part of the encoding."""
    if encoding in ("cp949", "euc-kr"):
        return "\uac00" <= letter <= "\ud7a3"
    everyday, last = ("gb2312", 0xD7) if encoding == "gb18030" else ("big5", 0xC6)
    try:
        return letter.encode(everyday)[0] <= last
    except UnicodeEncodeError:
        return False


def _refuse_what_is_no_text(path: Path, codec: str) -> None:
    with path.open("rb") as stream:
        text = _decoded(stream.read(SAMPLE_BYTES), codec, whole=False, errors="replace") or ""
    seen = text.strip('\ufeff\x00 \t\r\n\x1a,;"\u3000\xa0')
    if not seen:
        raise Unreadable("empty" if "\x00" not in text else "not_a_table")
    odd = sum(letter < " " and letter not in "\t\n\r\x0b\x0c\x1a" for letter in text)
    odd += text.count("\ufffd")
    if odd > MOST_CONTROLS * len(text) or likeness_of_text(text) < PLAUSIBLE:
        raise Unreadable("not_a_table")


def likeness_of_text(text: str) -> float:
    """The share of characters that people type: letters, digits, marks, blanks."""
    sample = text[:4_000]
    return sum(letter.isprintable() or letter in "\t\n\r" for letter in sample) / len(sample)


def _decoded(data: bytes, codec: str, *, whole: bool, errors: str) -> str | None:
    for mark, name in MARKS:
        if codec == name and data.startswith(mark):
            data = data[len(mark) :]
    try:
        return codecs.getincrementaldecoder(codec)(errors).decode(data, final=whole)
    except UnicodeDecodeError:
        return None


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _opened(path: Path, codec: str, errors: str) -> TextIOWrapper:
    stream = path.open("rb")
    mark = next((mark for mark, name in MARKS if name == codec), b"")
    if stream.read(len(mark)) != mark:
        stream.seek(0)
    return TextIOWrapper(stream, encoding=codec, errors=errors, newline="")


def _records(stream: StringIO | TextIOWrapper, separator: str) -> Iterator[Row]:
    """Number the records as Excel numbers its rows: blank lines count, line feeds in quotes do not."""
    number = 0
    try:
        for cells in csv.reader(stream, delimiter=separator):
            number += 1
            if number == 1 and _is_separator_line(cells):
                number = 0  # Excel takes the line "sep=;" as an instruction and shows the next one as row 1.
                continue
            if not is_blank(cells):
                yield Row(number, list(cells))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable("damaged") from error


def _is_separator_line(cells: list[str]) -> bool:
    first = cells[0].strip("\ufeff").lower() if cells else ""
    return (first in ("sep=", 'sep="') and not any(cells[1:])) or bool(
        SEP_LINE.fullmatch(first) and len(cells) == 1
    )
