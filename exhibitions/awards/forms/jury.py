"""What the office fills in about the jury: a juror, a panel, an interest and its decision, places, the drawing, rounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from exhibitions.awards.models import AwardSeason, Juror, Panel
from exhibitions.awards.rules.conflicts import DECLARABLE, KINDS, SOURCES
from exhibitions.awards.rules.states import ConflictDecision, ConflictKind, ConflictSource
from exhibitions.awards.service.assigning import LONGEST_SEED
from exhibitions.awards.service.jurors import Wanted
from exhibitions.core.contact import clean_code, clean_name, normal_email, normal_phone
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import OFFERED
from exhibitions.expos.forms.fields import any_day, line, moment, options, passage

_LANGUAGES = (("zh", "中文"), ("en", "English"))
MOST_FORMER = 30
_BETWEEN = " ,，;；、"
_LAST_DAY = re.compile(r"(.*?)[\s,，;；、]*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})")


class JurorForm(Form):
    """A juror. Earlier employers are lines: the company, then the last day there."""

    name = line(_l("Name"), 100, _l("Enter the juror's name"))
    title = line(_l("Title"), 100)
    employer = line(_l("Employer"), 200)
    former = TextAreaField(_l("Earlier employers"), validators=[Optional(), Length(max=6_000)])
    expertise = line(_l("Expertise"), 300)
    email = StringField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    phone = StringField(_l("Phone"), validators=[Optional(), Length(max=50)])
    language = RadioField(_l("Language of letters"), choices=options(_LANGUAGES), default="zh")
    paid_by = line(lazy_pgettext("award", "Paid by"), 200)
    term_until = any_day(_l("Appointed until"))
    has_agreed = BooleanField(_l("The agreement of the jury is signed"))

    def validate_email(self, field: Any) -> None:
        if field.data and normal_email(field.data) is None:
            raise ValidationError(gettext("Enter an e-mail address like name@example.com"))

    def validate_phone(self, field: Any) -> None:
        if field.data and normal_phone(field.data) is None:
            raise ValidationError(gettext("Enter a phone number, with +country code for numbers abroad"))

    def validate_language(self, field: Any) -> None:
        if field.data not in OFFERED:
            raise ValidationError(gettext("Choose one"))

    def validate_former(self, field: Any) -> None:
        _former(field.data or "")

    def wanted(self) -> Wanted:
        """What was filled in."""
        return Wanted(
            name=self.name.data or "",
            title=self.title.data or "",
            email=normal_email(self.email.data or "") or "",
            phone=normal_phone(self.phone.data or "") or "",
            language=self.language.data or "zh",
            employer=self.employer.data or "",
            former=_former(self.former.data or ""),
            expertise=self.expertise.data or "",
            paid_by=self.paid_by.data or "",
            term_until=self.term_until.data,
            has_agreed=bool(self.has_agreed.data),
        )


def _former(text: str) -> tuple[tuple[str, date | None], ...]:
    """Lines like "大连甲厂 2024-05-31"; a line without a day counts whenever the juror left."""
    found = []
    for written in filter(str.strip, text.splitlines()):
        text = clean_name(written)
        told = _LAST_DAY.fullmatch(text)
        until = _day(told[2]) if told else None
        company = (told[1] if told else text).strip(_BETWEEN)
        if not company or len(company) > 200:
            raise ValidationError(
                gettext("Write a line as company and last day there, like “大连甲厂 2024-05-31”")
            )
        found.append((company, until))
    if len(found) > MOST_FORMER:
        raise ValidationError(gettext("At most %(most)s lines", most=MOST_FORMER))
    return tuple(found)


def _day(text: str) -> date:
    try:
        return date(*map(int, re.split("[-/.]", clean_code(text))))
    except ValueError as error:
        raise ValidationError(gettext("Enter a day that exists, like 2026-08-19")) from error


def shown(juror: Juror) -> dict[str, Any]:
    """A juror as the form shows one."""
    names = ("name", "title", "employer", "expertise", "email", "phone", "language", "paid_by", "term_until")
    return {
        **{name: getattr(juror, name) for name in names},
        "former": "\n".join(f"{each['company']} {each['until']}".strip() for each in juror.former),
        "has_agreed": juror.agreement_at is not None,
    }


class PanelForm(Form):
    """Who judges a category, and who presides."""

    members = SelectMultipleField(_l("Jurors"), coerce=int)
    president = SelectField(_l("President"), coerce=int)

    def offer(self, jurors: Sequence[Juror]) -> PanelForm:
        """Choices are the jurors of the season."""
        named = [SelectChoice(each.id, f"{each.code} {each.name}") for each in jurors]
        self.members.choices = named
        self.president.choices = [SelectChoice(0, gettext("None yet")), *named]
        return self


def shown_panel(panel: Panel | None) -> dict[str, Any]:
    """A panel as the form shows it."""
    if panel is None:
        return {"members": [], "president": 0}
    return {
        "members": [seat.juror_id for seat in panel.members],
        "president": panel.president_id or 0,
    }


class ReasonForm(Form):
    """Why something is done; the reason is kept."""

    reason = passage(_l("Reason"), 1_000)


class ConflictForm(Form):
    """An interest that a juror declared on paper or in person, or that somebody objects to."""

    juror = SelectField(_l("Juror"), coerce=int)
    kind = SelectField(_l("Kind of interest"))
    source = RadioField(_l("Where it comes from"))
    entry = SelectField(_l("Entry"))
    company = line(_l("Or every entry of this company"), 200)
    reason = passage(_l("What is known"), 1_000)

    def offer(self, jurors: Sequence[Juror], numbers: Sequence[tuple[str, str]]) -> ConflictForm:
        """Choices are the jurors and entries of the season."""
        self.juror.choices = [SelectChoice(each.id, f"{each.code} {each.name}") for each in jurors]
        self.entry.choices = [SelectChoice("", "–"), *(SelectChoice(*each) for each in numbers)]
        self.kind.choices = options((each.value, gettext(KINDS[each])) for each in DECLARABLE)
        said = (ConflictSource.DECLARED, ConflictSource.CHALLENGE)
        self.source.choices = options((each.value, gettext(SOURCES[each])) for each in said)
        self.source.data = self.source.data or ConflictSource.DECLARED.value
        return self

    def wanted(self) -> dict[str, Any]:
        """What was filled in, as the service takes it."""
        return {
            "company": self.company.data or "",
            "kind": ConflictKind(self.kind.data),
            "source": ConflictSource(self.source.data),
            "reason": self.reason.data or "",
        }


class DecisionForm(ReasonForm):
    """Whether a juror may judge in spite of an interest."""

    page_order = ("decision",)
    decision = RadioField(
        _l("Decision"),
        choices=options(
            (
                (ConflictDecision.UPHELD.value, _l("May not judge")),
                (ConflictDecision.DISMISSED.value, _l("May judge")),
            )
        ),
        validate_choice=False,
    )

    def chosen(self) -> ConflictDecision:
        """The decision; open where none was chosen."""
        known = {each.value for each in ConflictDecision}
        return ConflictDecision(self.decision.data) if self.decision.data in known else ConflictDecision.OPEN


class DrawForm(Form):
    """A drawing that was looked at is carried out: its seed, whether places are given back first, and its mark."""

    seed = StringField(_l("Seed"), validators=[Length(max=LONGEST_SEED)])
    anew = BooleanField(_l("Draw anew whatever no juror has begun"))
    mark = HiddenField()


class AssignForm(Form):
    """One entry for one juror by hand."""

    juror = SelectField(_l("Juror"), coerce=int)
    entry = SelectField(_l("Entry"))

    def offer(self, season: AwardSeason, jurors: Sequence[Juror], numbers: Sequence[str]) -> AssignForm:
        """Choices are the jurors and entries of the season."""
        self.juror.choices = [SelectChoice(each.id, f"{each.code} {each.name}") for each in jurors]
        self.entry.choices = [SelectChoice(each, each) for each in numbers]
        return self


class RoundForm(Form):
    """Until when a round takes sheets."""

    closes_at = moment(_l("Takes scores until"))

    def ends(self, zone: str) -> datetime | None:
        """The end; None until somebody closes the round."""
        return self.closes_at.data.replace(tzinfo=ZoneInfo(zone)) if self.closes_at.data else None


class ScanForm(Form):
    """The scan of a sheet of paper."""

    scan = FileField(lazy_pgettext("award", "Scan"))


class SettleForm(ReasonForm):
    """Which of two readings of a sheet is right, field by field; the reason is kept."""
