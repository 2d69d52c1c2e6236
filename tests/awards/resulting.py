"""A season with a small result, the people of its jury's office, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.rule_set import Level, RuleSet, TieStep
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import expo_by_slug
from exhibitions.expos.rules import Role
from tests.awards.making import make_entry, make_juror, make_season, make_sheet
from tests.people import sign_in

LEVELS = (
    Level(medal="G", at_least=85),  # type: ignore[arg-type]
    Level(medal="S", at_least=82),  # type: ignore[arg-type]
    Level(medal="B", at_least=80),  # type: ignore[arg-type]
)
RULES = RuleSet(quorum=2, levels=LEVELS, tie_chain=(TieStep.CASTING,))
MARKS: Mapping[str, Sequence[str]] = {
    "A-01": ("91.5", "90"),
    "A-02": ("84", "83"),
    "A-03": ("81", "80.5"),
    "A-04": ("70", "72"),
}
# The first two accounts of `make_people`, under names of their own.
LI, WANG = Actor("user", 1, "Li"), Actor("user", 2, "Wang")


def the_fair() -> Expo:
    """The fair of `make_people`."""
    expo = expo_by_slug("8th")
    assert expo is not None
    return expo


def judged_season(
    marks: Mapping[str, Sequence[str]] = MARKS,
    rules: RuleSet = RULES,
    state: SeasonState = SeasonState.DELIBERATING,
    expo: Expo | None = None,
    **more: Any,
) -> AwardSeason:
    """A season in which jurors J01, J02 … gave these marks, inside the caller's transaction."""
    season = make_season(expo or the_fair(), state=state, rules=rules, **{"publish_at": None} | more)
    jurors = [make_juror(season, f"J{place:02}") for place in range(1, 1 + max(map(len, marks.values())))]
    for number, given in marks.items():
        entry = make_entry(season, number, state=EntryState.JUDGED)
        for juror, mark in zip(jurors, given, strict=False):
            make_sheet(entry, juror, mark)
    db.session.flush()
    return season


def person(app: Flask, name: str, role: Role) -> FlaskClient:
    """Somebody with this role in the fair, signed in."""
    with app.app_context(), transaction():
        user = accounts.create_user(f"{name}@example.org", name.title(), None)
        expo_service.grant_role(the_fair(), user.id, role)
    return sign_in(app, f"{name}@example.org")
