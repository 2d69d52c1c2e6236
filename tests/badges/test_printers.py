"""Printers: a calibration sheet in millimetres, two readings, a shift, and who prints where."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Printer, PrintRun
from exhibitions.badges.queries import paper
from exhibitions.badges.rules import layout
from exhibitions.badges.service import Holder, calibration
from exhibitions.badges.service.drawing import Placement
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from tests.badges.conftest import needs_poppler, pages_of
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People, make_people

BOB = Actor("user", None, "Bob")
FACTS: dict[str, object] = {"name": "Desk 1", "sheet": "a6", "shift_x": 0, "shift_y": 0, "turned": False}


def cross(content: bytes, turned: bool = False) -> tuple[int, int]:
    """Where the middle of the cross stands, in tenths of a millimetre, as a ruler would find it."""
    page = pages_of(content, 254)[0].convert("1")
    page = page.rotate(180) if turned else page
    width, height = page.size
    middle = page.crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4 - 40))
    ink = Image.eval(middle.convert("L"), lambda light: 255 - light)
    columns = list(ink.resize((ink.width, 1), Image.Resampling.BOX).tobytes())
    rows = list(ink.resize((1, ink.height), Image.Resampling.BOX).tobytes())
    return width // 4 + columns.index(max(columns)), height // 4 + rows.index(max(rows))


@needs_poppler
@pytest.mark.parametrize("key", list(layout.SHEETS))
@pytest.mark.parametrize("turned", [False, True])
def test_the_cross_stands_where_the_sheet_says(key: str, turned: bool) -> None:
    page = layout.SHEETS[key]
    found = cross(calibration.draw(page, Placement(turned=turned), "Desk 1\nMeasure"), turned)
    wanted = calibration.target(page)
    assert all(abs(one - other) <= 2 for one, other in zip(found, wanted, strict=True))


@needs_poppler
@both_engines
def test_two_readings_put_the_print_right(fair: Expo) -> None:
    """A printer that prints 2.0 mm too far right and 1.3 mm too high; its second sheet stands right."""
    with transaction():
        printer = badges.save_printer(fair, None, FACTS, BOB)
    target = calibration.target(layout.SHEETS["a6"])
    with transaction():
        badges.calibrate(fair, printer, target[0] + 20, target[1] - 13, BOB)
    assert (printer.shift_x, printer.shift_y) == (-20, 13)
    found = cross(calibration.draw(layout.SHEETS["a6"], badges.placement_of(printer), "x"))
    assert abs(found[0] + 20 - target[0]) <= 2
    assert abs(found[1] - 13 - target[1]) <= 2
    with pytest.raises(Refused), transaction():
        badges.calibrate(fair, printer, 0, 0, BOB)


@both_engines
def test_names_are_taken_once_and_choices_are_kept(fair: Expo, app: Flask) -> None:
    with transaction():
        one = badges.save_printer(fair, None, FACTS, BOB)
        two = badges.save_printer(fair, None, FACTS | {"name": "Desk 2"}, BOB)
    with pytest.raises(Conflict), transaction():
        badges.save_printer(fair, None, FACTS, BOB)
    with pytest.raises(Refused), transaction():
        badges.save_printer(fair, one, FACTS | {"sheet": "a0"}, BOB)
    make_people(app)
    alice = Actor("user", 1, "Alice")
    for printer in (one, two):
        with transaction():
            badges.choose_printer(fair, printer, alice)
        chosen = paper.chosen_printer(fair, 1)
        assert chosen is not None
        assert chosen.id == printer.id
    with transaction():
        badges.choose_printer(fair, one, BOB)
        badges.choose_printer(fair, None, alice)
    assert paper.chosen_printer(fair, 1) is None
    assert paper.chosen_printer(fair, None) is None
    with transaction():
        badges.choose_printer(fair, two, alice)
        badges.remove_printer(fair, two, alice)
    assert paper.chosen_printer(fair, 1) is None


def test_there_is_an_end_to_printers(fair: Expo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MOST_PRINTERS", 1)
    with transaction():
        badges.save_printer(fair, None, FACTS, BOB)
    with pytest.raises(Refused) as refused, transaction():
        badges.save_printer(fair, None, FACTS | {"name": "2"}, BOB)
    assert refused.value.code == "printers_many"


def test_a_printer_from_its_page_to_the_print(app: Flask, people: People) -> None:
    """Added, calibrated, chosen; the next print run and the desk's print go to it by themselves."""
    there = "/desk/8th/badges/printers"
    form = {"name": "Desk 1", "sheet": "60x40", "shift_x": "0.5", "shift_y": "0", "turned": "y"}
    answer = people.bob.post(f"{there}/new", data=form)
    assert answer.status_code == 303
    page = answer.location
    assert people.bob.post(f"{there}/new", data=form).status_code == 422
    with app.app_context():
        printer = db.session.scalars(sa.select(Printer)).one()
        assert (printer.shift_x, printer.turned, printer.sheet) == (5, True, "60x40")
    assert people.bob.post(f"{page}/readings", data={"across": "x", "down": "20"}).status_code == 422
    assert people.bob.post(f"{page}/readings", data={"across": "90", "down": "20"}).status_code == 422
    assert people.bob.post(f"{page}/readings", data={"across": "29,0", "down": "20.5"}).status_code == 303
    assert people.bob.post(f"{page}/mine").status_code == 303
    assert people.bob.get(f"{page}/calibration.pdf").data.startswith(b"%PDF")
    with app.app_context(), transaction():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        found = queries.class_by_key(expo, "trade")
        assert found is not None
        badges.issue(expo, found, Holder("registration", 1, "王伟"))
    text = people.bob.get("/desk/8th/badges?lang=en").text
    assert f'<option value="{printer.id}" selected' in text
    people.bob.post("/desk/8th/badges/print", data={"printer": str(printer.id), "page-size": "a4x4"})
    with app.app_context():
        run = db.session.scalars(sa.select(PrintRun)).one()
        assert (run.sheet, run.shift_x, run.shift_y, run.turned) == ("60x40", 15, -5, True)
        assert run.printer_name == "Desk 1"
    assert people.bob.post(f"{page}/remove").status_code == 303
    assert people.bob.get(page).status_code == 404


def test_a_printer_of_another_fair_is_not_there(app: Flask, people: People) -> None:
    with app.app_context():
        other = db.session.get_one(Expo, make_expo("9th", 9))
        with transaction():
            number = badges.save_printer(other, None, FACTS, BOB).id
    for way in ("", "/calibration.pdf"):
        assert people.alice.get(f"/desk/8th/badges/printers/{number}{way}").status_code == 404
    for way in ("", "/mine", "/remove", "/readings"):
        assert people.alice.post(f"/desk/8th/badges/printers/{number}{way}").status_code == 404
