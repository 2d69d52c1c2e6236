"""What the companies of the demo have entered in its award: invented products of the light industry, from several places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from exhibitions.awards.models import AwardCategory, AwardEntry, AwardSeason
from exhibitions.awards.rules.entering import place_of
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.service.entering import give_code, refresh_search
from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo

_SUBMITTED, _RETURNED, _OK = EntryState.SUBMITTED, EntryState.RETURNED, EntryState.SCREENED_OK
_PRODUCTS: tuple[tuple[str, str, str, str], ...] = (
    ("竹纤维可降解餐具", "Compostable bamboo tableware", "九十天内可堆肥降解", "Composts within ninety days"),
    ("海盐釉日用瓷", "Sea salt glazed porcelain", "以海盐代替含铅釉料", "Sea salt in place of leaded glaze"),
    ("静音榨汁机", "Quiet juicer", "噪声降至 48 分贝", "Noise brought down to 48 dB"),
    (
        "石墨烯保暖衬衫",
        "Graphene thermal shirt",
        "一百次水洗后保暖率不变",
        "Keeps warm after a hundred washes",
    ),
    (
        "无胶实木衣柜",
        "Glue-free solid wood wardrobe",
        "全榫卯结构，不用一滴胶",
        "Joined by mortise and tenon alone",
    ),
    (
        "儿童防倾倒座椅",
        "Tip-proof children's chair",
        "重心随坐姿自动调整",
        "Its weight shifts with the child",
    ),
    (
        "折叠式助老浴凳",
        "Folding bath stool for elders",
        "单手三秒展开",
        "Unfolds with one hand in three seconds",
    ),
    ("太阳能野营灯", "Solar camping lamp", "阴天也可充满电", "Charges under a cloudy sky"),
    ("海藻纤维毛巾", "Seaweed fibre towel", "天然抑菌，不加助剂", "Keeps germs away without additives"),
    ("玻璃真空饭盒", "Vacuum glass lunch box", "六小时保温 60 ℃", "Keeps 60 °C for six hours"),
    ("低糖贝壳曲奇", "Low-sugar shell cookies", "糖量减半，口感不变", "Half the sugar, the same bite"),
    (
        "手工羊毛毡拖鞋",
        "Hand-felted wool slippers",
        "整块成型，没有接缝",
        "Felted in one piece without a seam",
    ),
    ("智能恒温花洒", "Thermostatic shower head", "一秒恒温，断电可用", "Steady in one second, without power"),
    (
        "再生塑料行李箱",
        "Suitcase of recycled plastic",
        "每只用去 180 个饮料瓶",
        "A hundred and eighty bottles in each",
    ),
    ("樱桃木儿童画架", "Cherry wood easel", "高度随身高调节", "Grows with the child"),
)
_STATES: Sequence[EntryState] = (_OK, _OK, _SUBMITTED, _OK, _RETURNED, _OK, _SUBMITTED, _OK, _OK, _OK)
_MOST = 30


def add_entries(expo: Expo, season: AwardSeason, now: datetime) -> list[AwardEntry]:
    """About thirty entries of the fair's exhibitors in the categories that there are; `now` is by the real clock."""
    wanted = sa.select(Exhibitor).where(
        Exhibitor.expo_id == expo.id,
        Exhibitor.state.in_(tuple(UNDER_CONTRACT)),
        Exhibitor.company_id.is_not(None),
    )
    exhibitors = db.session.scalars(wanted.order_by(Exhibitor.id).limit(_MOST)).all()
    categories = list(season.categories)
    if not categories:
        return []
    return [
        _add(season, exhibitor, categories[at % len(categories)], at, now)
        for at, exhibitor in enumerate(exhibitors)
    ]


def _add(
    season: AwardSeason, exhibitor: Exhibitor, category: AwardCategory, at: int, now: datetime
) -> AwardEntry:
    name_zh, name_en, new_zh, new_en = _PRODUCTS[at % len(_PRODUCTS)]
    round_zh, round_en = ("", "") if at < len(_PRODUCTS) else ("二代", " II")
    state, sent = _STATES[at % len(_STATES)], now - timedelta(hours=5 * (at + 1))
    company = exhibitor.company
    entry = AwardEntry(
        expo_id=season.expo_id,
        season_id=season.id,
        category_id=category.id,
        exhibitor_id=exhibitor.id,
        company_id=exhibitor.company_id,
        company_zh=company.name_zh if company is not None else "",
        company_en=company.name_en if company is not None else "",
        place=place_of(company) if company is not None else "",
        product_zh=f"{name_zh}{round_zh}",
        product_en=f"{name_en}{round_en}",
        innovation_zh=f"{new_zh}。",
        innovation_en=f"{new_en}.",
        reason="请补充第三方检测报告。" if state is _RETURNED else "",
        state=state,
        state_since=sent,
        submitted_at=sent,
        declared_at=sent,
        created_at=sent,
        changed_at=sent,
    )
    db.session.add(entry)
    db.session.flush()
    give_code(season, entry)
    refresh_search(entry)
    return entry
