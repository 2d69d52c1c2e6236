"""Jurors are invited by a personal link and, apart from it, a short code; who has open work is reminded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.awards.models import AwardSeason, Juror
from exhibitions.awards.queries import jury
from exhibitions.awards.service import juror_access
from exhibitions.awards.service.jurors import SUBJECT, lock
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail

INVITATION = "awards.jury_invitation"
REMINDER = "awards.jury_reminder"
PERSON = "award_juror"
"""Whom the outbox says a message is about."""


def new_link(juror: Juror) -> str:
    """A fresh token of the personal link that opens the juror's own pages."""
    return accounts.mint_link(jury.LINK, juror.id, expo_id=juror.expo_id)


def invite(expo: Expo, season: AwardSeason, chosen: Sequence[Juror], by: Actor) -> list[tuple[int, str]]:
    """Send each of these jurors a personal link and give a fresh code to each; gives number of the juror and code.

    The codes are told apart from the mail, by phone or in person, and stand nowhere afterwards. Links of before are closed:
    a juror who lost one gets one that alone is good.
    """
    lock(season)
    found = []
    for juror in chosen:
        if juror.left_at is not None:
            raise Conflict("juror_left", N_("%(juror)s has left the jury."), juror=juror.name)
        accounts.revoke_links(jury.LINK, juror.id)
        found.append((juror.id, juror_access.new_code(juror)))
        _write(INVITATION, expo, juror, {})
        audit.record("awards.juror_invited", by, expo_id=expo.id, subject=(SUBJECT, juror.id))
    return found


def new_code(expo: Expo, season: AwardSeason, juror: Juror, by: Actor) -> str:
    """A fresh code for a juror who forgot it; the link stays. The old code opens nothing any more."""
    lock(season)
    if juror.left_at is not None:
        raise Conflict("juror_left", N_("%(juror)s has left the jury."), juror=juror.name)
    code = juror_access.new_code(juror)
    audit.record("awards.juror_code", by, expo_id=expo.id, subject=(SUBJECT, juror.id))
    return code


def remind(
    expo: Expo, season: AwardSeason, round_: str, by: Actor, *, only: Collection[int] | None = None
) -> int:
    """Write to every juror of the round with open work (of `only` these numbers); once a day at most. Says how many."""
    lock(season)
    if not jury.takes_sheets(season, jury.rounds(season).get(round_)):
        raise Conflict("round_closed", N_("The round is not open: there is nothing to do for the jury."))
    far, written = jury.progress(season, round_), 0
    for juror in jury.jurors(season):
        mine = far.get(juror.id)
        if mine is not None and mine.open and (only is None or juror.id in only):
            written += _write(REMINDER, expo, juror, {"round": round_})
    if written:
        audit.record(
            "awards.jury_reminded",
            by,
            expo_id=expo.id,
            subject=("award_season", season.id),
            after={"round": round_, "jurors": written},
        )
    return written


def _write(letter: str, expo: Expo, juror: Juror, more: dict[str, int | str]) -> bool:
    now = clock.now()
    # An invitation is a new one each time; a reminder is one a day.
    when = now.isoformat() if letter == INVITATION else clock.today(expo.timezone).isoformat()
    return mail.send(
        letter,
        juror.email,
        juror.language,
        {"expo_id": expo.id, "juror_id": juror.id, **more},
        key=f"{letter}-{juror.id}-{'-'.join(map(str, more.values()))}-{when}",
        expo_id=expo.id,
        subject=(PERSON, juror.id),
        phone=juror.phone or None,
    )
