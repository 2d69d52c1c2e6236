"""Forms of the exhibitor's centre: people pasted, the directory entry with its products, a message; its set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Length, Optional

from exhibitions.companies.rules.roles import office_phone
from exhibitions.core.contact import clean_name, normal_email
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.graphemes import seen_length
from exhibitions.exhibitors.rules import fascia
from exhibitions.exhibitors.rules.directory import LONGEST_NAME, LONGEST_PRODUCT, LONGEST_TEXT, gaps, too_long
from exhibitions.exhibitors.rules.fascia import Panel
from exhibitions.exhibitors.rules.staff import LONGEST_TEXT as LONGEST_LIST
from exhibitions.exhibitors.rules.staff import Names, StaffKind, read_names
from exhibitions.exhibitors.service.directory import Words

KINDS = {
    StaffKind.STAFF: _l("Exhibitor badge"),
    StaffKind.BUILD_UP: _l("Build-up pass"),
    StaffKind.SERVICE: _l("Service badge"),
}
LIMITS = {
    "name_zh": LONGEST_NAME,
    "name_en": LONGEST_NAME,
    "brand": 50,
    "text_zh": LONGEST_TEXT,
    "text_en": LONGEST_TEXT,
}
_BYTES = 4_000
_EXTENSION = re.compile(r"\s*(?:转|ext\.?|#|-)\s*[0-9]{1,6}\s*$", re.IGNORECASE)
_GAPS = {
    "name": ("name_zh", _l("Enter the company's name, in one language at least")),
    "description": ("text_zh", _l("Describe the company, in one language at least")),
}


class StaffForm(Form):
    """People of one kind, one a line; `agreed` is the yes to what the quota does not give."""

    kind = RadioField(
        _l("Kind"),
        choices=[SelectChoice(kind.value, word) for kind, word in KINDS.items()],
        default=StaffKind.STAFF.value,
    )
    company = SelectField(_l("Their company"), default="")
    names = TextAreaField(_l("List of people"), validators=[Length(max=2 * LONGEST_LIST)])
    agreed = HiddenField()
    listed: Names

    def offer(self, kinds: Sequence[StaffKind], companies: Sequence[tuple[str, str]]) -> None:
        """Take these kinds alone, and people of these companies: the exhibitor's own as "", co-exhibitors by number."""
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in kinds]
        self.company.choices = [SelectChoice(value, word) for value, word in companies]

    def validate_names(self, field: Any) -> None:
        try:
            self.listed = read_names((field.data or "")[: LONGEST_LIST + 1])
        except Refused as refusal:
            self.refuse("names", refusal)
            self.listed = Names([], [])
        for bad in self.listed.unread:
            why = gettext(bad.why.message, **bad.why.params)
            field.errors = [*field.errors, gettext("Line %(line)s: %(why)s", line=bad.line, why=why)]


class EntryForm(Form):
    """The directory entry and the fascia; limits are counted in characters that people see."""

    name_zh = StringField(_l("Name in Chinese"), validators=[Optional(), Length(max=_BYTES)])
    name_en = StringField(_l("Name in English"), validators=[Optional(), Length(max=_BYTES)])
    brand = StringField(_l("Brand"), validators=[Optional(), Length(max=_BYTES)])
    text_zh = TextAreaField(_l("Description in Chinese"), validators=[Optional(), Length(max=_BYTES)])
    text_en = TextAreaField(_l("Description in English"), validators=[Optional(), Length(max=_BYTES)])
    website = URLField(_l("Website"), validators=[Optional(), Length(max=200)])
    phone = TelField(_l("Phone in the directory"), validators=[Optional(), Length(max=50)])
    email = EmailField(_l("E-mail in the directory"), validators=[Optional(), Length(max=254)])
    logo = FileField(_l("Logo"))
    fascia_zh = StringField(_l("Fascia text in Chinese"), validators=[Optional(), Length(max=_BYTES)])
    fascia_en = StringField(_l("Fascia text in English"), validators=[Optional(), Length(max=_BYTES)])
    panel: Panel | None = None
    """What the fascia of the stand holds; without one there is no text to keep."""
    kept_fascia: tuple[str, str] = ("", "")
    """What is kept where there is no panel: nothing, unless it was printed."""

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        for name, (length, limit) in too_long(self.typed(), LIMITS).items():
            words = gettext("%(length)s characters; at most %(limit)s", length=length, limit=limit)
            self[name].errors = [*self[name].errors, words]
        if self.panel is not None and (self.fascia_zh.data or self.fascia_en.data):
            for field, why in fascia.check_text(*self._fascia(), self.panel).items():
                self.refuse(f"fascia_{field}", why)
        if self.email.data and normal_email(self.email.data) is None:
            self.email.errors = [*self.email.errors, gettext("Enter an e-mail address like name@example.com")]
        # The directory shows a number as it was written, with its extension; what is none is refused (IR4).
        if self.phone.data and not any(
            map(office_phone, (self.phone.data, _EXTENSION.sub("", self.phone.data)))
        ):
            words = gettext("Enter a phone number like 0411-8234 5678 or 138 0013 8000")
            self.phone.errors = [*self.phone.errors, words]
        site = self.website.data or ""
        if site and (any(letter.isspace() for letter in site) or "." not in site or not _is_site(site)):
            self.website.errors = [*self.website.errors, gettext("Enter an address like www.example.com")]
        return not self.errors

    def typed(self) -> dict[str, str]:
        """What was typed, as it is kept: lines stay, everything else is one line."""
        texts = ("text_zh", "text_en")
        found = {field.name: str(self[field.name].data or "") for field in fields(Words)}
        if self.panel is None:
            found["fascia_zh"], found["fascia_en"] = self.kept_fascia
        return {
            name: "\n".join(map(clean_name, text.strip().splitlines())) if name in texts else clean_name(text)
            for name, text in found.items()
        }

    def words(self) -> Words:
        """The words of the entry."""
        return Words(**self.typed())

    def name_gaps(self) -> bool:
        """Whether something is missing without which nothing is printed; each gap is said at its field."""
        typed = self.typed()
        missing = gaps((typed["name_zh"], typed["name_en"]), (typed["text_zh"], typed["text_en"]))
        for gap in missing:
            field = self[_GAPS[gap][0]]
            field.errors = [*field.errors, str(_GAPS[gap][1])]
        return bool(missing)

    def _fascia(self) -> tuple[str, str]:
        typed = self.typed()
        return typed["fascia_zh"], typed["fascia_en"]


def _is_site(text: str) -> bool:
    scheme, mark, _ = text.partition("://")
    return (not mark and ":" not in text.split("/")[0]) or (
        bool(mark) and scheme.lower() in ("http", "https")
    )


class ProductForm(Form):
    """One product of the entry."""

    product_zh = StringField(_l("Product in Chinese"), validators=[Optional(), Length(max=_BYTES)])
    product_en = StringField(_l("Product in English"), validators=[Optional(), Length(max=_BYTES)])
    is_new = BooleanField(_l("New product, shown for the first time"))
    picture = FileField(_l("Picture"), validators=[Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        for field in (self.product_zh, self.product_en):
            length = seen_length(field.data or "")
            if length > LONGEST_PRODUCT:
                words = gettext(
                    "%(length)s characters; at most %(limit)s", length=length, limit=LONGEST_PRODUCT
                )
                field.errors = [*field.errors, words]
        return not self.errors

    @property
    def names(self) -> tuple[str, str]:
        """The names as they are kept."""
        return clean_name(self.product_zh.data or ""), clean_name(self.product_en.data or "")


class MessageForm(Form):
    """A text to the other side."""

    text = TextAreaField(_l("Message"), validators=[Length(max=8_000)])


def upload(field: Any, most: int) -> bytes | None:
    """The bytes of a file that was chosen, one more than `most` where it is larger; None where none was."""
    chosen = field.data
    if chosen is None or not getattr(chosen, "filename", ""):
        return None
    found: bytes = chosen.stream.read(most + 1)
    chosen.close()
    return found


def shown(words: Words) -> Mapping[str, str]:
    """An entry as its form shows it."""
    return {field.name: getattr(words, field.name) for field in fields(Words)}
