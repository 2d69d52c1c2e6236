"""Forms of entries: what a company says of a product, what the office adds and does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.rules.entering import (
    LONGEST_NAME,
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_MAKERS,
    MOST_PAPERS,
    MOST_PICTURES,
    check_papers,
    check_pictures,
)
from exhibitions.awards.rules.entry_words import CHECKS
from exhibitions.awards.rules.screening import Deed
from exhibitions.awards.service.entering import Maker, Words, words_of
from exhibitions.awards.service.pictures import Ready, ready_paper, ready_picture
from exhibitions.companies.rules.copies import MOST_PDF_BYTES
from exhibitions.core.contact import clean_name, normal_email, normal_phone
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.graphemes import seen_length
from exhibitions.core.i18n import local
from exhibitions.exhibitors.models import DirectoryEntry, DirectoryProduct
from exhibitions.exhibitors.rules.pictures import MOST_BYTES

MOST_SENT = MOST_PICTURES * MOST_BYTES + MOST_PAPERS * MOST_PDF_BYTES + 1024 * 1024
"""What a request with all the pictures and papers of an entry may have, each as large as it may be."""
_BYTES = 8_000
LIMITS = {
    "product_zh": LONGEST_NAME,
    "product_en": LONGEST_NAME,
    "brand": 50,
    "innovation_zh": LONGEST_TEXT,
    "innovation_en": LONGEST_TEXT,
}
_TEXTS = ("innovation_zh", "innovation_en")
_SPLIT = str.maketrans("，；;\t|", ",,,,,")


class _WordsForm(Form):
    """What is said of a product; nothing of it is asked for before it is submitted."""

    category = SelectField(_l("Award category"), default="")
    product_zh = StringField(_l("Product in Chinese"), validators=[Optional(), Length(max=_BYTES)])
    product_en = StringField(_l("Product in English"), validators=[Optional(), Length(max=_BYTES)])
    brand = StringField(_l("Brand"), validators=[Optional(), Length(max=_BYTES)])
    innovation_zh = TextAreaField(
        _l("What is new about it, in Chinese"), validators=[Optional(), Length(max=_BYTES)]
    )
    innovation_en = TextAreaField(
        _l("What is new about it, in English"), validators=[Optional(), Length(max=_BYTES)]
    )
    makers = TextAreaField(_l("Joint makers"), validators=[Optional(), Length(max=2_000)])
    contact_name = StringField(_l("Contact person"), validators=[Optional(), Length(max=100)])
    contact_phone = TelField(_l("Mobile number"), validators=[Optional(), Length(max=50)])
    contact_email = EmailField(_l("E-mail"), validators=[Optional(), Length(max=254)])

    def offer(self, season: AwardSeason) -> None:
        """Fill in the categories of the season in the reader's language."""
        named = [SelectChoice(each.code, f"{each.code} {local(each, 'name')}") for each in season.categories]
        self.category.choices = [SelectChoice("", gettext("Choose a category")), *named]

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        for name, limit in LIMITS.items():
            length = seen_length(self._typed(name))
            if length > limit:
                self._say(
                    name, gettext("%(length)s characters; at most %(limit)s", length=length, limit=limit)
                )
        if self.contact_email.data and normal_email(self.contact_email.data) is None:
            self._say("contact_email", gettext("Enter an e-mail address like name@example.com"))
        if self.contact_phone.data and normal_phone(self.contact_phone.data) is None:
            self._say(
                "contact_phone",
                gettext("Enter a mobile number like 138 0013 8000 or +82 10 1234 5678"),
            )
        if len(self.told_makers()) > MOST_MAKERS:
            self._say("makers", gettext("An entry names at most %(most)s joint makers", most=MOST_MAKERS))
        if any(len(each.company) > LONGEST_NAME * 2 for each in self.told_makers()):
            self._say("makers", gettext("At most %(max)d characters", max=LONGEST_NAME * 2))
        return not self.errors

    def words(self) -> Words:
        """What was typed, as it is kept: texts keep their lines, everything else is one line."""
        return Words(
            category=self.category.data or "",
            product_zh=self._typed("product_zh"),
            product_en=self._typed("product_en"),
            brand=self._typed("brand"),
            innovation_zh=self._typed("innovation_zh"),
            innovation_en=self._typed("innovation_en"),
            contact_name=self._typed("contact_name"),
            contact_phone=normal_phone(self.contact_phone.data or "") or "",
            contact_email=normal_email(self.contact_email.data or "") or "",
        )

    def told_makers(self) -> list[Maker]:
        """One joint maker a line, its place behind a comma."""
        lines = [line.translate(_SPLIT).partition(",") for line in (self.makers.data or "").splitlines()]
        return [
            Maker(clean_name(company), clean_name(place))
            for company, _comma, place in lines
            if company.strip()
        ]

    def _typed(self, name: str) -> str:
        text = str(self[name].data or "")
        if name in _TEXTS:
            return "\n".join(map(clean_name, text.strip().splitlines()))
        return clean_name(text)

    def _say(self, name: str, words: str) -> None:
        self[name].errors = [*self[name].errors, words]


def shown(entry: AwardEntry) -> dict[str, str]:
    """An entry as its form shows it."""
    words = words_of(entry)
    makers = "\n".join(", ".join(filter(None, (each.company, each.place))) for each in entry.makers)
    return {name: getattr(words, name) for name in Words.__slots__} | {"makers": makers}


class AwardEntryForm(_WordsForm):
    """What a company enters, with its pictures and papers."""

    page_order = (
        *("category", "product", "product_zh", "product_en", "brand", "innovation_zh", "innovation_en"),
        *("pictures", "papers"),
    )
    product = SelectField(_l("Take a product from your directory entry"), default="", validate_choice=False)
    pictures = MultipleFileField(_l("Pictures"), validators=[Optional()])
    papers = MultipleFileField(_l("Supporting papers"), validators=[Optional()])
    products: Sequence[DirectoryProduct] = ()

    def offer_products(self, entry: DirectoryEntry | None) -> None:
        """Products of the directory entry that may be taken over."""
        self.products = entry.products if entry is not None else ()
        named = [
            SelectChoice(str(each.id), " · ".join(filter(None, (each.name_zh, each.name_en))))
            for each in self.products
        ]
        self.product.choices = [SelectChoice("", gettext("None")), *named]

    @property
    def taken(self) -> DirectoryProduct | None:
        """The product of the directory that was chosen."""
        return next((each for each in self.products if str(each.id) == self.product.data), None)

    def words(self) -> Words:
        """What was typed; names that were left empty are those of the product that was chosen."""
        typed, taken = super().words(), self.taken
        if taken is None or typed.product_zh or typed.product_en:
            return typed
        self.product_zh.data, self.product_en.data = taken.name_zh, taken.name_en
        return super().words()

    def ready(self) -> list[Ready]:
        """The files that came, as they are kept; raises `Refused` for the first that cannot be."""
        return ready_files(self)


class AwardFilesForm(Form):
    """Pictures and papers that the office adds."""

    pictures = MultipleFileField(_l("Pictures"), validators=[Optional()])
    papers = MultipleFileField(_l("Supporting papers"), validators=[Optional()])

    def ready(self) -> list[Ready]:
        """The files that came, as they are kept; raises `Refused` for the first that cannot be."""
        return ready_files(self)


def ready_files(form: Any) -> list[Ready]:
    """The pictures and papers of a form, drawn one after the other, before any transaction.

    Counted before the first is read: what an entry cannot hold is not drawn.
    """
    pictures, papers = _sent(form.pictures), _sent(form.papers)
    check_pictures(len(pictures))
    check_papers(len(papers))
    drawn = [ready_picture(_content(each, MOST_BYTES)) for each in pictures]
    return drawn + [ready_paper(_content(each, MOST_PDF_BYTES)) for each in papers]


def _sent(field: Any) -> list[Any]:
    return [chosen for chosen in field.data or () if getattr(chosen, "filename", "")]


def _content(chosen: Any, most: int) -> bytes:
    content: bytes = chosen.stream.read(most + 1)
    chosen.close()
    return content


class SubmitForm(Form):
    """The statement of truth."""

    declared = BooleanField(_l("What we have entered is true, and we may enter this product."))

    def validate_declared(self, field: Any) -> None:
        if not field.data:
            field.errors = [*field.errors, gettext("Confirm the statement")]

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        return not self.errors


class WithdrawForm(Form):
    """Why an entry is taken back; it may be left empty."""

    reason = StringField(_l("Reason"), validators=[Optional(), Length(max=LONGEST_REASON)])


class OfficeEntryForm(_WordsForm):
    """An entry that the office adds for a company, or corrects."""

    page_order = ("company", "place", "reason")
    company = StringField(_l("Company"), validators=[Optional(), Length(max=200)])
    place = StringField(_l("Province or city"), validators=[Optional(), Length(max=64)])
    reason = StringField(_l("Reason"), validators=[Optional(), Length(max=LONGEST_REASON)])


class EntryDeedForm(Form):
    """One thing that the office does with an entry."""

    deed = HiddenField()
    checks = SelectMultipleField(_l("Checklist"), validate_choice=False)
    reason = TextAreaField(_l("Reason"), validators=[Optional(), Length(max=LONGEST_REASON)])
    category = StringField(_l("Award category"), validators=[Optional(), Length(max=40)])
    place = StringField(_l("Where the sample is kept"), validators=[Optional(), Length(max=100)])

    def wanted(self) -> Deed:
        """What is to be done. Raises `Refused` for what nobody can do."""
        try:
            return Deed(self.deed.data or "")
        except ValueError as error:
            raise Refused("deed_unknown", N_("There is no such step")) from error

    @property
    def part(self) -> str:
        """In which part of the page it was asked for; "" where nothing was."""
        deed = self.deed.data or ""
        return "screening" if deed in (Deed.ACCEPT, Deed.RETURN, Deed.REJECT) else deed

    @property
    def ticked(self) -> list[str]:
        """Those of the checklist that were ticked."""
        return [name for name in self.checks.data or () if name in CHECKS]
