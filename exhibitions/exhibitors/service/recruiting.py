"""Recruiting 招展: companies taken into a fair, moved by hand, talked to, given a next step and somebody who looks after them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date

from exhibitions.audit import service as audit
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.exhibitors.models import Call, Exhibitor, ExhibitorEvent
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.rules import recruiting
from exhibitions.exhibitors.rules.recruiting import NextStep, Talk
from exhibitions.exhibitors.rules.states import ADMITTED, RECRUITING, Mover, State
from exhibitions.exhibitors.service.moving import SUBJECT, lock, move
from exhibitions.expos.models import Expo

RETURNING = tuple(sorted(ADMITTED))
"""Who was admitted in the last edition is asked again for this one."""
_LETTERS = 12


def take_in(
    expo: Expo, company: Company, by: Actor, *, origin: str = "desk", user_id: int | None = None
) -> Exhibitor:
    """Make a company of the register a prospect of this fair, looked after by `user_id`.

    Raises `Conflict` (code `already_here`, param `number`) when it has a part in this edition, `Refused` when it was
    merged into another.
    """
    if company.merged_into_id is not None:
        raise Refused("company_merged", N_("This company was merged into another. Take that one."))
    # Two colleagues who add the same company at once get one row, and the second is told which.
    lock_named(f"exhibitors {expo.id}")
    known = listing.part_in(expo, company.id)
    if known is not None:
        raise Conflict("already_here", N_("This company is on the list already"), number=known.number)
    now = clock.now()
    exhibitor = Exhibitor(
        expo_id=expo.id,
        number=f"E{secrets.token_hex(_LETTERS // 2).upper()}",
        company_id=company.id,
        state=State.PROSPECT,
        state_since=now,
        origin=origin,
        user_id=user_id,
        country=company.statistics_country or company.country,
        created_at=now,
        changed_at=now,
    )
    db.session.add(exhibitor)
    db.session.flush()
    _note(exhibitor, "taken", by)
    audit.record(
        "exhibitors.created",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, exhibitor.id),
        after={"company": company.number, "origin": origin},
    )
    return exhibitor


def copy_from(expo: Expo, earlier: Expo, by: Actor, user_id: int | None = None) -> int:
    """Make the exhibitors of an earlier edition prospects of this one, marked as returning; gives their number.

    Who is here already is left alone, so that a second copy adds nobody twice.
    """
    lock_named(f"exhibitors {expo.id}")
    now = clock.now()
    found = listing.not_yet_here(expo, earlier, RETURNING)
    countries = listing.countries_of(found)
    made = [
        Exhibitor(
            expo_id=expo.id,
            number=f"E{secrets.token_hex(_LETTERS // 2).upper()}",
            company_id=company_id,
            state=State.PROSPECT,
            state_since=now,
            origin="copied",
            is_returning=True,
            user_id=user_id,
            country=countries[company_id],
            created_at=now,
            changed_at=now,
        )
        for company_id in found
    ]
    db.session.add_all(made)
    db.session.flush()
    for exhibitor in made:
        _note(exhibitor, "copied", by, f"{earlier.slug}")
    if made:
        audit.record(
            "exhibitors.copied",
            by,
            expo_id=expo.id,
            subject=("expo", expo.id),
            after={"from": earlier.slug, "exhibitors": len(made)},
        )
    return len(made)


def put(exhibitor: Exhibitor, to: State, by: Actor, text: str = "") -> None:
    """Bring a company into a stage of recruiting by the office's word. Raises `Conflict` where that is not possible.

    To where it stands already nothing is done, so that a second click is none.
    """
    if to not in RECRUITING:
        raise Refused("not_by_hand", N_("This stage comes from what happened, not by hand."))
    lock(exhibitor)
    if exhibitor.state is not to:
        move(exhibitor, to, Mover.OFFICE, by, text=text)


def put_many(exhibitors: Iterable[Exhibitor], to: State, by: Actor) -> tuple[int, int]:
    """Bring many into a stage; gives how many moved and how many stayed because their application has gone on."""
    moved = stayed = 0
    for exhibitor in exhibitors:
        if exhibitor.state not in RECRUITING:
            stayed += 1
        elif exhibitor.state is not to:
            put(exhibitor, to, by)
            moved += 1
    return moved, stayed


def give_to(exhibitors: Sequence[Exhibitor], user_id: int | None, by: Actor) -> int:
    """Let a colleague look after these companies, or nobody (None); gives how many changed hands."""
    changed = [each for each in exhibitors if each.user_id != user_id]
    for exhibitor in changed:
        _changed(exhibitor, by, "exhibitors.given", {"user_id": user_id})
    return len(changed)


def plan_step(exhibitor: Exhibitor, step: NextStep, by: Actor) -> None:
    """Say what comes next with a company, by when and by whom; empty words and no day end what was planned."""
    values: dict[str, object] = {"next_step": step.text, "next_on": step.on, "user_id": step.user_id}
    _changed(exhibitor, by, "exhibitors.planned", values)


def finish_step(exhibitor: Exhibitor, by: Actor) -> None:
    """The next step is done: it goes into the history and nothing is planned any more."""
    if not exhibitor.next_step and exhibitor.next_on is None:
        return
    _note(exhibitor, "step_done", by, exhibitor.next_step)
    _changed(exhibitor, by, "exhibitors.step_done", {"next_step": "", "next_on": None})


def write_note(exhibitor: Exhibitor, text: str, by: Actor) -> None:
    """Keep the office's own note about a company."""
    _changed(exhibitor, by, "exhibitors.noted", {"note": text})


def talk(expo: Expo, exhibitor: Exhibitor, said: Talk, by: Actor) -> Call:
    """Write a talk down; a prospect is contacted by it, and the next step that came out of it is planned."""
    recruiting.check_talk(said, clock.now())
    call = Call(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        at=said.at,
        user_id=by.id if by.kind == "user" else None,
        way=said.way,
        with_whom=said.with_whom,
        text=said.text,
    )
    db.session.add(call)
    db.session.flush()
    audit.record(
        "exhibitors.talked",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, exhibitor.id),
        after={"way": said.way, "with_whom": said.with_whom, "text": said.text},
        withheld=frozenset({"with_whom", "text"}),
    )
    after = recruiting.state_after_talk(exhibitor.state)
    if after is not exhibitor.state:
        put(exhibitor, after, by)
    if said.next_step is not None:
        plan_step(exhibitor, said.next_step, by)
    return call


def _changed(exhibitor: Exhibitor, by: Actor, action: str, values: dict[str, object]) -> None:
    before = {name: _plain(getattr(exhibitor, name)) for name in values}
    after = {name: _plain(value) for name, value in values.items()}
    changed = [name for name in values if before[name] != after[name]]
    if not changed:
        return
    for name in changed:
        setattr(exhibitor, name, values[name])
    exhibitor.changed_at = clock.now()
    audit.record(
        action,
        by,
        expo_id=exhibitor.expo_id,
        subject=(SUBJECT, exhibitor.id),
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        withheld=frozenset({"next_step", "note"}),
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _note(exhibitor: Exhibitor, deed: str, by: Actor, text: str = "") -> None:
    db.session.add(
        ExhibitorEvent(
            expo_id=exhibitor.expo_id,
            exhibitor_id=exhibitor.id,
            at=clock.now(),
            actor_kind=by.kind,
            actor_id=by.id,
            deed=deed,
            state_before=exhibitor.state,
            state_after=exhibitor.state,
            text=text,
        )
    )
