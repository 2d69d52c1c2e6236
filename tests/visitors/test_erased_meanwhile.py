"""P9: who is erased while a list is being drawn stands in no file that is kept."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges.queries import Wanted
from exhibitions.badges.service import printing
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.writing import write_xlsx
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.jobs.commands.running import drain
from exhibitions.portal.service import persons
from exhibitions.visitors.models import Registration
from exhibitions.visitors.service import exporting, group_print
from exhibitions.visitors.views import background
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import add, fair
from tests.visitors.test_groups_desk import make_group


def _erase(number: int) -> None:
    with transaction():
        persons.erase_person([(fair(), db.session.get_one(Registration, number))], SYSTEM)


def _kept(purpose: str) -> list[StoredFile]:
    return list(db.session.scalars(sa.select(StoredFile).where(StoredFile.purpose == purpose)))


def _count_of_written() -> int:
    root = files._settings["root"]
    return sum(path.is_file() for path in root.rglob("*"))


@both_engines
def test_the_badges_of_a_group_are_drawn_anew(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = make_group(app, 60)
    drawn: list[list[str]] = []
    real = group_print.draw

    def draw(expo: Any, wanted: Any) -> bytes:
        drawn.append([badge.name for badge in wanted])
        content = real(expo, wanted)
        if len(drawn) == 1:
            _erase(number + 5)
        return content

    monkeypatch.setattr(group_print, "draw", draw)
    with app.app_context():
        with transaction():
            group_print.ask(fair(), db.session.get_one(Registration, number), SYSTEM)
        drain()
        assert ["团员4" in names for names in drawn] == [True, False]
        (kept,) = _kept(group_print.PRINT)
        # The bytes of the first drawing are gone, not left until somebody sweeps.
        assert _count_of_written() == 1
        assert kept.size > 0


@both_engines
def test_an_export_is_written_anew(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [add(app, f"张三丰{n}", f"+861390013900{n}") for n in range(3)]
    real, written = write_xlsx, []

    def write(out: Any, *rest: Any) -> None:
        real(out, *rest)
        written.append(1)
        if len(written) == 1:
            _erase(numbers[1])

    monkeypatch.setattr(background, "write_xlsx", write)
    with app.app_context():
        with transaction():
            exporting.ask(fair(), numbers, ["name", "phone"], "zh", Actor("user", 1, "Alice"))
        drain()
        (kept,) = _kept("visitors.export")
        with files.open_file(kept) as stream, zipfile.ZipFile(io.BytesIO(stream.read())) as packed:
            text = "".join(packed.read(name).decode() for name in packed.namelist())
        assert len(written) == 2
        assert "张三丰0" in text
        assert "张三丰1" not in text


@both_engines
def test_a_print_run_draws_its_part_anew(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [add(app, f"张三丰{n}", f"+861390013900{n}") for n in range(3)]
    real, drawn = printing.draw_part, []

    def draw(part: printing.Part, tell: Any) -> Any:
        drawn.append([badge.facts.name for badge in part.badges])
        made = real(part, tell)
        if len(drawn) == 1:
            _erase(numbers[1])
        return made

    monkeypatch.setattr(printing, "draw_part", draw)
    with app.app_context():
        with transaction():
            printing.start_run(fair(), printing.plan_run(fair(), Wanted(), "90x130", "name"), SYSTEM)
        drain()
        assert len(drawn) == 2
        assert "张三丰1" in drawn[0]
        assert "张三丰1" not in drawn[1]
        assert len(_kept(printing.PRINT)) == 1
