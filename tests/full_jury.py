"""The jury's side of a full fair: what the places of addresses stand for under the pages of an award's jury."""

from __future__ import annotations

from exhibitions.awards.models import PaperSheet
from exhibitions.awards.rules.states import ConflictKind, ConflictSource, SeasonState
from exhibitions.awards.service import conflicts, paper
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from tests.awards.making import assign, make_entry, make_juror, make_season

SEASON = "/desk/<slug>/awards/<int:season_id>"


def jury(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """A season that is being judged: a juror with an entry, an interest to decide, a sheet of paper with its scan."""
    season = make_season(expo, state=SeasonState.JUDGING)
    juror = make_juror(season, "J01")
    place = assign(make_entry(season, "A001"), juror)
    conflict = conflicts.note(
        expo,
        season,
        juror,
        entry=None,
        company="星河家居有限公司",
        kind=ConflictKind.ADVISOR,
        source=ConflictSource.CHALLENGE,
        reason="顾问",
        by=by,
    )
    scan = files.store(
        b"%PDF-1.4 sheet",
        name="sheet.pdf",
        content_type="application/pdf",
        purpose=paper.PURPOSE,
        expo_id=expo.id,
        owner=SYSTEM,
    )
    sheet = PaperSheet(
        expo_id=expo.id,
        season_id=season.id,
        round=place.round,
        juror_id=juror.id,
        assignment_id=place.id,
        number=f"P{season.id}-0001",
        printed_at=clock.now(),
        file_id=scan.id,
    )
    db.session.add(sheet)
    db.session.flush()
    known = {
        "season_id": str(season.id),
        "juror_id": str(juror.id),
        "category_id": str(season.categories[0].id),
        "conflict_id": str(conflict.id),
        "assignment_id": str(place.id),
        "number": sheet.number,
        "word": "none",
    }
    return {f"{SEASON}/{part}": known for part in ("jury", "assignments", "paper")}
