"""Tasks, permit, units and calendars as pure rules (ux.md O1, O2; spec/exhibitors-stands.md §2.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from exhibitions.core.errors import Refused
from exhibitions.expos.rules import UnitRole, permit, plan
from exhibitions.expos.rules.feed import Entry, calendar_of
from exhibitions.expos.rules.permit import Authority, Level, PermitFacts, Stand
from exhibitions.expos.rules.plan import TaskState
from exhibitions.expos.rules.setup import TaskFacts
from exhibitions.expos.rules.units import in_print_order, read_units, shifted

OPENING = date(2026, 9, 10)


@dataclass
class Task:
    """A task as the rules see it."""

    due: date
    state: TaskState = TaskState.TODO
    user_id: int | None = None
    days_before: int | None = None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (TaskFacts(days_before=3), "title_missing"),
        (TaskFacts(title_en="x"), "date_missing"),
        (TaskFacts(title_en="x", days_before=3, due=OPENING), "date_missing"),
        (TaskFacts(title_zh="x", due=date(1026, 9, 10)), "due_range"),
    ],
)
def test_a_task_needs_a_title_and_one_date(facts: TaskFacts, code: str) -> None:
    with pytest.raises(Refused) as refused:
        plan.check_task(facts)
    assert refused.value.code == code


def test_a_date_is_counted_back_from_the_opening_or_its_own() -> None:
    assert plan.due_on(TaskFacts(title_zh="x", days_before=20), OPENING) == date(2026, 8, 21)
    assert plan.due_on(TaskFacts(title_zh="x", days_before=-7), OPENING) == date(2026, 9, 17)
    assert plan.due_on(TaskFacts(title_zh="x", due=date(2026, 1, 1)), None) == date(2026, 1, 1)
    with pytest.raises(Refused) as refused:
        plan.due_on(TaskFacts(title_zh="x", days_before=20), None)
    assert refused.value.code == "no_opening"


def test_late_is_worked_out() -> None:
    assert plan.is_late(Task(OPENING), date(2026, 9, 11))
    assert not plan.is_late(Task(OPENING), OPENING)
    assert not plan.is_late(Task(OPENING, TaskState.DONE), date(2026, 9, 11))


def test_only_who_does_or_plans_a_task_finishes_it() -> None:
    mine = Task(OPENING, user_id=4)
    assert plan.may_finish(mine, 4, may_edit=False)
    assert plan.may_finish(mine, 5, may_edit=True)
    assert not plan.may_finish(mine, 5, may_edit=False)
    assert not plan.may_finish(Task(OPENING), None, may_edit=False)


def test_only_open_counted_tasks_move_with_the_opening() -> None:
    counted, done = Task(date(2026, 8, 1), days_before=20), Task(OPENING, TaskState.DONE, days_before=20)
    fits, own = Task(date(2026, 8, 21), days_before=20), Task(date(2026, 1, 1))
    found = plan.moved([counted, done, fits, own], OPENING)
    assert [(each.task, each.was, each.becomes) for each in found] == [
        (counted, date(2026, 8, 1), date(2026, 8, 21))
    ]
    assert plan.moved([counted], None) == []


def test_the_today_line_is_by_person_the_latest_first() -> None:
    """O1: what is due, what is late, by person."""
    today = date(2026, 9, 1)
    late, later = Task(date(2026, 8, 1), user_id=2), Task(date(2026, 8, 2), user_id=2)
    soon, nobodys = Task(date(2026, 9, 8), user_id=1), Task(date(2026, 8, 1))
    far, done = Task(date(2026, 9, 9), user_id=1), Task(date(2026, 8, 1), TaskState.DONE, user_id=1)
    found = plan.by_person([late, later, soon, nobodys, far, done], today)
    assert [(load.user_id, len(load.late), len(load.due)) for load in found] == [
        (2, 2, 0),
        (1, 0, 1),
        (None, 1, 0),
    ]


def test_the_usual_tasks_are_whole_and_the_permit_is_chinas() -> None:
    keys = [each.key for each in plan.TEMPLATES]
    assert len(set(keys)) == len(keys)
    for each in plan.TEMPLATES:
        plan.check_task(each.facts())
        assert each.title_zh
        assert each.title_en
    chinese, korean = plan.templates_for("CN"), plan.templates_for("KR", ["insurance"])
    assert [each.days_before for each in chinese] == sorted((e.days_before for e in chinese), reverse=True)
    assert {each.key for each in chinese} - {each.key for each in korean} == {plan.PERMIT, "insurance"}
    assert plan.last_day(plan.PERMIT, OPENING) == date(2026, 8, 21)
    assert plan.last_day("insurance", OPENING) is None
    assert plan.last_day("invented", OPENING) is None
    assert plan.last_day(plan.PERMIT, None) is None


def test_the_permit_is_filed_twenty_days_before() -> None:
    """spec §2.6: opening 2026-09-10, latest application 2026-08-21; county below 5,000, city from there."""
    assert permit.last_filing(OPENING) == date(2026, 8, 21)
    decides = [permit.authority_for(persons) for persons in (999, 1_000, 4_999, 5_000)]
    assert decides == [Authority.NONE, Authority.COUNTY, Authority.COUNTY, Authority.CITY]
    with pytest.raises(Refused):
        permit.check_permit(PermitFacts(number="8"))
    permit.check_permit(PermitFacts(number="8", persons=1))


@pytest.mark.parametrize(
    ("coming", "level"),
    [
        (799, Level.FREE),
        (800, Level.NEAR),
        (949, Level.NEAR),
        (950, Level.CLOSE),
        (999, Level.CLOSE),
        (1000, Level.OVER),
    ],
)
def test_warnings_come_at_80_95_and_100_per_cent(coming: int, level: Level) -> None:
    assert permit.level_of(coming, 1000) is level


def test_expected_people_are_rounded_up() -> None:
    assert [permit.expected(count, 60) for count in (0, 1, 5, 1000)] == [0, 1, 3, 600]


@pytest.mark.parametrize(
    ("facts", "coming", "opening", "stand"),
    [
        (PermitFacts(number="8", persons=9), 0, OPENING, Stand.GRANTED),
        (PermitFacts(filed_on=OPENING), 9_000, OPENING, Stand.FILED),
        (PermitFacts(), 999, OPENING, Stand.NOT_NEEDED),
        (PermitFacts(), 1_000, OPENING, Stand.TO_FILE),
        (PermitFacts(persons=2_000), 0, None, Stand.TO_FILE),
        (PermitFacts(), 1_000, date(2026, 8, 1), Stand.LATE),
    ],
)
def test_how_far_the_permit_is(facts: PermitFacts, coming: int, opening: date | None, stand: Stand) -> None:
    assert permit.stand_of(facts, coming, opening, date(2026, 8, 1)) is stand


def test_units_are_read_from_pasted_lines() -> None:
    text = (
        "中国轻工业联合会\r\n\n主办单位：大连市轻工业联合会 | Dalian Federation of Light Industry\n"
        "承办单位:\n大连会展公司\tDalian Expo Co.\n大连会展公司\tDalian Expo Co.\nMedia: Sina\n新浪：财经频道\n"
    )
    found = read_units(text, UnitRole.GUIDANCE)
    assert [(facts.role, facts.name_zh, facts.name_en) for facts in found] == [
        (UnitRole.GUIDANCE, "中国轻工业联合会", ""),
        (UnitRole.ORGANISER, "大连市轻工业联合会", "Dalian Federation of Light Industry"),
        (UnitRole.HOST, "大连会展公司", "Dalian Expo Co."),
        (UnitRole.MEDIA_SUPPORTER, "", "Sina"),
        (UnitRole.MEDIA_SUPPORTER, "新浪：财经频道", ""),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n ", "no_units"),
        ("a | b | c", "unit_line"),
        ("长" * 201, "unit_long"),
        ("\n".join(f"单位{n}" for n in range(500)), "too_many_parts"),
    ],
)
def test_pasted_lines_that_cannot_be(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_units(text, UnitRole.HOST)
    assert refused.value.code == code


@dataclass
class Unit:
    id: int
    role: UnitRole
    position: int = 0


def test_units_stand_in_the_order_of_custom_then_as_they_were_moved() -> None:
    units = [
        Unit(1, UnitRole.MEDIA_SUPPORTER),
        Unit(2, UnitRole.HOST, 1),
        Unit(3, UnitRole.HOST),
        Unit(4, UnitRole.APPROVER),
    ]
    assert [unit.id for unit in in_print_order(units)] == [4, 3, 2, 1]
    hosts = units[1:3]
    assert [unit.id for unit in shifted(hosts, 2, -1)] == [2, 3]
    assert [unit.id for unit in shifted(hosts, 3, -1)] == [3, 2]
    assert [unit.id for unit in shifted(hosts, 3, 1)] == [2, 3]
    assert [unit.id for unit in shifted(hosts, 2, 1)] == [3, 2]


def test_a_calendar_of_tasks_names_the_zone_and_counts_changes() -> None:
    """RFC 5545: stable UID, SEQUENCE, whole days; none is busy."""
    changed = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry(
        "u@host", 3, changed, OPENING, "付印, 会刊; 加急", "第一行\n第二行", "https://x.example/desk"
    )
    read = Calendar.from_ical(calendar_of("展", "Asia/Shanghai", [entry]))
    assert str(read["X-WR-TIMEZONE"]) == "Asia/Shanghai"
    (event,) = read.events
    assert (str(event["UID"]), str(event["SEQUENCE"])) == ("u@host", "3")
    assert (OPENING, date(2026, 9, 11)) == (event.DTSTART, event.DTEND)
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == ("付印, 会刊; 加急", "第一行\n第二行")
    assert str(event["TRANSP"]) == "TRANSPARENT"


@pytest.mark.parametrize(
    ("opening", "days", "due"),
    [
        (date(2028, 3, 1), 1, date(2028, 2, 29)),
        (date(2027, 3, 1), 1, date(2027, 2, 28)),
        (date(2028, 3, 10), 20, date(2028, 2, 19)),
        (date(2027, 1, 5), 20, date(2026, 12, 16)),
        (date(2026, 12, 30), -3, date(2027, 1, 2)),
    ],
)
def test_f20_tasks_are_counted_over_leap_days_and_new_year(opening: date, days: int, due: date) -> None:
    """Days are days of the calendar; an entry of 29 February or 31 December ends on the next one."""
    assert plan.due_on(TaskFacts(title_zh="x", days_before=days), opening) == due
    entry = Entry("u@host", 0, datetime(2026, 1, 1, tzinfo=UTC), due, "x", "", "https://x.example")
    (event,) = Calendar.from_ical(calendar_of("展", "Asia/Shanghai", [entry])).events
    assert (event.DTSTART, event.DTEND.toordinal()) == (due, due.toordinal() + 1)


def test_f20_no_week_stands_for_a_month_nor_its_year_for_the_years() -> None:
    """%V, %G and %U, or isocalendar, beside a month or a day name another year at New Year."""
    product = Path(__file__).resolve().parents[2] / "exhibitions"
    found = [path for path in product.rglob("*.py") if re.search(r"%[VGUW]\b|isocalendar", path.read_text())]
    assert found == []
