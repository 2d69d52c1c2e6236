"""The guests of honour of a fair: where an invitation stands, and what is kept of a guest."""

from __future__ import annotations

import enum
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.errors import N_, Refused
from exhibitions.core.sameness import bounded, same_key
from exhibitions.visitors.rules.importing import NotADay, parse_day
from exhibitions.visitors.rules.pasted import BadRow, Pasted, known_names, read_pasted
from exhibitions.visitors.rules.registration import checked_company, checked_name, checked_phone


class GuestState(enum.StrEnum):
    """What a guest has answered. That a guest has arrived is read from the badge's days, never set."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


ARRIVED = "arrived"
SHOWN = (*(state.value for state in GuestState), ARRIVED)
"""The states that people see and filter by."""
MOST_GUESTS = 2000
"""So many guests of honour has a fair."""
LONGEST_KEY = 310
CLASS_KEY = "vip"
"""The class of badge that a confirmed guest gets."""
_TIME = re.compile(
    r"(\d{1,2})(?:\s*:\s*(\d{2})(?::\d{2})?|\s*[点时](?:\s*(\d{1,2})\s*分?)?|(\d{2}))", re.ASCII
)
_DAY_BEFORE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+|T)", re.ASCII)
_TIME_BEHIND = re.compile(r"(?<=[\dT\s日])\d{1,2}:\d{2}(?::\d{2})?(?=(?:\.\d+)?$)", re.ASCII)
_HOURS, _MINUTES = 24, 60

COLUMNS = known_names(
    {
        "name": "姓名 名字 贵宾 贵宾姓名 嘉宾 嘉宾姓名 name guest guestname fullname",
        "title": "职务 职位 职称 title jobtitle position",
        "organisation": "单位 单位名称 机构 公司 工作单位 organisation organization company unit",
        "phone": "手机号 手机 电话 联系电话 手机号码 phone mobile telephone tel",
        "host": "接待人 陪同人 接待人员 接待 对接人 host receivedby receptionist",
        "host_phone": "接待人电话 接待人手机 接待电话 接待人手机号 hostphone hostmobile",
        "place": "接待地点 贵宾室 地点 休息室 place room lounge viproom",
        "day": "到达日期 到场日期 日期 抵达日期 day date arrivalday arrivaldate",
        "time": "到达时间 到场时间 时间 抵达时间 time arrivaltime arrival",
        "seat": "座位 桌号 席位 座次 seat table seattable",
        "note": "备注 说明 note notes remark remarks",
    }
)
USUAL = (
    "name",
    "title",
    "organisation",
    "phone",
    "host",
    "host_phone",
    "place",
    "day",
    "time",
    "seat",
    "note",
)


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What is known of a guest; phones in E.164, the time in minutes from the midnight of the fair's zone."""

    name: str
    title: str = ""
    organisation: str = ""
    phone: str | None = None
    host: str = ""
    host_phone: str | None = None
    place: str = ""
    arrives_on: date | None = None
    arrives_minute: int | None = None
    seat: str = ""
    note: str = ""


_LENGTHS = {"title": 100, "host": 100, "place": 100, "seat": 50, "note": 500}


def shown_state(state: GuestState, came: bool) -> str:
    """The word for a guest: one that came in has arrived, whatever was answered before."""
    return ARRIVED if came else state.value


def checked_guest(cells: Mapping[str, str]) -> GuestFacts:
    """A guest from the texts of its columns (IR3, IR4, IR8, IR10); raises `Refused` with the first thing that is wrong."""
    text = {name: cells.get(name, "") for name in USUAL}
    name = checked_name(text["name"])
    return GuestFacts(
        name=name,
        organisation=checked_company(text["organisation"]),
        phone=checked_phone(text["phone"]) if text["phone"].strip() else None,
        host_phone=checked_phone(text["host_phone"]) if text["host_phone"].strip() else None,
        arrives_on=day_of(text["day"]),
        arrives_minute=minute_of(text["time"]) if text["time"].strip() else minute_in_day(text["day"]),
        **{column: _short(text[column], most) for column, most in _LENGTHS.items()},
    )


def _short(text: str, most: int) -> str:
    kept = clean_name(text)
    if kept.startswith(("=", "@")):
        raise Refused("formula_text", N_("A name cannot begin with = or @"))
    if len(kept) > most:
        raise Refused("text_long", N_("Enter at most %(most)s characters"), most=most)
    return kept


def day_of(text: str) -> date | None:
    """The day in a text (IR8), None when it is empty. Raises `Refused` for anything else."""
    day = parse_day(text)
    if isinstance(day, NotADay):
        raise Refused("date_invalid", N_("Enter a day like 2016-08-19"))
    return day


def minute_of(text: str) -> int | None:
    """The time of day in a text, in minutes: 9:30, 14：00, 0930, 9点20分, also behind a day; None when it is empty.

    Raises `Refused` for anything else, and for a time that no day has.
    """
    kept = clean_code(text)
    if not kept:
        return None
    found = _TIME.fullmatch(_DAY_BEFORE.sub("", kept))
    hour, minute = (int(found[1]), int(found[2] or found[3] or found[4] or 0)) if found else (_HOURS, 0)
    if hour >= _HOURS or minute >= _MINUTES:
        raise Refused("time_invalid", N_("Enter a time like 9:30"))
    return 60 * hour + minute


def minute_in_day(text: str) -> int | None:
    """The time of day behind a day that `day_of` can read, in minutes; None when there is only the day."""
    found = _TIME_BEHIND.search(clean_code(text))
    return minute_of(found[0]) if found else None


def time_shown(minute: int | None) -> str:
    """A time of day as 09:30, or ""."""
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def double_key(facts: GuestFacts) -> str:
    """By what two guests are the same one: name and organisation as `same_key` has them, at most LONGEST_KEY."""
    return bounded(f"{same_key(facts.name)}|{same_key(facts.organisation)}", LONGEST_KEY)


def check_double(facts: GuestFacts, keys: Container[str], phones: Container[str]) -> None:
    """Raise `Refused` when a guest of this name and organisation, or with this number, is there already (IR7)."""
    if double_key(facts) in keys:
        raise Refused("guest_known", N_("A guest of this name and organisation is on the list already"))
    if facts.phone is not None and facts.phone in phones:
        raise Refused("guest_phone_known", N_("Another guest on the list has this number"))


def read_guests(
    text: str, keys: Container[str], phones: Container[str]
) -> tuple[Pasted, list[GuestFacts], list[BadRow]]:
    """The guests of a pasted table, and the rows that are none with the reason of each; the first of two alike wins.

    `keys` and `phones` are those that the list has. Raises `Refused` like `read_pasted`.
    """
    pasted = read_pasted(text, COLUMNS, USUAL)
    good: list[GuestFacts] = []
    bad: list[BadRow] = []
    seen_keys: set[str] = set()
    seen_phones: set[str] = set()
    for line in pasted.lines:
        try:
            facts = checked_guest(line.cells)
            check_double(facts, keys, phones)
            check_double(facts, seen_keys, seen_phones)
        except Refused as refusal:
            bad.append(BadRow(line.number, line.text, refusal))
        else:
            seen_keys.add(double_key(facts))
            seen_phones.update([facts.phone] if facts.phone else [])
            good.append(facts)
    return pasted, good, bad
