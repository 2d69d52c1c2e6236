"""What an organiser chose to print: rendered in every size, decoded by foreign readers, and shown before it is saved."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules import layout, wording
from exhibitions.badges.rules.templates import FIELDS, Band, Design
from exhibitions.badges.service import Holder, drawing, picture
from exhibitions.badges.service.drawing import Placement, Printed
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from tests.badges.conftest import codes_on, needs_poppler, pages_of, words_of
from tests.badges.test_drawing import code
from tests.people import People

BOB = Actor("user", None, "Bob")
NAMES = ("欧阳娜娜", "阿卜杜热合曼买买提明江古", "Nguyễn Thị Hoàng Anh-Schmidt", "𠮷田㛃䶮", "김하늘별님")
FULL = Design(frozenset(FIELDS))


def full(at: int, design: Design = FULL) -> Printed:
    words = wording.Words(NAMES[at], "大连示例轻工业进出口贸易有限责任公司", "采购总监", "DE")
    facts = wording.facts(words, "专业观众 TRADE VISITOR", f"482 139 {at:03d}-9", "第八届\nThe 8th", design)
    return Printed(facts, code(482_139_000 + at), "#0b6e6e", design)


def pdf(sheet: str, placement: Placement = drawing.AS_IT_IS, design: Design = FULL) -> bytes:
    out = io.BytesIO()
    printed = [full(at, design) for at in range(len(NAMES))]
    drawing.draw(out, printed, layout.SHEETS[sheet], "8th", placement=placement)
    return out.getvalue()


@needs_poppler
@pytest.mark.parametrize("sheet", list(layout.SHEETS))
def test_every_size_is_read_by_zbar_and_embeds_its_fonts(sheet: str, tmp_path: Path) -> None:
    """O8: QR ≥ 20 mm, read by a reader that is not ours; fonts embedded; every text found."""
    content = pdf(sheet)
    found = []
    for at, page in enumerate(pages_of(content, 300)):
        page.save(tmp_path / f"{at}.png")
        if shutil.which("zbarimg") or os.environ.get("CI"):
            read = subprocess.run(
                ["zbarimg", "-q", "--raw", str(tmp_path / f"{at}.png")], capture_output=True, check=True
            )
            found += read.stdout.decode().split("\n")[:-1]
        else:
            found += codes_on(page)
    assert sorted(found) == sorted(full(at).code for at in range(len(NAMES)))
    listed = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout.decode()
    assert {line.split()[-5] for line in listed.splitlines()[2:]} == {"yes"}
    bare = words_of(content).translate(str.maketrans("", "", " \n-·"))
    for name in NAMES:
        assert name.translate(str.maketrans("", "", " -")) in bare
    assert "采购总监德国Germany" in bare


@needs_poppler
def test_a_label_prints_texts_and_code_only_and_a_band_where_asked() -> None:
    """Pre-printed stock: no band."""
    assert "TRADE VISITOR" not in words_of(pdf("80x60"))
    assert "TRADE VISITOR" in words_of(pdf("80x60", design=replace(FULL, band=Band.ALWAYS)))
    assert "TRADE VISITOR" not in words_of(pdf("90x130", design=replace(FULL, band=Band.NEVER)))


@needs_poppler
@pytest.mark.parametrize("turned", [False, True])
def test_a_print_is_moved_and_turned_for_its_printer(turned: bool) -> None:
    """The shift is that of who reads the badge, turned or not; the code is still read."""

    def left_and_top(placement: Placement) -> tuple[int, int]:
        page = pages_of(pdf("90x130", placement), 254)[0]
        upright = page.rotate(180) if placement.turned else page
        assert codes_on(page) == [full(0).code]
        corner = zxingcpp.read_barcodes(upright)[0].position.top_left
        return corner.x, corner.y

    # 254 dots an inch are ten a millimetre.
    still = left_and_top(Placement(turned=turned))
    moved = left_and_top(Placement(2 * layout.MM, -1.5 * layout.MM, turned))
    assert abs(moved[0] - still[0] - 20) <= 1
    assert abs(moved[1] - still[1] + 15) <= 1


@needs_poppler
def test_the_picture_on_the_screen_is_what_is_printed() -> None:
    """The preview stands dot by dot where poppler draws the PDF, but for the smoothing of edges."""
    for size in ("90x130", "60x40"):
        shown = Image.open(io.BytesIO(picture.png([full(2)], size))).convert("L")
        out = io.BytesIO()
        drawing.draw(out, [full(2)], layout.SHEETS[size], "8th")
        page = pages_of(out.getvalue(), 150)[0].convert("L")
        drawn = shown.crop((12, 12, 12 + page.width, 12 + page.height))
        # As coarse as a look from afar: both have ink at the same places.
        small = (page.width // 8, page.height // 8)
        pairs = zip(drawn.resize(small).tobytes(), page.resize(small).tobytes(), strict=True)
        differences = sorted(abs(one - other) for one, other in pairs)
        assert differences[int(len(differences) * 0.97)] < 60, size


def klass(expo: Expo) -> BadgeClass:
    found = queries.class_by_key(expo, "trade")
    assert found is not None
    return found


def test_the_preview_takes_the_longest_texts_of_the_class(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O8: live preview with the longest names."""
    seen: list[Printed] = []
    monkeypatch.setattr(picture, "png", lambda shown, _size: bytes(len(list(map(seen.append, shown)))))
    with transaction():
        for at, name in enumerate(("王", "Maximiliane von Habsburg-Lothringen zu Toskana", "李丽")):
            badges.issue(fair, klass(fair), Holder("registration", at, name, "星河" * at, title="经理"))
    badges.preview(fair, klass(fair), "a4x4", FULL)
    assert seen[0].facts.name.startswith("Maximiliane")
    assert {one.facts.company for one in seen} >= {"星河星河"}
    assert len(seen) == 4
    assert {one.code for one in seen} == {"SAMPLE"}


@needs_poppler
def test_title_region_and_day_stand_on_badges_whose_class_asks_for_them(fair: Expo) -> None:
    with transaction():
        badges.save_design(fair, klass(fair), "90x130", ["name", "title", "region"], Band.AUTO, BOB)
        holder = Holder("registration", 1, "王伟", "大连轻工", "KR", title="采购总监")
        badge = badges.issue(fair, klass(fair), holder)
    words = words_of(badges.pdf_of(fair, [badge], "90x130"))
    assert "采购总监 · 韩国 South Korea" in words
    assert ("大连轻工" in words, "轻工商品博览会" in words) == (False, False)


def test_the_design_is_shown_before_it_is_saved_and_saved_by_who_may(app: Flask, people: People) -> None:
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        number = klass(expo).id
    page = f"/desk/8th/badges/classes/{number}/design"
    shown = people.alice.get(f"{page}?lang=en&sheet=60x40&fields=name&fields=day&band=always").text
    assert "preview.png?sheet=60x40&amp;band=always&amp;fields=name&amp;fields=day" in shown
    assert "14 points or more" in shown
    picture_there = f"/desk/8th/badges/classes/{number}/preview.png"
    answer = people.alice.get(f"{picture_there}?sheet=60x40&band=always&fields=name")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/png", "no-store")
    assert people.alice.get(f"{picture_there}?band=pink").status_code == 404
    assert people.alice.get(f"{picture_there}?sheet=a0").status_code == 422
    assert people.alice.get(f"{picture_there}?fields=shoe").status_code == 422
    assert people.bob.get(page).status_code == 403
    with app.app_context():
        assert db.session.get_one(BadgeClass, number).sheet == "90x130"
    refused = people.alice.post(page, data={"sheet": "60x40", "fields": "day", "band": "auto"})
    assert refused.status_code == 422
    data = {"sheet": "60x40", "fields": ["day", "name"], "band": "always"}
    assert people.alice.post(page, data=data).status_code == 303
    with app.app_context():
        row = db.session.get_one(BadgeClass, number)
        assert (row.sheet, row.fields, row.band) == ("60x40", ["name", "day"], Band.ALWAYS)
    # Changing the class leaves its design alone.
    facts = {"name_zh": "观众", "key": "trade", "number": "1", "colour": "#123456", "audience": "trade"}
    assert people.alice.post(f"/desk/8th/badges/classes/{number}", data=facts).status_code == 303
    with app.app_context():
        assert db.session.get_one(BadgeClass, number).sheet == "60x40"
