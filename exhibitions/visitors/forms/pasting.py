"""A table pasted from a spreadsheet."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from exhibitions.core.forms import Form
from exhibitions.visitors.rules.pasted import LONGEST_TEXT, BadRow, Pasted


class PasteForm(Form):
    """A table that was copied from a spreadsheet."""

    pasted = TextAreaField(
        _l("Paste the rows here"),
        validators=[InputRequired(_l("Paste at least one row")), Length(max=LONGEST_TEXT)],
    )

    @property
    def takes_the_others(self) -> bool:
        """Whether the rows that are good shall be taken although others are not."""
        return "others" in request.form

    def keep_bad(self, pasted: Pasted, bad: list[BadRow]) -> None:
        """Leave only the bad rows in the box, under their heading: the others are taken."""
        self.pasted.data = "\n".join(filter(None, [pasted.heading, *(row.text for row in bad)]))
