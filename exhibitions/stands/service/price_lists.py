"""Prices: a draft is written, put in force, and from then on never changed; whoever changes it begins the next version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.expos.models import Expo
from exhibitions.stands import queries
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.queries import price_lists
from exhibitions.stands.rules import price_list as rules
from exhibitions.stands.rules.price_list import PriceList

SUBJECT = "price_list"


def current(expo: Expo) -> PriceList:
    """What the office sees and changes: the draft, else what is in force, else an empty list in the fair's currency."""
    row = price_lists.draft(expo) or queries.price_list(expo, clock.now())
    return rules.loaded(row.data) if row is not None else PriceList(currency=expo.currency)


def save(expo: Expo, change: Callable[[PriceList], PriceList], by: Actor) -> PriceListRow:
    """Change the draft; what is in force stays, a next version is begun from it. Raises `Refused` for a wrong amount."""
    lock_named(f"price list:{expo.id}")
    before = current(expo)
    after = change(before)
    _refuse_wrong(after)
    draft = price_lists.draft(expo) or _begin(expo, by)
    draft.data, draft.currency, draft.sha256 = rules.dumped(after), after.currency, rules.fingerprint(after)
    draft.user_id = by.id if by.kind == "user" else None
    db.session.flush()
    audit.record(
        "stands.prices_changed",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, draft.id),
        before=_told(before, after),
        after={"version": draft.version, **_told(after, before)},
    )
    return draft


def save_line(expo: Expo, table: str, place: int | None, line: Struct, by: Actor) -> None:
    """Add a line to a table of the draft, or put it in the place of an earlier one."""
    save(expo, lambda prices: rules.with_line(prices, table, place, line), by)


def remove_line(expo: Expo, table: str, line: Struct, by: Actor) -> None:
    """Take this very line out of the draft; one that is gone already is gone."""

    def without(prices: PriceList) -> PriceList:
        lines = rules.table_of(prices, table)
        return rules.without_line(prices, table, lines.index(line)) if line in lines else prices

    save(expo, without, by)


def move_line(expo: Expo, table: str, place: int, step: int, by: Actor) -> None:
    """Put a line of the draft one place up (-1) or down (1)."""
    save(expo, lambda prices: rules.with_line_moved(prices, table, place, step), by)


def put_in_force(expo: Expo, by: Actor) -> PriceListRow:
    """From now on the draft counts for every new quote; orders keep the version they were made by.

    Raises `Refused` with the first thing that is wrong in it, `Conflict` when there is no draft.
    """
    lock_named(f"price list:{expo.id}")
    draft = price_lists.draft(expo)
    if draft is None:
        raise Conflict("no_draft", N_("These prices are in force already."))
    for problem in rules.problems(rules.loaded(draft.data)):
        raise problem
    if draft.currency != expo.currency:
        raise Refused(
            "other_currency",
            N_(
                "Prices are in the fair's currency, %(currency)s: services and takings are added up with them."
            ),
            currency=expo.currency,
        )
    draft.in_force_from = clock.now()
    audit.record(
        "stands.prices_in_force",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, draft.id),
        after={"version": draft.version, "sha256": draft.sha256},
    )
    return draft


def discard(expo: Expo, by: Actor) -> None:
    """Give the draft up; what is in force stays. Without a draft nothing happens."""
    lock_named(f"price list:{expo.id}")
    draft = price_lists.draft(expo)
    if draft is not None:
        audit.record(
            "stands.prices_discarded",
            by,
            expo_id=expo.id,
            subject=(SUBJECT, draft.id),
            after={"version": draft.version},
        )
        db.session.delete(draft)


def freeze(row: PriceListRow, now: datetime) -> None:
    """Note that an order was made by this version; its data is never changed again, and its digest proves it."""
    if row.frozen_at is None:
        row.frozen_at = now


def dump_setup(expo: Expo) -> dict[str, object] | None:
    """The prices as a document has them: what the office sees; None where the fair has none."""
    row = price_lists.draft(expo) or queries.price_list(expo, clock.now())
    return row.data if row is not None else None


def load_setup(expo: Expo, data: dict[str, object] | None, by: Actor = SYSTEM) -> None:
    """Make the draft what the document says, to be checked and put in force by the office; None says nothing.

    Raises `Refused`.
    """
    if data is None:
        return
    given = rules.loaded(data)
    save(expo, lambda _: given, by)


def _begin(expo: Expo, by: Actor) -> PriceListRow:
    youngest = price_lists.versions(expo)
    draft = PriceListRow(
        expo_id=expo.id,
        version=youngest[0].version + 1 if youngest else 1,
        data={},
        sha256="",
        created_at=clock.now(),
    )
    db.session.add(draft)
    return draft


# A draft may be unfinished, but never holds what no list may hold.
_MAY_BE_MISSING = frozenset({"no_rate"})


def _refuse_wrong(prices: PriceList) -> None:
    for problem in rules.problems(prices):
        if problem.code not in _MAY_BE_MISSING:
            raise problem


def _told(one: PriceList, other: PriceList) -> dict[str, object]:
    """What of a list differs from another, in short enough form for the audit."""
    mine, theirs = rules.dumped(one), rules.dumped(other)
    return {name: mine[name] for name in mine if mine[name] != theirs[name] and not name.startswith("terms")}
