"""O12: the tally of medals with the statutory summary, as page and as table, and the text for the press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import pgettext

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.queries.casework import is_locked
from exhibitions.awards.queries.published import is_public
from exhibitions.awards.service import counting
from exhibitions.awards.service.counting import Counted
from exhibitions.awards.views.base import SEASON, blueprint, season_or_404
from exhibitions.awards.views.reading import note_reading
from exhibitions.awards.views.result_words import Words, page_words
from exhibitions.core import clock
from exhibitions.core.access import Permission, require
from exhibitions.core.regions import region_key
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.expos.models import Expo

TALLY = f"{SEASON}/tally"


@blueprint.get(TALLY)
@require(Permission.AWARDS_RESULTS)
def tally(expo: Expo, season_id: int) -> str:
    season = season_or_404(expo, season_id)
    note_reading(season, "tally")
    counted = _counted(season)
    return render_template(
        "awards/tally.html",
        expo=expo,
        season=season,
        counted=counted,
        words=Words(counted.file) if counted else None,
        home=region_key(expo.city),
        figures=counting.figures(counted, region_key(expo.city)) if counted else None,
        **page_words(),
    )


def _counted(season: AwardSeason) -> Counted | None:
    return counting.count(season) if is_locked(season) else None


@blueprint.get(f"{TALLY}.<any(csv, xlsx):kind>")
@require(Permission.AWARDS_RESULTS)
def tally_file(expo: Expo, season_id: int, kind: str) -> Response:
    season = season_or_404(expo, season_id)
    note_reading(season, f"tally.{kind}")
    rows = list(table(counting.count(season)))
    name = f"tally-{expo.slug}-{season.year}"
    return as_csv(name, rows) if kind == "csv" else as_xlsx(name, _("Tally"), rows)


def table(counted: Counted) -> Iterator[list[Value]]:
    """The tally as rows: every medal, then the sums by place, company and category, then the statutory summary."""
    words = Words(counted.file)
    yield [
        _("Medal"),
        pgettext("award", "Place"),
        _("Company"),
        pgettext("award", "Category"),
        _("Entry"),
        _("Product"),
    ]
    for each, medal in counted.held:
        yield [
            words.medal(medal),
            words.place(each.place),
            each.company,
            words.category(each.category),
            each.entry,
            each.product,
        ]
    names = {
        "place": pgettext("award", "Place"),
        "company": _("Company"),
        "category": pgettext("award", "Category"),
    }
    named: dict[str, Callable[[str], str]] = {
        "place": words.place,
        "category": words.category,
        "company": str,
    }
    for key, found in counted.tallies.items():
        yield []
        yield [
            names[key],
            pgettext("award", "Rank"),
            *map(words.medal, counted.medals),
            _("Total"),
            _("Share"),
        ]
        for row in found.rows:
            yield [named[key](row.name), row.rank, *row.counts, row.total, words.share(row.share)]
        yield [_("Total"), "", *found.counts, found.total, ""]
    said = counted.summary
    yield []
    yield [_("Presented"), said.presented]
    yield [_("Awarded"), said.awarded, words.share(said.share)]
    yield [_("Revoked since"), len(counted.revoked)]
    for key, by in (("category", said.by_category), ("place", said.by_place)):
        yield []
        yield [names[key], _("Presented"), _("Awarded")]
        for name, presented, won in by:
            yield [named[key](name) or _("All entries"), presented, won]


@blueprint.get(f"{SEASON}/press")
@require(Permission.AWARDS_RESULTS)
def press(expo: Expo, season_id: int) -> Any:
    season = season_or_404(expo, season_id)
    note_reading(season, "press")
    home = region_key(expo.city)
    counted = _counted(season)
    return render_template(
        "awards/press.html",
        expo=expo,
        season=season,
        texts=counting.press_texts(season, counted, home) if counted else None,
        sentences=counting.report_sentences(counted, home) if counted else None,
        is_public=is_public(season, clock.now()),
        **page_words(),
    )
