"""A person's right to what is known of them, to its end, and the term after which it ends by itself (P6, P7, P9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries
from exhibitions.visitors.models import Answer, Consent, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.rules.questions import shown_answer
from exhibitions.visitors.rules.registration import ALIVE, State
from exhibitions.visitors.service import identities, merging
from exhibitions.visitors.service.registration import LINK
from exhibitions.visitors.service.telling import LEAVE

_PORTION = 500


def export_person(expo: Expo, registration: Registration) -> dict[str, object]:
    """All that this room knows of a person, as JSON can hold it; the number of a paper, which only its reading with a
    reason shows, is masked."""
    texts = expo_queries.consent_words(expo)
    identity = form_queries.identity_of(expo, registration.id)
    return {
        "name": registration.name,
        "company": registration.company,
        "title": registration.title,
        "phone": registration.phone,
        "email": registration.email,
        "region": registration.region,
        "visit_day": registration.visit_day.isoformat() if registration.visit_day else None,
        "note": registration.note,
        "state": registration.state.value,
        "channel": registration.channel.value,
        "source": registration.source,
        "language": registration.language,
        "registered_at": registration.created_at.isoformat(),
        "changed_at": registration.changed_at.isoformat(),
        "consents": [_consent(consent, texts) for consent in queries.consents(expo, registration)],
        "message": registration.decision_note,
        "answers": _answers(expo, registration),
        "identity": identity and {"kind": identity.kind.value, "number": identities.masked(identity)},
        "badges": badges.export_person(HOLDER, registration.id),
    }


def erase_person(registration: Registration) -> None:
    """Take every word about the person away; the row stays for the counts, and number and address are free again.

    No link opens the badge any more.
    """
    registration.name = registration.company = registration.title = registration.note = (
        registration.search
    ) = registration.sort_name = registration.sort_company = ""
    registration.phone = registration.email = None
    registration.decision_note = ""
    registration.form_key = ""
    if registration.state in ALIVE:
        registration.state = State.CANCELLED
        registration.cancelled_at = clock.now()
    merging.forget_person(registration.id)
    identities.forget(registration.id)
    db.session.query(Answer).filter(Answer.registration_id == registration.id).delete()
    accounts.revoke_links(LINK, registration.id)
    accounts.revoke_links(LEAVE, registration.id)
    badges.erase_person(HOLDER, registration.id)
    audit.erase_person_key(HOLDER, registration.id)


def expire(expo: Expo, before: datetime) -> int:
    """Erase the people who registered before this moment; gives their number, at most 500 at a time."""
    old = sa.select(Registration).where(
        Registration.expo_id == expo.id, Registration.created_at < before, Registration.name != ""
    )
    rows = db.session.scalars(old.order_by(Registration.id).limit(_PORTION)).all()
    for registration in rows:
        erase_person(registration)
    return len(rows)


def _answers(expo: Expo, registration: Registration) -> list[dict[str, object]]:
    """What was asked and answered, in the language of the person."""
    given = form_queries.answers_of(expo, [registration.id]).get(registration.id, {})
    chinese = registration.language == "zh"
    return [
        {
            "question": (each.label_zh or each.label_en) if chinese else (each.label_en or each.label_zh),
            "answer": shown_answer(form_queries.facts_of(each), given[each.id], {}, chinese=chinese),
        }
        for each in form_queries.all_questions(expo)
        if each.id in given
    ]


def _consent(consent: Consent, texts: Mapping[tuple[str, int], tuple[str, str]]) -> dict[str, object]:
    zh, en = texts.get((consent.purpose, consent.version), ("", ""))
    return {
        "purpose": consent.purpose,
        "version": consent.version,
        "text": (zh or en) if consent.language == "zh" else (en or zh),
        "language": consent.language,
        "channel": consent.channel.value,
        "given_at": consent.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
    }
