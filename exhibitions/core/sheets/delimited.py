"""Tables in plain text: CSV, TXT and what is pasted into a box (IR0).

The encoding is not guessed by statistics alone: the decoding whose heading row is known wins, because the
bytes of a Korean file decode as GB18030 without any error. Frequent letters only break ties.
"""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path

from exhibitions.core.sheets.records import SEP_LINE, records
from exhibitions.core.sheets.table import (
    HEADING_WITHIN,
    Choice,
    Guess,
    Kind,
    Known,
    Row,
    Unreadable,
    find_heading,
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
FOREIGN_BYTES = 64 * 1024
PLAUSIBLE = 0.6
DOUBTFUL = 0.3
"""Under an English heading a reading that looks less like its language is none: Latin-1 passes for GB18030."""
REPAIRABLE = ("utf-8", "gb18030", "cp949", "big5")
MOST_LOST = 0.02
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
class Sample:
    """What a file is judged by: its beginning, and lines with letters beyond ASCII, wherever in the file they stand."""

    head: bytes
    foreign: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand a text, with what speaks for it. `errors` says what becomes of broken bytes."""

    encoding: str
    codec: str
    errors: str
    separator: str
    heading_row: int | None
    known_columns: int
    likeness: float

    def rank(self) -> tuple[int, float, bool]:
        """More known columns first, then the likelier letters, then what loses nothing."""
        return self.known_columns, self.likeness, self.errors == "strict"


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
            yield from records(stream, self.guess.separator or ",")


def open_text(path: Path, known: Known, choice: Choice) -> TextSource:
    """Understand a text file, obeying `choice` where it says something.

    Raises Unreadable `empty` when it holds nothing but blanks, `not_a_table` when it is no text.
    """
    sample = _sample(path)
    candidates = list(_candidates(sample, known, choice))
    if not candidates:
        raise Unreadable("not_a_table")
    best, errors = _settle(path, candidates)
    if best.known_columns == 0:
        _refuse_what_is_no_text(sample.head, best.codec)
    guess = Guess(
        Kind.TEXT,
        encoding=best.encoding,
        separator=best.separator,
        heading_row=best.heading_row,
        lossy=errors != "strict",
    )
    return TextSource(path, best.codec, guess, errors)


def _sample(path: Path) -> Sample:
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    return Sample(head, b"\n".join(_foreign_lines(path)), len(head) < SAMPLE_BYTES)


def _foreign_lines(path: Path) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, `FOREIGN_BYTES` of them. No encoding but UTF-16 has a line end inside a letter."""
    left, rest = FOREIGN_BYTES, b""
    with path.open("rb") as stream:
        while left > 0 and (chunk := stream.read(CHUNK)):
            if chunk.isascii() and rest.isascii():
                continue
            lines = (rest + chunk).splitlines()
            rest = lines.pop()[:FOREIGN_BYTES]
            for line in lines:
                if not line.isascii():
                    yield line[:left]
                    left -= len(line)
    if left > 0 and not rest.isascii():
        yield rest[:left]


def _candidates(sample: Sample, known: Known, choice: Choice) -> Iterator[Candidate]:
    marked = [name for mark, name in MARKS if sample.head.startswith(mark)]
    names = [choice.encoding] if choice.encoding in ENCODINGS else (marked[:1] or _possible(sample.head))
    forced = len(names) == 1
    for name in names:
        for codec in ENCODINGS[name]:
            text = _decoded(sample.head, codec, whole=sample.whole, errors="replace" if forced else "strict")
            if text is not None:
                yield _candidate((name, codec, "strict"), text, sample.foreign, known, choice)
    if not forced:
        yield from _with_losses(sample, known, choice)


def _possible(sample: bytes) -> list[str]:
    """UTF-16 has a zero byte in every comma and line feed; no other of the encodings has any."""
    return [name for name in ENCODINGS if b"\x00" in sample or not name.startswith("utf-16")]


def _with_losses(sample: Sample, known: Known, choice: Choice) -> Iterator[Candidate]:
    """A file with broken bytes is still shown, marked as lossy: any number under a known heading, else a few."""
    for name in REPAIRABLE:
        codec = ENCODINGS[name][0]
        text = _decoded(sample.head, codec, whole=True, errors="replace") or ""
        found = _candidate((name, codec, "replace"), text, sample.foreign, known, choice)
        if found.known_columns or text.count("\ufffd") <= MOST_LOST * len(text):
            yield found


def _candidate(
    coding: tuple[str, str, str], text: str, foreign: bytes, known: Known, choice: Choice
) -> Candidate:
    name, codec, errors = coding
    best: tuple[int, int, str, int | None] | None = None
    hint = SEP_LINE.fullmatch(text[:12].splitlines()[0]) if text[:12].strip() else None
    separators = (choice.separator or (hint and hint[1]),) if choice.separator or hint else SEPARATORS
    for separator in separators:
        found, width = _heading(text, str(separator), known)
        row, count = found if found else (None, 0)
        if best is None or (count, width) > best[:2]:
            best = (count, width, str(separator), row)
    count, _, separator, row = best or (0, 0, ",", None)
    letters = text if name.startswith("utf-16") else _decoded(foreign, codec, whole=True, errors="replace")
    return Candidate(name, codec, errors, separator, row, count, likeness(name, letters or ""))


def _heading(text: str, separator: str, known: Known) -> tuple[tuple[int, int] | None, int]:
    """The heading's row number and count of known names, and how wide most rows are."""
    rows = list(islice(records(StringIO(text, newline=""), separator), HEADING_WITHIN))
    found = find_heading(rows, known)
    widths = sorted(len(row.cells) for row in rows)
    return (found[0].number, found[1]) if found else None, widths[len(widths) // 2] if widths else 0


def _settle(path: Path, candidates: list[Candidate]) -> tuple[Candidate, str]:
    """The best candidate under which the whole file, not only its beginning, can be decoded.

    When no likely one can, the likeliest is kept and what cannot be decoded is shown as U+FFFD.
    """
    rivals = sorted(candidates, key=Candidate.rank, reverse=True)
    rivals = [rival for rival in rivals if rival.known_columns == rivals[0].known_columns]
    for rival in rivals:
        if rival.errors == "strict" and rival.likeness >= PLAUSIBLE and _decodes(path, rival.codec):
            return rival, "strict"
    best = rivals[0]
    if best.known_columns and best.likeness < DOUBTFUL:
        best = next((rival for rival in rivals if rival.encoding == "utf-8"), best)
    return best, "strict" if _decodes(path, best.codec) else "replace"


def likeness(encoding: str, text: str) -> float:
    """How much the letters look like what the encoding is used for, from 0 to 1; what was lost looks like nothing."""
    if encoding.startswith("utf-16"):
        return sum(_is_usual(letter) for letter in text[:2_000]) / max(1, len(text[:2_000])) if text else 0.0
    letters = [letter for letter in text if letter > "\x7f"][:2_000]
    if encoding == "utf-8":
        return 1 - letters.count("\ufffd") / max(1, len(letters))
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


def _refuse_what_is_no_text(head: bytes, codec: str) -> None:
    text = _decoded(head, codec, whole=False, errors="replace") or ""
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
