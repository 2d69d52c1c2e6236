"""The award of a full fair: what the places of addresses stand for under which beginnings."""

from __future__ import annotations

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.rules.tables import Spot, Where, code_of
from exhibitions.awards.rules.templates import RULES, Template
from exhibitions.awards.service import moving_season, setting_up
from exhibitions.awards.service.setting_up import CategoryFacts
from exhibitions.core.actor import Actor
from exhibitions.expos.models import Expo
from tests.awards.making import make_entry, make_season

SEASON = "/desk/<slug>/awards/<int:season_id>"


def _there_and_back(season: AwardSeason, where: Where, by: Actor) -> None:
    """The first line a place down and up again."""
    code = code_of((setting_up.own_rows(season, where) or ())[0])
    setting_up.move_line(season, where, Spot(0, code), 1, by)
    setting_up.move_line(season, where, Spot(1, code), -1, by)


def award(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """A season that is judged, with a category of its own rules, and another one; inside the caller's transaction."""
    season = make_season(expo, categories=("A",), rules=RULES[Template.THRESHOLD])
    own = season.categories[0].id
    for table in ("criteria", "levels"):
        setting_up.begin_own(season, own, table, by)
        _there_and_back(season, Where(table, own), by)
    setting_up.save_category(season, None, CategoryFacts("B", "工艺品", "Crafts"), by)
    make_entry(season, f"A-{expo.edition}")
    season.state = SeasonState.SCREENING
    moving_season.move(expo, season, SeasonState.JUDGING, by, sees_results=True)
    empty = setting_up.save_category(season, None, CategoryFacts("C", "家电", "Appliances"), by)
    return {
        SEASON: {"season_id": str(season.id), "category_id": str(own), "place": "0", "version": "1"},
        f"{SEASON}/categories/<int:category_id>/remove": {"category_id": str(empty.id)},
    }
