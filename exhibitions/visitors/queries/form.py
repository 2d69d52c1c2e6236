"""What the form of a fair asks, answers and consents that were given, notices and words that lie ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.queries import Offered
from exhibitions.core.db import db
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import (
    Answer,
    ClassForm,
    Consent,
    DecisionText,
    Identity,
    Notice,
    Question,
    Registration,
    VisitorForm,
)
from exhibitions.visitors.rules.consents import VOLUNTARY, ConsentFacts, Purpose
from exhibitions.visitors.rules.questions import MOST_QUESTIONS, Asked, Option, QuestionFacts
from exhibitions.visitors.rules.registration import ALIVE

MOST_NOTICES = 500
MOST_DECISION_TEXTS = 20
MOST_RETIRED = 200


@dataclass(frozen=True, slots=True)
class Order:
    """The order of the police under which real names are asked."""

    number: str
    authority: str
    ordered_on: date
    days: int


@dataclass(frozen=True, slots=True)
class AskedForm:
    """All that the public form of a fair asks, as values.

    `own` are the classes that have a form at an address of their own; `waiting` are the words for who waits, by the
    number of the class.
    """

    company: Asked = Asked.NEEDED
    region: Asked = Asked.NEEDED
    visit_day: Asked = Asked.OPTIONAL
    questions: tuple[QuestionFacts, ...] = ()
    consents: tuple[ConsentFacts, ...] = ()
    own: tuple[Offered, ...] = ()
    waiting: dict[int, tuple[str, str]] = field(default_factory=dict)
    order: Order | None = None
    notice: tuple[str, str] = ("", "")
    recipients: tuple[str, str] = ("", "")

    def questions_for(self, class_key: str, *, needed: bool | None = None) -> tuple[QuestionFacts, ...]:
        """What people of this class are asked: everything, or only what must (not) be answered."""
        asked = (each for each in self.questions if each.asks(class_key))
        return tuple(each for each in asked if needed is None or each.needed is needed)

    def has_more(self, class_key: str) -> bool:
        """Whether there is something to ask after the badge is there."""
        return bool(self.consents or self.questions_for(class_key, needed=False))


@expo_queries.remembered
def form_of(expo: Expo) -> AskedForm:
    """What the form of the fair asks now."""
    row = db.session.get(VisitorForm, expo.id)
    parts = {part.class_id: part for part in class_forms(expo)}
    own = [each for each in badge_queries.classes(expo) if each.id in parts and parts[each.id].own_form]
    asked = AskedForm(
        questions=tuple(map(facts_of, questions(expo))),
        consents=tuple(each for each in consents_in_force(expo) if each.zh or each.en),
        own=tuple(badge_queries.offered(each) for each in own),
        waiting={number: (part.waiting_zh, part.waiting_en) for number, part in parts.items()},
    )
    return asked if row is None else _with_row(asked, row)


def _with_row(asked: AskedForm, row: VisitorForm) -> AskedForm:
    order = None
    if row.order_number and row.ordered_on is not None:
        order = Order(row.order_number, row.order_authority, row.ordered_on, row.identity_days)
    return AskedForm(
        row.company,
        row.region,
        row.visit_day,
        asked.questions,
        asked.consents,
        asked.own,
        asked.waiting,
        order,
        (row.notice_zh, row.notice_en),
        (row.recipients_zh, row.recipients_en),
    )


def consents_in_force(expo: Expo) -> list[ConsentFacts]:
    """The youngest text of each voluntary purpose, in their order; version 0 for one that was never asked for."""
    youngest: dict[str, ConsentFacts] = {}
    for row in expo_queries.consent_texts(expo):
        if row.purpose in VOLUNTARY:
            facts = ConsentFacts(Purpose(row.purpose), row.version, row.text_zh, row.text_en)
            youngest.setdefault(row.purpose, facts)
    return [youngest.get(purpose, ConsentFacts(purpose, 0)) for purpose in VOLUNTARY]


def class_forms(expo: Expo) -> Sequence[ClassForm]:
    """What is special about registering for single classes of the fair."""
    return db.session.scalars(sa.select(ClassForm).where(ClassForm.expo_id == expo.id).limit(255)).all()


def class_form(expo: Expo, class_id: int) -> ClassForm | None:
    """What is special about registering for this class."""
    return db.session.scalar(
        sa.select(ClassForm).where(ClassForm.expo_id == expo.id, ClassForm.class_id == class_id)
    )


def questions(expo: Expo) -> Sequence[Question]:
    """The questions that the fair asks now, in their order."""
    asked = sa.select(Question).where(Question.expo_id == expo.id, Question.retired_at.is_(None))
    return db.session.scalars(asked.order_by(Question.position, Question.id).limit(MOST_QUESTIONS)).all()


def all_questions(expo: Expo) -> Sequence[Question]:
    """Those and the retired ones, whose answers are still there."""
    asked = sa.select(Question).where(Question.expo_id == expo.id)
    return db.session.scalars(asked.order_by(Question.position, Question.id).limit(MOST_RETIRED)).all()


def question_of(expo: Expo, question_id: int) -> Question | None:
    """The question with this id, if it is this fair's and still asked."""
    return db.session.scalar(
        sa.select(Question).where(
            Question.expo_id == expo.id, Question.id == question_id, Question.retired_at.is_(None)
        )
    )


def facts_of(row: Question) -> QuestionFacts:
    """A question as a value."""
    options = tuple(
        Option(str(one["key"]), str(one["zh"]), str(one["en"]), bool(one.get("gone"))) for one in row.options
    )
    return QuestionFacts(
        row.kind,
        row.label_zh,
        row.label_en,
        row.purpose_zh,
        row.purpose_en,
        options,
        row.needed,
        tuple(row.class_keys),
        row.position,
        row.id,
    )


def has_answers(question: Question) -> bool:
    """Whether anybody has answered the question."""
    found = sa.select(Answer.id).where(Answer.question_id == question.id).limit(1)
    return db.session.scalar(found) is not None


def answers_of(expo: Expo, registration_ids: Sequence[int]) -> dict[int, dict[int, list[str]]]:
    """What these people (a page of them) answered: by registration and question, the values."""
    found: dict[int, dict[int, list[str]]] = {}
    rows = sa.select(Answer.registration_id, Answer.question_id, Answer.value).where(
        Answer.expo_id == expo.id, Answer.registration_id.in_(registration_ids)
    )
    for registration, question, value in db.session.execute(rows.order_by(Answer.id)):
        found.setdefault(registration, {}).setdefault(question, []).append(value)
    return found


def answered(question_id: int, value: str) -> sa.ColumnElement[bool]:
    """A condition of lists: the person gave this answer to this question."""
    return Registration.id.in_(
        sa.select(Answer.registration_id).where(Answer.question_id == question_id, Answer.value == value)
    )


def agreeing(expo: Expo, purpose: Purpose) -> sa.Select[int]:
    """The ids of the living registrations that agree to a purpose now: what mailings go by."""
    return (
        sa.select(Consent.registration_id)
        .join(Registration, Registration.id == Consent.registration_id)
        .where(
            Consent.expo_id == expo.id,
            Consent.purpose == purpose.value,
            Consent.withdrawn_at.is_(None),
            Registration.state.in_(ALIVE),
        )
    )


def identity_of(expo: Expo, registration_id: int) -> Identity | None:
    """The sealed number of a person's paper."""
    return db.session.scalar(
        sa.select(Identity).where(Identity.expo_id == expo.id, Identity.registration_id == registration_id)
    )


def fairs_with_identities() -> Sequence[Expo]:
    """The fairs that keep numbers of papers."""
    keeping = sa.select(Identity.expo_id).distinct()
    return db.session.scalars(sa.select(Expo).where(Expo.id.in_(keeping)).limit(100)).all()


def notices(expo: Expo) -> Sequence[Notice]:
    """Every version of the privacy notice, the youngest first."""
    found = sa.select(Notice).where(Notice.expo_id == expo.id).order_by(Notice.version.desc())
    return db.session.scalars(found.limit(MOST_NOTICES)).all()


def notice_of(expo: Expo, version: int | None = None) -> Notice | None:
    """A version of the privacy notice; the youngest when none is named."""
    found = sa.select(Notice).where(Notice.expo_id == expo.id).order_by(Notice.version.desc()).limit(1)
    if version is not None:
        found = found.where(Notice.version == min(version, 2**31 - 1))
    return db.session.scalar(found)


def fairs_to_tell_anew() -> Sequence[Expo]:
    """Published fairs whose set-up has changed since their notice was last compared with it."""
    current = sa.select(Notice.id).where(
        Notice.expo_id == Expo.id, Notice.setup_version == Expo.setup_version
    )
    found = sa.select(Expo).where(Expo.published_at.is_not(None), ~sa.exists(current))
    return db.session.scalars(found.order_by(Expo.id).limit(100)).all()


def decision_texts(expo: Expo, *, refusing: bool | None = None) -> Sequence[DecisionText]:
    """The words that lie ready for who approves or refuses."""
    found = sa.select(DecisionText).where(DecisionText.expo_id == expo.id)
    if refusing is not None:
        found = found.where(DecisionText.refusing.is_(refusing))
    found = found.order_by(DecisionText.refusing, DecisionText.id)
    return db.session.scalars(found.limit(MOST_DECISION_TEXTS)).all()


def decision_text_of(expo: Expo, text_id: int) -> DecisionText | None:
    """Words of this fair with this id."""
    return db.session.scalar(
        sa.select(DecisionText).where(DecisionText.expo_id == expo.id, DecisionText.id == text_id)
    )
