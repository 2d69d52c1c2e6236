"""Jurors of a season and the panels they sit on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.awards.models import Assignment, AwardCategory, AwardSeason, Juror, Panel, PanelJuror
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import LOCKED, AssignmentState
from exhibitions.awards.service.turning import hold
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.sameness import same_key
from exhibitions.expos.models import Expo

SUBJECT = "award_juror"
MOST_JURORS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A juror as the office fills one in; `former` are earlier employers with the last day there."""

    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    language: str = "zh"
    employer: str = ""
    former: tuple[tuple[str, date | None], ...] = ()
    expertise: str = ""
    paid_by: str = ""
    term_until: date | None = None
    has_agreed: bool = False


def lock(season: AwardSeason) -> None:
    """One at a time changes who sits in a season's jury and who judges what."""
    hold(season)


def check_not_locked(season: AwardSeason) -> None:
    """Raises `Conflict` once the result is locked: then sheets and places change only as a new version (AW-33)."""
    db.session.refresh(season, attribute_names=["state"])
    if season.state in LOCKED:
        raise Conflict(
            "result_locked", N_("The result is locked. Nothing of the judging can be changed any more.")
        )


def save(expo: Expo, season: AwardSeason, juror: Juror | None, wanted: Wanted, by: Actor) -> Juror:
    """Appoint a juror, or change what is known of one. Raises `Refused` for a second one with the same mail address."""
    lock(season)
    if not wanted.name:
        raise Refused("juror_nameless", N_("Enter the juror's name"))
    others = [each for each in jury.jurors(season, left=True) if juror is None or each.id != juror.id]
    if wanted.email and any(same_key(each.email) == same_key(wanted.email) for each in others if each.email):
        raise Conflict("juror_twice", N_("Another juror of this season has this e-mail address"))
    now = clock.now()
    if juror is None:
        if len(others) >= MOST_JURORS:
            raise Refused("jurors_many", N_("A jury has at most %(most)s jurors."), most=MOST_JURORS)
        juror = Juror(expo_id=expo.id, season_id=season.id, code=_next_code(others), created_at=now)
        db.session.add(juror)
    for name in (
        "name",
        "title",
        "email",
        "phone",
        "language",
        "employer",
        "expertise",
        "paid_by",
        "term_until",
    ):
        setattr(juror, name, getattr(wanted, name))
    juror.former = [
        {"company": company, "until": until.isoformat() if until else ""} for company, until in wanted.former
    ]
    if wanted.has_agreed != (juror.agreement_at is not None):
        juror.agreement_at = now if wanted.has_agreed else None
    juror.changed_at = now
    db.session.flush()
    audit.record(
        "awards.juror_saved",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, juror.id),
        after={"code": juror.code, "agreed": wanted.has_agreed},
    )
    return juror


def _next_code(others: Sequence[Juror]) -> str:
    """J01, J02 …: never one that another juror of the season had."""
    taken = [int(each.code[1:]) for each in others if each.code[1:].isdecimal()]
    return f"J{max(taken, default=0) + 1:02}"


def leave(expo: Expo, season: AwardSeason, juror: Juror, reason: str, by: Actor) -> int:
    """Let a juror go: the link opens nothing any more, what is not sent is withdrawn, what was sent counts.

    A score that was opened again and not sent anew is over with it: the version that was sent counts.

    Gives how many entries lost the juror. Said twice, nothing more happens.
    """
    lock(season)
    db.session.refresh(juror)
    if juror.left_at is not None:
        return 0
    if not reason.strip():
        raise Refused("leave_reason", N_("Say why the juror leaves"))
    now = clock.now()
    juror.left_at = now
    juror.code_hash = ""
    accounts.revoke_links(jury.LINK, juror.id)
    open_ = sa.select(Assignment).where(
        Assignment.juror_id == juror.id,
        Assignment.state.not_in([*jury.GONE, jury.DONE]),
    )
    rows = db.session.scalars(open_).all()
    sent = jury.sent_once(season, rows)
    for row in rows:
        row.state = AssignmentState.SUBMITTED if row.id in sent else AssignmentState.WITHDRAWN
        row.reason, row.changed_at = "" if row.id in sent else reason, now
    for panel in jury.panels(season):
        if panel.president_id == juror.id:
            panel.president_id = None
    db.session.flush()
    audit.record(
        "awards.juror_left",
        by,
        expo_id=expo.id,
        subject=(SUBJECT, juror.id),
        after={"entries": len(rows) - len(sent)},
        reason=reason,
    )
    return len(rows) - len(sent)


def come_back(expo: Expo, season: AwardSeason, juror: Juror, by: Actor) -> None:
    """Take a juror back who had left; entries are drawn or given anew. Said twice, nothing more happens."""
    lock(season)
    db.session.refresh(juror)
    if juror.left_at is None:
        return
    juror.left_at = None
    audit.record("awards.juror_came_back", by, expo_id=expo.id, subject=(SUBJECT, juror.id))


def set_panel(
    expo: Expo,
    season: AwardSeason,
    category: AwardCategory | None,
    members: Sequence[int],
    president: int | None,
    by: Actor,
) -> None:
    """Say who judges a category (None: all that have no panel of their own) and who presides; nobody removes the panel.

    Raises `Refused` for somebody who is not of this jury, and for a president from outside the panel.
    """
    lock(season)
    check_not_locked(season)
    known = {juror.id for juror in jury.jurors(season)}
    chosen = set(members)
    if not chosen <= known:
        raise Refused("panel_stranger", N_("Choose jurors of this season who have not left."))
    if president is not None and president not in chosen:
        raise Refused("president_outside", N_("The president must be one of the panel."))
    panel = jury.panel_of(season, category.id if category is not None else None)
    if panel is None:
        panel = Panel(expo_id=expo.id, season_id=season.id, category_id=category.id if category else None)
        db.session.add(panel)
        db.session.flush()
    db.session.execute(sa.delete(PanelJuror).where(PanelJuror.panel_id == panel.id))
    panel.president_id = president
    if chosen:
        db.session.add_all(
            PanelJuror(expo_id=expo.id, panel_id=panel.id, juror_id=each) for each in sorted(chosen)
        )
    else:
        db.session.delete(panel)
    db.session.flush()
    db.session.expire_all()
    audit.record(
        "awards.panel_set",
        by,
        expo_id=expo.id,
        subject=("award_season", season.id),
        after={"category": category.code if category is not None else "", "jurors": len(chosen)},
    )
