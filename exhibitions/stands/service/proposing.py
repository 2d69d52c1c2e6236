"""Assigning by a proposal: drawn again by its rule and seed, carried out only where it still comes out the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.exhibitors.models import Exhibitor, ExhibitorSettings
from exhibitions.exhibitors.queries import settings
from exhibitions.expos.models import Expo
from exhibitions.stands.queries import applicants as queries
from exhibitions.stands.queries import holding
from exhibitions.stands.queries.freed_places import for_those_without
from exhibitions.stands.queries.points import Rule
from exhibitions.stands.rules import choosing as rules
from exhibitions.stands.rules.choosing import Choosing
from exhibitions.stands.rules.wishes import Order, Proposal
from exhibitions.stands.service.assigning import assign, lock_all
from exhibitions.stands.service.points import note_lot

PORTION = 50
"""Stands that are assigned in one transaction."""


def mark_of(proposal: Proposal) -> str:
    """What a page keeps of the proposal that it shows, so that another one is never carried out in its place."""
    said = ";".join(f"{one.applicant}:{one.number}" for one in proposal.placings)
    return hashlib.sha256(f"{proposal.order}|{proposal.seed}|{said}".encode()).hexdigest()[:16]


def agreed(expo: Expo, rule: Rule, mark: str, chosen: Collection[int]) -> list[tuple[Exhibitor, int]]:
    """What the proposal gives to the chosen exhibitors: whom, and the stand's number of row. Nothing is given yet.

    Raises `Conflict` when the proposal comes out otherwise by now: somebody has chosen, paid or applied meanwhile.
    """
    now = clock.now()
    who = queries.waiting(expo, now)
    free = for_those_without(expo, holding.free(expo, now), rule, now)
    proposal = queries.proposal(expo, who, rule, free)
    if mark_of(proposal) != mark:
        raise Conflict(
            "proposal_old", N_("Something has changed since this proposal was made. Look at the new one")
        )
    exhibitors = {each.exhibitor.id: each.exhibitor for each in who}
    numbers = {stand.number: stand.id for stand in free}
    given = [one for one in proposal.placings if one.applicant in chosen and one.number is not None]
    return [
        (exhibitors[one.applicant], numbers[one.number or ""])
        for one in sorted(given, key=lambda each: each.applicant)
    ]


def carry_out(expo: Expo, given: Sequence[tuple[Exhibitor, int]], order: Order, seed: str, by: Actor) -> int:
    """Assign what was agreed, at most `PORTION` at once so that others are not kept waiting; says how many that were.

    Raises what assigning raises for a stand that is somebody else's by now; of these then none is assigned.
    """
    if not given:
        return 0
    lock_all(expo, [exhibitor for exhibitor, _stand in given], [stand for _exhibitor, stand in given])
    for exhibitor, stand_id in given:
        assign(expo, exhibitor, stand_id, by)
    note_lot(expo, seed, by)
    facts = {"order": order, "seed": seed, "count": len(given)}
    audit.record("stands.proposed", by, expo_id=expo.id, after=facts)
    return len(given)


def change_choosing(expo: Expo, choosing: Choosing, frozen_at: datetime | None, by: Actor) -> None:
    """Keep how stands are chosen and from when the plan is frozen. Raises `Refused` for what does not go together."""
    rules.check(choosing)
    row = settings(expo)
    now = clock.now()
    before = rules.write(holding.choosing(expo)) | {"frozen_at": row.stands_frozen_at if row else None}
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, data={}, changed_at=now)
        db.session.add(row)
    row.data = {**(row.data or {}), rules.KEY: rules.write(choosing)}
    row.stands_frozen_at = frozen_at
    row.changed_at = now
    db.session.flush()
    after = rules.write(choosing) | {"frozen_at": frozen_at}
    changed = [name for name, value in after.items() if before.get(name) != value]
    if changed:
        audit.record(
            "stands.choosing",
            by,
            expo_id=expo.id,
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
        )
