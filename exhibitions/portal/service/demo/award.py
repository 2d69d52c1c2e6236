"""The award of the demo's running fair: a season that takes entries until noon of the fair's last day.

Everything is made by the services that the pages use. Entries, jury and result are added to this season.
"""

from __future__ import annotations

from datetime import date, time, timedelta

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.states import LegalBasis, SeasonState
from exhibitions.awards.rules.templates import Template
from exhibitions.awards.service import moving_season, setting_up
from exhibitions.awards.service.setting_up import CategoryFacts, SeasonFacts
from exhibitions.core.actor import SYSTEM
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import at

CATEGORIES = (
    CategoryFacts("A", "家居用品", "Home goods", "消费品", "Consumer goods"),
    CategoryFacts("B", "工艺礼品", "Crafts and gifts", "消费品", "Consumer goods"),
    CategoryFacts(
        "C",
        "智能家电",
        "Smart appliances",
        "装备与电器",
        "Machines and appliances",
        "须通过强制性产品认证。",
        "With a compulsory product certificate.",
    ),
)


def begin_award(expo: Expo, first: date) -> AwardSeason:
    """A season from the template by threshold, open for entries; `first` is the fair's first open day."""
    year = first.year
    season = setting_up.begin(
        expo,
        (f"第{expo.edition}届轻工博览会产品评选", f"Product award of the {expo.edition}th fair"),
        year,
        Template.THRESHOLD,
        SYSTEM,
    )
    for facts in CATEGORIES:
        setting_up.save_category(season, None, facts, SYSTEM)

    setting_up.save_facts(
        season,
        SeasonFacts(
            name_zh=season.name_zh,
            name_en=season.name_en,
            year=year,
            organiser_zh="演示轻工业联合会",
            organiser_en="Demo Light Industry Federation",
            basis=LegalBasis.OWN,
            approval_number="",
            approved_until=None,
            entry_fee=0,
            most_entries=3,
            opens_at=at(first - timedelta(days=40), time(9), expo.timezone),
            closes_at=at(first + timedelta(days=3), time(11, 59, 59), expo.timezone),
            screening_until=at(first + timedelta(days=3), time(14), expo.timezone),
            judging_opens_at=at(first + timedelta(days=3), time(14), expo.timezone),
            judging_closes_at=at(first + timedelta(days=3), time(18), expo.timezone),
            publish_at=at(first + timedelta(days=10), time(10), expo.timezone),
            is_blind=True,
            shows_others=False,
            jurors_per_entry=5,
            most_load=40,
        ),
        SYSTEM,
    )
    moving_season.step(season, SeasonState.OPEN, SYSTEM)
    return season
