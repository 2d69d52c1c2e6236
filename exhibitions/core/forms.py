"""Forms: the base of every form, the switch of language that keeps what was typed, and saving nothing over newer."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from flask import current_app, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from sqlalchemy.orm.exc import ObjectDeletedError
from wtforms import BooleanField, Field, FileField, MultipleFileField, SelectFieldBase, SelectMultipleField
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields import choices

from exhibitions.core import kept, stale
from exhibitions.core.access import actor
from exhibitions.core.db import lock_named, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.signing import derive_key

if TYPE_CHECKING:

    class SelectChoice(NamedTuple):
        """What a field of choices offers: the value that is sent, and its words. The published types know only pairs."""

        value: Any
        label: Any

else:
    SelectChoice = choices.SelectChoice

OPENED = "_opened"
"""The hidden field with the mark of what a form was opened with."""
About = tuple[str, int | None] | tuple[str, int | None, str]
_PURPOSE = "what a form was opened with v1"
_NOT_COMPARED = (CSRFTokenField, FileField, MultipleFileField)

_LONGEST_NUMBER = 19

_CHOICE = N_("Not a valid choice.")
_LENGTH = N_("At most %(max)d characters")
_RANGE = N_("Enter a number from %(min)s to %(max)s")
_NUMBER = N_("Enter a number")
_OF_LIBRARY = {
    "This field is required.": N_("Please fill this in."),
    "Field cannot be longer than %(max)d character.": _LENGTH,
    "Number must be between %(min)s and %(max)s.": _RANGE,
    "Not a valid integer value.": N_("Enter a whole number"),
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid date value.": N_("Enter a day that exists, like 2026-08-19"),
    "Not a valid datetime value.": N_("Enter a date and a time that exist."),
    "Not a valid time value.": N_("Enter a time like 09:00"),
    "Not a valid choice.": _CHOICE,
    "Invalid Choice: could not coerce.": _CHOICE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOICE,
    "'%(value)s' is not a valid choice for this field.": _CHOICE,
    "Invalid value, must be one of: %(values)s.": _CHOICE,
}
"""What WTForms says where a rule has no sentence of its own → what we say instead."""


class _OurWords:
    """The translations of WTForms: sentences of the product in the reader's language."""

    def gettext(self, text: str) -> str:
        """The sentence of ours, or what the field says itself."""
        return str(gettext(_OF_LIBRARY[text])) if text in _OF_LIBRARY else text

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The same for a sentence with a number, which ours say with every number alike."""
        return self.gettext(one) if one in _OF_LIBRARY else one if number == 1 else many


_OUR_WORDS = _OurWords()


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
    alike: ClassVar[stale.Alike] = {}
    """For fields that are kept in another spelling than they may be typed in: what makes two spellings one."""
    newer: stale.Newer | None = None
    """What somebody else saved since this form was opened, once `saving` has found it."""
    opened_with = ""
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
                found = again
            if found is not None:
                form.opened_with = found.get(OPENED, "")
            return found

        def get_translations(self, form: Any) -> Any:
            """What a rule without a sentence of its own says."""
            return _OUR_WORDS

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

    @property
    def opened(self) -> str:
        """The mark for the page: what the form was opened with, kept while it comes back with errors."""
        if self.opened_with:
            return self.opened_with
        shown = {
            name: _showing(field, field.object_data).data
            for name, field in self._fields.items()
            if not isinstance(field, _NOT_COMPARED)
        }
        return stale.mark(_key(current_app.config["SECRET_KEY"]), shown, self.alike)

    @contextmanager
    def saving(self, now: Callable[[], Any], about: About | None = None) -> Iterator[None]:
        """`transaction()` for what this form changes; raises `Stale` when that would undo what somebody else saved.

        `now` gives what fills the form, read anew inside the transaction: a row, facts or a mapping; None for what is
        only being made. `about` (its number None likewise) is kind and number of the subject in the audit, and the action where the subject has
        others, so that the page can say who it was. A view hands `Stale` to `refuse` like any other refusal.
        """
        with transaction():
            if self.opened_with:
                lock_named(":".join(map(str, about[:2])) if about else request.path)
                self._compare(now, about)
            yield

    @property
    def status(self) -> int:
        """With which status the page of this form is answered: 409 stale, 422 with errors, else 200."""
        return stale.Stale.status if self.newer else 422 if self.errors else 200

    def _compare(self, read: Callable[[], Any], about: About | None) -> None:
        try:
            now = self._as_shown(read())
        except ObjectDeletedError:
            # The service says that it is gone.
            return
        key = _key(current_app.config["SECRET_KEY"])
        values = {name: field.data for name, field in now.items()}
        sent = {name: self._fields[name].data for name in now}
        found = stale.differences(key, self.opened_with, values, sent, self.alike)
        if not found:
            return
        changes = tuple(self._told(change, now[change.name]) for change in found)
        for change in changes:
            self._show(change, now[change.name])
        last = current_app.extensions["last_change"](about) if about else None
        by, at = last or ("", None)
        # Who works at the desk is not told to visitors.
        self.newer = stale.Newer(by if actor().kind == "user" else "", at, changes)
        self.opened_with = stale.mark(key, values, self.alike)
        raise stale.Stale

    def _as_shown(self, values: Any) -> dict[str, Field]:
        """The fields that `values` fill, as a form that is opened now would show them."""
        if values is None:
            return {}
        if not isinstance(values, Mapping):
            values = {name: getattr(values, name) for name in self._fields if hasattr(values, name)}
        return {
            name: _showing(self._fields[name], value)
            for name, value in values.items()
            if name in self._fields and not isinstance(self._fields[name], _NOT_COMPARED)
        }

    def _told(self, change: stale.Change, theirs: Field) -> stale.Change:
        field = self._fields[change.name]
        whose = str(field.description or "")
        label = str(field.label.text)
        return replace(
            change, theirs=_in_words(theirs), yours=_in_words(field), label=f"{whose} {label}".strip()
        )

    def _show(self, change: stale.Change, theirs: Field) -> None:
        """Beside a field that both changed stands what is saved now; one that the sender left alone shows it."""
        field: Any = self._fields[change.name]
        if change.touched:
            field.theirs = change.theirs
        else:
            field.data, field.raw_data = theirs.data, None

    def refuse(self, field: str, refusal: Refused) -> None:
        """Show the sentence of a refusal beside `field`, as if the field itself had found it.

        That the form is stale is no fault of a field: the page says it on top.
        """
        if isinstance(refusal, stale.Stale):
            return
        target: Any = self[field]
        target.errors = [*target.errors, gettext(refusal.message, **refusal.params)]


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return derive_key(secret, _PURPOSE)


def _showing(field: Field, value: Any) -> Field:
    """The field as it would show `value`; the field itself stays as it is."""
    # Not by `copy`: a field that is made without its form is a declaration of one.
    other: Field = object.__new__(type(field))
    other.__dict__.update(field.__dict__, raw_data=None)
    other.process(None, value)
    return other


def _in_words(field: Any) -> str:
    """The value of a field as people read it; empty for none."""
    if isinstance(field, BooleanField):
        return str(gettext("Yes") if field.data else gettext("No"))
    if isinstance(field, SelectFieldBase):
        chosen = field.data if isinstance(field, SelectMultipleField) else [field.data]
        names = {str(option.data): str(option.label.text) for option in field}
        return str(gettext(", ")).join(
            names.get(str(each), str(each)) for each in chosen or () if each is not None
        )
    return str(field._value())
