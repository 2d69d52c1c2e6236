"""Two more awards of the demo: one whose jury is at work at the running fair, and the published one of the fair before.

Everything but the entries and the marks themselves is made by the services that the pages use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from exhibitions.awards.models import Assignment, AwardCategory, AwardEntry, AwardSeason, Sheet
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import jury as jury_queries
from exhibitions.awards.queries.seasons import rules_of
from exhibitions.awards.rules.rule_set import canonical
from exhibitions.awards.rules.sheet_entry import sheet_hash
from exhibitions.awards.rules.states import AssignmentState, EntryState, LegalBasis, SeasonState
from exhibitions.awards.rules.templates import Template
from exhibitions.awards.service import (
    assigning,
    certificates,
    inviting_jurors,
    juror_access,
    jurors,
    locking,
    moving_season,
    publishing_result,
    setting_up,
)
from exhibitions.awards.service.entering import give_code, refresh_search
from exhibitions.awards.service.jurors import Wanted
from exhibitions.awards.service.setting_up import CategoryFacts, SeasonFacts
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.expos.models import Expo

_CATEGORIES = (
    CategoryFacts("H", "家居", "Home"),
    CategoryFacts("F", "食品", "Food"),
)
# Product, company and place; what is before the bar in Chinese, behind it in English.
_ENTERED = (
    ("榫卯儿童书桌|Jointed children's desk", "大连松涛木作有限公司|Dalian Songtao Woodwork", "大连"),
    ("海盐釉餐盘|Sea salt glazed plates", "大连望海陶瓷有限公司|Dalian Wanghai Ceramics", "大连"),
    ("静音落地扇|Quiet standing fan", "沈阳和风电器有限公司|Shenyang Hefeng Appliances", "沈阳"),
    ("竹纤维床品|Bamboo bed linen", "杭州云织家纺有限公司|Hangzhou Yunzhi Textiles", "杭州"),
    ("折叠浴凳|Folding bath stool", "大连安居用品有限公司|Dalian Anju Homeware", "大连"),
    ("再生玻璃花瓶|Recycled glass vase", "营口琉光玻璃有限公司|Yingkou Liuguang Glass", "营口"),
    ("冻干海参粥|Freeze-dried sea cucumber porridge", "大连蓝湾食品有限公司|Dalian Lanwan Foods", "大连"),
    ("低糖苹果脯|Low-sugar apple slices", "烟台红岭果业有限公司|Yantai Hongling Fruit", "烟台"),
    ("裙带菜面|Wakame noodles", "大连渔火食品有限公司|Dalian Yuhuo Foods", "大连"),
    ("山楂气泡水|Sparkling hawthorn water", "沈阳北坡饮品有限公司|Shenyang Beipo Drinks", "沈阳"),
    ("榛子酥|Hazelnut crisps", "铁岭山里人食品有限公司|Tieling Shanliren Foods", "铁岭"),
    ("樱桃果醋|Cherry vinegar", "大连旅顺樱园有限公司|Dalian Lushun Cherry Garden", "大连"),
)
_NEW = ("省料三成，可拆可修。", "A third less material; it comes apart and can be mended.")
_JURORS = (
    ("周敏", "工业设计教授", "北方工业大学"),
    ("王立群", "高级工程师", "省轻工产品检验院"),
    ("林晓", "食品工程博士", "东海食品研究所"),
    ("赵国栋", "行业协会副会长", "演示轻工业联合会"),
    ("孙雅", "策展人", "海港设计中心"),
)
_SEED = "demo"
# Gold, silver and bronze of a category.
_PLACES = (1, 1, 2)
_LEAST, _RANGE = 72, 26


def judge_now(expo: Expo) -> AwardSeason:
    """An award of the running fair in the middle of its judging: two of three sheets are sent."""
    season = _entered(expo, ("创新设计奖", "Innovation award"), -2, publish_in=timedelta(days=3))
    _seat(expo, season)
    moving_season.step(season, SeasonState.JUDGING, SYSTEM)
    inviting_jurors.invite(expo, season, jury_queries.jurors(season), SYSTEM)
    _score(season, lambda number: number % 3 < 2)
    return season


def judge_before(expo: Expo) -> AwardSeason:
    """The award of the fair before: judged, locked, with certificates, published."""
    season = _entered(expo, ("轻工精品奖", "Light industry award"), -360, publish_in=None)
    _seat(expo, season)
    moving_season.step(season, SeasonState.JUDGING, SYSTEM)
    _score(season, lambda _number: True)
    for state in (SeasonState.SCORED, SeasonState.DELIBERATING):
        moving_season.step(season, state, SYSTEM)
    locking.lock(season, ["演示主席", "演示秘书长"], SYSTEM)
    certificates.issue(expo, season, SYSTEM)
    publishing_result.publish(season, SYSTEM)
    return season


def juror_of(expo: Expo) -> tuple[str, str] | None:
    """A way in for the first juror of the award that is being judged: the link's token and a fresh code."""
    judging = sa.select(AwardSeason).where(
        AwardSeason.expo_id == expo.id, AwardSeason.state == SeasonState.JUDGING
    )
    season = db.session.scalar(judging.order_by(AwardSeason.id).limit(1))
    juror = jury_queries.jurors(season)[0] if season is not None else None
    if juror is None:
        return None
    return inviting_jurors.new_link(juror), juror_access.new_code(juror)


def _entered(expo: Expo, names: tuple[str, str], day: int, *, publish_in: timedelta | None) -> AwardSeason:
    """A season after its screening, its entries accepted; `day` counts from today."""
    now = clock.now()
    season = setting_up.begin(expo, names, (now + timedelta(days=day)).year, Template.QUOTA, SYSTEM)
    places = zip(rules_of(season).levels, _PLACES, strict=True)
    levels = tuple(msgspec.structs.replace(level, places=number) for level, number in places)
    season.rules = canonical(msgspec.structs.replace(rules_of(season), levels=levels)).decode()
    for facts in _CATEGORIES:
        setting_up.save_category(season, None, facts, SYSTEM)
    setting_up.save_facts(season, _facts(season, now + timedelta(days=day), publish_in), SYSTEM)
    for state in (SeasonState.OPEN, SeasonState.SCREENING):
        moving_season.step(season, state, SYSTEM)
    for at_, (product, company, place) in enumerate(_ENTERED):
        _enter(season, season.categories[at_ // 6], product, company, place, now + timedelta(days=day))
    return season


def _facts(season: AwardSeason, began: datetime, publish_in: timedelta | None) -> SeasonFacts:
    known = SeasonFacts(**{each.name: getattr(season, each.name) for each in fields(SeasonFacts)})
    return replace(
        known,
        organiser_zh="演示轻工业联合会",
        organiser_en="Demo Light Industry Federation",
        basis=LegalBasis.OWN,
        opens_at=began - timedelta(days=30),
        closes_at=began - timedelta(days=3),
        screening_until=began - timedelta(days=2),
        judging_opens_at=began - timedelta(days=1),
        judging_closes_at=began + timedelta(days=4),
        publish_at=began + timedelta(days=4) + publish_in if publish_in is not None else None,
        jurors_per_entry=3,
    )


def _enter(
    season: AwardSeason, category: AwardCategory, product: str, company: str, place: str, sent: datetime
) -> None:
    (product_zh, product_en), (company_zh, company_en) = product.split("|"), company.split("|")
    entry = AwardEntry(
        expo_id=season.expo_id,
        season_id=season.id,
        category_id=category.id,
        company_zh=company_zh,
        company_en=company_en,
        place=place,
        product_zh=product_zh,
        product_en=product_en,
        innovation_zh=_NEW[0],
        innovation_en=_NEW[1],
        state=EntryState.SCREENED_OK,
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


def _seat(expo: Expo, season: AwardSeason) -> None:
    """The jury, one panel for all categories, and the entries drawn among it."""
    people = [
        jurors.save(expo, season, None, Wanted(name, title, employer=employer, has_agreed=True), SYSTEM)
        for name, title, employer in _JURORS
    ]
    jurors.set_panel(expo, season, None, [juror.id for juror in people], people[0].id, SYSTEM)
    first = rules_of(season).rounds[0].round
    shown = drawing.preview(expo, season, first, _SEED)
    assigning.apply(expo, season, first, _SEED, shown.mark, anew=False, by=SYSTEM)


def _score(season: AwardSeason, is_sent: Callable[[int], bool]) -> None:
    """Sheets of the jurors, the same at every making, whoever stands where."""
    now, rules = clock.now(), rules_of(season)
    places = db.session.scalars(
        sa.select(Assignment).where(Assignment.season_id == season.id).order_by(Assignment.id)
    ).all()
    for number, place in enumerate(places):
        if not is_sent(number):
            continue
        marks = {each.code: str(_mark(place, each.code)) for each in rules.criteria}
        sheet = Sheet(
            expo_id=season.expo_id,
            assignment_id=place.id,
            marks=marks,
            submitted_at=now,
            hash=sheet_hash(marks, eliminated=False),
            changed_at=now,
        )
        db.session.add(sheet)
        place.state, place.changed_at = AssignmentState.SUBMITTED, now
    db.session.flush()


def _mark(place: Assignment, criterion: str) -> int:
    """A mark that depends on product and criterion, and a little on the juror."""
    lot = hashlib.sha256(f"{place.entry.product_zh} {criterion}".encode()).digest()
    own = hashlib.sha256(f"{place.juror.name} {place.entry.product_zh} {criterion}".encode()).digest()
    return _LEAST + (lot[0] % _RANGE) * 3 // 4 + own[0] % (_RANGE // 4)
