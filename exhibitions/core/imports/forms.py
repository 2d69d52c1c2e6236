"""The forms of an import: a file or a pasted table, and the corrections of how it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from io import BytesIO
from typing import Any, BinaryIO, ClassVar, Self

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from exhibitions.core.forms import Form
from exhibitions.core.imports.reading import Opened
from exhibitions.core.imports.tables import Preview
from exhibitions.core.sheets.delimited import ENCODINGS, SEPARATORS
from exhibitions.core.sheets.table import Choice, Kind

ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030 / GBK",
    "big5": "Big5",
    "cp949": "CP949",
    "euc-kr": "EUC-KR",
}


class UploadForm(Form):
    """A file, or a table that was copied from a spreadsheet."""

    file = FileField(_l("File"), validators=[Optional()])
    pasted = TextAreaField(_l("Or paste a table here"), validators=[Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for one of the two, which `Optional` alone would let pass."""
        good = bool(super().validate(extra_validators))
        if not self.content_given:
            self.file.errors = [gettext("Choose a file or paste a table")]
            return False
        return good

    @property
    def content_given(self) -> bool:
        """Whether a file or a text has come."""
        return bool((self.file.data and self.file.data.filename) or (self.pasted.data or "").strip())

    @property
    def content(self) -> tuple[str, BinaryIO]:
        """What has come: the name of the file and its bytes."""
        if self.file.data and self.file.data.filename:
            return self.file.data.filename, self.file.data.stream
        # The mark in front says UTF-8, whatever the letters look like.
        text = "\ufeff" + (self.pasted.data or "")
        return "pasted.txt", BytesIO(text.encode("utf-8", "replace"))


class ReadingForm(Form):
    """Every guess about a file, correctable; what a column holds is said in the head of the preview, by its place.

    `column_texts` names in each room what a column can hold, with its words.
    """

    column_texts: ClassVar[Mapping[Any, str]] = {}
    encoding = SelectField(_l("Encoding"), choices=[], validate_choice=False)
    separator = SelectField(_l("Separator"), choices=[], validate_choice=False)
    sheet = SelectField(_l("Sheet"), choices=[], validate_choice=False)
    heading_row = IntegerField(
        _l("Row with the column headings"),
        validators=[Optional(), NumberRange(min=1, max=1_048_576, message=_l("Enter a row number from 1"))],
    )

    @classmethod
    def of(cls, opened: Opened[Any] | None, preview: Preview | None) -> Self:
        """The form as it shows how a file is read now."""
        form = cls(formdata=None, data=cls.shown(opened) if opened else {})
        if opened and preview:
            form.offer(opened, preview.places)
        return form

    def offer(self, opened: Opened[Any], places: Sequence[int]) -> None:
        """Fill the choices from the file as it is read now, and take what was sent for the columns at these places."""
        self.encoding.choices = [(name, ENCODING_NAMES[name]) for name in ENCODINGS]
        words = {",": gettext("Comma"), ";": gettext("Semicolon"), "\t": gettext("Tab")}
        self.separator.choices = [(_key(mark), words[mark]) for mark in SEPARATORS]
        self.sheet.choices = [(name, name) for name in opened.table.guess.sheets]
        known = {place: column for column, place in opened.columns.items()}
        self.holds = {place: self._sent(place, known.get(place)) for place in places}

    def _sent(self, place: int, known: StrEnum | None) -> StrEnum | None:
        if not self.is_submitted():
            return known
        name = request.form.get(f"place_{place}", "")
        return next((column for column in self.column_texts if column == name), None)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also refuse two columns for one thing: nobody could say which of them is meant."""
        good = bool(super().validate(extra_validators))
        counted = Counter(column for column in self.holds.values() if column)
        for column, count in counted.items():
            if count > 1:
                words = gettext(self.column_texts[column])
                self.form_errors.append(
                    gettext("Two columns are read as “%(name)s”. Choose one.", name=words)
                )
                good = False
        return good

    def choice(self, kind: Kind) -> Choice:
        """The corrections as the reader takes them."""
        text = kind is Kind.TEXT
        return Choice(
            encoding=self.encoding.data if text else None,
            separator=_mark(self.separator.data) if text else None,
            sheet=None if text else self.sheet.data,
            # Columns that are named by hand while no row is said to hold headings: the file has none.
            heading_row=self.heading_row.data or (0 if self.columns() else None),
        )

    def keeps_places(self, opened: Opened[Any]) -> bool:
        """Whether the file shows the same columns as it is read now: no known headings and none at all are alike.

        Places belong to the rows that were shown: another sheet, heading row or separator has others.
        """
        sent, now = self.choice(opened.table.guess.kind), opened.choice
        return replace(sent, heading_row=sent.heading_row or 0) == replace(
            now, heading_row=now.heading_row or 0
        )

    def columns(self) -> Mapping[Any, int]:
        """Where the columns stand, as they were chosen."""
        return {column: place for place, column in self.holds.items() if column}

    @classmethod
    def shown(cls, opened: Opened[Any]) -> dict[str, object]:
        """The values of the form for a file as it is read now."""
        guess = opened.table.guess
        return {
            "encoding": guess.encoding,
            "separator": _key(guess.separator or ""),
            "sheet": guess.sheet,
            "heading_row": guess.heading_row or None,
        }


def _key(separator: str) -> str:
    """A separator as the value of an option; a tab would be trimmed by browsers."""
    return "tab" if separator == "\t" else separator


def _mark(key: str | None) -> str | None:
    separator = "\t" if key == "tab" else key
    return separator if separator in SEPARATORS else None


def letters(place: int) -> str:
    """The letters over a column: 0 → A, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
