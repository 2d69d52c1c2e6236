"""What the tests of visitors are given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from tests.factories import make_expo


@pytest.fixture
def fair(app: Flask) -> Iterator[Expo]:
    """The fair "8th" inside an application context."""
    with app.app_context():
        yield db.session.get_one(Expo, make_expo())
