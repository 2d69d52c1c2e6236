"""What the organiser decides about the form: its fields, questions, classes, consents, real names, words for decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from msgspec import structs

from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import ClassForm, DecisionText, Question, VisitorForm
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.queries import moment
from exhibitions.visitors.rules.consents import checked_purpose
from exhibitions.visitors.rules.identity import check_order
from exhibitions.visitors.rules.questions import (
    MOST_QUESTIONS,
    Asked,
    Kind,
    QuestionFacts,
    check_question,
)
from exhibitions.visitors.service import notices

PRESS_CARD = QuestionFacts(
    Kind.TEXT,
    "记者证号",
    "Press card number",
    "核实媒体身份",
    "To check the accreditation",
    needed=True,
)
"""What a form for the press asks beside the medium."""


def save_fields(expo: Expo, company: Asked, region: Asked, visit_day: Asked, by: Actor) -> None:
    """Say which of its own fields the form asks, and which must be filled in."""
    _save(expo, {"company": company, "region": region, "visit_day": visit_day}, by)


def save_notice(expo: Expo, words: Mapping[str, str], by: Actor) -> None:
    """Set the organiser's part of the privacy notice: `notice_zh`, `notice_en`, `recipients_zh`, `recipients_en`."""
    _save(expo, words, by)


def save_order(
    expo: Expo, number: str, authority: str, ordered_on: date | None, days: int, by: Actor
) -> None:
    """Ask real names from now on, by this order of the police; raises `Refused` without number, authority or date."""
    check_order(number, authority, ordered_on, days, moment(expo).today)
    values = {
        "order_number": number,
        "order_authority": authority,
        "ordered_on": ordered_on,
        "identity_days": days,
    }
    _save(expo, values, by)


def end_order(expo: Expo, by: Actor) -> None:
    """Ask no real names any more; numbers that are kept go when their time is over."""
    _save(expo, {"order_number": "", "order_authority": "", "ordered_on": None}, by)


def save_consent(expo: Expo, word: str, zh: str, en: str, by: Actor) -> int:
    """Put the text of a voluntary purpose into force, or none; gives its version."""
    version = expo_service.set_consent_text(expo, checked_purpose(word).value, zh, en, by)
    notices.renew(expo, by)
    return version


def save_class(  # noqa: PLR0913 - a class' form is these facts.
    expo: Expo,
    badge_class: BadgeClass,
    by: Actor,
    *,
    registrable: bool,
    own_form: bool,
    needs_approval: bool,
    waiting: tuple[str, str],
) -> None:
    """Say how people of a class register. The press' own form begins with a question for the press card."""
    facts = structs.replace(
        badges.facts_of(badge_class), registrable=registrable, needs_approval=needs_approval
    )
    badges.save_class(expo, badge_class, facts, by)
    row = queries.class_form(expo, badge_class.id)
    if row is None:
        row = ClassForm(expo_id=expo.id, class_id=badge_class.id, own_form=False)
        db.session.add(row)
        if (
            own_form
            and badge_class.audience is Audience.MEDIA
            and len(queries.questions(expo)) < MOST_QUESTIONS
        ):
            card = {**asdict(PRESS_CARD), "class_keys": (badge_class.key,), "position": 90}
            save_question(expo, None, QuestionFacts(**card), by)
    row.own_form = own_form
    row.waiting_zh, row.waiting_en = waiting
    _changed(expo, "visitors.class_form_saved", by, {"class": badge_class.key, "own_form": own_form})


def save_question(expo: Expo, question: Question | None, facts: QuestionFacts, by: Actor) -> Question:
    """Add a question, or change one. Raises `Refused` like `check_question`, and for one question too many."""
    check_question(facts)
    if question is None:
        if len(queries.questions(expo)) >= MOST_QUESTIONS:
            raise Refused(
                "questions_many", N_("A form has at most %(most)s questions of its own"), most=MOST_QUESTIONS
            )
        question = Question(expo_id=expo.id)
        db.session.add(question)
    elif question.kind is not facts.kind and queries.has_answers(question):
        raise Conflict("kind_answered", N_("This question has answers already; its kind stays as it is."))
    for name in ("kind", "label_zh", "label_en", "purpose_zh", "purpose_en", "needed", "position"):
        setattr(question, name, getattr(facts, name))
    question.class_keys = list(facts.class_keys)
    question.options = [
        {"key": option.key, "zh": option.zh, "en": option.en, "gone": option.gone} for option in facts.options
    ]
    after: dict[str, object] = {
        name: getattr(facts, name) for name in ("label_zh", "label_en", "purpose_zh", "purpose_en")
    }
    _changed(expo, "visitors.question_saved", by, after)
    return question


def remove_question(expo: Expo, question: Question, by: Actor) -> None:
    """Ask it no more. Answers that were given stay with the people who gave them."""
    label: dict[str, object] = {"label_zh": question.label_zh, "label_en": question.label_en}
    if queries.has_answers(question):
        question.retired_at = clock.now()
    else:
        db.session.delete(question)
    _changed(expo, "visitors.question_removed", by, label)


def save_text(expo: Expo, text: DecisionText | None, *, refusing: bool, zh: str, en: str) -> DecisionText:
    """Keep words for who approves or refuses; raises `Refused` for none, and for too many."""
    if not zh and not en:
        raise Refused("text_missing", N_("Enter the words in Chinese or in English"))
    if text is None:
        if len(queries.decision_texts(expo)) >= queries.MOST_DECISION_TEXTS:
            most = queries.MOST_DECISION_TEXTS
            raise Refused("texts_many", N_("At most %(most)s texts can lie ready"), most=most)
        text = DecisionText(expo_id=expo.id)
        db.session.add(text)
    text.refusing, text.text_zh, text.text_en = refusing, zh, en
    return text


def remove_text(text: DecisionText) -> None:
    """Take words away; what was said with them stays said."""
    db.session.delete(text)


def _save(expo: Expo, values: Mapping[str, object], by: Actor) -> None:
    row = db.session.get(VisitorForm, expo.id)
    if row is None:
        row = VisitorForm(
            expo_id=expo.id, company=Asked.NEEDED, region=Asked.NEEDED, visit_day=Asked.OPTIONAL
        )
        db.session.add(row)
        db.session.flush()
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        _changed(expo, "visitors.form_saved", by, dict(changed))


def _changed(expo: Expo, action: str, by: Actor, after: dict[str, object]) -> None:
    db.session.flush()
    expo_service.setup_changed(expo)
    audit.record(action, by, expo_id=expo.id, subject=("expo", expo.id), after=after)
    notices.renew(expo, by)
