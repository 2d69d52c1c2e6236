"""The fairs of the demo: the 7th, finished a year ago; the 8th, today on its second day of four; the 9th, in planning."""

from __future__ import annotations

from datetime import date, time, timedelta

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos import service as expos
from exhibitions.expos.models import Door, Expo, ExpoDay, Gate, Hall, Series, Unit, Zone
from exhibitions.expos.rules import AntiPassback, DayKind, UnitRole, at

ZONE = "Asia/Shanghai"
OPEN_DAYS = 4
OPENS, CLOSES, LAST_ADMISSION = time(9), time(17), time(16, 30)

# number, key, zh, en, colour, audience, offered on the public form
CLASSES = (
    (1, "trade", "专业观众", "Trade visitor", "#0B6E6E", Audience.TRADE, True),
    (2, "public", "普通观众", "General public", "#3F6B1F", Audience.PUBLIC, True),
    (3, "vip", "贵宾", "VIP", "#8A1C4A", Audience.UNCLASSIFIED, False),
    (4, "media", "媒体", "Media", "#5B3A8C", Audience.MEDIA, False),
    (5, "exhibitor", "参展商", "Exhibitor", "#1F4E79", Audience.EXHIBITOR, False),
    (6, "organiser", "主办单位", "Organiser", "#B10E1E", Audience.ORGANISER, False),
    (7, "service", "服务人员", "Service", "#55615F", Audience.SERVICE, False),
    (8, "build-up", "布撤展", "Build-up", "#8C5A2B", Audience.BUILD_UP, False),
)
# code, hall, zh, en, what is shown (zh, en), capacity
ZONES = (
    (
        "home",
        "A",
        "家居日用品展区",
        "Household goods",
        "餐厨用品、收纳清洁、塑料制品",
        "Kitchen, storage, cleaning, plastics",
        6000,
    ),
    (
        "appliance",
        "A",
        "家电与智能生活展区",
        "Appliances and smart living",
        "小家电、照明、智能卫浴",
        "Small appliances, lighting, smart bathrooms",
        5000,
    ),
    (
        "craft",
        "B",
        "工艺美术展区",
        "Arts and crafts",
        "贝雕、玻璃、漆器、陶瓷",
        "Shell carving, glass, lacquer, ceramics",
        3000,
    ),
    (
        "toy",
        "B",
        "玩具与文体用品展区",
        "Toys, stationery and sports",
        "玩具、文具、乐器、户外",
        "Toys, stationery, instruments, outdoor",
        4000,
    ),
    (
        "food",
        "C",
        "食品与海产品展区",
        "Food and seafood",
        "海产、烘焙、饮料、调味品",
        "Seafood, bakery, drinks, condiments",
        5000,
    ),
    (
        "textile",
        "C",
        "纺织服饰展区",
        "Textiles and clothing",
        "家纺、服装、鞋帽箱包",
        "Home textiles, clothing, shoes, bags",
        3000,
    ),
)
_STAFF = ["exhibitor", "organiser", "service", "build-up"]
# code, zone, zh, en, classes (empty: all)
GATES: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("N", "home", "北门", "North gate", []),
    ("S", "food", "南门", "South gate", []),
    ("E", "toy", "东门", "East gate", []),
    ("W", "appliance", "西门", "West gate", []),
    ("VIP", "craft", "贵宾通道", "VIP entrance", ["vip", "media", "organiser"]),
    ("B", "textile", "参展商通道", "Exhibitors' entrance", _STAFF),
)
_UNITS = (
    (UnitRole.ORGANISER, "示例市轻工业联合会（演示）", "Sample City Light Industry Federation (demo)"),
    (UnitRole.ORGANISER, "示例展览集团（演示）", "Sample Exhibition Group (demo)"),
    (UnitRole.HOST, "示例会展服务有限公司（演示）", "Sample Fair Services Co., Ltd. (demo)"),
    (UnitRole.SUPPORTER, "示例市食品工业协会（演示）", "Sample City Food Industry Association (demo)"),
)
_NUMBERS_ZH = {7: "七", 8: "八", 9: "九"}


def make_series() -> Series:
    """The series that the three editions belong to."""
    return expos.create_series("中国（大连）轻工商品博览会", "China (Dalian) Light Industry Expo")


def make_fair(series: Series, edition: int, first_day: date, *, published: bool) -> Expo:
    """One edition with its days, doors, classes, halls, zones and gates; `first_day` is the first open day."""
    name_zh = f"第{_NUMBERS_ZH[edition]}届中国（大连）轻工商品博览会"
    name_en = f"The {edition}th China (Dalian) Light Industry Expo"
    expo = expos.create_expo(series, expos.Identity(f"{edition}th", edition, name_zh, name_en, ZONE))
    _tell_facts(expo)
    expo.registration_opens_at = at(first_day - timedelta(days=60), time(9), ZONE)
    expo.registration_closes_at = at(first_day + timedelta(days=OPEN_DAYS - 1), LAST_ADMISSION, ZONE)
    expo.published_at = clock.now() if published else None
    _add_classes(expo)
    _add_units(expo)
    _add_days(expo, first_day)
    _add_places(expo)
    db.session.flush()
    return expo


def _tell_facts(expo: Expo) -> None:
    expo.city = "大连"
    expo.country = "CN"
    expo.venue_zh, expo.venue_en = "大连世界博览广场", "Dalian World Expo Center"
    expo.address_zh, expo.address_en = (
        "大连市沙河口区会展路10号",
        "10 Huizhan Road, Shahekou District, Dalian",
    )
    expo.transport_zh = "地铁1号线会展中心站，步行5分钟"
    expo.transport_en = "Metro line 1 to Convention Center, 5 minutes on foot"
    expo.hotline = "0411-0000 0000"
    expo.summary_zh = "汇集三百余家轻工企业的新品与好物，设六大展区，面向采购商与市民开放。"
    expo.summary_en = "New goods from three hundred makers in six zones, for buyers and for the city."
    expo.notice_zh, expo.notice_en = (
        "本届免费参观，入场时请出示入场码。",
        "Admission is free. Please have your code ready at the gate.",
    )
    expo.consent_zh = "提交即表示您同意主办单位为本届展会的参观服务处理以上信息。"
    expo.consent_en = (
        "By sending this you agree that the organiser uses these details for your visit to this fair."
    )


def _add_classes(expo: Expo) -> None:
    for number, key, name_zh, name_en, colour, audience, registrable in CLASSES:
        db.session.add(
            BadgeClass(
                expo_id=expo.id,
                number=number,
                key=key,
                name_zh=name_zh,
                name_en=name_en,
                colour=colour,
                audience=audience,
                registrable=registrable,
                position=number,
            )
        )


def _add_units(expo: Expo) -> None:
    for position, (role, name_zh, name_en) in enumerate(_UNITS):
        db.session.add(Unit(expo_id=expo.id, role=role, name_zh=name_zh, name_en=name_en, position=position))


def _add_days(expo: Expo, first_day: date) -> None:
    plan = [(-2, DayKind.BUILD_UP), (-1, DayKind.BUILD_UP)]
    plan += [(number, DayKind.OPEN) for number in range(OPEN_DAYS)]
    plan += [(OPEN_DAYS, DayKind.DISMANTLING)]
    for offset, kind in plan:
        day = ExpoDay(expo_id=expo.id, date=first_day + timedelta(days=offset), kind=kind)
        for key in _STAFF:
            day.doors.append(Door(expo_id=expo.id, class_key=key, door_from=time(7, 30), door_to=time(20)))
        if kind is DayKind.OPEN:
            day.official_from, day.official_to = OPENS, CLOSES
            day.doors.append(
                Door(
                    expo_id=expo.id,
                    class_key="",
                    door_from=OPENS,
                    door_to=CLOSES,
                    last_admission=LAST_ADMISSION,
                )
            )
        db.session.add(day)


def _add_places(expo: Expo) -> None:
    halls = {
        code: Hall(expo_id=expo.id, code=code, name_zh=f"{code}馆", name_en=f"Hall {code}") for code in "ABC"
    }
    db.session.add_all(halls.values())
    db.session.flush()
    zones: dict[str, Zone] = {}
    for position, (code, hall, name_zh, name_en, shown_zh, shown_en, capacity) in enumerate(ZONES):
        zones[code] = Zone(
            expo_id=expo.id,
            hall_id=halls[hall].id,
            code=code,
            name_zh=name_zh,
            name_en=name_en,
            summary_zh=shown_zh,
            summary_en=shown_en,
            capacity=capacity,
            position=position,
        )
    db.session.add_all(zones.values())
    db.session.flush()
    for position, (code, zone, name_zh, name_en, keys) in enumerate(GATES):
        db.session.add(
            Gate(
                expo_id=expo.id,
                zone_id=zones[zone].id,
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                class_keys=keys,
                anti_passback=AntiPassback.OFF,
                position=position,
            )
        )
