"""The rules of a fair without application or database: calendar, doors (C9, F19), addresses, set-up values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.expos.rules import DayKind, check_hours, check_slug, local_day
from exhibitions.expos.rules.calendar import Course, Phase, counterpart, standing
from exhibitions.expos.rules.fair import span
from exhibitions.expos.rules.setup import (
    DayFacts,
    DoorFacts,
    FairFacts,
    HallFacts,
    check_code,
    check_day,
    check_door,
    check_fair,
    check_named,
    check_still_public,
    check_text,
    clean,
    default_days,
)

ZONE = "Asia/Shanghai"


@dataclass
class Day:
    date: date
    official_from: time | None = time(9)
    official_to: time | None = time(17)


FAIR = [Day(date(2026, 8, 19)), Day(date(2026, 8, 20)), Day(date(2026, 8, 22))]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of August 2026 as clocks in Dalian show it."""
    return datetime(2026, 8, day, hour, minute, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("now", "phase", "number", "left"),
    [
        (at(7, 12), Phase.BEFORE, 1, 12),
        (at(18, 23, 59), Phase.BEFORE, 1, 1),
        (at(19, 8, 59), Phase.TODAY_LATER, 1, 0),
        (at(19, 9, 0), Phase.OPEN, 1, 0),
        (at(19, 16, 59), Phase.OPEN, 1, 0),
        (at(19, 17, 0), Phase.BETWEEN, 2, 1),
        (at(21, 12), Phase.BETWEEN, 3, 1),
        (at(22, 17, 0), Phase.OVER, 3, 0),
        (at(30, 9), Phase.OVER, 3, 0),
    ],
)
def test_where_a_fair_stands(now: datetime, phase: Phase, number: int, left: int) -> None:
    """C9: hours are half-open, [from, to), in the fair's own zone."""
    found = standing(FAIR, now, ZONE)
    assert (found.phase, found.number, found.days_left, found.count) == (phase, number, left, 3)


def test_a_fair_without_days_has_no_dates() -> None:
    assert standing([], at(1, 1), ZONE).phase is Phase.UNDATED


def test_a_day_without_hours_is_open_all_day() -> None:
    found = standing([Day(date(2026, 8, 19), None, None)], at(19, 3), ZONE)
    assert (found.phase, found.number) == (Phase.OPEN, 1)


def test_the_cutoff_hour_keeps_the_night_in_the_day_before() -> None:
    """F19: with a cut-off at 04:00, 03:59 belongs to the day before and 04:00 to the day itself."""
    assert local_day(at(20, 3, 59), ZONE, 4) == date(2026, 8, 19)
    assert local_day(at(20, 4, 0), ZONE, 4) == date(2026, 8, 20)


@pytest.mark.parametrize("slug", ["8th", "a", "dalian-2026", "a" * 40])
def test_good_addresses(slug: str) -> None:
    assert check_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["", "-a", "a-", "8TH", "第八届", "a b", "a/b", "../x", "a" * 41, "8th\n", "desk", "healthz", "doors"],
)
def test_addresses_that_cannot_be(slug: str) -> None:
    with pytest.raises(Refused):
        check_slug(slug)


@pytest.mark.parametrize(
    ("opens", "closes", "last", "code"),
    [
        (time(9), time(9), None, "door_empty"),
        (time(9), time(17), time(17, 1), "last_admission"),
        (time(9), time(17), time(9), "last_admission"),
        (time(9), time(17), time(8, 59), "last_admission"),
        (time(20), time(2), time(2, 1), "last_admission"),
        (time(9), time(17), time(16, 30), ""),
        (time(9), time(17), time(17), ""),
        (time(20), time(2), time(1, 30), ""),
        (time(20), time(2), time(23), ""),
    ],
)
def test_doors(opens: time, closes: time, last: time | None, code: str) -> None:
    """check-in.md row 8: from, to and last admission; hours not after the opening lie on the next day."""
    door = DoorFacts(door_from=opens, door_to=closes, last_admission=last)
    assert _code(lambda: check_door(door, 4)) == code


@pytest.mark.parametrize(
    ("kind", "opens", "closes", "day", "code"),
    [
        (DayKind.OPEN, None, None, date(2026, 8, 19), "hours_missing"),
        (DayKind.OPEN, time(9), None, date(2026, 8, 19), "hours_half"),
        (DayKind.BUILD_UP, None, time(9), date(2026, 8, 19), "hours_half"),
        (DayKind.OPEN, time(17), time(9), date(2026, 8, 19), "hours_order"),
        (DayKind.OPEN, time(9), time(9), date(2026, 8, 19), "hours_order"),
        (DayKind.OPEN, time(9), time(17), date(1999, 12, 31), "day_range"),
        (DayKind.OPEN, time(9), time(17), date(9999, 12, 31), "day_range"),
        (DayKind.OPEN, time(9), time(17), date(2026, 8, 19), ""),
        (DayKind.DISMANTLING, None, None, date(2028, 2, 29), ""),
    ],
)
def test_days(kind: DayKind, opens: time | None, closes: time | None, day: date, code: str) -> None:
    facts = DayFacts(date=day, kind=kind, official_from=opens, official_to=closes)
    assert _code(lambda: check_day(facts, 0)) == code


def test_a_fair_starts_with_a_day_before_and_a_day_after() -> None:
    days = default_days(date(2026, 12, 31), date(2027, 1, 1), ["exhibitor"])
    assert [(day.date, day.kind) for day in days] == [
        (date(2026, 12, 30), DayKind.BUILD_UP),
        (date(2026, 12, 31), DayKind.OPEN),
        (date(2027, 1, 1), DayKind.OPEN),
        (date(2027, 1, 2), DayKind.DISMANTLING),
    ]
    assert [[door.class_key for door in day.doors] for day in days] == [
        ["exhibitor"],
        ["", "exhibitor"],
        ["", "exhibitor"],
        ["exhibitor"],
    ]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 8, 20), date(2026, 8, 19), "dates_order"),
        (date(2026, 1, 1), date(2026, 7, 17), ""),
        (date(2026, 1, 1), date(2026, 7, 18), "dates_long"),
        (date(1, 1, 1), date(1, 1, 4), "day_range"),
        (date(9999, 12, 28), date(9999, 12, 31), "day_range"),
    ],
)
def test_dates_of_a_new_fair(first: date, last: date, code: str) -> None:
    assert _code(lambda: default_days(first, last)) == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (FairFacts(edition=8), "name_missing"),
        (FairFacts(edition=8, name_en="x", timezone="Asia/Dalian"), "timezone_unknown"),
        (FairFacts(edition=8, name_en="x", timezone="../etc/passwd"), "timezone_unknown"),
        (
            FairFacts(
                edition=8,
                name_zh="展",
                registration_opens_at=datetime(2026, 8, 1, tzinfo=UTC),
                registration_closes_at=datetime(2026, 8, 1, tzinfo=UTC),
            ),
            "registration_order",
        ),
        (FairFacts(edition=8, name_zh="展", timezone="Pacific/Apia"), ""),
    ],
)
def test_facts(facts: FairFacts, code: str) -> None:
    assert _code(lambda: check_fair(facts)) == code


PUBLISHED = FairFacts(edition=8, name_zh="展会", venue_zh="博览广场", consent_zh="同意", consent_en="I agree")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"consent_zh": "", "consent_en": ""}, "consent_missing"),
        ({"consent_zh": " \n", "consent_en": ""}, "consent_missing"),
        ({"consent_zh": ""}, ""),
        ({"consent_zh": "新条款"}, ""),
        ({"venue_zh": ""}, "venue_missing"),
        ({"venue_zh": "", "venue_en": "Expo Center"}, ""),
    ],
)
def test_a_published_fair_keeps_what_it_was_published_with(changes: dict[str, str], code: str) -> None:
    """P1, P3, O2: one language is enough, none is refused."""
    after = msgspec.structs.replace(PUBLISHED, **changes)
    assert _code(lambda: check_still_public(PUBLISHED, after)) == code


def test_what_a_fair_never_had_it_may_go_on_without() -> None:
    bare = FairFacts(edition=8, name_zh="展会")
    check_still_public(bare, bare)


@pytest.mark.parametrize("code", ["A", "1", "1号馆", "north-2", "x" * 16])
def test_good_codes(code: str) -> None:
    assert _code(lambda: check_code(code)) == ""


@pytest.mark.parametrize("code", ["", "-a", "_a", "a b", "a/b", "x" * 17, "a\n", "a\u202e"])
def test_codes_that_cannot_be(code: str) -> None:
    assert _code(lambda: check_code(code)) == "code_form"


def test_a_name_in_one_language_is_enough() -> None:
    assert _code(lambda: check_named(HallFacts(code="1", name_zh="馆"))) == ""
    assert _code(lambda: check_named(HallFacts(code="1"))) == "name_missing"


def test_texts_are_composed_and_without_hidden_characters() -> None:
    """F18: NFC, no direction controls, no NUL; rare Han stay."""
    assert clean(" e\u0301\u202e\x00𠮷㛃\r\n行 ") == "é𠮷㛃\n行"
    assert _code(lambda: check_text(HallFacts(code="1", name_zh="a\u202eb"))) == "text_unclean"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not {"\x00", "\u202e", "\u2066"} & set(once)


def _code(check: object) -> str:
    try:
        check()  # type: ignore[operator]
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    ("opens", "closes", "cutoff", "code"),
    [
        (time(9), time(17), 0, ""),
        (time(0), time(0), 0, ""),
        (time(0), time(0), 4, ""),
        (time(4), time(4), 4, ""),
        (time(4), time(4), 0, "hours_order"),
        (time(9), time(9), 0, "hours_order"),
        (time(18), time(0), 0, ""),
        (time(18), time(2), 0, "hours_border"),
        (time(18), time(2), 2, ""),
        (time(18), time(2), 4, ""),
        (time(18), time(4), 4, ""),
        (time(18), time(4, 1), 4, "hours_border"),
        (time(18), time(5), 4, "hours_border"),
        (time(3), time(17), 4, "hours_border"),
        (time(2), time(3), 4, ""),
        (time(17), time(9), 10, "hours_order"),
    ],
)
def test_hours_lie_inside_one_day_of_the_fair(opens: time, closes: time, cutoff: int, code: str) -> None:
    """check-in.md C8, C9, F19, decision 0004: after midnight only before the cut-off hour; equal hours are the whole day."""
    assert _code(lambda: check_hours(opens, closes, cutoff)) == code
    if code != "hours_order":
        door = DoorFacts(door_from=opens, door_to=closes)
        assert _code(lambda: check_door(door, cutoff)) == code


@pytest.mark.parametrize(
    ("opens", "closes", "cutoff", "start", "end"),
    [
        (time(9), time(17), 0, at(19, 9), at(19, 17)),
        (time(18), time(0), 0, at(19, 18), at(20, 0)),
        (time(18), time(2), 4, at(19, 18), at(20, 2)),
        (time(2), time(3), 4, at(20, 2), at(20, 3)),
        (time(0), time(0), 0, at(19, 0), at(20, 0)),
        (time(0), time(0), 4, at(19, 4), at(20, 4)),
        (time(4), time(4), 4, at(19, 4), at(20, 4)),
    ],
)
def test_the_moments_of_hours(opens: time, closes: time, cutoff: int, start: datetime, end: datetime) -> None:
    """Decision 0004; the public page says open from the first of these moments up to the last."""
    assert span(date(2026, 8, 19), opens, closes, ZONE, cutoff) == (start, end)
    evenings = [Day(date(2026, 8, 19), opens, closes), Day(date(2026, 8, 25))]
    moment = timedelta(minutes=1)
    assert standing(evenings, start, ZONE, cutoff).phase is Phase.OPEN
    assert standing(evenings, end - moment, ZONE, cutoff).phase is Phase.OPEN
    assert standing(evenings, end, ZONE, cutoff).phase is Phase.BETWEEN
    assert standing(evenings, start - moment, ZONE, cutoff).phase in (Phase.BEFORE, Phase.TODAY_LATER)


SEVENTH = Course([date(2025, 8, 15), date(2025, 8, 16), date(2025, 8, 17)], ZONE)
EIGHTH = Course([date(2026, 8, 19), date(2026, 8, 20), date(2026, 8, 22), date(2026, 8, 23)], ZONE)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-08-05T10:30", "2025-08-01T10:30"),
        ("2026-08-19T09:00", "2025-08-15T09:00"),
        ("2026-08-20T16:59", "2025-08-16T16:59"),
        # A day between two open days: as long after the second as it was then.
        ("2026-08-21T12:00", "2025-08-17T12:00"),
        ("2026-08-22T12:00", "2025-08-17T12:00"),
        # The seventh had no fourth day: it is over.
        ("2026-08-23T12:00", "2025-08-18T00:00"),
        ("2026-08-30T12:00", "2025-08-24T12:00"),
    ],
)
def test_the_same_point_of_the_edition_before(now: str, then: str) -> None:
    """O1: the same number of days before the opening, the same day of the fair, the same wall time."""
    zone = ZoneInfo(ZONE)
    moment = datetime.fromisoformat(now).replace(tzinfo=zone)
    assert counterpart(moment, EIGHTH, SEVENTH) == datetime.fromisoformat(then).replace(tzinfo=zone)


def test_the_same_point_across_zones_and_after_midnight() -> None:
    """F19: the wall time counts, also in another zone and on a day that ends at four in the morning."""
    here = Course([date(2026, 10, 24), date(2026, 10, 25)], "Europe/Berlin", cutoff_hour=4)
    there = Course([date(2025, 8, 15), date(2025, 8, 16)], "Asia/Shanghai", cutoff_hour=4)
    late = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert counterpart(late, here, there) == datetime(2025, 8, 16, 2, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
