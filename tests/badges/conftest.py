"""A fair with badges, and readers of what was printed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from exhibitions.badges import commands, handlers, views
from exhibitions.badges import service as badges
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.files import service as file_service
from exhibitions.files import views as files
from exhibitions.jobs import views as jobs
from tests.conftest import SECRET
from tests.factories import make_expo

# In CI the programs are installed, and a test that needs one must fail without it.
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftoppm") is None and not os.environ.get("CI"),
    reason="poppler-utils is not on this machine",
)


@pytest.fixture(autouse=True)
def wired(request: pytest.FixtureRequest) -> None:
    """What the composition root does for this room."""
    if "app" in request.fixturenames:
        app = request.getfixturevalue("app")
        badges.configure(SECRET)
        handlers.register()
        file_service.configure(app.config["DATA_DIR"] / "files")
        if commands.badges.name not in app.cli.commands:
            app.cli.add_command(commands.badges)
        for blueprint in (views.blueprint, files.blueprint, jobs.blueprint):
            if blueprint.name not in app.blueprints:
                app.register_blueprint(blueprint)


@pytest.fixture
def fair(app: Flask) -> Iterator[Expo]:
    """The fair "8th" inside an application context."""
    with app.app_context():
        yield db.session.get_one(Expo, make_expo())


def pages_of(pdf: bytes, dpi: int = 200) -> list[Image.Image]:
    """The pages of a PDF as pictures, by poppler."""
    counted = subprocess.run(
        ["pdfinfo", "-"], input=pdf, capture_output=True, check=True, text=False
    ).stdout.decode()
    count = int(next(line.split()[1] for line in counted.splitlines() if line.startswith("Pages:")))
    return [
        Image.open(
            io.BytesIO(
                subprocess.run(
                    ["pdftoppm", "-r", str(dpi), "-png", "-f", str(page), "-l", str(page), "-"],
                    input=pdf,
                    capture_output=True,
                    check=True,
                ).stdout
            )
        )
        for page in range(1, count + 1)
    ]


def words_of(pdf: bytes) -> str:
    """The text of a PDF, by poppler."""
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def codes_on(page: Image.Image) -> list[str]:
    """The QR codes on a picture from left to right, row by row, by zxing."""
    found = zxingcpp.read_barcodes(page)
    rows = sorted(found, key=lambda code: (round(code.position.top_left.y / 200), code.position.top_left.x))
    return [code.text for code in rows]
