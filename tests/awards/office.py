"""The office of an award in tests: a fair with a season that is being judged, and browsers of those who work on it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g
from flask.testing import FlaskClient

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import AwardSeason
from exhibitions.core.db import transaction
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from tests.people import People, make_people, sign_in


@dataclass
class Office:
    """Browsers by name; each request knows nothing of the test's own context."""

    people: People
    app: Flask
    known: dict[str, FlaskClient]

    def __getattr__(self, name: str) -> FlaskClient:
        for each in list(g):
            g.pop(each)
        found: FlaskClient = self.known[name] if name in self.known else getattr(self.people, name)
        return found


def make_office(app: Flask) -> Office:
    """Alice organises, Awa runs the award (award_admin), Chen chairs the jury, Bob, Charlie and Dora as everywhere."""
    people = make_people(app)
    known = {}
    with transaction():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        for name, role in (("awa", Role.AWARD_ADMIN), ("chen", Role.JURY_CHAIR), ("zhou", Role.ORGANISER)):
            user = accounts.create_user(f"{name}@example.org", name.title(), None)
            expo_service.grant_role(expo, user.id, role)
    for name in ("awa", "chen", "zhou"):
        known[name] = sign_in(app, f"{name}@example.org")
    return Office(people, app, known)


def root(expo: Expo, season: AwardSeason) -> str:
    """Where the pages of a season begin."""
    return f"/desk/{expo.slug}/awards/{season.id}"
