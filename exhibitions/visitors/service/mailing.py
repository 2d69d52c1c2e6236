"""Messages to many: written, tried out, sent in portions that may be cut off, stopped (P20, F13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from exhibitions.accounts import queries as account_queries
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.mail import queries as mail_queries
from exhibitions.mail import service as mail
from exhibitions.mail.rules import State as MailState
from exhibitions.mail.rules import one_line
from exhibitions.mail.rules.texts import Words
from exhibitions.mail.service import texting
from exhibitions.visitors.models import Mailing
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import mailing as queries
from exhibitions.visitors.queries.mailing import Reached, Ways
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules import mailing as rules
from exhibitions.visitors.rules.mailing import Purpose, State

SEND = "visitors.mailing"
PORTION = 50
_OPEN = frozenset({State.SCHEDULED, State.SENDING})


def batch_of(mailing: Mailing) -> str:
    """The word under which the outbox knows the messages of this one."""
    return f"mailing-{mailing.id}"


def words_of(mailing: Mailing) -> dict[str, Words]:
    """The words by language."""
    return {
        "zh": Words(mailing.subject_zh, mailing.body_zh, mailing.short_zh),
        "en": Words(mailing.subject_en, mailing.body_en, mailing.short_en),
    }


def ways_of(mailing: Mailing) -> Ways:
    """How this message can leave now: as a text message only with words for one, because each is paid for."""
    has_short = bool(mailing.short_zh or mailing.short_en)
    return Ways(mail=bool(mail.account().server), text=has_short and texting.can_text())


def write(
    expo: Expo,
    mailing: Mailing | None,
    purpose: Purpose,
    words: Mapping[str, Words],
    chosen: Mapping[str, Any],
    by: Actor,
) -> Mailing:
    """Keep a draft. Raises `Refused` that names the place at fault, `Conflict` when it is a draft no more."""
    rules.check(words)
    return _keep(expo, mailing, purpose, words, chosen, by)


def begin(expo: Expo, ids: Sequence[int], by: Actor) -> Mailing:
    """A draft without words for people who were picked one by one; raises `Refused` for nobody and for above 5,000."""
    if not ids:
        raise Refused("mailing_nobody", N_("Tick somebody first."))
    if len(ids) > rules.MOST_CHOSEN:
        raise Refused(
            "mailing_many",
            N_(
                "A search and these filters can pick %(most)s people at most for a message; here are %(found)s."
            ),
            most=rules.MOST_CHOSEN,
            found=len(ids),
        )
    empty = {"zh": Words("", ""), "en": Words("", "")}
    return _keep(expo, None, Purpose.SERVICE, empty, {"ids": list(ids)}, by)


def _keep(
    expo: Expo,
    mailing: Mailing | None,
    purpose: Purpose,
    words: Mapping[str, Words],
    chosen: Mapping[str, Any],
    by: Actor,
) -> Mailing:
    if mailing is None:
        mailing = Mailing(expo_id=expo.id, created_by=by.id, created_at=clock.now(), counts={}, done_id=0)
        db.session.add(mailing)
    else:
        mailing = _draft(expo, mailing)
    mailing.purpose = purpose.value
    mailing.chosen = dict(chosen)
    for lang in ("zh", "en"):
        setattr(mailing, f"subject_{lang}", one_line(words[lang].subject))
        setattr(mailing, f"body_{lang}", words[lang].body.replace("\r\n", "\n").strip())
        setattr(mailing, f"short_{lang}", words[lang].short.replace("\r\n", "\n").strip())
    db.session.flush()
    audit.record("visitors.mailing_written", by, expo_id=expo.id, subject=("mailing", mailing.id))
    return mailing


def _draft(expo: Expo, mailing: Mailing) -> Mailing:
    mailing = _locked(expo, mailing)
    if mailing.state is not State.DRAFT:
        raise Conflict("mailing_not_draft", N_("This message is sent or planned already."))
    return mailing


def _locked(expo: Expo, mailing: Mailing) -> Mailing:
    # Of two who change it at once, or stop it while a portion leaves, the second one finds what the first one did.
    found = queries.mailing_of(expo, mailing.id, for_update=True)
    if found is None:
        raise NotFound("mailing_gone", N_("This message is not there any more."))
    return found


def remove(expo: Expo, mailing: Mailing, by: Actor) -> None:
    """Throw a draft away; raises `Conflict` for anything else."""
    mailing = _draft(expo, mailing)
    audit.record("visitors.mailing_removed", by, expo_id=expo.id, subject=("mailing", mailing.id))
    db.session.delete(mailing)


def try_out(expo: Expo, mailing: Mailing, lang: str, by: Actor) -> str | None:
    """Send the message to its writer alone, filled with sample words; gives the address, None when there is none."""
    address = account_queries.address_of(by.id) if by.id is not None else None
    if address is None:
        return None
    mail.send(
        letters.MAILING_TEST,
        address,
        lang,
        {"expo_id": expo.id, "mailing_id": mailing.id},
        key=f"mailing-test-{mailing.id}-{clock.now().timestamp()}",
        expo_id=expo.id,
        subject=("user", by.id or 0),
    )
    return address


def send(expo: Expo, mailing: Mailing, send_at: datetime | None, by: Actor) -> None:
    """Send a draft now, or at `send_at` (UTC). A second time changes nothing but raises `Conflict`.

    Raises `Refused` for words that cannot be sent, a moment that has gone by, or when nobody would get it.
    """
    mailing = _draft(expo, mailing)
    rules.check(words_of(mailing))
    if send_at is not None:
        rules.check_moment(send_at, clock.now())
    reach = queries.reach(expo, mailing.chosen, Purpose(mailing.purpose), ways_of(mailing))
    if not reach.people:
        raise Conflict("mailing_nobody", N_("Nobody would get this message."))
    mailing.state, mailing.send_at = State.SCHEDULED, send_at
    mailing.counts = reach.counts
    audit.record(
        "visitors.mailing_sent",
        by,
        expo_id=expo.id,
        subject=("mailing", mailing.id),
        after={"purpose": mailing.purpose, **reach.counts},
    )
    jobs.enqueue(
        SEND, str(mailing.id), {"mailing_id": mailing.id}, expo_id=expo.id, actor=by, run_after=send_at
    )


def stop(expo: Expo, mailing: Mailing, by: Actor) -> int:
    """Let no more of it leave; gives how many were held back in the outbox. Raises `Conflict` when it is not under way."""
    mailing = _locked(expo, mailing)
    if mailing.state not in _OPEN and not (mailing.state is State.SENT and _waiting(expo, mailing)):
        raise Conflict("mailing_over", N_("Nothing of this message is under way any more."))
    mailing.state, mailing.finished_at = State.STOPPED, clock.now()
    held = mail.withdraw_batch(expo.id, batch_of(mailing), "stopped")
    audit.record(
        "visitors.mailing_stopped",
        by,
        expo_id=expo.id,
        subject=("mailing", mailing.id),
        after={"messages": held},
    )
    return held


def _waiting(expo: Expo, mailing: Mailing) -> bool:
    return bool(mail_queries.states_of(expo.id, batch_of(mailing)).get(MailState.WAITING))


def send_portion(expo: Expo, mailing: Mailing) -> bool:
    """Put the next of its people into the outbox; False when there is nothing (more) to do.

    What is done is kept in the same transaction, and the outbox takes each person once: it may be cut off anywhere.
    """
    mailing = _locked(expo, mailing)
    if mailing.state not in _OPEN:
        return False
    purpose = Purpose(mailing.purpose)
    if mailing.state is State.SCHEDULED:
        # Counted anew: a planned message goes to whom the choice means when it leaves.
        mailing.state = State.SENDING
        mailing.counts = {**queries.reach(expo, mailing.chosen, purpose, ways_of(mailing)).counts, "done": 0}
    people = queries.next_people(expo, mailing.chosen, purpose, mailing.done_id, PORTION)
    for person in people:
        _write_to(mailing, person)
    if not people:
        mailing.state, mailing.finished_at = State.SENT, clock.now()
        return False
    mailing.done_id = people[-1].id
    mailing.counts = {**mailing.counts, "done": mailing.counts.get("done", 0) + len(people)}
    return True


def _write_to(mailing: Mailing, person: Reached) -> None:
    batch = batch_of(mailing)
    mail.send(
        letters.MAILING,
        person.email or "",
        person.language,
        {"expo_id": mailing.expo_id, "registration_id": person.id, "mailing_id": mailing.id},
        key=batch if person.email else f"{batch}-{person.id}",
        expo_id=mailing.expo_id,
        subject=(HOLDER, person.id),
        batch=batch,
        phone=person.phone if ways_of(mailing).text else None,
    )
