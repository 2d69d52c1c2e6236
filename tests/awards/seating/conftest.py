from __future__ import annotations

import pytest
from flask import Flask

from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.states import SeasonState
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.awards.making import make_entry, make_juror, make_season
from tests.awards.office import Office, make_office
from tests.factories import make_expo


@pytest.fixture
def expo(context: None) -> Expo:
    return db.session.get_one(Expo, make_expo())


@pytest.fixture
def season(expo: Expo) -> AwardSeason:
    """A season that is being judged, with four entries and four jurors, of whom three judge an entry."""
    with transaction():
        found = make_season(expo, state=SeasonState.JUDGING, categories=("A", "B"), jurors_per_entry=3)
        for number in range(1, 5):
            make_entry(found, f"A{number:03}")
        for number in range(1, 5):
            make_juror(found, f"J{number:02}")
    return found


@pytest.fixture
def office(app: Flask, expo: Expo) -> Office:
    return make_office(app)
