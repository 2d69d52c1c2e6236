"""A fair with many registered people, as fairs have them: common names, few thousand companies, some who came in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random  # noqa: TID251 - repeatable draws; nothing of it is secret.
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import Badge, BadgeClass, BadgeDay
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.search import found_by
from exhibitions.expos.models import Expo, Gate
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import Channel, State

_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向常汤温康施文牛樊葛邢安齐"
_GIVEN = "敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英玉萍红玲芬芳燕伟建国华秀珍海波宁晓雪梅婷宇浩欣怡子涵梓轩思雨佳琪雅文俊鹏飞斌鑫龙亮成志远辉"
_PLACES = ("大连", "沈阳", "北京", "上海", "青岛", "温州", "义乌", "广州", "深圳", "宁波")
_GOODS = ("轻工", "日用品", "玩具", "五金", "家居", "文具", "陶瓷", "钟表", "照明", "塑料")
_REGIONS = ("大连", "大连", "大连", "沈阳", "北京", "上海", "KR", "JP", "")
_CLASSES = ("trade", "trade", "public", "public", "public", "vip", "media")
_PORTION = 5_000


def fill(expo_id: int, count: int) -> None:
    """Register so many people, each with a badge; six of ten came in on some day. Commits by the portion."""
    draw = Random(8)
    expo = db.session.get_one(Expo, expo_id)
    classes = {
        found.key: found.id for found in db.session.scalars(sa.select(BadgeClass).filter_by(expo_id=expo_id))
    }
    gate_id = db.session.scalars(sa.select(Gate.id).filter_by(expo_id=expo_id)).first()
    days = [day.date for day in expo.days]
    for start in range(0, count, _PORTION):
        size = min(_PORTION, count - start)
        people = [_person(draw, expo_id, start + n, classes, days) for n in range(size)]
        with transaction() as session:
            connection = session.connection()
            connection.execute(sa.insert(Registration), people)
            connection.execute(sa.insert(Badge), [_badge(person) for person in people])
            came = [
                {
                    "expo_id": expo_id,
                    "badge_id": person["id"],
                    "day": draw.choice(days),
                    "first_at": clock.now(),
                    "first_gate_id": gate_id,
                }
                for person in people
                if draw.random() < 0.6
            ]
            connection.execute(sa.insert(BadgeDay), came)


def count_on(connection: sa.Connection) -> None:
    """Let PostgreSQL number new rows behind those that came with numbers of their own."""
    for table in ("registrations", "badges"):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
        )


def _person(
    draw: Random, expo_id: int, n: int, classes: Mapping[str, int], days: list[Any]
) -> dict[str, Any]:
    name = draw.choice(_FAMILY) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))
    company = f"{draw.choice(_PLACES)}{draw.choice(_GIVEN)}{draw.choice(_GIVEN)}{draw.choice(_GOODS)}有限公司"
    phone, email = f"+861{3_000_000_000 + n * 7919 % 1_000_000_000:010d}", f"u{n}@example.com"
    mark = draw.random()
    state = State.WAITING if mark < 0.03 else State.CANCELLED if mark < 0.08 else State.REGISTERED
    moment = clock.now() - timedelta(minutes=draw.randrange(50 * 24 * 60))
    return {
        "id": n + 1,
        "expo_id": expo_id,
        "class_id": classes[draw.choice(_CLASSES)],
        "state": state,
        "name": name,
        "company": company,
        "title": "经理",
        "phone": phone,
        "email": email if n % 3 == 0 else None,
        "region": draw.choice(_REGIONS),
        "visit_day": draw.choice((*days, None)),
        "channel": draw.choice(list(Channel)),
        "source": draw.choice(("", "wechat", "association-7")),
        "language": "zh",
        **found_by(name, company, phone, email if n % 3 == 0 else None),
        "created_at": moment,
        "changed_at": moment,
        "cancelled_at": moment if state is State.CANCELLED else None,
    }


def _badge(person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": person["id"],
        "expo_id": person["expo_id"],
        "class_id": person["class_id"],
        "class_number": 1,
        "number": 300_000_000 + person["id"],
        "holder_kind": HOLDER,
        "holder_id": person["id"],
        "name": person["name"],
        "company": person["company"],
        "region": person["region"],
        "issue": 1,
        "key_number": 31,
        "signature": bytes(64),
        "issued_at": person["created_at"],
        "approved_at": person["created_at"],
        "cancelled_at": person["cancelled_at"],
        "prints": person["id"] % 3 == 0,
    }
