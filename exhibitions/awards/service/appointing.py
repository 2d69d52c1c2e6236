"""A juror is appointed, or what is known of one corrected; the interests follow at once (AW-34)."""

from __future__ import annotations

from exhibitions.awards.models import AwardSeason, Juror
from exhibitions.awards.rules.states import LOCKED
from exhibitions.awards.service import conflicts, jurors
from exhibitions.awards.service.jurors import Wanted
from exhibitions.core.actor import Actor
from exhibitions.expos.models import Expo


def appoint(expo: Expo, season: AwardSeason, juror: Juror | None, wanted: Wanted, by: Actor) -> int:
    """Save a juror and compare anew; gives how many entries that takes from the juror. Raises what `jurors.save` raises.

    Once the result is locked nothing is taken any more (AW-33): then a juror is only saved.
    """
    row = jurors.save(expo, season, juror, wanted, by)
    if season.state in LOCKED:
        return 0
    return conflicts.search(expo, season, by, jurors=[row]).taken
