"""Stands as the pages of choice show them: price, hold with its end in words, options of the filters, the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from markupsafe import escape

from exhibitions.core.i18n import format_date, format_datetime, language, local
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.queries import plan, quoting
from exhibitions.stands.queries.holding import FreeStand, as_shown
from exhibitions.stands.rules.allocation import AllocationKind, is_end_of_day, last_moment
from exhibitions.stands.rules.picture import Drawing, StandState, draw
from exhibitions.stands.rules.plan import KIND_WORDS
from exhibitions.stands.rules.pricing import Quote


@dataclass(frozen=True)
class Holding:
    """A hold or an assignment with the words for its end."""

    row: Allocation
    stand: FreeStand
    until: str


@dataclass(frozen=True)
class HallDrawn:
    """A hall's drawing, and what each stand is to who looks at it."""

    drawing: Drawing
    states: dict[str, StandState]
    areas: dict[str, str]
    hall_id: int


def until_in_words(expo: Expo, until: datetime | None) -> str:
    """The end of a hold: day and time, or the day when it lasts to the day's end; empty without an end."""
    if until is None:
        return ""
    if is_end_of_day(until, expo.timezone):
        day = last_moment(until).astimezone(ZoneInfo(expo.timezone)).date()
        return str(_("the end of %(day)s", day=format_date(day)))
    return format_datetime(until, expo.timezone)


def holding(expo: Expo, row: Allocation) -> Holding:
    """A row as pages show it."""
    return Holding(row, as_shown(row.stand), until_in_words(expo, row.until))


def held_until(expo: Expo, row: Allocation) -> str:
    """The sentence after a stand was held."""
    if row.kind is AllocationKind.ASSIGNED:
        return str(_("%(number)s is yours.", number=row.stand.number))
    until = until_in_words(expo, row.until)
    return str(_("%(number)s is held for you until %(until)s.", number=row.stand.number, until=until))


def options(expo: Expo) -> dict[str, list[tuple[str, str]]]:
    """What the filters of free stands offer."""
    return {
        "kind": [(kind.value, str(_(word))) for kind, word in KIND_WORDS.items()],
        "hall": [(hall.code, plain(local(hall, "name")) or hall.code) for hall in expo.halls],
        "zone": [(zone.code, plain(local(zone, "name")) or zone.code) for zone in expo.zones],
    }


def plain(name: str) -> str:
    """A name without its mark of language: options of a list take no markup."""
    return escape(name).striptags()


def priced(
    expo: Expo, exhibitor: Exhibitor, stands: Sequence[FreeStand], now: datetime
) -> list[tuple[FreeStand, Quote | None]]:
    """Each stand with its price for this exhibitor; None while the fair has no price for it."""
    rows = queries.with_ids(expo, [each.id for each in stands])
    quotes = quoting.quotes(expo, exhibitor, rows, now)
    return [(each, quotes.get(each.id)) for each in stands]


def quote(expo: Expo, exhibitor: Exhibitor, stand: Stand, now: datetime) -> Quote | None:
    """The price of a stand for this exhibitor with its lines; None while the fair has no price for it."""
    return quoting.quotes(expo, exhibitor, [stand], now).get(stand.id)


def drawing(expo: Expo, hall_id: int | None, exhibitor: Exhibitor, now: datetime) -> HallDrawn | None:
    """The hall drawn with what each stand is to this exhibitor; the first one that is measured where none is named."""
    floors = plan.hall_plans(expo)
    floor = next((each for each in floors if hall_id in {None, each.hall_id}), None)
    if floor is None:
        return None
    stands = plan.stands(expo, floor.hall_id)
    allocations = plan.live(expo, now)
    states = {stand.number: _to(exhibitor, stand, allocations.get(stand.id)) for stand in stands}
    return HallDrawn(
        draw(
            plan.size_of(floor),
            [plan.lying(stand) for stand in stands],
            [plan.lying_shape(each, language()) for each in plan.shapes(expo, floor.hall_id)],
        ),
        states,
        {stand.number: f"{as_shown(stand).square_metres:f}" for stand in stands},
        floor.hall_id,
    )


def _to(exhibitor: Exhibitor, stand: Stand, row: Allocation | None) -> StandState:
    """What a stand is to this exhibitor, who is not told how firmly others have theirs."""
    state = plan.state_of(stand, row)
    if row is not None and row.exhibitor_id == exhibitor.id:
        return StandState.MINE
    if state is StandState.FREE and stand.is_faulty:
        return StandState.CLOSED
    return state if state in {StandState.FREE, StandState.CLOSED} else StandState.TAKEN
