"""Who invites to the demo's running fair, and its guests of honour: all invented, as everybody in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exhibitions.core.actor import SYSTEM
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.visitors.queries.invitations import source_names
from exhibitions.visitors.rules.guests import GuestFacts, GuestState
from exhibitions.visitors.rules.invitations import Kind, SourceFacts
from exhibitions.visitors.service import guests, invitations

_SOURCES = (
    SourceFacts(Kind.CHANNEL, "大连轻工视界公众号", "Dalian Light Industry on WeChat"),
    SourceFacts(Kind.ASSOCIATION, "示例市家居用品协会", "Sample City Household Goods Association", "周敏"),
    SourceFacts(Kind.EXHIBITOR, "宁波金源家电有限公司", "Ningbo Jinyuan Appliances", "赵鹏"),
    SourceFacts(Kind.EXHIBITOR, "沈阳鸿雁文体用品有限公司", "Shenyang Hongyan Stationery", "孙丽"),
    SourceFacts(Kind.MEDIA, "示例日报", "Sample Daily", "刘洋"),
)
_MORNING, _NOON, _AFTERNOON = 9 * 60 + 10, 10 * 60 + 30, 14 * 60
# title, organisation, who receives, where, arrival in minutes from midnight, seat, and the answer
_GUESTS = (
    (
        "高建国",
        "会长",
        "示例省轻工业联合会",
        "周敏",
        "一号贵宾室",
        _MORNING,
        "主席台 1",
        GuestState.CONFIRMED,
    ),
    (
        "田玉兰",
        "副会长",
        "示例省轻工业联合会",
        "周敏",
        "一号贵宾室",
        _MORNING,
        "主席台 2",
        GuestState.CONFIRMED,
    ),
    ("朴志勋", "理事长", "韩国食品产业协会", "李梅", "二号贵宾室", _NOON, "嘉宾席 1", GuestState.CONFIRMED),
    ("欧阳正", "局长", "示例市商务局", "李梅", "一号贵宾室", _AFTERNOON, "主席台 3", GuestState.INVITED),
    ("Karin Berg", "Director", "Nordic Home Fair", "李梅", "二号贵宾室", _AFTERNOON, "", GuestState.INVITED),
    ("陈思远", "院长", "示例工艺美术学院", "周敏", "", None, "", GuestState.DECLINED),
)


def invite(expo: Expo) -> None:
    """Give the fair sources of invitations and guests of honour, most of whom come today."""
    invitations.add_sources(expo, _SOURCES, SYSTEM)
    today = expos.present(expo).date()
    rows = guests.add_guests(expo, [_facts(one, today) for one in _GUESTS], SYSTEM)
    for row, one in zip(rows, _GUESTS, strict=True):
        if one[-1] is not GuestState.INVITED:
            guests.answer_guest(expo, row, one[-1], SYSTEM)


def _facts(one: tuple[str, str, str, str, str, int | None, str, GuestState], today: date) -> GuestFacts:
    name, title, organisation, host, place, minute, seat, _answer = one
    return GuestFacts(
        name,
        title,
        organisation,
        host=host,
        place=place,
        arrives_on=today if minute is not None else None,
        arrives_minute=minute,
        seat=seat,
    )


def words(expo: Expo) -> Sequence[str]:
    """What the links of the fair's sources carry, and nothing for those who came of themselves."""
    return (*source_names(expo.id), "")
