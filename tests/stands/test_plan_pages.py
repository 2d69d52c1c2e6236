"""The plan as people see it: drawn at the desk, read by everybody, light enough, on paper to scale (O3, V5)."""

from __future__ import annotations

import gzip
import io
import re

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.models import DirectoryEntry, ExhibitorSettings
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.background import Unit
from exhibitions.stands.rules.facts import HallFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.paper import bar_metres, sheet_for
from exhibitions.stands.rules.picture import draw, letter_height, outline_of
from exhibitions.stands.rules.plan import ShapeKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.rules.surroundings import HallSize
from exhibitions.stands.rules.under_plan import drawn_anew
from exhibitions.stands.service import drawing, importing, versions
from tests.asked import counted
from tests.exhibiting import make_exhibitor
from tests.people import People

PLAN = "/desk/8th/floor-plan"
MAP = "/8th/exhibitors-and-map"
STAND = {
    "x": "10",
    "y": "10",
    "width": "3",
    "depth": "3",
    "kind": "shell",
    "zone": "",
    "sides": "",
    "for_sale": "y",
}


def fair() -> Expo:
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    return expo


def lay(count: int = 4, rows: int = 1, width: int = 60_000, depth: int = 40_000) -> Expo:
    """A measured hall with rows of stands 3 m apart: A01, A02 …, B01 …"""
    expo = fair()
    hall = expo.halls[0].id
    with transaction():
        drawing.measure_hall(expo, hall, HallFacts(width, depth), SYSTEM)
        for place in range(rows):
            numbers = Numbering(prefix=f"{chr(65 + place // 26)}{chr(65 + place % 26)}" if rows > 1 else "A")
            row = Row(6_000, 6_000 + 6_000 * place, count, 3_000, 3_000, numbering=numbers)
            drawing.lay_row(expo, hall, row, StandFacts("", hall, ()), SYSTEM)
    return expo


def assign(expo: Expo, number: str) -> None:
    with transaction():
        exhibitor, _, _ = make_exhibitor(expo)
        stand = queries.stands_named(expo, [number])[0]
        db.session.add(
            Allocation(
                expo_id=expo.id,
                stand_id=stand.id,
                exhibitor_id=exhibitor.id,
                kind=AllocationKind.HOLD,
                since=clock.now(),
            )
        )


def publish(expo: Expo) -> None:
    with transaction():
        versions.save(expo, "", SYSTEM, publish=True)


def test_from_an_empty_hall_to_a_published_plan(app: Flask, people: People) -> None:
    """The whole way by forms alone, without a script: measure, draw, overlap, mend, merge, publish, look."""
    desk = people.alice
    assert "还没有设定展馆尺寸" in desk.get(f"{PLAN}?lang=zh").text
    with app.app_context():
        hall = fair().halls[0].id
    assert desk.post(f"{PLAN}/halls/{hall}", data={"width": "60", "depth": "40"}).status_code == 303
    for number, x in (("A01", "10"), ("a02", "12,5")):
        stand = STAND | {"number": number, "x": x, "hall": str(hall)}
        assert desk.post(f"{PLAN}/stands/new", data=stand).status_code == 303
    page = desk.get(f"{PLAN}?lang=en").text
    assert "A01 and A02 overlap by 1.50 m²." in page
    refused = desk.post(f"{PLAN}/versions?lang=en", data={"note": "", "deed": "publish"})
    assert refused.status_code == 422
    assert "1 findings must be mended" in refused.text
    mended = STAND | {"number": "A02", "x": "13", "hall": str(hall)}
    assert desk.post(f"{PLAN}/stands/A02", data=mended).status_code == 303
    chosen = desk.post(f"{PLAN}/chosen", data={"id": ["A01", "A02"], "decision": "merge"})
    assert chosen.location.endswith("/merge/A01,A02")
    assert "18 m²" in desk.get(f"{chosen.location}?lang=zh").text
    assert desk.post(chosen.location, data={"surviving": "A01"}).status_code == 303
    assert people.nobody.get(f"{MAP}?lang=en").text.count("The floor plan is not public yet") == 1
    assert desk.post(f"{PLAN}/versions", data={"note": "", "deed": "publish"}).status_code == 303
    seen = people.nobody.get(f"{MAP}?stand=ａ１&lang=en").text
    assert 'id="A01"' in seen
    assert "A02" not in seen
    assert "18 m²" in seen


def test_the_second_of_two_writers_is_told_what_the_first_one_saved(app: Flask, people: People) -> None:
    """§3 rule 3: second writer gets a diff (tests/test_stale_forms.py walks all forms); a stand that was sold meanwhile
    is not moved unasked."""
    with app.app_context():
        expo = lay()
        hall = str(expo.halls[0].id)
        assign(expo, "A01")
    moved = STAND | {"number": "A01", "x": "30", "hall": hall}
    answer = people.alice.post(f"{PLAN}/stands/A01?lang=zh", data=moved)
    assert answer.status_code == 422
    assert "A01 属于 星河家居有限公司" in answer.text
    assert people.alice.post(f"{PLAN}/stands/A01", data=moved | {"sure": "y"}).status_code == 303


def shown(page: str) -> dict[str, str]:
    """What stands in the four lengths of a form."""
    found = re.findall(r'name="(x|y|width|depth)"[^>]*?value="([^"]*)"', page)
    return dict(found) or dict(re.findall(r'name="(x|y|width|depth)"', page))


def test_what_is_drawn_on_the_plan_fills_the_form_and_nothing_else(app: Flask, people: People) -> None:
    """O3: a rectangle that was drawn, a stand that was dragged: the address carries it, the form is filled, and only the
    form saves; a sold stand is not moved without the warning that names who has it."""
    with app.app_context():
        expo = lay()
        hall = str(expo.halls[0].id)
        assign(expo, "A01")
    drawn = f"hall_id={hall}&x=20.5&y=6&width=4.5&depth=%EF%BC%93"
    assert shown(people.alice.get(f"{PLAN}/stands/new?{drawn}").text) == {
        "x": "20.5",
        "y": "6",
        "width": "4.5",
        "depth": "3",
    }
    sheet = people.alice.get(f"{PLAN}/stands/A01?dx=1.5&dy=-2&lang=zh").text
    assert shown(sheet) == {"x": "7.5", "y": "4", "width": "3", "depth": "3"}
    assert "此展位属于 星河家居有限公司" in sheet
    assert shown(people.alice.get(f"{PLAN}/stands/A01?dx=no&dy=1e9").text)["x"] == "6"
    mark = re.search(r'name="_opened" value="([^"]+)"', sheet)
    assert mark is not None
    moved = STAND | {"number": "A01", "x": "7.5", "y": "4", "hall": hall, "_opened": mark[1]}
    assert people.alice.post(f"{PLAN}/stands/A01?dx=1.5&dy=-2", data=moved).status_code == 422
    assert people.alice.post(f"{PLAN}/stands/A01", data=moved | {"sure": "y"}).status_code == 303
    with app.app_context():
        assert queries.stands_named(fair(), ["A01"])[0].polygon[0] == [7500, 4000]
        assert queries.stands_named(fair(), ["A02"])[0].polygon[0] == [9000, 6000]


def test_one_stand_after_the_other(app: Flask, people: People) -> None:
    """The next form begins with what the last stand was, and with the next free number."""
    with app.app_context():
        hall = str(lay().halls[0].id)
    stand = STAND | {"number": "B07", "y": "20", "hall": hall, "kind": "raw", "price_class": "front"}
    answer = people.alice.post(f"{PLAN}/stands/new", data=stand | {"then": "next"})
    assert answer.location.endswith("/stands/new?like=B07")
    page = people.alice.get(answer.location).text
    assert re.search(r'name="number"[^>]*value="B08"', page, re.S)
    assert re.search(r'<option selected value="raw"', page)
    assert 'value="front"' in page
    assert people.nobody.get(answer.location).status_code in {302, 303}


def test_the_public_sees_free_and_taken_and_no_names(app: Flask, people: People) -> None:
    """Names come with the directory; what was drawn after publishing is not shown."""
    with app.app_context():
        expo = lay()
        publish(expo)
        assign(expo, "A02")
        with transaction():
            stand = StandFacts("Z99", expo.halls[0].id, rectangle(40_000, 30_000, 3000, 3000))
            drawing.draw_stand(expo, stand, SYSTEM)
    page = people.nobody.get(f"{MAP}?lang=en").text
    said = re.findall(r'aria-label="(A0\d[^"]*)"', page)
    assert said == ["A01, free, 9 m²", "A02, taken, 9 m²", "A03, free, 9 m²", "A04, free, 9 m²"]
    assert "星河" not in page
    assert "Z99" not in page
    assert "Nothing on the plan matches “Q1”." in people.nobody.get(f"{MAP}?stand=Q1&lang=en").text
    assert people.nobody.get("/8th/floor-plan?stand=A03").status_code == 200
    assert "星河家居有限公司" in people.alice.get(PLAN).text


def found(people: People, typed: str) -> list[str]:
    """The numbers that the map is told while somebody types."""
    answer = people.nobody.post(f"{MAP}/found", data={"stand": typed})
    assert isinstance(answer.json, list)
    return answer.json


def test_words_stand_in_no_address_and_a_number_does(app: Flask, people: People) -> None:
    """design.md §6: free search text is posted and kept under an opaque id; a stand's number is a link to send on."""
    with app.app_context():
        publish(lay())
    assert people.nobody.get(MAP).text.count('method="post"') >= 1
    number = people.nobody.post(f"{MAP}/search", data={"stand": " ａ1 "})
    assert number.location.endswith(f"{MAP}?stand=A01")
    words = people.nobody.post(f"{MAP}/search", data={"stand": "星河 灯"})
    assert re.fullmatch(rf".*{MAP}\?s=[\w-]+", words.location)
    shown = people.nobody.get(words.location, headers={"Accept-Language": "en"}).text
    assert "Nothing on the plan matches “星河 灯”." in shown
    assert 'value="星河 灯"' in shown
    row = people.nobody.post(f"{MAP}/search", data={"stand": "a"})
    assert "4 stands have “a”." in people.nobody.get(row.location, headers={"Accept-Language": "en"}).text
    assert people.nobody.post(f"{MAP}/search", data={"stand": ""}).location.endswith(MAP)


def test_names_come_with_the_directory(app: Flask, people: People) -> None:
    """Named is who stands in the directory, once it is public: whoever is under contract; found by name, too."""
    with app.app_context():
        expo = lay()
        publish(expo)
        with transaction():
            exhibitor, _, _ = make_exhibitor(expo, state=State.CONTRACTED)
            for number, kind in (("A02", AllocationKind.ASSIGNED), ("A03", AllocationKind.HOLD)):
                stand = queries.stands_named(expo, [number])[0]
                db.session.add(
                    Allocation(
                        expo_id=expo.id,
                        stand_id=stand.id,
                        exhibitor_id=exhibitor.id,
                        kind=kind,
                        since=clock.now(),
                    )
                )
            entry = DirectoryEntry(
                expo_id=expo.id,
                exhibitor_id=exhibitor.id,
                number="D1",
                state=EntryState.SENT,
                name_zh="星河家居",
                name_en="Xinghe Home",
                search="星河家居 xinghejiaju xhjj xinghe home 落地灯 luodideng ldd",
                changed_at=clock.now(),
            )
            settings = ExhibitorSettings(expo_id=expo.id, changed_at=clock.now())
            db.session.add_all([entry, settings])
        assert queries.shown_exhibitors(expo, clock.now()) == {}
        with transaction():
            settings.directory_published_at = clock.now()
    page = people.nobody.get(f"{MAP}?stand=xinghe&lang=en").text
    assert "A02, taken, 9 m², Xinghe Home" in page
    assert 'A03, taken, 9 m²"' in page
    assert re.search(r'id="A02"[^>]*class="taken found"', page, re.S)
    for words in ("xhjj", "落地灯", "LuoDiDeng", "ａ２", "xinghe 落地"):
        assert found(people, words) == ["A02"], words
    for words in ("", "A3 ", "河北", "%", "_"):
        assert found(people, words) == (["A03"] if words.strip() == "A3" else []), words
    with app.app_context(), transaction():
        db.session.get_one(DirectoryEntry, 1).state = EntryState.DRAFT
    # Not sent yet: named here as in the directory, and found by its name, without a page that would answer 404.
    drafted = people.nobody.get(f"{MAP}?stand=A02&lang=en").text
    assert "Xinghe Home" in drafted
    assert "exhibitors/D1" not in drafted
    assert found(people, "xinghe") == ["A02"]


def test_list_and_plan_side_by_side_and_by_tabs(app: Flask, people: People) -> None:
    """V5: on a phone the list first, the plan as second tab; a stand that was looked for is shown on the plan."""
    assert found(people, "A01") == [], "before a version is public"
    with app.app_context():
        publish(lay())
    for query, view in (("", "list"), ("?view=plan", "plan"), ("?view=x", "list"), ("?stand=A01", "plan")):
        page = people.nobody.get(f"{MAP}{query}").text
        assert f'class="plan-and-list" data-view="{view}"' in page
        assert page.index('class="list-side"') < page.index('class="plan-side"')
    assert found(people, "a") == ["A01", "A02", "A03", "A04"], "a row by its letter"
    assert found(people, "a1") == ["A01"], "a number is more than a beginning"
    row = people.nobody.get(f"{MAP}?stand=a&lang=en").text
    assert "4 stands have “a”." in row
    assert row.count('class="free found"') == 4
    assert people.nobody.get(f"{MAP}?stand=A01&view=list").text.count('class="is-found"') == 1


def test_fifteen_hundred_stands_weigh_less_than_sixty_kilobytes(app: Flask, people: People) -> None:
    """V5: plan file ≤ 60 kB gz, every stand a link; and the pages ask as much of the database as for four stands."""
    with app.app_context():
        lay()
        publish(fair())
    with counted(app) as few:
        people.nobody.get(MAP)
        people.alice.get(PLAN)
    with app.app_context():
        expo = fair()
        hall = expo.halls[0].id
        with transaction():
            drawing.measure_hall(expo, hall, HallFacts(170_000, 190_000), SYSTEM)
            lines = [
                f"{chr(66 + row % 25)}{chr(66 + row // 25)}{place + 1:02d},{6 + 3 * place},{12 + 6 * row},3,3"
                for row in range(30)
                for place in range(50)
            ]
            with importing.opened("\n".join(["number,x,y,w,d", *lines]).encode()) as table:
                importing.draw(expo, table, Unit.METRE, SYSTEM)
        publish(expo)
    with counted(app) as many:
        page = people.nobody.get(MAP).get_data()
        people.alice.get(PLAN)
    assert len(many) <= len(few) + 2
    assert page.count(b"<a id=") == 1_504
    drawn = page.split(b'<svg class="plan-drawing"')[1].split(b"</svg>")[0]
    assert len(gzip.compress(drawn)) <= 60 * 1024
    assert len(gzip.compress(page)) <= 100 * 1024, "B1, styles and scripts apart"


def test_a_table_is_checked_and_then_drawn(app: Flask, people: People) -> None:
    with app.app_context():
        lay()
    table = "number\tx\ty\tw\td\nA01\t6\t6\t3\t3\nB01\t6\t20\t3\t3\nB01\t9\t20\t3\t3\nB02\t8\t20\t3\t3"
    checked = people.alice.post(f"{PLAN}/import?lang=en", data={"pasted": table, "unit": "m"})
    assert "B01 is there twice" in checked.text
    assert "B01 and B02 overlap by 3.00 m²." in checked.text
    assert "Import 2 stands" in checked.text
    done = people.alice.post(f"{PLAN}/import", data={"pasted": table, "unit": "m", "deed": "draw"})
    assert done.status_code == 303
    with app.app_context():
        assert [row.number for row in queries.stands(fair())] == ["A01", "A02", "A03", "A04", "B01", "B02"]
        change = queries.deeds(fair(), 1)[0].id
    assert people.alice.post(f"{PLAN}/undo", data={"change": str(change)}).status_code == 303
    assert people.alice.post(f"{PLAN}/undo", data={"change": str(change)}).status_code == 409
    assert people.alice.get(f"{PLAN}/import/template").data[:2] == b"PK"


def test_a_picture_with_its_scale_lies_under_the_plan(app: Flask, people: People) -> None:
    with app.app_context():
        hall = lay().halls[0].id
    out = io.BytesIO()
    Image.new("RGBA", (600, 400), (200, 0, 0, 128)).save(out, "PNG")
    sent = {"file": (io.BytesIO(out.getvalue()), "../../plan.png")}
    page = f"{PLAN}/halls/{hall}"
    assert people.alice.post(f"{page}/picture", data=sent).status_code == 303
    with people.alice.get(f"{page}/picture.png") as picture:
        assert picture.mimetype == "image/png"
    scale = {"ax": "100", "ay": "50", "bx": "400", "by": "50", "distance": "30", "at_x": "5", "at_y": "2.5"}
    assert people.alice.post(f"{page}/scale", data=scale).status_code == 303
    # 100 mm a pixel, the point (100, 50) at 5 m, 2.5 m.
    shown = re.search(r"<image [^>]*", people.alice.get(PLAN).text)
    assert shown is not None
    assert re.findall(r' (x|y|width|height)="([-\d.]+)"', shown[0]) == [
        ("x", "-500.0"),
        ("y", "-250.0"),
        ("width", "6000.0"),
        ("height", "4000.0"),
    ]
    active = {"file": (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"), "plan.png")}
    assert people.alice.post(f"{page}/picture", data=active).status_code == 422


def test_paper_to_scale(app: Flask, people: People) -> None:
    """V5, §3: plan printed A3 to scale; a page a hall; the public's shows the published version."""
    assert (sheet_for(60_000, 40_000).scale, sheet_for(40_000, 60_000).width) == (200, 297)
    assert sheet_for(60_000, 40_000).on_paper(60_000, 0)[0] - sheet_for(60_000, 40_000).left == 300
    assert [bar_metres(scale) for scale in (50, 200, 1000, 5000)] == [2, 10, 50, 200]
    with pytest.raises(Refused, match="hall_large"):
        sheet_for(5_000_000, 10)
    assert people.nobody.get("/8th/floor-plan.pdf").status_code == 404
    assert people.alice.get(f"{PLAN}.pdf").status_code == 404
    with app.app_context():
        publish(lay())
    for browser, address in ((people.nobody, "/8th/floor-plan.pdf"), (people.alice, f"{PLAN}.pdf")):
        answer = browser.get(address)
        assert answer.data.startswith(b"%PDF")
        assert answer.mimetype == "application/pdf"
        page = PdfReader(io.BytesIO(answer.data)).pages[0]
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [420, 297], "A3, lying"
        drawn = page.get_contents()
        assert drawn is not None
        corner = r"n (\d[\d.]*) \d[\d.]* m (\d[\d.]*) \d[\d.]* l"
        widths = {
            round((float(right) - float(left)) / 72 * 25.4, 2)
            for left, right in re.findall(corner, drawn.get_data().decode("latin-1"))
        }
        assert 3_000 / 200 in widths, "a stand of 3 m is 15 mm wide at 1:200"


class Thing:
    def __init__(self, number: str, polygon: tuple[tuple[int, int], ...]) -> None:
        self.number, self.polygon, self.contracted_mm2 = number, polygon, None
        self.kind, self.name = ShapeKind.STAGE, number


def test_the_drawing_is_short_and_exact() -> None:
    assert outline_of(rectangle(3000, 1500, 3000, 3000)) == "M300 150h300v300h-300z"
    assert outline_of(((0, 0), (3005, 0), (0, 3001))) == "M0 0h300.5l-300.5 300.1z"
    drawn = draw(
        HallSize("1", 60_000, 40_000),
        [Thing("A10", rectangle(0, 0, 3000, 3000)), Thing("A2", rectangle(-5, 0, 9, 9))],
        [Thing("S", rectangle(0, 0, 900, 900))],
    )
    assert (drawn.view_box, drawn.width, drawn.height) == ("0 0 6000 4000", 600, 400)
    assert [stand.number for stand in drawn.stands] == ["A2", "A10"]
    assert drawn.stands[0].outline == "M-0.5 0h0.9v0.9h-0.9z"
    assert (drawn.shapes[0].kind, drawn.shapes[0].name) == (ShapeKind.STAGE, "S")
    shapes = [Thing(name, rectangle(0, 0, 6000, 2000)) for name in ("服务", "info", "服务台台", "informati")]
    letters = [shape.letters for shape in draw(HallSize("1", 60_000, 40_000), [], shapes).shapes]
    assert letters == [120, 120, 112, 100], "Han are as broad as two letters"
    assert letter_height(rectangle(0, 0, 90_000, 90_000), "A01") == 120
    assert letter_height(rectangle(0, 0, 100, 100), "") == 16


def test_pictures_are_drawn_anew() -> None:
    for content in (b"", b"<svg/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 40):
        with pytest.raises(Refused, match="picture_unreadable"):
            drawn_anew(content)
    with pytest.raises(Refused, match="picture_large"):
        drawn_anew(b"\0" * (20 * 1024 * 1024 + 1))
    out = io.BytesIO()
    Image.new("1", (10_000, 8_001)).save(out, "PNG")
    with pytest.raises(Refused, match="picture_large"):
        drawn_anew(out.getvalue())
    out = io.BytesIO()
    Image.new("L", (8_000, 100)).save(out, "PNG")
    assert drawn_anew(out.getvalue())[1:] == (4_000, 50)
