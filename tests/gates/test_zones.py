"""F19 through the interface and the database: zones, the doubled and the missing hour, midnight, the server's own zone."""

from __future__ import annotations

import time as clocks
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Door, Expo, ExpoDay
from exhibitions.gates.models import Scan
from exhibitions.gates.queries import figures
from exhibitions.gates.rules.counting import Attendance
from tests.gates.fair import Device, GateFair

HOUR = timedelta(hours=1)


class Place(NamedTuple):
    """A zone, the first of two fair days, and how many hours that day has."""

    zone: str
    day: date
    hours: int


PLACES = [
    Place("Asia/Shanghai", date(2026, 9, 10), 24),
    Place("Europe/Berlin", date(2026, 3, 29), 23),
    Place("Europe/Berlin", date(2026, 10, 25), 25),
    Place("America/New_York", date(2026, 11, 1), 25),
    Place("Pacific/Apia", date(2026, 9, 10), 24),
]


@pytest.fixture(params=["UTC", "America/Los_Angeles"])
def _server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in this zone."""
    monkeypatch.setenv("TZ", request.param)
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


def hold(fair: GateFair, place: Place, cut_off: int = 0) -> None:
    """Let the fair be two whole days there, open from border to border, for everybody."""
    with fair.app.app_context():
        days = db.session.scalars(sa.select(ExpoDay.id).order_by(ExpoDay.date)).all()
    first, second, *others = days
    border = time(cut_off)
    fair.change(
        sa.update(Expo).values(timezone=place.zone, cutoff_hour=cut_off),
        sa.delete(Door).where(Door.day_id.in_(others)),
        sa.delete(ExpoDay).where(ExpoDay.id.in_(others)),
        *(
            sa.update(ExpoDay)
            .where(ExpoDay.id == number)
            .values(date=day, kind="open", official_from=border, official_to=border)
            for number, day in ((first, place.day), (second, place.day + timedelta(days=1)))
        ),
        sa.update(Door).values(door_from=border, door_to=border),
    )


def moments(place: Place, cut_off: int) -> list[datetime]:
    """Each half hour of both days, and the last and first thousandth of a second at each border, in UTC."""
    zone = ZoneInfo(place.zone)
    borders = [
        datetime.combine(place.day + timedelta(days=n), time(cut_off), zone).astimezone(UTC) for n in range(3)
    ]
    halves = int((borders[2] - borders[0]) / (HOUR / 2))
    at_borders = [borders[1] - timedelta(milliseconds=1), borders[2] - timedelta(milliseconds=1)]
    return [*(borders[0] + n * HOUR / 2 for n in range(halves)), *at_borders]


def attendance(fair: GateFair) -> Attendance:
    with fair.app.app_context():
        return figures.attendance(db.session.get_one(Expo, fair.expo_id))


@pytest.mark.usefixtures("_server")
@pytest.mark.parametrize("cut_off", [0, 4])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.zone} {place.day}")
def test_f19_visits_are_badges_by_local_day(
    fair: GateFair, gate_a: Device, place: Place, cut_off: int
) -> None:
    """Three badges come in turns all day long: visits are distinct badge × day of the fair, whatever hours a day has."""
    hold(fair, place, cut_off)
    zone, badges = ZoneInfo(place.zone), [fair.badge() for _ in range(3)]
    sent = [(badges[n % 3], at) for n, at in enumerate(moments(place, cut_off))]
    results = gate_a.send(*(gate_a.offline(badge, at) for badge, at in sent))
    assert {one["status"] for one in results} == {"stored"}, results

    expected = {
        (badge.id, ((at.astimezone(zone)).replace(tzinfo=None) - timedelta(hours=cut_off)).date())
        for badge, at in sent
    }
    found = attendance(fair)
    by_day = {day: tally.visits for day, tally in found.by_day.items()}
    assert by_day == Counter(day for _, day in expected)
    assert sum(by_day.values()) == found.total.visits >= found.total.visitors == len(badges)
    assert sum(tally.visits for tally in found.by_hour.values()) == found.total.visits
    with fair.app.app_context():
        stored = list(db.session.scalars(sa.select(Scan.corrected_at)))
        minutes = figures.minutes(
            db.session.get_one(Expo, fair.expo_id), sent[0][1] - HOUR, sent[-1][1] + HOUR
        )
    assert sorted(stored) == sorted(at for _, at in sent)
    assert {at.utcoffset() for at in stored} == {timedelta(0)}
    assert sum(row.heads for row in minutes) == len(sent)


@pytest.mark.usefixtures("_server")
@pytest.mark.parametrize("place", [place for place in PLACES if place.hours != 24], ids=lambda p: str(p.day))
def test_f19_hours_of_a_long_and_a_short_day_add_up(fair: GateFair, gate_a: Device, place: Place) -> None:
    """One new badge every half hour: the doubled hour holds four of them, the missing one none."""
    hold(fair, place)
    start = moments(place, 0)[0]
    times = [start + n * HOUR / 2 for n in range(place.hours * 2)]
    gate_a.send(*(gate_a.offline(fair.badge(), at) for at in times))
    found = attendance(fair)
    expected = Counter(f"{at.astimezone(ZoneInfo(place.zone)):%H}" for at in times)
    assert {hour: tally.visits for hour, tally in found.by_hour.items() if tally.visits} == expected
    assert {4 if place.hours == 25 else 2, 2} == set(expected.values())
    assert found.by_day[place.day].visits == place.hours * 2
