"""The scheme of priority points, what is brought and counted, and who is offered a freed place (exhibitors-stands.md §2.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from exhibitions.core.errors import Refused
from exhibitions.stands.rules.freed import InLine, is_wanted, offered_to
from exhibitions.stands.rules.nearest import Place
from exhibitions.stands.rules.points import (
    AreaUnit,
    Brought,
    Earlier,
    Scheme,
    check,
    in_cm2,
    in_unit,
    offers_end,
    past,
    read,
    said,
    stored,
    write,
)
from exhibitions.stands.rules.wishes import Applicant, Offer, Order, in_order, lot, points_of, total

SPEC = Scheme(area_unit=AreaUnit.FT2, area_step=Decimal(80), money_step=Decimal(500))


def test_the_points_of_the_spec_from_what_is_brought_and_counted() -> None:
    """5 years, 240 sq ft, $2,600, 1 violation → 15 + 3 + 2.5 − 1 = 19.5, the lines kept."""
    earlier = Earlier(years=2, area_cm2=in_cm2(Decimal(240), AreaUnit.FT2), money=Decimal(2600))
    lines = points_of(past(earlier, Brought(years=3, violations=1), SPEC.area_unit), SPEC.rule)
    assert stored(lines) == [
        {"what": "years", "count": "5", "each": "3", "points": "15"},
        {"what": "area", "count": "3", "each": "1", "points": "3"},
        {"what": "money", "count": "5", "each": "0.5", "points": "2.5"},
        {"what": "violations", "count": "1", "each": "-1", "points": "-1"},
    ]
    assert total(lines) == Decimal("19.5")


def test_the_last_time_counts_for_area_and_money_and_membership_is_a_year() -> None:
    brought = Brought(area_cm2=90_000, money=Decimal(7), member_years=2, absences=1, carried=Decimal("7.5"))
    both = past(Earlier(area_cm2=180_000, money=Decimal(8), absences=1, is_member=True), brought, AreaUnit.M2)
    assert (both.area, both.money, both.member_years, both.absences) == (Decimal(18), Decimal(8), 3, 2)
    alone = past(Earlier(), brought, AreaUnit.M2)
    assert (alone.area, alone.money, alone.member_years, alone.carried) == (
        Decimal(9),
        Decimal(7),
        2,
        Decimal("7.5"),
    )


def test_areas_come_back_as_they_were_and_numbers_have_no_idle_zeros() -> None:
    for feet in (80, 100, 240, 10_000):
        assert in_unit(in_cm2(Decimal(feet), AreaUnit.FT2), AreaUnit.FT2) == feet
    assert in_unit(131_200, AreaUnit.M2) == Decimal("13.12")
    assert [said(Decimal(text)) for text in ("19.50", "1E+2", "0", "-1.0")] == ["19.5", "100", "0", "-1"]


def test_a_scheme_is_written_exactly_and_checked() -> None:
    scheme = Scheme(per_year=Decimal("0.1"), deadline=date(2026, 3, 1), offer_weeks=6)
    assert read({"points": write(scheme)}) == scheme
    assert read({}) == Scheme()
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"per_year": Decimal(-1)}, "per_year"),
        ({"area_step": Decimal(2_000_000)}, "area_step"),
        ({"per_violation": Decimal(1)}, "per_violation"),
    )
    for wrong, field in wrongs:
        with pytest.raises(Refused) as refusal:
            check(Scheme(**wrong))
        assert refusal.value.params["field"] == field
    check(Scheme())


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC)


def test_ties_go_by_completeness_with_payment_then_years_then_lot() -> None:
    """§2.3: ties: date of complete application + payment, then years, then lot; the same seed, the same order."""
    equal = partial(Applicant, points=Decimal("19.5"), complete_at=at(1))
    applicants = [
        equal(1, paid_on=date(2026, 3, 4), years=9, name="E1"),
        equal(2, paid_on=date(2026, 3, 3), years=1, name="E2"),
        equal(3, paid_on=date(2026, 3, 4), years=10, name="E3"),
        equal(4, paid_on=date(2026, 3, 4), years=9, name="E4"),
        Applicant(5, points=Decimal(20), name="E5"),
    ]
    found = [one.id for one in in_order(applicants, Order.POINTS, "abc")]
    by_lot = [1, 4] if lot("abc", "E1") < lot("abc", "E4") else [4, 1]
    assert found == [5, 2, 3, *by_lot]
    assert [one.id for one in in_order(applicants[::-1], Order.POINTS, "abc")] == found
    others = {tuple(one.id for one in in_order(applicants, Order.POINTS, str(seed))) for seed in range(20)}
    assert others == {(5, 2, 3, 1, 4), (5, 2, 3, 4, 1)}


def test_after_the_deadline_first_come() -> None:
    late = Applicant(1, points=Decimal(90), complete_at=at(9), paid_on=date(2026, 3, 9), late=True)
    later = Applicant(2, points=Decimal(99), complete_at=at(10), paid_on=date(2026, 3, 10), late=True)
    poor = Applicant(3, points=Decimal(-1), complete_at=at(1))
    assert [one.id for one in in_order([later, late, poor], Order.POINTS, "1")] == [3, 1, 2]
    assert [one.id for one in in_order([later, late, poor], Order.SIZE_CLASSES, "1")] == [3, 1, 2]
    # The rule "apply first, pay first" knows no deadline of points.
    assert [one.id for one in in_order([poor, late, later], Order.FIRST_COME, "1")] == [1, 2, 3]


def offer(number: str, kind: str = "shell") -> Offer:
    return Offer(Place(number, 1, kind, 9_000_000, 0, 0))


def test_a_freed_place_is_offered_to_earlier_ones_in_their_order() -> None:
    """§2.3: freed places are first offered to earlier ones in point order."""
    content = InLine(Applicant(1, wishes=("A1", "A2")), ("A1",))
    better = InLine(Applicant(2, wishes=("A2", "A3")), ("A3",))
    without = InLine(Applicant(3, kind="shell"))
    other = InLine(Applicant(4, kind="raw"))
    line = [content, better, other, without]
    freed = offer("A2")
    assert [is_wanted(one, freed) for one in line] == [False, True, False, True]
    assert offered_to(freed, line, ()) is better
    assert offered_to(freed, line, {2}) is without
    assert offered_to(freed, line, {2, 3}) is None
    # What one got without naming it is worse than any wish; what one never named is no better.
    assert is_wanted(InLine(Applicant(5, wishes=("A2",)), ("Z9",)), freed)
    assert not is_wanted(InLine(Applicant(5, wishes=("A1",)), ("Z9",)), freed)


def test_offers_end_some_weeks_before_move_in() -> None:
    assert offers_end(date(2026, 8, 30), 4) == date(2026, 8, 2)
    assert offers_end(None, 4) is None
