"""The forms of a group: its list typed, pasted or in a file; how many come on one code; a name given to somebody else."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import StopValidation

from exhibitions.badges.queries import Offered
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form, typed_number
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import text_of
from exhibitions.core.sheets.workbook import within
from exhibitions.visitors.rules.columns import columns_of, known_columns
from exhibitions.visitors.rules.group_list import (
    MOST_IN_GROUP,
    BadLine,
    Listed,
    as_text,
    checked_people,
    class_words,
)

_LONGEST_KEY = 64
_MOST_BYTES = 2 * 1024 * 1024
_MOST_UNPACKED = 8 * 1024 * 1024
_MOST_SECONDS = 2.0
_MOST_COLUMNS = 50
_MOST_LETTERS = 200_000
_TYPED = 20
_MOST_NAMED = 50


class GroupForm(Form):
    """V2, V3: people of a group: typed or pasted into a box, or in a file as the import reads it.

    A list that was not simply typed is shown as it was understood before anybody is registered from it.
    """

    page_order = ("form_key", "confirmed", "names", "file")

    form_key = HiddenField()
    confirmed = HiddenField()
    names = TextAreaField(lazy_gettext("Names, one a line"))
    file = FileField(lazy_gettext("Or a file (Excel or CSV)"))

    listed = Listed([], [])
    offered: Mapping[str, Offered] = MappingProxyType({})

    def allow(
        self,
        room: int,
        offered: Mapping[str, Offered],
        known: Collection[str],
        closed: Iterable[Offered] = (),
    ) -> None:
        """Say how many may still come, what categories a line may name, and which numbers the group has already.

        A line that names one of the `closed` is told that it is not open, not that there is none.
        """
        self.room, self.known, self.offered = room, known, offered
        self.classes = dict.fromkeys(_words_of(closed), "") | dict(_words_of(offered.values()))
        if not self.form_key.data or len(self.form_key.data) > _LONGEST_KEY:
            self.form_key.data = secrets.token_urlsafe(16)

    @property
    def has_file(self) -> bool:
        """Whether a file has come."""
        return isinstance(self.file.data, FileStorage) and bool(self.file.data.filename)

    @property
    def to_be_seen(self) -> bool:
        """Whether the list is shown before it is taken: all but up to 20 plain names that were typed."""
        pasted = self.has_file or "\t" in (self.names.data or "")
        typed = self.listed.only_names and len(self.listed.people) <= _TYPED and not pasted
        return not typed and not self.confirmed.data

    def validate_names(self, field: Field) -> None:
        try:
            if self.has_file:
                field.data = _text_of(self.file.data, self.room)
            if len(field.data or "") > _MOST_LETTERS:
                raise Refused(
                    "names_many", N_("You can bring %(room)s more. Shorten the list"), room=self.room
                )
            self.listed = checked_people(field.data or "", self.room, self.classes, self.known)
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal
        if self.listed.bad:
            named = self.listed.bad[:_MOST_NAMED]
            field.errors = [*field.errors, *map(_sentence, named)]
            if len(self.listed.bad) > len(named):
                more = len(self.listed.bad) - len(named)
                field.errors.append(gettext("And %(number)s more lines", number=more))
            raise StopValidation


class HeadsForm(Form):
    """How many come with the leader's own code, the leader among them."""

    heads = StringField(lazy_gettext("People who come in with the leader's code"))

    kept_heads = 1

    def validate_heads(self, field: Field) -> None:
        number = typed_number(field.data or "")
        if number is None or not 1 <= number <= MOST_IN_GROUP:
            raise ValidationError(gettext("Enter a number from 1 to %(most)s", most=MOST_IN_GROUP))
        self.kept_heads = number


def _words_of(classes: Iterable[Offered]) -> Mapping[str, str]:
    return class_words((each.key, (each.name_zh, each.name_en)) for each in classes)


def _text_of(file: FileStorage, room: int) -> str:
    """The rows of a file as lines of a list. Raises `Refused` for what is no table, and for too large a file."""
    content = file.stream.read(_MOST_BYTES + 1)
    file.close()
    if len(content) > _MOST_BYTES:
        raise Refused("file_large", N_("The file is larger than 2 MB. Leave the names alone in it"))
    with tempfile.NamedTemporaryFile() as kept, within(_MOST_UNPACKED, _MOST_SECONDS):
        kept.write(content)
        kept.flush()
        table = open_table(Path(kept.name), known_columns)
        rows = islice(table.rows(), room + 1)
        cells = ([text_of(cell) for cell in row.cells[:_MOST_COLUMNS]] for row in rows)
        return as_text(cells, columns_of(table.heading[:_MOST_COLUMNS]))


def _sentence(line: BadLine) -> str:
    why = gettext(line.why.message, **line.why.params)
    return str(gettext("Line %(number)s (%(text)s): %(why)s", number=line.number, text=line.begin, why=why))
