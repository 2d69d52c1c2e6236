"""The order of assigning as a whole, and places that came free again with whom they are offered to (§2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from exhibitions.expos.models import Expo
from exhibitions.stands.queries import points
from exhibitions.stands.queries.applicants import Waiting, applicants, everybody, offer_of
from exhibitions.stands.queries.holding import FreeStand
from exhibitions.stands.queries.points import Rule
from exhibitions.stands.rules.freed import InLine, offered_to
from exhibitions.stands.rules.points import offers_end
from exhibitions.stands.rules.wishes import Applicant, in_order


@dataclass(frozen=True)
class Placed:
    """Somebody at a place of the order, from 1 on."""

    rank: int
    who: Waiting
    applicant: Applicant


@dataclass(frozen=True)
class FreedPlace:
    """A stand that came free again, and the first in the order who is offered it; None where nobody wants it."""

    stand: FreeStand
    since: datetime
    offered: Placed | None


def line_up(expo: Expo, now: datetime, rule: Rule) -> list[Placed]:
    """All admitted exhibitors in the order of assigning, with or without a stand."""
    who = everybody(expo, now)
    by_id = {each.exhibitor.id: each for each in who}
    ordered = in_order(applicants(expo, who, rule), rule.order, rule.seed)
    return [Placed(rank, by_id[one.id], one) for rank, one in enumerate(ordered, start=1)]


def freed_places(expo: Expo, line: Sequence[Placed], free: Sequence[FreeStand]) -> list[FreedPlace]:
    """The free stands that had been given before, each with whom it is offered to first."""
    found = points.freed(expo, {stand.id for stand in free})
    in_line = [InLine(each.applicant, each.who.has) for each in line]
    by_id = {each.applicant.id: each for each in line}
    places = []
    for stand in free:
        if (known := found.get(stand.id)) is not None:
            first = offered_to(offer_of(stand), in_line, known.declined)
            places.append(FreedPlace(stand, known.since, by_id[first.applicant.id] if first else None))
    return places


@dataclass(frozen=True)
class Offers:
    """Until which day freed places are offered in the order (None: move-in has no day yet), and whether that day is past."""

    until: date | None
    are_over: bool


def offers(expo: Expo, rule: Rule, now: datetime) -> Offers:
    """The same by the fair's calendar; once they are over, it is first come, first served."""
    last = offers_end(points.move_in(expo), rule.scheme.offer_weeks)
    return Offers(last, last is not None and now.astimezone(ZoneInfo(expo.timezone)).date() > last)


def for_those_without(expo: Expo, free: Sequence[FreeStand], rule: Rule, now: datetime) -> list[FreeStand]:
    """The free stands without those that are first offered to somebody who has a stand and named them as a better wish."""
    if offers(expo, rule, now).are_over or not points.are_freed(expo, {stand.id for stand in free}):
        return list(free)
    places = freed_places(expo, line_up(expo, now, rule), free)
    kept_back = {each.stand.id for each in places if each.offered is not None and each.offered.who.has}
    return [stand for stand in free if stand.id not in kept_back]
