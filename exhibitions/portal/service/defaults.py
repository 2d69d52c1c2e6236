"""What a fair starts with when somebody begins one: enough to open the doors, and easy to change."""

from __future__ import annotations

from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.setup import ClassFacts
from exhibitions.expos.rules.setup import GateFacts, HallFacts, ZoneFacts

HALL = HallFacts(code="1", name_zh="1号馆", name_en="Hall 1")
ZONE = ZoneFacts(code="main", hall="1", name_zh="主展区", name_en="Main zone")
GATE = GateFacts(code="A", zone="main", name_zh="A出入口", name_en="Gate A")

_CLASSES = (
    ("trade", "专业观众", "Trade visitor", "#0b6e6e", Audience.TRADE),
    ("public", "普通观众", "General public", "#3f6b1f", Audience.PUBLIC),
    ("vip", "贵宾", "VIP guest", "#8a1c4a", Audience.UNCLASSIFIED),
    ("media", "媒体", "Media", "#5b3a8c", Audience.MEDIA),
    ("exhibitor", "参展商", "Exhibitor", "#1f4e79", Audience.EXHIBITOR),
    ("organiser", "主办单位", "Organiser", "#b10e1e", Audience.ORGANISER),
    ("service", "服务人员", "Service", "#55615f", Audience.SERVICE),
    ("build-up", "布撤展", "Build-up", "#8c5a2b", Audience.BUILD_UP),
)
CLASSES = [
    ClassFacts(
        number=number,
        key=key,
        name_zh=name_zh,
        name_en=name_en,
        colour=colour,
        audience=audience,
        registrable=audience in (Audience.TRADE, Audience.PUBLIC),
        position=number,
    )
    for number, (key, name_zh, name_en, colour, audience) in enumerate(_CLASSES, start=1)
]
STAFF = ("exhibitor", "organiser", "service", "build-up")
"""The classes whose people are in the halls before and after the visitors, and on the days around."""

CONSENT_ZH = (
    "我同意主办单位为办理参观登记、发放参观证和统计到场情况而处理以上信息，并已阅读个人信息保护说明。"
)
CONSENT_EN = (
    "I agree that the organiser uses these details to register my visit, to issue my badge and to count attendance, "
    "and I have read the privacy notice."
)
