"""A paper of an application."""

from __future__ import annotations

from functools import partial

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import SelectField, StringField

from exhibitions.companies.rules.papers import KIND_TEXTS, PaperFacts, PaperKind
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import SelectChoice
from exhibitions.exhibitors.forms.applying import Checked, Onward
from exhibitions.exhibitors.rules import typed
from exhibitions.expos.forms.fields import any_day


class PaperForm(Onward, Checked):
    """What it is, and its file."""

    typed_in = ("file", "number", "valid_to")
    checks = {"number": partial(typed.checked_text, most=100)}
    kind = SelectField(
        lazy_gettext("What is it"),
        choices=[SelectChoice(kind.value, lazy_gettext(word)) for kind, word in KIND_TEXTS.items()],
    )
    file = FileField(lazy_gettext("Photo or PDF"))
    number = StringField(lazy_gettext("Number on the paper"))
    valid_to = any_day(lazy_gettext("Valid until"))

    def together(self) -> None:
        """A file has to come."""
        if not self.file.data or not self.file.data.filename:
            self.refuse("file", Refused("file_missing", N_("Choose a file or take a photo")))

    def facts(self) -> PaperFacts:
        """What is said of it."""
        return PaperFacts(PaperKind(self.kind.data), self.kept["number"], None, self.valid_to.data)
