"""Forms: the base of every form, and the switch of language that keeps what was typed."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm

from exhibitions.core import kept
from exhibitions.core.errors import Refused

_LONGEST_NUMBER = 19


def typed_number(text: str) -> int | None:
    """A number as people type one: "100,000" and full-width digits are taken, anything else is None."""
    digits = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    return int(digits) if digits.isdecimal() and len(digits) < _LONGEST_NUMBER else None


class Form(FlaskForm):
    """A form with CSRF protection whose errors are sentences.

    `accepted()` is what a view asks. When the language switch of the page sent the form, nothing is checked and
    nothing is saved: the page comes back in the other language with all that was typed. A page that is drawn again
    because it had expired (core.kept) fills its forms with what was sent, and they count as not sent.
    """

    _fields: dict[str, Any]
    page_order: ClassVar[tuple[str, ...]] = ()
    """The first fields as the page shows them, where a form inherits fields: its errors are named in this order."""

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self._fields = {name: self._fields[name] for name in dict.fromkeys((*self.page_order, *self._fields))}

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What fills the form: what was sent, or what was sent before and could not be taken then."""
            found = super().wrap_formdata(form, formdata)
            again = kept.fields_here()
            if found is None and again is not None and again.keys() & form._fields.keys():
                return again
            return found

    def accepted(self) -> bool:
        """Whether the form was sent to be carried out and is well-formed."""
        if not self.is_submitted() or "_lang" in request.form:
            return False
        return bool(self.validate()) and self._without_nul()

    def _without_nul(self) -> bool:
        # Where no rule refuses it: no keyboard types it, and PostgreSQL takes no text with it (ASVS 1.3.3).
        for field in self._fields.values():
            if isinstance(field.data, str):
                field.data = field.data.replace("\x00", "")
        return True

    def refuse(self, field: str, refusal: Refused) -> None:
        """Show the sentence of a refusal beside `field`, as if the field itself had found it."""
        target: Any = self[field]
        target.errors = [*target.errors, gettext(refusal.message, **refusal.params)]
