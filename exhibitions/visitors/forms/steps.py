"""V2, what comes behind its first page: the organiser's questions and, where the police order it, the identity paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)

from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import language
from exhibitions.visitors.queries.form import AskedForm
from exhibitions.visitors.rules.identity import IdentityKind, checked_identity
from exhibitions.visitors.rules.questions import NO, YES, Kind, QuestionFacts, checked_answer

_MANY = 7
SEEN = "seen"
LATER = "at_the_desk"
IDENTITY_KINDS = (
    (IdentityKind.RESIDENT.value, lazy_gettext("Chinese resident identity card")),
    (IdentityKind.PASSPORT.value, lazy_gettext("Passport")),
    (IdentityKind.PERMIT.value, lazy_gettext("Travel or residence permit")),
)


class QuestionsForm(Form):
    """Answers to questions that are data. Made by `questions_form`."""

    asked: tuple[QuestionFacts, ...] = ()

    @property
    def fields(self) -> list[tuple[QuestionFacts, Any]]:
        """Each question with its field."""
        return [(each, self[_name(each)]) for each in self.asked]

    @property
    def answers(self) -> dict[int, list[str]]:
        """The values by question, once the form is accepted."""
        return {each.id: field.kept for each, field in self.fields}


class IdentityForm(Form):
    """Kind and number of the paper, with a consent of its own that nothing has ticked (P2)."""

    identity_kind = SelectField(
        lazy_gettext("Kind of paper"),
        choices=[SelectChoice(*each) for each in IDENTITY_KINDS],
        validate_choice=False,
    )
    identity_number = StringField(lazy_gettext("Number of the paper"))
    identity_agreed = BooleanField(lazy_gettext("I agree separately to this"))

    kept_number = ""

    @property
    def kind(self) -> IdentityKind:
        """The kind that was chosen."""
        return IdentityKind(self.identity_kind.data)

    @property
    def at_the_desk(self) -> bool:
        """Whether the person would rather show the paper at the desk."""
        return LATER in request.form

    def validate_identity_kind(self, field: Field) -> None:
        if field.data not in dict(IDENTITY_KINDS) and not self.at_the_desk:
            raise ValidationError(gettext("Choose from the list"))

    def validate_identity_number(self, field: Field) -> None:
        if self.at_the_desk or self.identity_kind.data not in dict(IDENTITY_KINDS):
            return
        try:
            self.kept_number = checked_identity(self.kind, field.data or "")
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal

    def validate_identity_agreed(self, field: Field) -> None:
        if not field.data and not self.at_the_desk:
            raise ValidationError(gettext("Tick the box, or show the paper at the visitor desk instead"))


class Steps:
    """The pages behind the first one, for people of one class: which is shown next, and what they have brought."""

    def __init__(self, asked: AskedForm, class_key: str, *, on_site: bool) -> None:
        needed = () if on_site else asked.questions_for(class_key, needed=True)
        self.questions = questions_form(needed) if needed else None
        self.identity = IdentityForm() if asked.order is not None else None

    def next(self) -> str:
        """The step that is still to be answered, or "" when all are."""
        for name, form in (("questions", self.questions), ("identity", self.identity)):
            if form is not None and not (name in request.form.getlist(SEEN) and form.accepted()):
                if name not in request.form.getlist(SEEN):
                    _forget_errors(form)
                return name
        return ""

    @property
    def answers(self) -> dict[int, list[str]]:
        """The answers that were given, once nothing is left to answer."""
        return self.questions.answers if self.questions is not None else {}


def _forget_errors(form: Form) -> None:
    for field in form:
        field.errors = []


def shown_step() -> bool:
    """Whether the page that was sent was one behind the first."""
    return bool(request.form.getlist(SEEN))


def carried(step: Form | None) -> list[tuple[str, str]]:
    """What was sent by the pages before this one, to be sent on with it; the first page takes answers along."""
    if step is None:
        return [pair for pair in _sent() if pair[0].startswith("q-")]
    names = set(step._fields)
    return [pair for pair in _sent() if pair[0] not in names and not pair[0].startswith("identity_")]


def _sent() -> Iterator[tuple[str, str]]:
    for name, values in request.form.lists():
        if name not in ("csrf_token", "_lang", LATER, SEEN):
            yield from ((name, value) for value in values[:64])


def questions_form(
    asked: Sequence[QuestionFacts], given: Mapping[int, Sequence[str]] | None = None
) -> QuestionsForm:
    """A form of these questions, filled with what was answered before."""
    fields = {_name(each): _field(each) for each in asked}
    kind: Any = type("AskedQuestions", (QuestionsForm,), {**fields, "asked": tuple(asked)})
    form: QuestionsForm = kind(data=answered(asked, given or {}))
    return form


def answered(asked: Sequence[QuestionFacts], given: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """What a form of these questions shows of the answers that were given."""
    return {
        _name(each): list(given[each.id]) if each.kind is Kind.SEVERAL else given[each.id][0]
        for each in asked
        if given.get(each.id)
    }


def _name(question: QuestionFacts) -> str:
    return f"q-{question.id}"


def words(zh: str, en: str) -> str:
    """The text in the reader's language; the other one where it is missing."""
    return (zh or en) if language() == "zh" else (en or zh)


def _field(question: QuestionFacts) -> Any:
    label = words(question.label_zh, question.label_en)
    rules = [_Checked(question)]
    choices = [SelectChoice(option.key, words(option.zh, option.en)) for option in question.offered]
    match question.kind:
        case Kind.SEVERAL:
            return SelectMultipleField(label, rules, choices=choices, validate_choice=False)
        case Kind.ONE if len(choices) > _MANY:
            offered = [SelectChoice("", gettext("Choose")), *choices]
            return SelectField(label, rules, choices=offered, validate_choice=False)
        case Kind.ONE:
            return RadioField(label, rules, choices=choices, validate_choice=False)
        case Kind.YES_NO:
            both = [SelectChoice(YES, gettext("Yes")), SelectChoice(NO, gettext("No"))]
            return RadioField(label, rules, choices=both, validate_choice=False)
    return StringField(label, rules)


class _Checked:
    """Keep the values of an answer on its field, or say the rule's sentence beside it."""

    def __init__(self, question: QuestionFacts) -> None:
        self.question = question
        self.field_flags = {} if question.needed else {"optional": True}

    def __call__(self, _form: Form, field: Any) -> None:
        given = field.data if isinstance(field.data, list) else [field.data or ""]
        try:
            field.kept = checked_answer(self.question, given)
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal
