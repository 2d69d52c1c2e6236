"""A person's right to what is known of them, to its end, and the term after which it ends by itself (P6, P7, P9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.badges import service as badges
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.visitors import queries
from exhibitions.visitors.models import Answer, Consent, Registration, Reminder
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.queries.guests import count_guests
from exhibitions.visitors.rules.questions import shown_answer
from exhibitions.visitors.rules.registration import ALIVE, State
from exhibitions.visitors.service import guests, identities, invitations, merging
from exhibitions.visitors.service.registration import LINK
from exhibitions.visitors.service.telling import LEAVE

DATA_LINK = "person-data"
"""The kind of personal link that opens the copy of one's data."""

DATA_LIFE = timedelta(hours=24)


def export_person(expo: Expo, registration: Registration) -> dict[str, object]:
    """All that this room and the rooms below know of a person, as JSON can hold it; nobody else is named in it.

    The number of a paper, which only its reading with a reason shows, is masked.
    """
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
        "brought_by_somebody": registration.leader_id is not None,
        "colleagues_brought": len(queries.colleagues(expo, registration)),
        "consents": [_consent(consent, texts) for consent in queries.consents(expo, registration)],
        "message": registration.decision_note,
        "answers": _answers(expo, registration),
        "guest": guests.export_guest(registration),
        "identity": identity and {"kind": identity.kind.value, "number": identities.masked(identity)},
        "badges": badges.export_person(HOLDER, registration.id),
        "mails": mail.export_person(HOLDER, registration.id),
    }


def data_link(registration: Registration) -> str:
    """A fresh token of a link to the copy of a person's data; it lives a day (P7)."""
    ends = clock.now() + DATA_LIFE
    return accounts.mint_link(DATA_LINK, registration.id, expo_id=registration.expo_id, expires_at=ends)


def erase_person(registration: Registration) -> None:
    """Take every word about the person away; the row stays for the counts, and number and address are free again.

    No link opens the badge any more, and it opens no gate. A registration that waited for a decision is cancelled; any
    other stays in its state, because figures do not change by an erasure. A second time changes nothing.
    """
    if registration.erased_at is not None:
        return
    _note_who_it_was(registration)
    guests.erase_guest(registration)
    if registration.email:
        mail.erase_address(registration.expo_id, registration.email)
    if registration.phone:
        mail.erase_address(registration.expo_id, registration.phone)
    _forget_wishes(registration)
    registration.name = registration.company = registration.title = registration.note = (
        registration.search
    ) = registration.sort_name = registration.sort_company = ""
    registration.phone = registration.email = None
    registration.decision_note = ""
    registration.form_key = ""
    registration.erased_at = clock.now()
    if registration.state is State.WAITING:
        registration.state = State.CANCELLED
        registration.cancelled_at = registration.erased_at
    merging.forget_person(registration.id)
    identities.forget(registration.id)
    theirs = sa.delete(Answer).where(Answer.registration_id == registration.id)
    db.session.execute(theirs, execution_options={"synchronize_session": False})
    for kind in (LINK, LEAVE, DATA_LINK):
        accounts.revoke_links(kind, registration.id)
    badges.erase_person(HOLDER, registration.id)
    mail.erase_person(HOLDER, registration.id)
    audit.erase_person_key(HOLDER, registration.id)
    db.session.flush()


def identified(expo: Expo) -> int:
    """How many registrations and guests of the fair still say whose they are, with the persons to ask at who invites."""
    found = sa.select(sa.func.count()).where(
        Registration.expo_id == expo.id, Registration.erased_at.is_(None)
    )
    return (db.session.scalar(found) or 0) + count_guests(expo) + invitations.count_contacts(expo)


def expire(expo: Expo, most: int = 100) -> int:
    """Erase a portion of the people of a fair whose term is over; gives their number, 0 when none is left."""
    left = sa.select(Registration).where(Registration.expo_id == expo.id, Registration.erased_at.is_(None))
    rows = db.session.scalars(left.order_by(Registration.id).limit(most)).all()
    for registration in rows:
        erase_person(registration)
    return len(rows) or guests.expire_guests(expo, most) or invitations.expire_contacts(expo, most)


def _note_who_it_was(registration: Registration) -> None:
    """Remember which other registrations are this person's (V-6), as `queries.came_back` finds it by the name."""
    contact: list[Any] = [
        column == value
        for column, value in (
            (Registration.phone, registration.phone),
            (Registration.email, registration.email),
        )
        if value
    ]
    if not registration.name or not contact:
        return
    asked = sa.select(Registration).where(
        Registration.expo_id == registration.expo_id,
        Registration.id != registration.id,
        Registration.name == registration.name,
        sa.or_(*contact),
    )
    if registration.state in ALIVE:
        asked = asked.where(Registration.state.not_in(ALIVE))
    others = db.session.scalars(asked.order_by(Registration.id)).all()
    if not others:
        return
    registration.counted_as_id = registration.counted_as_id or others[0].id
    for other in others[1:]:
        other.counted_as_id = other.counted_as_id or registration.id


def _forget_wishes(registration: Registration) -> None:
    """Whoever is erased is not told of an opening either."""
    for column, value in ((Reminder.phone, registration.phone), (Reminder.email, registration.email)):
        if value:
            theirs = sa.delete(Reminder).where(Reminder.expo_id == registration.expo_id, column == value)
            db.session.execute(theirs, execution_options={"synchronize_session": False})


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
