"""Invented people and companies of the demo: Chinese, English and Korean names, a few of them rare.

Nobody here exists. Phone numbers lie in ranges and in a shape that the form accepts; mail goes to example domains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random  # noqa: TID251 - repeatable draws for a demo; nothing of it is secret.

_SURNAMES = list(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_SURNAMES += ["欧阳", "司徒", "上官"]
_GIVEN = list(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚玲鹏华红宁欣雨晨思佳子涵浩轩梓睿博文嘉怡一诺若彤建国海燕志远晓东春梅"
)
_KOREAN_SURNAMES = list("김이박최정강조윤장임한오서신권황안송류홍")
_KOREAN_GIVEN = [
    "민준",
    "서연",
    "지훈",
    "하은",
    "도윤",
    "수빈",
    "예준",
    "지우",
    "현우",
    "은지",
    "성민",
    "유진",
    "태현",
    "다은",
]
_ENGLISH_FIRST = [
    "Anna",
    "Daniel",
    "Grace",
    "Hugo",
    "Irene",
    "James",
    "Karin",
    "Lucas",
    "Maria",
    "Noah",
    "Olga",
    "Peter",
    "Sofia",
    "Thomas",
]
_ENGLISH_LAST = [
    "Andersson",
    "Becker",
    "Carter",
    "Dubois",
    "Evans",
    "Fischer",
    "García",
    "Hughes",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "O'Brien",
    "Šimić",
]
# Names that only good fonts and good code survive; they are real kinds of names, of invented people.
RARE = ("𠮷田惠子", "王㛃", "欧阳雨桐", "李", "阿布都热依木·买买提", "Nguyễn Thị Thanh Hằng", "Zoë Žižka")
_PLACES = ("大连", "沈阳", "青岛", "温州", "义乌", "佛山", "宁波", "苏州", "长春", "烟台", "杭州", "厦门")
_WORDS = (
    "海晟",
    "星河",
    "百盛",
    "金源",
    "鸿雁",
    "瑞祥",
    "康乐",
    "东方",
    "新亚",
    "盛世",
    "德馨",
    "佳美",
    "海丰",
    "万家",
)
_TRADES = (
    "日用品",
    "家居用品",
    "工艺品",
    "玩具",
    "文体用品",
    "五金制品",
    "塑料制品",
    "家电",
    "食品",
    "纺织品",
    "陶瓷",
    "玻璃制品",
)
_KINDS = ("有限公司", "股份有限公司", "贸易有限公司", "进出口有限公司", "厂")
_ENGLISH_COMPANIES = (
    "Nordlys Home AB",
    "Becker Haushalt GmbH",
    "Blue Harbour Trading Ltd",
    "Maison Dubois SARL",
    "Baltic Toys OÜ",
)
_KOREAN_COMPANIES = ("한빛생활산업", "대성무역", "서울리빙", "부산경공업조합", "미래유통")
_HOME = ("大连",) * 8 + ("辽宁",)
_ELSEWHERE = (
    "山东",
    "浙江",
    "广东",
    "江苏",
    "北京",
    "上海",
    "吉林",
    "黑龙江",
    "河北",
    "福建",
    "内蒙古",
    "天津",
    "HK",
)
_ABROAD = ("KR", "KR", "KR", "JP", "DE", "SE", "RU")


@dataclass(frozen=True)
class Invented:
    """A person as a registration form would have it. `phone` is E.164; people from abroad have an e-mail instead."""

    name: str
    company: str
    phone: str | None
    email: str | None
    region: str
    language: str
    class_key: str


def people(count: int, seed: int = 8) -> Iterator[Invented]:
    """`count` people, always the same ones for the same `seed`; no phone and no e-mail comes twice."""
    draw = Random(seed)  # noqa: S311 - see the import.
    for number in range(count):
        kind = draw.random()
        if number < len(RARE):
            yield _chinese(draw, number, RARE[number])
        elif kind < 0.86:
            yield _chinese(draw, number, _chinese_name(draw))
        elif kind < 0.94:
            yield _korean(draw, number)
        else:
            yield _english(draw, number)


def _chinese_name(draw: Random) -> str:
    given = draw.choice(_GIVEN) + (draw.choice(_GIVEN) if draw.random() < 0.72 else "")
    return draw.choice(_SURNAMES) + given


def company(draw: Random) -> str:
    """An invented Chinese company."""
    return draw.choice(_PLACES) + draw.choice(_WORDS) + draw.choice(_TRADES) + draw.choice(_KINDS)


def _class_key(draw: Random) -> str:
    return draw.choices(("trade", "public", "vip", "media"), (52, 43, 2, 3))[0]


def _chinese(draw: Random, number: int, name: str) -> Invented:
    key = _class_key(draw)
    region = draw.choice(_HOME + _ELSEWHERE)
    phone = f"+861{3 + number % 7}{100000000 + (number * 7919) % 900000000}"
    return Invented(name, company(draw) if key != "public" else "", phone, None, region, "zh", key)


def _korean(draw: Random, number: int) -> Invented:
    name = draw.choice(_KOREAN_SURNAMES) + draw.choice(_KOREAN_GIVEN)
    return Invented(
        name, draw.choice(_KOREAN_COMPANIES), None, f"kr{number}@example.org", "KR", "ko", "trade"
    )


def _english(draw: Random, number: int) -> Invented:
    name = f"{draw.choice(_ENGLISH_FIRST)} {draw.choice(_ENGLISH_LAST)}"
    region = draw.choice(_ABROAD[3:])
    return Invented(
        name, draw.choice(_ENGLISH_COMPANIES), None, f"en{number}@example.com", region, "en", "trade"
    )
