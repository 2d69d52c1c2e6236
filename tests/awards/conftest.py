from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from exhibitions.app import create_app
from exhibitions.core.db import db
from tests.awards.by_tables import by_tables
from tests.awards.judged import Judge, by_command, by_rules
from tests.awards.jury import Jury, make_jury
from tests.conftest import COMPILED_TEMPLATES, settings_for
from tests.factories import make_expo
from tests.people import People, make_people


@pytest.fixture
def judging_app(sqlite: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as `app` gives it, for a fixture that only sometimes needs one."""
    app = create_app(settings_for(sqlite, tmp_path))
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        make_expo()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["rules", "command"])
def judge_file(request: pytest.FixtureRequest, tmp_path: Path) -> Judge:
    """For what only a file can say: jurors by their own codes (a published file has them drawn by lot), entries that nobody made."""
    return by_rules if request.param == "rules" else by_command(tmp_path)


@pytest.fixture(params=["rules", "command", "tables"])
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Judge:
    """Every worked case is judged by the rules, by the public command, and through tables, page and download alike."""
    if request.param == "rules":
        return by_rules
    if request.param == "command":
        return by_command(tmp_path)
    app = request.getfixturevalue("judging_app")
    return by_tables(app, make_people(app).dora, tmp_path)


@pytest.fixture
def jury(app: Flask, people: People) -> Jury:
    """A season that two jurors judge."""
    del people
    return make_jury(app)
