"""Forms for setting up the visitor form, for deciding about a person, and for reading the number of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_pgettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.badges.models import BadgeClass
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import local
from exhibitions.expos.forms import fields
from exhibitions.visitors.rules.identity import MOST_DAYS
from exhibitions.visitors.rules.questions import (
    CHOOSING,
    LONGEST_LABEL,
    LONGEST_PURPOSE,
    Asked,
    Kind,
    Option,
    QuestionFacts,
    options_of,
)
from exhibitions.visitors.rules.registration import LONGEST_MESSAGE

ASKED = (
    (Asked.NEEDED.value, _l("Must be filled in")),
    (Asked.OPTIONAL.value, _l("May be left empty")),
    (Asked.OFF.value, _l("Not asked")),
)
KINDS = (
    (Kind.ONE.value, _l("One of several answers")),
    (Kind.SEVERAL.value, _l("Any of several answers")),
    (Kind.YES_NO.value, _l("Yes or no")),
    (Kind.TEXT.value, _l("Short text")),
    (Kind.NUMBER.value, lazy_pgettext("answer", "Number")),
)


class FieldsForm(Form):
    """Which of its own fields the form asks."""

    company = RadioField(_l("Company"), choices=fields.options(ASKED))
    region = RadioField(_l("Region"), choices=fields.options(ASKED))
    visit_day = RadioField(_l("Day of visit"), choices=fields.options(ASKED))

    @property
    def chosen(self) -> tuple[Asked, Asked, Asked]:
        """Company, region, day of visit."""
        return Asked(self.company.data), Asked(self.region.data), Asked(self.visit_day.data)


class QuestionForm(Form):
    """A question with its purpose (P4). Answers are lines: Chinese | English."""

    label_zh = fields.line(_l("Question in Chinese"), LONGEST_LABEL)
    label_en = fields.line(_l("Question in English"), LONGEST_LABEL)
    purpose_zh = fields.line(_l("Purpose in Chinese"), LONGEST_PURPOSE)
    purpose_en = fields.line(_l("Purpose in English"), LONGEST_PURPOSE)
    kind = RadioField(_l("How it is answered"), choices=fields.options(KINDS), default=Kind.ONE.value)
    options = TextAreaField(_l("Answers, one a line"))
    needed = BooleanField(_l("Must be answered before the badge is issued"))
    class_keys = SelectMultipleField(_l("Asked of"))
    position = fields.position(_l("Position"))

    kept_options: tuple[Option, ...] = ()
    # "a|b" is kept as "a | b".
    alike = {"options": lambda text: text.replace(" ", "")}

    def offer(self, classes: Sequence[BadgeClass], known: Sequence[Option]) -> None:
        """Fill in the classes, and the options that the question had before."""
        self.class_keys.choices = [SelectChoice(each.key, local(each, "name")) for each in classes]
        self.known = known

    def validate_options(self, field: Field) -> None:
        if Kind(self.kind.data) not in CHOOSING:
            self.kept_options = tuple(self.known)
            return
        try:
            self.kept_options = options_of(field.data or "", self.known)
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal

    @staticmethod
    def shown(facts: QuestionFacts) -> dict[str, Any]:
        """What the form shows of a question."""
        return {
            **{name: getattr(facts, name) for name in ("label_zh", "label_en", "purpose_zh", "purpose_en")},
            "kind": facts.kind.value,
            "options": "\n".join(" | ".join(filter(None, (each.zh, each.en))) for each in facts.offered),
            "needed": facts.needed,
            "class_keys": list(facts.class_keys),
            "position": facts.position,
        }

    def facts(self) -> QuestionFacts:
        """What was filled in."""
        return QuestionFacts(
            Kind(self.kind.data),
            self.label_zh.data,
            self.label_en.data,
            self.purpose_zh.data,
            self.purpose_en.data,
            self.kept_options,
            self.needed.data,
            tuple(self.class_keys.data or ()),
            self.position.data,
        )


class ClassFormForm(Form):
    """How people of a class register."""

    registrable = BooleanField(_l("Offered on the visitor form"))
    own_form = BooleanField(_l("Has a form at an address of its own"))
    needs_approval = BooleanField(_l("Approved by us first"))
    waiting_zh = fields.line(_l("Words for who waits, in Chinese"), 500)
    waiting_en = fields.line(_l("Words for who waits, in English"), 500)


class ConsentForm(Form):
    """The text that people agree to for one purpose; both empty: not asked."""

    text_zh = fields.passage(_l("Text in Chinese"), 1000)
    text_en = fields.passage(_l("Text in English"), 1000)


class NoticeForm(Form):
    """The organiser's own part of the privacy notice."""

    recipients_zh = fields.passage(_l("Recipients abroad, in Chinese"), 1000)
    recipients_en = fields.passage(_l("Recipients abroad, in English"), 1000)
    notice_zh = fields.passage(_l("Further words in Chinese"), 5000)
    notice_en = fields.passage(_l("Further words in English"), 5000)


class OrderForm(Form):
    """The order of the police under which real names are asked."""

    number = fields.line(_l("Number of the order"), 100)
    authority = fields.line(_l("Authority that gave it"), 200)
    ordered_on = fields.any_day(_l("Date of the order"))
    days = fields.days(_l("Days after the fair until the numbers are erased"), MOST_DAYS, default=30)


class DecisionTextForm(Form):
    """Words that lie ready for who approves or refuses."""

    kind = RadioField(
        _l("For whom"),
        choices=[
            SelectChoice("refuse", _l("For who is not accepted")),
            SelectChoice("approve", _l("For who is approved")),
        ],
        default="refuse",
    )
    text_zh = fields.passage(_l("Text in Chinese"), LONGEST_MESSAGE)
    text_en = fields.passage(_l("Text in English"), LONGEST_MESSAGE)


class DecisionForm(Form):
    """What is said to a person who is approved or refused."""

    message = TextAreaField(
        _l("Message to the person"),
        validators=[Optional(), Length(max=LONGEST_MESSAGE, message=_l("At most %(max)d characters"))],
    )


class ReadingForm(Form):
    """Why the number of a paper is read."""

    reason = StringField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Say why you need the number")),
            Length(max=300, message=_l("At most %(max)d characters")),
        ],
    )
