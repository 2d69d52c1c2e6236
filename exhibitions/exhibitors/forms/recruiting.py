"""The forms of recruiting: a company taken in, a talk, the next step, the last edition copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.forms import Form
from exhibitions.exhibitors.forms.applying.checked import countries
from exhibitions.exhibitors.rules.recruiting import LONGEST_STEP, LONGEST_TALK, WAYS, NextStep, Talk
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Expo


def _text(text: str | None) -> str:
    return (text or "").replace("\x00", "").strip()


def _offer_people(field: Any, members: Mapping[int, str]) -> None:
    people = ((str(number), name) for number, name in members.items())
    field.choices = fields.options([("", _l("Nobody yet")), *people])


class CompanyForm(Form):
    """A company that is looked for in the register first; `company` is the number of the one that was chosen there."""

    name_zh = fields.line(_l("Name in Chinese"), 200)
    name_en = fields.line(_l("Name in English"), 200)
    country = SelectField(_l("Country or region"), choices=[], default="")
    credit_code = fields.line(_l("Unified social credit code"), 40)
    contact = fields.line(_l("Contact person"), 100)
    phone = fields.line(_l("Mobile number"), 30)
    email = fields.line(_l("E-mail"), 254)
    owner = SelectField(_l("Who looks after it"), default="")
    company = HiddenField(validators=[Optional(), Length(max=16)])

    def offer(self, members: Mapping[int, str]) -> None:
        """Let one of these colleagues look after the company, of any country or of one that nobody knows yet."""
        self.country.choices = fields.options([("", _l("Not known yet")), *countries()])
        _offer_people(self.owner, members)


class StepForm(Form):
    next_step = fields.line(_l("Next step"), LONGEST_STEP)
    next_on = fields.any_day(_l("To be done by"))
    owner = SelectField(_l("Who looks after it"), default="")

    def offer(self, members: Mapping[int, str], owner: int | None, name: str) -> None:
        """Let one of these colleagues be chosen; who has it now may keep it even after leaving the fair."""
        kept = {owner: name} if owner is not None and owner not in members else {}
        _offer_people(self.owner, {**members, **kept})

    def step(self) -> NextStep:
        """What was filled in."""
        owner = self.owner.data
        return NextStep(self.next_step.data or "", self.next_on.data, int(owner) if owner else None)


class TalkForm(Form):
    text = TextAreaField(
        _l("What was said"),
        validators=[InputRequired(_l("Write down what was said.")), Length(max=LONGEST_TALK)],
        filters=[_text],
    )
    way = SelectField(_l("How"), choices=fields.options((way, _l(word)) for way, word in WAYS.items()))
    with_whom = fields.line(_l("With whom"), 100)
    at = fields.moment(_l("When"))
    next_step = fields.line(_l("Next step"), LONGEST_STEP)
    next_on = fields.any_day(_l("To be done by"))

    def talk(self, expo: Expo, now: datetime, owner: int | None) -> Talk:
        """What was filled in; without a time the talk was now. `owner` goes on looking after the company."""
        at = self.at.data.replace(tzinfo=ZoneInfo(expo.timezone)) if self.at.data else now
        step = None
        if self.next_step.data or self.next_on.data:
            step = NextStep(self.next_step.data or "", self.next_on.data, owner)
        return Talk(at, self.way.data, self.with_whom.data or "", self.text.data or "", step)


class NoteForm(Form):
    note = TextAreaField(_l("Note of the office"), validators=[Length(max=LONGEST_TALK)], filters=[_text])


class CopyForm(Form):
    """Which earlier edition the prospects are taken from, and who looks after them."""

    earlier = SelectField(_l("Edition"))
    owner = SelectField(_l("Who looks after it"), default="")

    def offer(self, earlier: Sequence[tuple[str, str]], members: Mapping[int, str]) -> None:
        """Let one of these editions (slug, name) be chosen."""
        self.earlier.choices = fields.options(earlier)
        _offer_people(self.owner, members)
