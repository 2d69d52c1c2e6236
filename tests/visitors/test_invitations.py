"""Invitation sources: entered, pasted, counted by their links (V-7), ended; and their posters, read by another program."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.jobs.commands.running import drain
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import InvitationSource
from exhibitions.visitors.queries import invitations as queries
from exhibitions.visitors.queries.invitations import SourceFilters
from exhibitions.visitors.rules import invitations as rules
from exhibitions.visitors.rules.invitations import Kind, SourceFacts, Tally
from exhibitions.visitors.rules.pasted import MOST_LINES, read_pasted
from exhibitions.visitors.service import invitations, registration
from tests.asked import counted
from tests.badges.conftest import needs_poppler, pages_of
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import came_in, text_of
from tests.visitors.registering import add, all_rows, fair, form, register

PAGE = "/desk/8th/visitors/invitations"
needs_zbar = pytest.mark.skipif(
    shutil.which("zbarimg") is None and not os.environ.get("CI"), reason="zbarimg is not on this machine"
)


def source(app: Flask, name: str = "大连市家具协会", slug: str = "8th", **more: str) -> tuple[int, str]:
    """A source; gives its number and the word of its link."""
    with app.app_context(), transaction():
        facts = SourceFacts(Kind.ASSOCIATION, name, **more)
        (row,) = invitations.add_sources(fair(slug), [facts], SYSTEM)
        return row.id, row.word


def read_code(picture: bytes, folder: Path) -> str:
    path = folder / "code.png"
    path.write_bytes(picture)
    found = subprocess.run(["zbarimg", "-q", "--raw", str(path)], capture_output=True, check=True)
    return found.stdout.decode().strip()


# The rules.


def test_ir1_a_pasted_table_is_read_with_and_without_a_heading() -> None:
    with_heading = read_pasted("联系人\t名称\n李梅\t家具协会\n\n王强\t玻璃协会", rules.COLUMNS, rules.USUAL)
    assert with_heading.heading == "联系人\t名称"
    assert [(line.number, dict(line.cells)) for line in with_heading.lines] == [
        (2, {"contact": "李梅", "name_zh": "家具协会"}),
        (4, {"contact": "王强", "name_zh": "玻璃协会"}),
    ]
    bare = read_pasted("Sun, Moon and Co., Ltd.\n玻璃协会", rules.COLUMNS, rules.USUAL)
    assert [line.cells["name_zh"] for line in bare.lines] == ["Sun, Moon and Co., Ltd.", "玻璃协会"]
    by_comma = read_pasted("名称,类别\n家具协会,协会", rules.COLUMNS, rules.USUAL)
    assert by_comma.lines[0].cells == {"name_zh": "家具协会", "kind": "协会"}
    twice = read_pasted("名称\t名称\t备注\t类别\n一\t二\t三\t四", rules.COLUMNS, rules.USUAL)
    assert twice.lines[0].cells == {"name_zh": "一", "kind": "四"}
    assert read_pasted("名称\n一", rules.COLUMNS, rules.USUAL).lines[0].cells == {"name_zh": "一"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("名称\n", "paste_empty"),
        ("一\n" * (MOST_LINES + 1), "paste_many"),
        ("一" * 200_001, "paste_long"),
    ],
)
def test_f13_a_paste_has_an_end(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_pasted(text, rules.COLUMNS, rules.USUAL)
    assert refusal.value.code == code


def test_ir7_bad_rows_and_doubles_are_said_with_their_row() -> None:
    text = "名称\t类别\t手机\n家具协会\t协会\t13800138000\n家具 协会\t协会\t\n坏\t火星\t\n=1+1\t\t\n玻璃\t\t12\n已有\t\t\n\t协会\t"
    _pasted, good, bad = rules.read_sources(text, {"已有"})
    assert [(facts.name_zh, facts.kind, facts.phone) for facts in good] == [
        ("家具协会", Kind.ASSOCIATION, "+8613800138000")
    ]
    assert [(row.number, row.why.code) for row in bad] == [
        (3, "source_twice"),
        (4, "kind_unknown"),
        (5, "formula_text"),
        (6, "phone_invalid"),
        (7, "source_known"),
        (8, "name_missing"),
    ]


def test_v7_the_turn_up_is_of_those_who_did_not_cancel() -> None:
    assert Tally().turn_up is None
    assert Tally(4, 3, 1).turn_up == 33
    assert Tally(2, 1, 2).turn_up == 100
    assert Tally(8, 8, 1).turn_up == 13


def test_a_name_of_marks_alone_is_still_compared() -> None:
    assert rules.name_key(SourceFacts(Kind.OTHER, "", "?!")) == "?!"
    assert rules.name_key(SourceFacts(Kind.OTHER, "家具 协会【大连】")) == "家具协会(大连)"
    assert rules.checked_source(Kind.OTHER, "甲", "", "李梅").contact == "李梅"


# The service.


@both_engines
def test_b7_two_of_one_name_are_one(app: Flask) -> None:
    make_expo_in(app)
    source(app)
    with app.app_context(), pytest.raises(Conflict), transaction():
        invitations.add_sources(fair(), [SourceFacts(Kind.CHANNEL, "大连市 家具协会")], SYSTEM)


def make_expo_in(app: Flask) -> None:
    with app.app_context():
        make_expo()


def test_a_fair_has_a_bound_of_sources(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_SOURCES", 1)
    source(app)
    answer = people.alice.post(f"{PAGE}/new", data={"kind": "media", "name_zh": "日报"})
    assert answer.status_code == 422
    assert "1 个邀请渠道" in answer.get_data(as_text=True)


def test_v7_figures_are_the_lists_under_the_same_filter(app: Flask, people: People) -> None:
    """An invitation that was sent is nothing; who registered is not who came."""
    number, word = source(app)
    first = add(app, "王一", "+8613800138001", source=word)
    add(app, "王二", "+8613800138002", source=word)
    gone = add(app, "王三", "+8613800138003", source=word)
    add(app, "王四", "+8613800138004")
    came_in(app, first)
    with app.app_context(), transaction():
        row = next(each for each in all_rows(app) if each.id == gone)
        registration.cancel(fair(), db.session.merge(row), SYSTEM)
    with app.app_context():
        assert queries.tallies(fair(), [word]) == {word: Tally(3, 2, 1)}
    page = text_of(people.alice, f"{PAGE}/{number}")
    assert f"/desk/8th/visitors?source={word}" in page
    assert "50 %" in page
    assert 'list-count">3' in text_of(people.alice, f"/desk/8th/visitors?source={word}")
    assert 'list-count">1' in text_of(people.alice, f"/desk/8th/visitors?source={word}&status=visited")


def test_the_list_asks_as_much_for_many_sources_as_for_few(app: Flask, people: People) -> None:
    source(app)
    with counted(app) as few:
        people.alice.get(PAGE)
    for at in range(30):
        add(app, f"王{at}", f"+86138001380{at:02}", source=source(app, f"协会{at}")[1])
    with counted(app) as many:
        people.alice.get(PAGE)
    assert len(many) == len(few)


# By the link.


def test_who_registers_by_the_link_is_invited_by_its_source(app: Flask, people: People) -> None:
    _number, word = source(app)
    address = f"/8th/register?from={word}"
    assert "由大连市家具协会邀请" in text_of(people.nobody, address).replace(" ", "")
    english = people.nobody.post(f"{address}&lang=en", data=form() | {"_lang": "en"})
    page = english.get_data(as_text=True)
    assert "Invited by" in page
    assert "王敏" in page
    wrong = people.nobody.post(f"{address}&lang=zh", data=form(phone="1"))
    assert wrong.status_code == 422
    assert "大连市家具协会" in wrong.get_data(as_text=True)
    register(people.nobody, address)
    register(people.nobody, address)
    assert [row.source for row in all_rows(app)] == [word]
    assert "大连市家具协会" in text_of(people.alice, "/desk/8th/visitors/1")
    assert "大连市家具协会" in text_of(people.alice, "/desk/8th/visitors")


def test_small_and_capital_letters_of_a_word_are_alike(app: Flask, people: People) -> None:
    _number, word = source(app)
    register(people.nobody, f"/8th/register?from={word.upper()}")
    assert [row.source for row in all_rows(app)] == [word]


@pytest.mark.parametrize("word", ["unknown9", "x" * 65, "<script>", ""])
def test_an_unknown_word_breaks_nothing_and_names_nobody(app: Flask, people: People, word: str) -> None:
    page = text_of(people.nobody, f"/8th/register?from={word}")
    assert "invited-by" not in page
    register(people.nobody, f"/8th/register?from={word}")
    with app.app_context():
        assert queries.source_names(fair().id) == {}


def test_an_ended_source_counts_nobody_more_until_it_is_opened_again(app: Flask, people: People) -> None:
    number, word = source(app)
    people.alice.post(f"{PAGE}/{number}/end", data={"ended": "yes"})
    people.alice.post(f"{PAGE}/{number}/end", data={"ended": "yes"})
    assert "invited-by" not in text_of(people.nobody, f"/8th/register?from={word}")
    register(people.nobody, f"/8th/register?from={word}")
    assert people.alice.get(f"{PAGE}/{number}/poster/zh/pdf").status_code == 404
    people.alice.post(f"{PAGE}/{number}/end", data={"ended": "no"})
    register(people.nobody, f"/8th/register?from={word}", phone="13800138001", form_key="another")
    assert [row.source for row in all_rows(app)] == ["", word]


def test_the_word_of_another_fair_names_nobody(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    number, word = source(app, slug="9th")
    assert "invited-by" not in text_of(people.nobody, f"/8th/register?from={word}")
    for path in (f"{PAGE}/{number}", f"{PAGE}/{number}/change", f"{PAGE}/{number}/poster/zh/png"):
        assert people.alice.get(path).status_code == 404
    for path in (f"{PAGE}/{number}/end", f"{PAGE}/{number}/unmask"):
        assert people.alice.post(path).status_code == 404


# The pages.


def test_one_is_entered_renamed_and_found(app: Flask, people: People) -> None:
    made = people.alice.post(
        f"{PAGE}/new",
        data={"kind": "exhibitor", "name_zh": "星河", "contact": "李梅", "phone": "13800138009"},
    )
    address = str(made.headers["Location"])
    page = text_of(people.alice, address)
    assert "138****8009" in page
    assert "8613800138009" not in page
    assert "邀请您参观" in page
    shown = people.alice.post(f"{address}/unmask", follow_redirects=True).get_data(as_text=True)
    assert "138 0013 8009" in shown
    again = people.alice.post(f"{PAGE}/new", data={"kind": "media", "name_zh": "星 河"})
    assert again.status_code == 422
    renamed = people.alice.post(
        f"{address}/change", data={"kind": "channel", "name_zh": "银河", "name_en": "Galaxy", "contact": ""}
    )
    assert renamed.status_code == 303
    with app.app_context():
        row = db.session.get_one(InvitationSource, 1)
        assert (row.kind, row.name_zh, row.phone) == (Kind.CHANNEL, "银河", "+8613800138009")
        assert queries.sources_found(fair(), SourceFilters(text="GALAXY")).total == 1
        assert queries.sources_found(fair(), SourceFilters("channel", "open")).total == 1
        assert queries.sources_found(fair(), SourceFilters("", "ended")).total == 0
        assert queries.source_of(fair(), 2**70) is None
    found = people.alice.post(f"{PAGE}/search", data={"q": "银河"}, follow_redirects=True)
    assert found.request.query_string.startswith(b"s=")
    assert "银河" in found.get_data(as_text=True)
    audit = text_of(people.alice, "/desk/8th/audit")
    assert "邀请渠道" in audit


@both_engines
def test_p8_the_number_of_the_person_to_ask_can_be_taken_away(app: Flask, people: People) -> None:
    number, _word = source(app, contact="李梅", phone="+8613800138009")
    path, data = (
        f"{PAGE}/{number}/change",
        {"kind": "association", "name_zh": "大连市家具协会", "contact": ""},
    )
    assert 'name="no_phone"' in text_of(people.alice, path)
    for more, phone in (({}, "+8613800138009"), ({"no_phone": "y"}, None)):
        assert people.alice.post(path, data=data | more).status_code == 303
        with app.app_context():
            row = db.session.get_one(InvitationSource, number)
            assert (row.contact, row.phone) == ("", phone)
    assert 'name="no_phone"' not in text_of(people.alice, path)


def test_bad_rows_of_a_paste_stay_and_nothing_is_lost(app: Flask, people: People) -> None:
    rows = "名称\t类别\n甲协会\t协会\n坏\t火星\n甲协会\t协会\n"
    first = people.alice.post(f"{PAGE}/paste", data={"pasted": rows})
    assert first.status_code == 422
    with app.app_context():
        assert queries.count_sources(fair()) == 0
    others = people.alice.post(f"{PAGE}/paste", data={"pasted": rows, "others": "yes"})
    page = others.get_data(as_text=True)
    assert others.status_code == 200
    left = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert left is not None
    assert left[1].split() == ["名称", "类别", "坏", "火星", "甲协会", "协会"]
    again = people.alice.post(f"{PAGE}/paste", data={"pasted": rows, "others": "yes"})
    assert again.status_code == 422
    with app.app_context():
        assert queries.count_sources(fair()) == 1
    good = people.alice.post(f"{PAGE}/paste", data={"pasted": "乙\n丙\n"})
    assert good.status_code == 303
    assert people.alice.post(f"{PAGE}/paste", data={"pasted": "名称\n"}).status_code == 422


@pytest.mark.parametrize("path", ["new", "paste", "1/change"])
def test_who_only_looks_changes_nothing(app: Flask, people: People, path: str) -> None:
    source(app)
    assert people.charlie.get(f"{PAGE}/{path}").status_code == 404
    assert people.charlie.get(PAGE).status_code == 404


def test_p6_the_person_to_ask_goes_with_the_term(app: Flask) -> None:
    make_expo_in(app)
    source(app, contact="李梅", phone="+8613800138009")
    with app.app_context():
        assert visitors.identified(fair()) == 1
        with transaction():
            assert visitors.expire(fair()) == 1
        with transaction():
            assert visitors.expire(fair()) == 0
        row = db.session.get_one(InvitationSource, 1)
        assert (row.name_zh, row.contact, row.phone) == ("大连市家具协会", "", None)


# The posters.


@needs_zbar
@needs_poppler
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_poster_is_read_from_paper_and_from_a_chat(
    app: Flask, people: People, tmp_path: Path, lang: str
) -> None:
    number, word = source(app)
    link = f"http://localhost/8th/register?from={word}"
    png = people.alice.get(f"{PAGE}/{number}/poster/{lang}/png").data
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.width >= 1080
    assert len(png) <= 300_000
    assert read_code(png, tmp_path) == link
    pdf = people.alice.get(f"{PAGE}/{number}/poster/{lang}/pdf").data
    (page,) = pages_of(pdf, 100)
    out = io.BytesIO()
    page.save(out, "PNG")
    assert read_code(out.getvalue(), tmp_path) == link
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "大连市家具协会" in text
    assert f"localhost/8th/register?from={word}" in text
    fonts = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert all(line.split()[-5] == "yes" for line in fonts.splitlines()[2:])


@needs_zbar
def test_the_fair_has_a_poster_without_a_source(app: Flask, people: People, tmp_path: Path) -> None:
    png = people.alice.get("/desk/8th/visitors/invitations/posters/fair/zh/png").data
    assert read_code(png, tmp_path) == "http://localhost/8th/register"
    assert "邀请海报" in text_of(people.alice, "/desk/8th/visitors/invitations/posters")


def test_all_posters_are_one_file_and_many_are_a_job(app: Flask, people: People) -> None:
    nothing = people.alice.post("/desk/8th/visitors/invitations/posters/all", data={"lang": "zh"})
    assert nothing.status_code == 303
    with app.app_context(), transaction():
        facts = [SourceFacts(Kind.EXHIBITOR, f"展商{at}") for at in range(20)]
        invitations.add_sources(fair(), facts, SYSTEM)
    few = people.alice.post("/desk/8th/visitors/invitations/posters/all", data={"lang": "en"})
    assert few.data.startswith(b"%PDF")
    assert few.data.count(b"/Type /Page\n") == 20
    source(app)
    many = people.alice.post("/desk/8th/visitors/invitations/posters/all", data={"lang": "zh"})
    assert many.status_code == 303
    with app.app_context():
        drain()
    page = text_of(people.alice, str(many.headers["Location"]))
    link = re.search(r'href="(/desk/8th/files/\d+)"', page)
    assert link is not None
    with people.alice.get(link[1]) as file:
        assert file.data.startswith(b"%PDF")


def test_what_cannot_be_printed_is_said(app: Flask, people: People) -> None:
    source(app, "ไทย协会")
    assert "〓" in text_of(people.alice, "/desk/8th/visitors/invitations/posters")
