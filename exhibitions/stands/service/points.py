"""Declaring the scheme of points, counting and bringing them, drawing the lot (exhibitors-stands.md §2.3)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.service.centre import settings_row
from exhibitions.expos.models import Expo
from exhibitions.stands.models import LotDraw, PointAccount
from exhibitions.stands.queries import points as queries
from exhibitions.stands.rules import points as rules
from exhibitions.stands.rules.points import Brought, Earlier, Scheme
from exhibitions.stands.rules.wishes import points_of, total

LONGEST_SEED = 64


def save_scheme(expo: Expo, scheme: Scheme, by: Actor) -> None:
    """Declare what earns points from now on; what was counted stays until it is counted again. Raises `Refused`."""
    rules.check(scheme)
    row = settings_row(expo)
    before, after = rules.write(queries.scheme(expo)), rules.write(scheme)
    row.data = {**(row.data or {}), rules.KEY: after}
    row.changed_at = clock.now()
    db.session.flush()
    changed = [name for name, value in after.items() if before[name] != value]
    if changed:
        audit.record(
            "stands.points_scheme",
            by,
            expo_id=expo.id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def count(
    expo: Expo, earlier: Mapping[int, Earlier], brought_before: Mapping[int, Mapping[str, Any]], by: Actor
) -> int:
    """Count the points of these exhibitors anew by the scheme of now, and keep every line; says how many those are.

    `brought_before` is what a list said of the same company for an earlier edition: it counts where this one has no list.
    """
    _begin(expo)
    accounts, scheme = queries.accounts(expo), queries.scheme(expo)
    for exhibitor_id, facts in earlier.items():
        account = accounts.get(exhibitor_id) or _new(expo, exhibitor_id)
        account.brought = account.brought or dict(brought_before.get(exhibitor_id, {}))
        account.earlier = msgspec.to_builtins(facts)
        _reckon(account, scheme)
    _settle(expo)
    audit.record("stands.points_counted", by, expo_id=expo.id, after={"count": len(earlier)})
    return len(earlier)


def bring(expo: Expo, brought: Mapping[int, Brought], by: Actor) -> int:
    """Take over what a list says of these exhibitors in place of what one said before, and count them anew."""
    _begin(expo)
    accounts, scheme = queries.accounts(expo), queries.scheme(expo)
    for exhibitor_id, facts in brought.items():
        account = accounts.get(exhibitor_id) or _new(expo, exhibitor_id)
        account.brought = msgspec.to_builtins(facts)
        _reckon(account, scheme)
    _settle(expo)
    audit.record("stands.points_brought", by, expo_id=expo.id, after={"count": len(brought)})
    return len(brought)


def _begin(expo: Expo) -> None:
    """One count at a time, and nobody changes an exhibitor meanwhile: all of them locked by their numbers of row."""
    lock_named(f"points:{expo.id}")
    locked = sa.select(Exhibitor.id).where(Exhibitor.expo_id == expo.id).order_by(Exhibitor.id)
    db.session.execute(locked.with_for_update())


def _new(expo: Expo, exhibitor_id: int) -> PointAccount:
    account = PointAccount(expo_id=expo.id, exhibitor_id=exhibitor_id, brought={}, earlier={})
    db.session.add(account)
    return account


def _reckon(account: PointAccount, scheme: Scheme) -> None:
    """Count one account by the scheme and keep both."""
    facts = rules.past(
        msgspec.convert(account.earlier, Earlier), msgspec.convert(account.brought, Brought), scheme.area_unit
    )
    lines = points_of(facts, scheme.rule)
    account.scheme = rules.write(scheme)
    account.lines = rules.stored(lines)
    account.total = rules.said(total(lines))
    account.counted_at = clock.now()


def _settle(expo: Expo) -> None:
    """The exhibitors' points are those of their accounts, by which the order of assigning goes."""
    db.session.flush()
    theirs = sa.select(PointAccount.total).where(PointAccount.exhibitor_id == Exhibitor.id)
    counted = sa.select(PointAccount.exhibitor_id).where(PointAccount.expo_id == expo.id)
    db.session.execute(
        sa.update(Exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.id.in_(counted))
        .values(points=theirs.scalar_subquery())
        .execution_options(synchronize_session="fetch")
    )


def draw_lot(expo: Expo, by: Actor, *, seed: str = "", note: str = "") -> LotDraw:
    """Draw the lot: by a seed of chance, or by a given one again, which gives the same order. Each draw is kept.

    A lot that is drawn again says why. Raises `Refused` without a reason, or for a seed that is too long.
    """
    lock_named(f"lot:{expo.id}")
    seed, note = seed.strip(), note.strip()
    if len(seed) > LONGEST_SEED:
        raise Refused("seed_long", N_("A seed has at most %(most)s characters"), most=LONGEST_SEED)
    if queries.last_draw(expo) is not None and not note:
        raise Refused("lot_why", N_("A lot is drawn already. Say why it is drawn again"))
    return _keep_draw(expo, seed or secrets.token_hex(8), note, by)


def note_lot(expo: Expo, seed: str, by: Actor) -> None:
    """Keep the seed by which stands are assigned, where the last lot that was drawn is another one."""
    lock_named(f"lot:{expo.id}")
    last = queries.last_draw(expo)
    if last is None or last.seed != seed:
        _keep_draw(expo, seed, "", by)


def _keep_draw(expo: Expo, seed: str, note: str, by: Actor) -> LotDraw:
    row = LotDraw(
        expo_id=expo.id,
        seed=seed,
        note=note[:300],
        user_id=by.id if by.kind == "user" else None,
        at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("stands.lot_drawn", by, expo_id=expo.id, after={"seed": seed}, reason=note[:300])
    return row
