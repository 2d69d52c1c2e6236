"""Messages to many companies: written, tried out, sent in portions that may be cut off, stopped (P20, F13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from exhibitions.accounts import queries as accounts
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.models import ExhibitorMailing, RecruitingLeave
from exhibitions.exhibitors.queries import mailing as queries
from exhibitions.exhibitors.queries.listing import MOST_TAKEN
from exhibitions.exhibitors.queries.mailing import Reached
from exhibitions.exhibitors.rules import mailing as rules
from exhibitions.exhibitors.service.moving import SUBJECT
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.mail import service as mail
from exhibitions.mail.rules import many, one_line
from exhibitions.mail.rules.many import Purpose, State
from exhibitions.mail.rules.texts import Words

SEND = "exhibitors.mailing"
PORTION = 50
_OPEN = frozenset({State.SCHEDULED, State.SENDING})
_KIND = "exhibitor_mailing"
_TRACE = 16


def batch_of(mailing: ExhibitorMailing) -> str:
    """The word under which the outbox knows the messages of this one."""
    return f"exhibitors-{mailing.id}"


def words_of(mailing: ExhibitorMailing) -> dict[str, Words]:
    """The words by language."""
    return {
        "zh": Words(mailing.subject_zh, mailing.body_zh),
        "en": Words(mailing.subject_en, mailing.body_en),
    }


def trace_of(email: str | None) -> str:
    """What is kept of an address to know it again, so that no message carries the link of who came after."""
    return hashlib.sha256((email or "").encode()).hexdigest()[:_TRACE]


def begin(expo: Expo, ids: Sequence[int], by: Actor) -> ExhibitorMailing:
    """A draft without words for these companies; raises `Refused` for none and for more than MOST_TAKEN."""
    if not ids:
        raise Refused("mailing_nobody", N_("Tick companies first."))
    if len(ids) > MOST_TAKEN:
        raise Refused(
            "mailing_many",
            N_("A message goes to %(most)s companies at most. Narrow the list."),
            most=MOST_TAKEN,
        )
    mailing = ExhibitorMailing(
        expo_id=expo.id,
        purpose=Purpose.SERVICE,
        chosen=sorted(ids),
        counts={},
        created_by=by.id if by.kind == "user" else None,
        created_at=clock.now(),
    )
    db.session.add(mailing)
    db.session.flush()
    audit.record("exhibitors.mailing_written", by, expo_id=expo.id, subject=(_KIND, mailing.id))
    return mailing


def write(
    expo: Expo, mailing: ExhibitorMailing, purpose: Purpose, words: Mapping[str, Words], by: Actor
) -> None:
    """Keep the words of a draft. Raises `Refused` that names the place at fault, `Conflict` when it is a draft no more."""
    rules.check(words)
    mailing = _draft(expo, mailing)
    mailing.purpose = purpose
    for lang in ("zh", "en"):
        setattr(mailing, f"subject_{lang}", one_line(words[lang].subject))
        setattr(mailing, f"body_{lang}", words[lang].body.replace("\r\n", "\n").strip())
    audit.record("exhibitors.mailing_written", by, expo_id=expo.id, subject=(_KIND, mailing.id))


def remove(expo: Expo, mailing: ExhibitorMailing, by: Actor) -> None:
    """Throw a draft away; raises `Conflict` for anything else."""
    mailing = _draft(expo, mailing)
    audit.record("exhibitors.mailing_removed", by, expo_id=expo.id, subject=(_KIND, mailing.id))
    db.session.delete(mailing)


def try_out(expo: Expo, mailing: ExhibitorMailing, lang: str, by: Actor) -> str | None:
    """Send the message to its writer alone; gives the address, None when there is none."""
    address = accounts.address_of(by.id) if by.id is not None else None
    if address is None:
        return None
    mail.send(
        rules.MAILING_TEST,
        address,
        lang,
        {"expo_id": expo.id, "mailing_id": mailing.id},
        key=f"exhibitors-test-{mailing.id}-{clock.now().timestamp()}",
        expo_id=expo.id,
        subject=("user", by.id or 0),
    )
    return address


def send(expo: Expo, mailing: ExhibitorMailing, send_at: datetime | None, by: Actor) -> None:
    """Send a draft now, or at `send_at` (UTC). A second time changes nothing but raises `Conflict`.

    Raises `Refused` for words that cannot be sent or a moment that has gone by, `Conflict` when nobody would get it.
    """
    mailing = _draft(expo, mailing)
    rules.check(words_of(mailing))
    if send_at is not None:
        many.check_moment(send_at, clock.now())
    reach = queries.reach(expo, mailing.chosen, mailing.purpose)
    if reach.companies == reach.unsubscribed:
        raise Conflict("mailing_nobody", N_("Nobody would get this message."))
    mailing.state, mailing.send_at, mailing.counts = State.SCHEDULED, send_at, reach.counts
    audit.record(
        "exhibitors.mailing_sent",
        by,
        expo_id=expo.id,
        subject=(_KIND, mailing.id),
        after={"purpose": mailing.purpose, **reach.counts},
    )
    jobs.enqueue(
        SEND, str(mailing.id), {"mailing_id": mailing.id}, expo_id=expo.id, actor=by, run_after=send_at
    )


def stop(expo: Expo, mailing: ExhibitorMailing, by: Actor) -> int:
    """Let no more of it leave; gives how many were held back in the outbox. Raises `Conflict` when it is not under way."""
    mailing = _locked(expo, mailing)
    if mailing.state not in _OPEN and mailing.state is not State.SENT:
        raise Conflict("mailing_over", N_("Nothing of this message is under way any more."))
    held = mail.withdraw_batch(expo.id, batch_of(mailing), "stopped")
    if mailing.state is State.SENT and not held:
        raise Conflict("mailing_over", N_("Nothing of this message is under way any more."))
    mailing.state, mailing.finished_at = State.STOPPED, clock.now()
    audit.record(
        "exhibitors.mailing_stopped",
        by,
        expo_id=expo.id,
        subject=(_KIND, mailing.id),
        after={"messages": held},
    )
    return held


def send_portion(expo: Expo, mailing: ExhibitorMailing) -> bool:
    """Put the next companies into the outbox; False when there is nothing (more) to do.

    What is done is kept in the same transaction, and the outbox takes each company once: it may be cut off anywhere.
    """
    mailing = _locked(expo, mailing)
    if mailing.state not in _OPEN:
        return False
    mailing.state = State.SENDING
    companies = queries.reached(expo, mailing.chosen, mailing.done_id, PORTION)
    for each in companies:
        if mailing.purpose is Purpose.SERVICE or each.email is None or not queries.has_left(each.email):
            _write_to(mailing, each)
    if not companies:
        mailing.state, mailing.finished_at = State.SENT, clock.now()
        return False
    mailing.done_id = companies[-1].exhibitor.id
    mailing.counts = {**mailing.counts, "done": mailing.counts.get("done", 0) + len(companies)}
    return True


def leave(address: str, by: Actor) -> None:
    """This address gets no more invitations; a second time changes nothing."""
    if queries.leave_of(address) is None:
        db.session.add(RecruitingLeave(address=address, at=clock.now()))
        audit.record("exhibitors.left_recruiting", by)


def join(address: str, by: Actor) -> None:
    """This address takes invitations again."""
    row = queries.leave_of(address)
    if row is not None:
        db.session.delete(row)
        audit.record("exhibitors.joined_recruiting", by)


def _write_to(mailing: ExhibitorMailing, each: Reached) -> None:
    batch = batch_of(mailing)
    mail.send(
        rules.MAILING,
        each.email or "",
        each.language,
        {
            "expo_id": mailing.expo_id,
            "exhibitor_id": each.exhibitor.id,
            "mailing_id": mailing.id,
            "person_id": each.person_id or 0,
            "contact_id": each.contact_id or 0,
            "address": trace_of(each.email),
        },
        key=f"{batch}-{each.exhibitor.id}",
        expo_id=mailing.expo_id,
        subject=(SUBJECT, each.exhibitor.id),
        batch=batch,
    )


def _draft(expo: Expo, mailing: ExhibitorMailing) -> ExhibitorMailing:
    mailing = _locked(expo, mailing)
    if mailing.state is not State.DRAFT:
        raise Conflict("mailing_not_draft", N_("This message is sent or planned already."))
    return mailing


def _locked(expo: Expo, mailing: ExhibitorMailing) -> ExhibitorMailing:
    # Of two who change it at once, or stop it while a portion leaves, the second one finds what the first one did.
    found = queries.mailing_of(expo, mailing.id, for_update=True)
    if found is None:
        raise NotFound("mailing_gone", N_("This message is not there any more."))
    return found
