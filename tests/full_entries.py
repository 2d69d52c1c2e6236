"""Entries of an award for a full fair: one that an exhibitor is writing, and one that the office screens."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from exhibitions.awards.models import AwardEntry
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import pictures
from exhibitions.core.actor import SYSTEM
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from tests.awards.making import make_entry, make_season


def entered(expo: Expo, exhibitor: Exhibitor) -> dict[str, dict[str, str]]:
    """What the places of entries' addresses stand for, in the exhibitor's centre and at the desk."""
    season = make_season(expo, state=SeasonState.OPEN, categories=("A", "B"))
    own: dict[str, Any] = {"exhibitor_id": exhibitor.id, "company_id": exhibitor.company_id}
    draft = make_entry(season, "A018", state=EntryState.DRAFT, **own)
    draft.number, draft.submitted_at = None, None
    sent = make_entry(season, "A017", state=EntryState.SUBMITTED, contact_email="e9@example.org", **own)
    return {
        "/<slug>/exhibitor/<token>/awards": _words(season.id, draft),
        "/desk/<slug>/awards/<int:season_id>/entries": _words(season.id, sent),
    }


def _words(season_id: int, entry: AwardEntry) -> dict[str, str]:
    picture = BytesIO()
    Image.new("RGB", (8, 8), (entry.id % 250, 0, 0)).save(picture, "PNG")
    pictures.add(entry, [pictures.ready_picture(picture.getvalue())], SYSTEM)
    return {
        "season_id": str(season_id),
        "entry_id": str(entry.id),
        "file_id": str(entry.files[0].id),
        "kind": "csv",
    }
