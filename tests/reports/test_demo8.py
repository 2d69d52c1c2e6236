"""DEMO-8 of statistics.md (§1.5, and the visitor rows of §1.6) through the database, the interface and the report."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass
from exhibitions.badges.service import count_print, move_holder
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Door, Expo, ExpoDay
from exhibitions.reports.queries import exhibition as queries
from exhibitions.reports.rules.profiles import profile_of
from tests.engines import both_engines
from tests.gates.fair import GateFair, undo
from tests.reports.demo8 import Demo8, make_demo8

pytestmark = both_engines


@pytest.fixture
def demo(fair: GateFair) -> Demo8:
    return make_demo8(fair)


def figures(demo: Demo8) -> tuple[int, int]:
    found = demo.report()
    return found["visitors"], found["visits"]


def line(visits: int, visitors: int) -> dict[str, int]:
    return {"visitors": visitors, "visits": visits}


def test_28_profile_abc(demo: Demo8) -> None:
    """V-13: press are visitors, the exhibitors' own people (p6) a figure apart, repeat visits apart; elsewhere neither."""
    with demo.fair.app.app_context():
        expo = db.session.get_one(Expo, demo.fair.expo_id)
        abc, iso = (queries.visitors(expo, profile_of(key)) for key in ("ABC", "ISO-UFI"))
    assert (abc.visitors, abc.repeat, abc.staff) == (8, 5, 1)
    assert (iso.visitors, iso.repeat, iso.staff) == (7, 4, None)
    # LN is no place that anybody knows: neither national nor overseas.
    assert (iso.overseas, iso.unknown) == (3, 4)


def test_base(demo: Demo8) -> None:
    """Unique visitors 7, visits 11 as 2/5/4, trade 4/8, public 1, unclassified 2, overseas 3/5 (V-1 to V-7)."""
    assert demo.report() == {
        "visitors": 7,
        "visits": 11,
        "by_day": {
            demo.day(1).isoformat(): line(2, 2),
            demo.day(2).isoformat(): line(5, 5),
            demo.day(3).isoformat(): line(4, 4),
        },
        "by_hour": {
            "10": line(6, 3),
            "11": line(2, 2),
            "12": line(1, 1),
            "13": line(1, 1),
            "16": line(1, 1),
        },
        "by_gate": {"A口": line(11, 7)},
        "by_class": {"public": line(1, 1), "speaker": line(1, 1), "trade": line(8, 4), "vip": line(1, 1)},
        "by_region": {"JP": line(1, 1), "KR": line(4, 2), "LN": line(6, 4)},
        "not_counted": {"not_a_visitor": 7, "not_the_exhibition": 2, "re_entry": 1, "refused": 2},
    }


def test_18_re_entries_add_nothing(demo: Demo8) -> None:
    """V-4."""
    for hour in ("10:20", "11:20", "12:20", "13:20", "14:20"):
        demo.entry("b1", f"D1 {hour}")
    assert figures(demo) == (7, 11)


def test_19_two_badges_of_one_person_before_and_after_the_merge(demo: Demo8) -> None:
    """V-6: not recognised 8 visitors and 11 visits, merged 7 and 11."""
    demo.fair.change(sa.update(Badge).where(Badge.id == demo.badges["b7"].id).values(holder_id=99))
    assert figures(demo) == (8, 11)
    with demo.fair.app.app_context(), transaction() as session:
        move_holder(session.get_one(Expo, demo.fair.expo_id), "visitor", 99, 1)
    assert figures(demo) == (7, 11)


def test_21_a_printed_badge_is_no_entry(demo: Demo8) -> None:
    """V-7."""
    with demo.fair.app.app_context(), transaction() as session:
        expo = session.get_one(Expo, demo.fair.expo_id)
        count_print(expo, session.get_one(Badge, demo.badges["b4"].id), "", SYSTEM)
    assert figures(demo) == (7, 11)


def test_22_the_first_second_of_the_opening_hours_counts(demo: Demo8) -> None:
    """V-1: [open, close)."""
    assert demo.entry("b8", "D1 09:00:00")["verdict"] == "first_today"
    assert figures(demo) == (8, 12)


def test_23_after_closing_time_nobody_becomes_a_visitor(demo: Demo8) -> None:
    """V-1: without the entry at 16:59, which is undone here, p16 is none."""
    moment = demo.fair.at("16:59:30", demo.day(3))
    undone = demo.device("A").send(undo(demo.scan_ids["b16", "D3 16:59"], moment))
    assert [result["status"] for result in undone] == ["stored"]
    assert figures(demo) == (6, 10)


def test_26_an_exhibitor_pass_never_counts(demo: Demo8) -> None:
    """V-2."""
    demo.entry("b6", "D2 14:00")
    assert figures(demo) == (7, 11)


def test_27_media_become_trade_visitors(demo: Demo8) -> None:
    """Re-classed after the fair: two more visits, one more visitor."""
    with demo.fair.app.app_context():
        trade = db.session.scalars(sa.select(BadgeClass.id).where(BadgeClass.key == "trade")).one()
    demo.badges["b5"].set(class_id=trade)
    assert figures(demo) == (8, 13)


def test_30_a_batch_that_comes_three_times_is_one(demo: Demo8) -> None:
    device = demo.device("A")
    items: list[dict[str, Any]] = [
        device.item(demo.badges["b4"], demo.fair.at("10:30", demo.day(2))),
        device.item(demo.badges["b12"], demo.fair.at("10:31", demo.day(2))),
    ]
    statuses = [[result["status"] for result in device.send(*items)] for _ in range(3)]
    assert statuses == [["stored"] * 2, ["known"] * 2, ["known"] * 2]
    assert figures(demo) == (9, 13)


def test_32_days_are_local_not_utc(demo: Demo8) -> None:
    """V-4: 23:30 UTC and 08:00 UTC of the next date are one local day; the fair opens at 7:00."""
    fair = demo.fair
    fair.change(
        sa.update(Door).where(Door.class_key == "").values(door_from=time(7)),
        sa.update(ExpoDay).where(ExpoDay.official_from.is_not(None)).values(official_from=time(7)),
    )
    before = demo.report()
    for hour in ("07:30", "16:00"):
        demo.entry("b4", f"D2 {hour}")
    after = demo.report()
    assert after["visits"] - before["visits"] == 1
    day = demo.day(2).isoformat()
    assert after["by_day"][day]["visits"] - before["by_day"][day]["visits"] == 1


def test_45_nothing_at_all(fair: GateFair) -> None:
    """Zero visitors: empty parts, no division."""
    assert Demo8(fair).report() == {
        "visitors": 0,
        "visits": 0,
        "by_day": {},
        "by_hour": {},
        "by_gate": {},
        "by_class": {},
        "by_region": {},
        "not_counted": {},
    }
