"""Agreeing, and taking it back as easily: what was said, when, in which language and by which door (P1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Answer, Consent, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.rules.consents import Purpose, checked_purpose
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service.registering import Registered


def agree(
    expo: Expo,
    registration: Registration,
    words: Collection[str],
    by: Actor,
    *,
    language: str,
    channel: Channel = Channel.ONLINE,
) -> list[Purpose]:
    """Note that a person agrees to these purposes in the texts that are in force; gives those that are new.

    Who agrees already stays as before. Raises `Refused` for a purpose that the fair does not offer.
    """
    offered = {each.purpose: each.version for each in form_queries.form_of(expo).consents}
    wanted = [checked_purpose(word) for word in words]
    if not offered.keys() >= set(wanted):
        raise Refused("purpose_unknown", N_("Nobody is asked to agree to this."))
    fresh = [
        purpose
        for purpose in wanted
        if add_consent(expo.id, registration.id, purpose, offered[purpose], language, channel)
    ]
    if fresh:
        _note("visitors.agreed", expo, registration.id, fresh, by)
    return fresh


def add_consent(
    expo_id: int, registration_id: int, purpose: Purpose, version: int, language: str, channel: Channel
) -> bool:
    """Store one consent; False when it stands already: the unique index is the judge."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    row = {
        "expo_id": expo_id,
        "registration_id": registration_id,
        "purpose": purpose.value,
        "version": version,
        "language": language,
        "channel": channel,
        "given_at": clock.now(),
    }
    done = db.session.execute(insert(Consent).values(row).on_conflict_do_nothing().returning(Consent.id))
    return done.first() is not None


def withdraw(expo: Expo, registration: Registration, word: str, by: Actor) -> bool:
    """End a consent from now on; False when none stands. What was recorded stays as history.

    Raises `Refused` for what is no voluntary purpose.
    """
    purpose = checked_purpose(word)
    for consent in queries.consents(expo, registration):
        if consent.purpose == purpose.value and consent.withdrawn_at is None:
            consent.withdrawn_at = clock.now()
            _note("visitors.consent_withdrawn", expo, registration.id, [purpose], by)
            return True
    return False


def answer(
    expo: Expo, registration: Registration | Registered, answers: Mapping[int, Sequence[str]], by: Actor
) -> None:
    """Keep what a person answered, in place of what was answered before to the same questions.

    The values are as `rules.questions.checked_answer` gives them.
    """
    theirs = db.session.query(Answer).filter(
        Answer.registration_id == registration.id, Answer.question_id.in_(list(answers))
    )
    theirs.delete(synchronize_session=False)
    rows = [
        {"expo_id": expo.id, "registration_id": registration.id, "question_id": question, "value": value}
        for question, values in answers.items()
        for value in values
    ]
    if rows:
        db.session.execute(sa.insert(Answer), rows)
    # Which questions, not what was said: answers are as personal as names.
    audit.record(
        "visitors.answered",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        after={"questions": sorted(answers)},
    )


def _note(action: str, expo: Expo, registration_id: int, purposes: Sequence[Purpose], by: Actor) -> None:
    audit.record(
        action,
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration_id),
        after={"purpose": [purpose.value for purpose in purposes]},
    )
