"""The forms of an import of visitors: how its columns are read, and what becomes of known people."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.imports import forms
from exhibitions.core.imports.stages import CHANGE, LEAVE
from exhibitions.visitors.service.import_files import COLUMN_TEXTS
from exhibitions.visitors.service.importing import BY_NUMBER


class ReadingForm(forms.ReadingForm):
    """Every guess about a list of visitors, correctable."""

    column_texts = COLUMN_TEXTS


class KnownForm(Form):
    """What becomes of people who are registered already and of whom the file says something else."""

    known = RadioField(
        _l("People who are registered already"),
        choices=[
            SelectChoice(CHANGE, _l("Change them as the file says")),
            SelectChoice(LEAVE, _l("Leave them as they are")),
        ],
        default=CHANGE,
    )

    @property
    def chosen(self) -> str:
        """The choice; nobody asked means that badge numbers change people and nothing else does."""
        return str(self.known.data) if "known" in request.form else BY_NUMBER
