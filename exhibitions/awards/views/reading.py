"""Every read of a result before its publication is a fact to be kept (AW-39): GETs that write one line."""

from __future__ import annotations

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.service import reading
from exhibitions.core.access import actor
from exhibitions.core.db import transaction


def note_reading(season: AwardSeason, page: str) -> None:
    """Write down that this page of the result is read, unless everybody may read it by now."""
    if reading.is_noted(season):
        with transaction():
            reading.noted(season, page, actor())
