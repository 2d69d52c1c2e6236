"""Who chooses first, and what each gets: points, order, lot and proposal (exhibitors-stands.md §2.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.nearest import Place
from exhibitions.stands.rules.wishes import (
    Applicant,
    Ground,
    Offer,
    Order,
    Past,
    PointRule,
    check_wishes,
    fits,
    in_order,
    lot,
    points_of,
    propose,
    size_class,
    total,
)

M2 = 1_000_000


def offer(number: str, x: int = 0, zone: int | None = None, **more: int | str) -> Offer:
    facts = {"hall": 1, "kind": "shell", "area_mm2": 9 * M2, "x": x, "y": 0} | more
    return Offer(Place(number, **facts), zone)  # type: ignore[arg-type]


def ids(applicants: list[Applicant], order: Order, seed: str = "1") -> list[int]:
    return [one.id for one in in_order(applicants, order, seed)]


def test_the_points_of_the_spec() -> None:
    """5 years, 240 sq ft, $2,600, 1 violation → 15 + 3 + 2.5 − 1 = 19.5."""
    past = Past(years=5, area=Decimal(240), money=Decimal(2600), violations=1)
    lines = points_of(past, PointRule())
    assert [line.points for line in lines] == [15, 3, Decimal("2.5"), -1]
    assert total(lines) == Decimal("19.5")


def test_a_started_step_earns_nothing_and_a_step_of_nothing_is_off() -> None:
    past = Past(area=Decimal("239.99"), money=Decimal("499.99"), carried=Decimal("7.5"), absences=2)
    assert total(points_of(past, PointRule(per_absence=Decimal(-5)))) == Decimal(2) + Decimal("7.5") - 10
    off = PointRule(area_step=Decimal(0), money_step=Decimal(0))
    assert total(points_of(past, off)) == Decimal("7.5")
    # 1 a year of membership, 1 a year exhibited, 1 per 100 sq ft.
    other = PointRule(per_year=Decimal(1), per_member_year=Decimal(1), area_step=Decimal(100))
    assert total(points_of(Past(years=4, member_years=6, area=Decimal(300)), other)) == 13
    assert points_of(Past(), PointRule()) == ()


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_apply_first_pay_first_place_first() -> None:
    """§2.3: merged ones come after single ones only at a booth-choice meeting."""
    applicants = [
        Applicant(1, complete_at=at(1)),
        Applicant(2, complete_at=at(2), paid_on=date(2026, 3, 9)),
        Applicant(3, complete_at=at(5), paid_on=date(2026, 3, 8)),
        Applicant(4, complete_at=at(4, 9), paid_on=date(2026, 3, 9)),
        Applicant(5),
        Applicant(6, paid_on=date(2026, 3, 9), years=2),
        Applicant(7, paid_on=date(2026, 3, 9), years=3),
        Applicant(8, complete_at=at(1), paid_on=date(2026, 3, 1), merged=True),
    ]
    assert ids(applicants, Order.FIRST_COME) == [8, 3, 2, 4, 7, 6, 1, 5]


def test_the_choice_meeting() -> None:
    """Number of stands, then the day the deposit was booked, then the lot; merged ones after single ones."""
    applicants = [
        Applicant(1, stands=2, paid_on=date(2026, 3, 9)),
        Applicant(2, stands=2, paid_on=date(2026, 3, 8)),
        Applicant(3, stands=4, paid_on=date(2026, 3, 30)),
        Applicant(4, stands=9, paid_on=date(2026, 3, 1), merged=True),
        Applicant(5, stands=2),
    ]
    assert ids(applicants, Order.CHOICE_MEETING) == [3, 2, 1, 5, 4]
    equal = [Applicant(number) for number in range(20)]
    drawn = ids(equal, Order.CHOICE_MEETING, "2026-03-01/7")
    assert drawn == sorted(range(20), key=lambda number: lot("2026-03-01/7", number))
    assert drawn == ids(equal[::-1], Order.CHOICE_MEETING, "2026-03-01/7")
    assert drawn != ids(equal, Order.CHOICE_MEETING, "another seed")


def test_points_and_size_classes() -> None:
    """§2.3: of equal points decides the day of complete application and payment, then the years, then the lot."""
    applicants = [
        Applicant(1, points=Decimal("19.5"), area_mm2=9 * M2),
        Applicant(2, points=Decimal(20), area_mm2=9 * M2, complete_at=at(1), paid_on=date(2026, 3, 2)),
        Applicant(3, points=Decimal(20), area_mm2=9 * M2, complete_at=at(1), paid_on=date(2026, 3, 1)),
        Applicant(4, points=Decimal(-1), area_mm2=100 * M2),
    ]
    assert ids(applicants, Order.POINTS) == [3, 2, 1, 4]
    assert ids(applicants, Order.SIZE_CLASSES) == [4, 3, 2, 1]
    unpaid = Applicant(5, points=Decimal(20), years=9, complete_at=at(1))
    longer = Applicant(6, points=Decimal(20), years=10, paid_on=date(2026, 3, 1))
    assert ids([*applicants, unpaid, longer], Order.POINTS) == [3, 2, 6, 5, 1, 4]
    assert [size_class(area * M2) for area in (100, 99, 50, 36, 18, 17)] == [0, 1, 1, 2, 3, 4]


def test_the_first_free_wish_then_the_nearest_that_fits_then_none() -> None:
    offers = [offer("A1"), offer("A2", 3_000), offer("A9", 27_000), offer("B1", kind="raw", area_mm2=36 * M2)]
    sold = {"S5": offer("S5", 26_000).place}
    applicants = [
        Applicant(1, ("A1", "A2"), years=9),
        Applicant(2, ("A1", "A2"), years=8),
        Applicant(3, ("S5", "A1"), kind="shell", years=7),
        Applicant(4, ("A1",), kind="shell", years=6),
        Applicant(5, (), area_mm2=30 * M2, years=5),
    ]
    placings = propose(applicants, offers, Order.FIRST_COME, "1", sold).placings
    assert [(one.applicant, one.number, one.ground, one.wish, one.taken) for one in placings] == [
        (1, "A1", Ground.WISH, 1, ()),
        (2, "A2", Ground.WISH, 2, ("A1",)),
        (3, "A9", Ground.NEAREST, None, ("S5", "A1")),
        (4, None, Ground.NO_STAND_FITS, None, ("A1",)),
        (5, "B1", Ground.NEAREST, None, ()),
    ]
    assert [one.rank for one in placings] == [1, 2, 3, 4, 5]
    assert propose([], offers, Order.POINTS, "1").placings == ()


def test_what_fits() -> None:
    corner = offer("A1", zone=4, sides=2)
    assert fits(Applicant(1, kind="shell", min_area_mm2=9 * M2, sides=2, zone=4), corner)
    for wrong in (
        Applicant(1, kind="raw"),
        Applicant(1, min_area_mm2=9 * M2 + 1),
        Applicant(1, sides=3),
        Applicant(1, zone=5),
    ):
        assert not fits(wrong, corner)


def test_wishes_are_three_different_stands() -> None:
    assert check_wishes([None, 7, None]) == [7]
    assert check_wishes([3, 1, 2]) == [3, 1, 2]
    assert check_wishes([]) == []
    with pytest.raises(Refused, match="wish_twice"):
        check_wishes([7, None, 7])
    with pytest.raises(Refused, match="wishes_too_many"):
        check_wishes([1, 2, 3, 4])


@given(
    st.lists(st.lists(st.integers(0, 7), max_size=3, unique=True), max_size=12),
    st.sampled_from(list(Order)),
)
def test_a_proposal_gives_no_stand_twice_and_is_the_same_again(wishes: list[list[int]], order: Order) -> None:
    applicants = [Applicant(n, tuple(f"A{w}" for w in each)) for n, each in enumerate(wishes)]
    offers = [offer(f"A{n}", n) for n in range(6)]
    proposal = propose(applicants, offers, order, "seed")
    given_away = [one.number for one in proposal.placings if one.number]
    assert len(given_away) == len(set(given_away)) == min(len(applicants), len(offers))
    assert propose(applicants[::-1], offers[::-1], order, "seed") == proposal
