"""One juror with one entry in a fair: what the places of a juror's addresses can stand for."""

from __future__ import annotations

from exhibitions.accounts import service as accounts
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.service import juror_access
from exhibitions.expos.models import Expo
from tests.awards.making import assign, make_entry, make_juror, make_season


def seated(expo: Expo) -> dict[str, dict[str, str]]:
    """The words under a juror's addresses, whose code nobody has typed."""
    season = make_season(expo, state=SeasonState.JUDGING)
    juror = make_juror(season, "J01")
    juror_access.new_code(juror)
    task = assign(make_entry(season, "A-01"), juror)
    token = accounts.mint_link(LINK, juror.id, expo_id=expo.id)
    return {"/<slug>/jury/<token>": {"token": token, "assignment_id": str(task.id), "number": "1"}}
