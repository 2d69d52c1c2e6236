"""Quotas, nights and pasted names (exhibitors-stands.md §2.5, ux.md E5, statistics.md V-2)."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from exhibitions.badges.rules.classes import is_visitor
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules import quotas, staff
from exhibitions.exhibitors.rules.quotas import Basis, Beyond, Quota
from exhibitions.exhibitors.rules.staff import StaffKind, Window, read_names
from exhibitions.portal.service.defaults import CLASSES

M2 = 10_000
SUGAR = Quota(StaffKind.STAFF)
CANTON = Quota(StaffKind.STAFF, basis=Basis.STAND, gives=3, reusable=True)
CANTON_BUILD = Quota(
    StaffKind.BUILD_UP,
    basis=Basis.STAND,
    gives=2,
    beyond=Beyond.PRICE,
    per_day_minor=2_000,
    per_card_minor=1_000,
)


@pytest.mark.parametrize(
    ("areas", "free"),
    [([27], 9), ([10], 3), ([9], 3), ([2], 0), ([3], 1), ([13.5, 13.5], 9), ([], 0), ([0], 0)],
)
def test_one_badge_for_every_full_three_square_metres(areas: list[float], free: int) -> None:
    """§2.5, National Sugar & Wine Fair: floored, over all stands of the firm."""
    assert quotas.quota(SUGAR, [round(area * M2) for area in areas]) == free


@pytest.mark.parametrize(
    ("areas", "staff_badges", "build_up"),
    [([9, 9], 6, 4), ([18], 6, 4), ([12], 3, 2), ([8.75], 3, 2), ([], 0, 0)],
)
def test_badges_for_each_standard_stand(areas: list[float], staff_badges: int, build_up: int) -> None:
    """§2.5, Canton Fair: 2 stands → 6 + 4; joined to one of 18 m² they keep their sum (§3, merge)."""
    cm2 = [round(area * M2) for area in areas]
    assert quotas.quota(CANTON, cm2) == staff_badges
    assert quotas.quota(CANTON_BUILD, cm2) == build_up


def test_the_least_the_most_and_co_exhibitors() -> None:
    rule = Quota(StaffKind.STAFF, least=2, most=10, for_co_exhibitor=2)
    assert quotas.quota(rule, [3 * M2]) == 2
    assert quotas.quota(rule, [9 * M2], co_exhibitors=2) == 7
    assert quotas.quota(rule, [9 * M2], co_exhibitors=-1) == 3
    assert quotas.quota(rule, [90 * M2]) == 10
    assert quotas.quota(rule, [], co_exhibitors=3) == 0, "no stand, no badges"


def test_the_quota_itself_is_not_over_it() -> None:
    exactly = quotas.room_for(CANTON_BUILD, allowed=4, used=2, wanted=2, days=3)
    assert (exactly.free, exactly.over, exactly.fee_minor) == (2, 0, 0)
    over = quotas.room_for(CANTON_BUILD, allowed=4, used=3, wanted=2, days=3)
    assert (over.free, over.over, over.fee_minor) == (1, 1, 7_000)
    asked = quotas.room_for(SUGAR, allowed=3, used=5, wanted=1, days=3)
    assert (asked.free, asked.over, asked.beyond, asked.fee_minor) == (0, 1, Beyond.ASK, 0)


def test_an_extra_card_costs_by_day_and_card() -> None:
    """§2.5: 20 RMB a day and 10 a card."""
    assert quotas.extra_fee(CANTON_BUILD, 1, 1) == 3_000
    assert quotas.extra_fee(CANTON_BUILD, 2, 4) == 18_000
    assert quotas.extra_fee(CANTON_BUILD, 0, 4) == quotas.extra_fee(CANTON_BUILD, -1, 4) == 0
    assert quotas.extra_fee(CANTON_BUILD, 1, -1) == 1_000


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Quota(StaffKind.STAFF, every_m2=Decimal(0)), "quota_area"),
        (Quota(StaffKind.STAFF, least=-1), "quota_negative"),
        (Quota(StaffKind.STAFF, least=3, most=2), "quota_most"),
    ],
)
def test_a_quota_that_makes_no_sense_is_refused(rule: Quota, code: str) -> None:
    with pytest.raises(Refused) as refused:
        quotas.check_quota(rule)
    assert refused.value.code == code


def test_the_usual_quotas_are_sound() -> None:
    for rule in quotas.DEFAULTS:
        quotas.check_quota(rule)
    assert {rule.kind for rule in quotas.DEFAULTS} == set(StaffKind)


def test_no_kind_of_staff_wears_a_class_that_counts() -> None:
    """V-2: stand staff, builders and service staff are never visitors."""
    offered = {facts.audience for facts in CLASSES}
    for kind in StaffKind:
        assert staff.AUDIENCES[kind] in offered
        assert not is_visitor(staff.AUDIENCES[kind])


NIGHTS = Window(time(18), time(10))
LAST = date(2026, 9, 4)


@pytest.mark.parametrize(
    ("moment", "admits"),
    [
        (datetime.fromisoformat("2026-09-04T17:59:59"), False),
        (datetime.fromisoformat("2026-09-04T18:00:00"), True),
        (datetime.fromisoformat("2026-09-04T23:59:00"), True),
        (datetime.fromisoformat("2026-09-05T00:00:00"), True),
        (datetime.fromisoformat("2026-09-05T09:59:59"), True),
        (datetime.fromisoformat("2026-09-05T10:00:00"), False),
        (datetime.fromisoformat("2026-09-05T18:00:00"), False),
        (datetime.fromisoformat("2026-09-04T09:00:00"), False),
    ],
)
def test_a_pass_for_the_night_is_good_over_midnight_from_its_first_to_before_its_last_minute(
    moment: datetime, admits: bool
) -> None:
    """§2.5: dismantling badge valid only 18:00–10:00."""
    assert NIGHTS.over_midnight
    assert NIGHTS.holds(moment, [LAST]) is admits


def test_a_window_by_day_and_one_that_lasts_the_day_round() -> None:
    day = Window(time(8), time(18))
    assert not day.over_midnight
    assert day.holds(datetime.fromisoformat("2026-09-04T08:00:00"), [LAST])
    assert not day.holds(datetime.fromisoformat("2026-09-04T18:00:00"), [LAST])
    assert not day.holds(datetime.fromisoformat("2026-09-05T09:00:00"), [LAST])
    whole = Window(time(6), time(6))
    assert whole.holds(datetime.fromisoformat("2026-09-05T05:59:00"), [LAST])
    assert not whole.holds(datetime.fromisoformat("2026-09-05T06:00:00"), [LAST])


def test_twenty_names_as_they_are_pasted() -> None:
    """ux.md E5: tabs, commas in either width, phones with blanks, jobs, doubles and blank lines."""
    read = read_names(
        "王敏 138 0013 8000 经理\n李雷，13800138001\n\nKim Min-su; +82 10 1234 5678; Sales\n"
        "欧阳\u00a0娜娜 13800138002\n赵一、设计师\n王敏 138-0013-8000\n"
    )
    assert [(one.line, one.name, one.phone, one.title) for one in read.people] == [
        (1, "王敏", "+8613800138000", "经理"),
        (2, "李雷", "+8613800138001", ""),
        (4, "Kim Min-su", "+821012345678", "Sales"),
        (5, "欧阳 娜娜", "+8613800138002", ""),
        (6, "赵一", None, "设计师"),
    ]
    assert not read.unread


def test_lines_that_are_no_person_are_named_with_the_reason() -> None:
    read = read_names("王敏,1234567\n,13800138000\n12345\n" + "名" * 61 + "\n李雷,13800138000,13800138001")
    assert [(one.line, one.why.code) for one in read.unread] == [
        (1, "phone_invalid"),
        (2, "staff_nameless"),
        (3, "staff_nameless"),
        (4, "staff_name_long"),
    ]
    assert [(one.name, one.phone) for one in read.people] == [("李雷", "+8613800138000")]


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n\n", "staff_empty"), ("王\n" * 101, "staff_many"), ("王" * 20_001, "staff_many")],
)
def test_nothing_and_too_much_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_names(text)
    assert refused.value.code == code


def test_a_phone_of_another_stand_is_flagged_and_not_refused() -> None:
    assert staff.elsewhere(["+8613800138000", None, "+8613800138001"], ["+8613800138000"]) == [
        True,
        False,
        False,
    ]
