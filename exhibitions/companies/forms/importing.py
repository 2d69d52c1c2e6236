"""The forms of an import of companies: how its columns are read, and what becomes of known companies."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from exhibitions.companies.rules.columns import COLUMN_TEXTS
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.imports import forms
from exhibitions.core.imports.stages import CHANGE, LEAVE


class ReadingForm(forms.ReadingForm):
    """Every guess about a list of companies, correctable."""

    column_texts = COLUMN_TEXTS


class KnownForm(Form):
    """What becomes of companies that are in the register already and of which a list says something else."""

    known = RadioField(
        _l("Companies that are in the register already"),
        choices=[
            SelectChoice(CHANGE, _l("Change them as the file says")),
            SelectChoice(LEAVE, _l("Leave them as they are")),
        ],
        default=CHANGE,
    )
