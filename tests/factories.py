"""Things that tests are about, made the way the product makes them."""

from __future__ import annotations

from datetime import date, time, timedelta

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Door, Expo, ExpoDay, Gate, Hall, Zone
from exhibitions.expos.rules import DayKind

CLASSES = (
    (1, "trade", "专业观众", "Trade visitor", Audience.TRADE, True),
    (2, "public", "普通观众", "Public", Audience.PUBLIC, True),
    (3, "vip", "贵宾", "VIP", Audience.UNCLASSIFIED, False),
    (4, "media", "媒体", "Media", Audience.MEDIA, False),
    (5, "exhibitor", "参展商", "Exhibitor", Audience.EXHIBITOR, False),
    (6, "organiser", "主办单位", "Organiser", Audience.ORGANISER, False),
    (7, "buildup", "布撤展", "Build-up", Audience.BUILD_UP, False),
)


def make_expo(slug: str = "8th", edition: int = 8, start: date | None = None) -> int:
    """A published fair, four open days from `start` (today), 9:00–17:00, one hall, two zones, gates A, B and S.

    Gate A and B lead into zone "main"; gate S lets only staff classes in. Returns the fair's number.
    """
    start = start or clock.today("Asia/Shanghai")
    with transaction() as session:
        series = expo_service.create_series(
            "中国（大连）轻工商品博览会", "China (Dalian) Light Industry Expo"
        )
        name = f"第{edition}届中国（大连）轻工商品博览会"
        identity = expo_service.Identity(
            slug, edition, name, f"China (Dalian) Light Industry Expo, edition {edition}"
        )
        expo = expo_service.create_expo(series, identity)
        expo.published_at = clock.now()
        expo.hotline = "0411-1234 5678"
        expo.venue_zh, expo.venue_en = "大连世界博览广场", "Dalian World Expo Center"
        expo.consent_zh, expo.consent_en = (
            "我同意为参观目的处理以上信息",
            "I agree that this data is used for my visit",
        )
        _add_classes(expo)
        _add_days(expo, start)
        _add_places(expo)
        session.flush()
        return expo.id


def _add_classes(expo: Expo) -> None:
    for number, key, name_zh, name_en, audience, registrable in CLASSES:
        db.session.add(
            BadgeClass(
                expo_id=expo.id,
                number=number,
                key=key,
                name_zh=name_zh,
                name_en=name_en,
                audience=audience,
                registrable=registrable,
                position=number,
            )
        )


def _add_days(expo: Expo, start: date) -> None:
    plan = [(-1, DayKind.BUILD_UP), *((n, DayKind.OPEN) for n in range(4)), (4, DayKind.DISMANTLING)]
    for offset, kind in plan:
        is_open = kind is DayKind.OPEN
        day = ExpoDay(expo_id=expo.id, date=start + timedelta(days=offset), kind=kind)
        if is_open:
            day.official_from, day.official_to = time(9), time(17)
        # Visitors come only on open days; build-up people and staff on every day.
        keys = ("", "exhibitor", "organiser", "buildup") if is_open else ("exhibitor", "organiser", "buildup")
        for key in keys:
            visitors = key == ""
            day.doors.append(
                Door(
                    expo_id=expo.id,
                    class_key=key,
                    door_from=time(9) if visitors else time(7),
                    door_to=time(17) if visitors else time(20),
                )
            )
        db.session.add(day)


def _add_places(expo: Expo) -> None:
    hall = Hall(expo_id=expo.id, code="1", name_zh="1号馆", name_en="Hall 1")
    db.session.add(hall)
    db.session.flush()
    main = Zone(expo_id=expo.id, hall_id=hall.id, code="main", name_zh="主展区", name_en="Main zone")
    side = Zone(
        expo_id=expo.id, hall_id=hall.id, code="side", name_zh="副展区", name_en="Side zone", position=1
    )
    db.session.add_all([main, side])
    db.session.flush()
    for position, (code, zone, keys) in enumerate(
        (("A", main, []), ("B", main, []), ("S", side, ["exhibitor", "organiser", "buildup"]))
    ):
        db.session.add(
            Gate(
                expo_id=expo.id,
                zone_id=zone.id,
                code=code,
                name_zh=f"{code}口",
                name_en=f"Gate {code}",
                class_keys=keys,
                position=position,
            )
        )
