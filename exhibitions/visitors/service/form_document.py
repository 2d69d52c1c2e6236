"""The visitor form of a fair written out with its set-up, and put into a new one."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badges
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import ClassForm, DecisionText, Question, VisitorForm
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.form_document import (
    FormClass,
    FormConsent,
    FormOption,
    FormQuestion,
    FormSetup,
    FormWords,
    check_form,
)

_FIELDS = ("company", "region", "visit_day", "notice_zh", "notice_en", "recipients_zh", "recipients_en")


def dump_setup(expo: Expo) -> FormSetup:
    """The form of the fair; the same fair always gives the same document."""
    row = db.session.get(VisitorForm, expo.id)
    keys = {each.id: each.key for each in badges.classes(expo)}
    return FormSetup(
        **({name: getattr(row, name) for name in _FIELDS} if row is not None else {}),
        questions=[_question(each) for each in queries.questions(expo)],
        classes=sorted(
            (
                FormClass(
                    class_key=keys[each.class_id],
                    own_form=each.own_form,
                    waiting_zh=each.waiting_zh,
                    waiting_en=each.waiting_en,
                )
                for each in queries.class_forms(expo)
            ),
            key=lambda each: each.class_key,
        ),
        consents=[
            FormConsent(purpose=each.purpose.value, text_zh=each.zh, text_en=each.en)
            for each in queries.consents_in_force(expo)
            if each.zh or each.en
        ],
        words=[
            FormWords(refusing=each.refusing, text_zh=each.text_zh, text_en=each.text_en)
            for each in queries.decision_texts(expo)
        ],
    )


def load_setup(expo: Expo, form: FormSetup, by: Actor = SYSTEM) -> None:
    """Give a new fair, whose classes are there, the form of a document. Raises `Refused` like `check_form`.

    A form of defaults leaves nothing behind. The notice of the fair is made by its own job.
    """
    check_form(form)
    if form == FormSetup():
        return
    keys = {each.key: each.id for each in badges.classes(expo)}
    db.session.add(VisitorForm(expo_id=expo.id, **{name: getattr(form, name) for name in _FIELDS}))
    for question in form.questions:
        facts = question.facts()
        names = ("kind", "label_zh", "label_en", "purpose_zh", "purpose_en", "needed", "position")
        row = Question(expo_id=expo.id, **{name: getattr(facts, name) for name in names})
        row.class_keys = list(facts.class_keys)
        row.options = [
            {"key": each.key, "zh": each.zh, "en": each.en, "gone": False} for each in facts.options
        ]
        db.session.add(row)
    for each in form.classes:
        db.session.add(
            ClassForm(
                expo_id=expo.id,
                class_id=keys[each.class_key],
                own_form=each.own_form,
                waiting_zh=each.waiting_zh,
                waiting_en=each.waiting_en,
            )
        )
    for words in form.words:
        db.session.add(
            DecisionText(
                expo_id=expo.id, refusing=words.refusing, text_zh=words.text_zh, text_en=words.text_en
            )
        )
    for consent in form.consents:
        expo_service.set_consent_text(expo, consent.purpose, consent.text_zh, consent.text_en, by)
    db.session.flush()
    expo_service.setup_changed(expo)
    audit.record("visitors.form_loaded", by, expo_id=expo.id, subject=("expo", expo.id))


def _question(row: Question) -> FormQuestion:
    facts = queries.facts_of(row)
    return FormQuestion(
        kind=facts.kind,
        label_zh=facts.label_zh,
        label_en=facts.label_en,
        purpose_zh=facts.purpose_zh,
        purpose_en=facts.purpose_en,
        options=[FormOption(key=each.key, zh=each.zh, en=each.en) for each in facts.offered],
        needed=facts.needed,
        class_keys=list(facts.class_keys),
        position=facts.position,
    )
