"""Contacts of entries, wherever they entered something: found, handed out, taken away (P6, P7, P9).

Why an entry was returned or refused is about a product and its company; only what names the person goes out of it. So it is
with the history.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from exhibitions.awards.models import AwardEntry, EntryEvent
from exhibitions.awards.rules.entry_deeds import SUBJECT
from exhibitions.core.db import db
from exhibitions.core.somebody import Seen, Somebody
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail

CONTACT = SUBJECT
"""The kind of row that names the contact of an entry."""
_MOST = 500
_PORTION = 100
_TOLD = sa.or_(
    *(
        getattr(AwardEntry, name) != ""
        for name in ("contact_name", "contact_phone", "contact_email", "reason")
    )
)


def seen(who: Somebody) -> list[Seen]:
    """The entries with one of these numbers or addresses, whatever their contacts are called."""
    return [seen_row(row) for row in _reached(who)]


def seen_row(row: AwardEntry) -> Seen:
    """What an entry says of its contact."""
    return Seen(
        CONTACT,
        row.id,
        row.contact_name,
        row.contact_phone or None,
        row.contact_email or None,
        row.company_zh or row.company_en,
        row.expo_id,
    )


def export_person(who: Somebody) -> list[dict[str, object]]:
    """The entries that name a person as whom to ask, with what was written to them."""
    return [
        {
            "product": row.product_zh or row.product_en,
            "name": row.contact_name,
            "phone": row.contact_phone,
            "email": row.contact_email,
            "mails": mail.export_person(SUBJECT, row.id),
        }
        for row in _theirs(who)
    ]


def erase_person(who: Somebody) -> int:
    """Empty the contact of every entry that names the person; gives of how many. Product, company and result stay."""
    rows = _theirs(who)
    for row in rows:
        _forget(row, who)
    return len(rows)


def told(expo: Expo) -> int:
    """How many entries of a fair still say whom to ask, or why they were returned or refused."""
    wanted = sa.select(sa.func.count(AwardEntry.id)).where(AwardEntry.expo_id == expo.id, _TOLD)
    return db.session.scalar(wanted) or 0


def expire(expo: Expo) -> int:
    """Empty a portion of these; gives their number, 0 when none is left."""
    wanted = sa.select(AwardEntry).where(AwardEntry.expo_id == expo.id, _TOLD)
    rows = db.session.scalars(wanted.order_by(AwardEntry.id).limit(_PORTION)).all()
    for row in rows:
        mail.erase_person(SUBJECT, row.id)
        row.contact_name = row.contact_phone = row.contact_email = row.reason = ""
    return len(rows)


def _forget(row: AwardEntry, who: Somebody) -> None:
    row.contact_name = row.contact_phone = row.contact_email = ""
    row.reason = who.taken_out(row.reason)
    mail.erase_person(SUBJECT, row.id)
    for event in _events([row.id]):
        event.text = who.taken_out(event.text)


def _events(entries: Collection[int]) -> list[EntryEvent]:
    return list(db.session.scalars(sa.select(EntryEvent).where(EntryEvent.entry_id.in_(entries))))


def _theirs(who: Somebody) -> list[AwardEntry]:
    return [row for row in _reached(who) if who.is_called(row.contact_name)]


def _reached(who: Somebody) -> list[AwardEntry]:
    found = sa.select(AwardEntry).where(who.reached(AwardEntry.contact_phone, AwardEntry.contact_email))
    return list(db.session.scalars(found.order_by(AwardEntry.id).limit(_MOST)))
