"""The pages of badges (O8): who may see them, what they say, what they hand out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, PrintRun
from exhibitions.badges.rules.reserves import MOST_AT_ONCE
from exhibitions.badges.service import Holder
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from tests.asked import counted
from tests.badges.conftest import codes_on, needs_poppler, pages_of
from tests.factories import make_expo
from tests.people import People

WANG = Holder("registration", 1, "王伟", "大连轻工")


def the_fair() -> Expo:
    found = expos.expo_by_slug("8th")
    assert found is not None
    return found


@pytest.fixture
def badge_id(app: Flask, people: People) -> int:
    """A badge of 王伟 in the fair of the four people."""
    with app.app_context(), transaction():
        fair = the_fair()
        badge_class = queries.class_by_key(fair, "trade")
        assert badge_class is not None
        badges.issue(fair, badge_class, replace(WANG, id=2, name="李𠀀娜"))
        return badges.issue(fair, badge_class, WANG).id


PAGES = ("/desk/8th/badges", "/desk/8th/badges/sample.pdf", "/desk/8th/badges/classes/new")
POSTS = ("/desk/8th/badges/print", "/desk/8th/badges/reserves", "/desk/8th/badges/1/print")


def test_owner_colleague_and_stranger_on_every_page(people: People, badge_id: int) -> None:
    for page in PAGES:
        assert people.alice.get(page).status_code == 200, page
        assert people.dora.get(page).status_code == 200, page
        assert people.charlie.get(page).status_code == 404, page
        assert people.nobody.get(page).status_code in (302, 303, 401), page
    assert [people.bob.get(page).status_code for page in PAGES] == [200, 200, 403]
    for page in POSTS:
        assert people.charlie.post(page).status_code == 404, page
        assert people.nobody.post(page).status_code in (302, 303, 401), page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_lists_missing_glyphs_before_printing(
    app: Flask, people: People, badge_id: int, language: str
) -> None:
    """O8: who prints a list with such a character sees it first, and prints it all the same by a second click."""
    words = "打印 2 个证件" if language == "zh" else "Print 2 badges"
    plain = people.bob.get(f"/desk/8th/badges?lang={language}").text
    assert (words in plain, "U+20000" in plain) == (True, False)
    page = people.bob.post("/desk/8th/badges/print", data={"page-size": "a6"}, follow_redirects=True)
    assert [each in page.text for each in (words, "U+20000", "李𠀀娜", 'name="seen"')] == [True] * 4
    assert page.request.args["page-size"] == "a6"
    with app.app_context():
        assert queries.print_runs(the_fair()) == []
    printed = people.bob.post("/desk/8th/badges/print", data={"page-size": "a6", "seen": "1"})
    assert "/jobs/" in printed.location


def test_texts_are_checked_for_who_asks(app: Flask, people: People, badge_id: int) -> None:
    """The page itself counts the badges and reads one page of them, however many there are (a second for 40,000)."""

    def page(query: str) -> tuple[str, bool]:
        with counted(app) as asked:
            text = people.bob.get(f"/desk/8th/badges?lang=en{query}").text
        assert "Print one badge" in text or "Print 2 badges" in text
        return text, any("badges.company" in one and "LIMIT" not in one for one in asked)

    text, has_read = page("")
    assert ("Check the texts first" in text, has_read) == (True, False)
    text, has_read = page("&check=1")
    assert ("U+20000" in text, "Check the texts first" in text, has_read) == (True, False, True)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Badge).where(Badge.name != "王伟").values(prints=1))
    assert "every text fits the page" in page("&check=1")[0]


def test_links_to_change_classes_are_shown_to_who_may(people: People, badge_id: int) -> None:
    assert "/desk/8th/badges/classes/" in people.alice.get("/desk/8th/badges").text
    assert "/desk/8th/badges/classes/" not in people.bob.get("/desk/8th/badges").text


def test_the_page_of_badges_says_why_it_is_empty(app: Flask, people: People, badge_id: int) -> None:
    """A fair without badges, one whose badges are printed, and a choice that matches none are three things."""

    def page(query: str = "") -> str:
        return people.bob.get(f"/desk/8th/badges?lang=en{query}").text

    assert "No badges match this choice." in page("&class=media&printed=all")
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Badge).values(prints=1))
    assert "Every badge of this choice is printed already." in page()
    assert "notice-success" not in page("&printed=all")
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Badge))
    assert "No badges yet" in page()


def test_strange_filters_are_no_error(people: People, badge_id: int) -> None:
    for query in (
        "?class=nobody",
        "?printed=%00",
        "?printed=reserve",
        "?sort=x&page-size=a3",
        "?class=%F0%A0%80%80",
        "?class=" + "x" * 3000,
    ):
        assert people.bob.get(f"/desk/8th/badges{query}").status_code == 200


def test_the_list_says_how_often_in_every_language(app: Flask, people: People, badge_id: int) -> None:
    """B8, O8: none, once and several times, in Chinese as in English."""
    for prints, english, chinese in ((0, "not yet", "未打印"), (1, "once", "1 次"), (3, "3 times", "3 次")):
        with app.app_context(), transaction() as session:
            session.execute(sa.update(Badge).values(prints=prints))
        for which in ("all", "printed"):
            for language, word in (("en", english), ("zh", chinese)):
                page = people.bob.get(f"/desk/8th/badges?lang={language}&printed={which}")
                assert page.status_code == 200
                rows = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
                assert (word in rows) is (which == "all" or prints > 0)


def test_printing_many_again_asks_why(app: Flask, people: People, badge_id: int) -> None:
    """O8: a reprint has a reason, for one badge or for many; it stands in the audit trail, a first print needs none."""
    wish = {"printed": "all", "page-size": "a4x4", "sort": "name", "seen": "1"}
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Badge).where(Badge.id == badge_id).values(prints=1))
    assert (
        "One of them has been on paper before." in people.bob.get("/desk/8th/badges?lang=en&printed=all").text
    )
    assert 'name="reason"' not in people.bob.get("/desk/8th/badges").text
    for reason in ("", "   "):
        answer = people.bob.post("/desk/8th/badges/print?lang=en", data=wish | {"reason": reason})
        assert "Say why." in people.bob.get(answer.location).text
    with app.app_context():
        assert queries.print_runs(the_fair()) == []
    assert "/jobs/" in people.bob.post("/desk/8th/badges/print", data=wish | {"reason": "new stock"}).location
    with app.app_context():
        found = audit_queries.entries(the_fair().id, audit_queries.Wanted(action="badges.run_reprinted"))
        (entry,) = audit.readable(found)
        assert (entry.reason, entry.after) == ("new stock", {"badges": 2, "again": 1})


@needs_poppler
def test_print_run_from_click_to_file(app: Flask, people: People, badge_id: int) -> None:
    answer = people.bob.post(
        "/desk/8th/badges/print", data={"printed": "new", "page-size": "a4x4", "sort": "name", "seen": "1"}
    )
    assert answer.status_code == 303
    again = people.bob.post(
        "/desk/8th/badges/print", data={"printed": "new", "page-size": "a4x4", "sort": "name", "seen": "1"}
    )
    assert again.location == answer.location
    with app.app_context():
        drain()
        (line,) = queries.print_runs(the_fair())
        assert (line.badges, line.files) == (2, 1)
        run = queries.print_run_of(the_fair(), line.id)
        assert run is not None
        file_id, run_id = run.parts[0]["file_id"], run.id
        codes = [badges.code_of(the_fair(), it) for it in queries.badges_in_order(the_fair(), run.badge_ids)]
        assert db.session.query(Job).filter_by(name="badges.print").one().result["run"] == run_id
    job_page = people.bob.get(answer.location).text
    assert f"/desk/8th/badges/runs/{run_id}" in job_page
    run_page = people.bob.get(f"/desk/8th/badges/runs/{run_id}").text
    assert f"/desk/8th/files/{file_id}" in run_page
    with people.bob.get(f"/desk/8th/files/{file_id}") as file:
        content = file.data
    assert [codes_on(page) for page in pages_of(content)] == [codes]
    assert people.charlie.get(f"/desk/8th/badges/runs/{run_id}").status_code == 404
    assert people.bob.get("/desk/8th/badges/runs/999").status_code == 404


def test_the_page_of_a_run_says_what_became_of_each_badge(app: Flask, people: People) -> None:
    looks = [{"number": "482 139 001-9", "fields": ["glyph"]}, {"number": "2", "fields": ["name", "company"]}]
    with app.app_context(), transaction() as session:
        run = PrintRun(expo_id=the_fair().id, sheet="a4x4", sort="name", badge_ids=[], looks=looks)
        run.created_at = clock.now()
        session.add(run)
        session.flush()
        number = run.id
    page = " ".join(people.bob.get(f"/desk/8th/badges/runs/{number}?lang=en").text.split())
    assert (
        "a character is not in the fonts, printed as 〓"
        in page.partition("482 139 001-9")[2].partition("</li>")[0]
    )
    assert "name printed smaller or on more lines; company cut short, ending in “…”" in page


def test_printing_nothing_says_so(people: People, badge_id: int) -> None:
    answer = people.bob.post("/desk/8th/badges/print", data={"class": "media"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "notice-error" in answer.text


@needs_poppler
def test_one_badge_is_printed_and_counted(app: Flask, people: People, badge_id: int) -> None:
    answer = people.bob.post(f"/desk/8th/badges/{badge_id}/print", data={"reason": "paper jam"})
    assert answer.mimetype == "application/pdf"
    with app.app_context():
        badge = queries.badge_of(the_fair(), badge_id)
        assert badge is not None
        assert badge.prints == 1
        assert [codes_on(page) for page in pages_of(answer.data)] == [[badges.code_of(the_fair(), badge)]]
    assert people.bob.post("/desk/8th/badges/999999/print").status_code == 404


def test_a_badge_of_another_fair_is_not_printed(app: Flask, people: People, badge_id: int) -> None:
    with app.app_context():
        make_expo("9th", 9)
    assert people.dora.post(f"/desk/9th/badges/{badge_id}/print").status_code == 404
    assert people.dora.get("/desk/9th/badges/classes/1").status_code == 404
    with app.app_context():
        badge = queries.badge_of(the_fair(), badge_id)
        assert badge is not None
        assert badge.prints == 0


def test_reserve_badges_are_made_from_the_page(app: Flask, people: People, badge_id: int) -> None:
    answer = people.bob.post("/desk/8th/badges/reserves", data={"badge_class": "vip", "count": "3"})
    assert answer.status_code == 303
    assert "printed=reserve" in answer.location
    counted = sa.select(sa.func.count()).where(Badge.reserve, Badge.holder_id.is_(None))
    with app.app_context():
        assert db.session.scalar(counted) == 3
    for wrong, why in (
        ({"badge_class": "vip", "count": "0"}, f"Enter a number from 1 to {MOST_AT_ONCE}"),
        (
            {"badge_class": "vip", "count": str(MOST_AT_ONCE + 1)},
            f"Enter a number from 1 to {MOST_AT_ONCE}",
        ),
        ({"badge_class": "vip", "count": "many"}, "Enter how many"),
        ({"badge_class": "nobody", "count": "3"}, "Choose a class"),
        ({"count": "3"}, "Choose a class"),
    ):
        page = people.bob.post("/desk/8th/badges/reserves?lang=en", data=wrong, follow_redirects=True).text
        assert f"No reserve badges were made. {why}" in page
    with app.app_context():
        assert db.session.scalar(counted) == 3


def test_a_class_is_added_changed_and_refused_with_sentences(
    app: Flask, people: People, badge_id: int
) -> None:
    facts = {
        "name_zh": "学生",
        "name_en": "Student",
        "key": "student",
        "number": "20",
        "colour": "#FFBF47",
        "audience": "public",
    }
    assert people.alice.post("/desk/8th/badges/classes/new", data=facts).status_code == 303
    with app.app_context():
        made = queries.class_by_key(the_fair(), "student")
        assert made is not None
        assert (made.number, made.colour, made.name_zh) == (20, "#ffbf47", "学生")
        number = made.id
    assert people.alice.get(f"/desk/8th/badges/classes/{number}").status_code == 200
    changed = facts | {"registrable": "y"}
    assert people.alice.post(f"/desk/8th/badges/classes/{number}", data=changed).status_code == 303
    for wrong in (
        {"key": "trade"},
        {"key": "A b"},
        {"number": "1"},
        {"number": "x"},
        {"colour": "red"},
        {"name_zh": "", "name_en": ""},
    ):
        answer = people.alice.post(f"/desk/8th/badges/classes/{number}", data=changed | wrong)
        assert answer.status_code == 422, wrong
        assert "error-summary" in answer.text
    with app.app_context():
        kept = queries.class_by_key(the_fair(), "student")
        assert kept is not None
        assert (kept.registrable, kept.number) == (True, 20)


def test_a_class_with_badges_keeps_its_number(app: Flask, people: People, badge_id: int) -> None:
    with app.app_context():
        trade = queries.class_by_key(the_fair(), "trade")
        assert trade is not None
        number = trade.id
    facts = {
        "name_zh": "专业观众",
        "name_en": "",
        "key": "trade",
        "number": "77",
        "colour": "#0b6e6e",
        "audience": "trade",
    }
    answer = people.alice.post(f"/desk/8th/badges/classes/{number}?lang=en", data=facts)
    assert answer.status_code == 422
    assert "has 2 badges" in answer.text


def test_a_name_is_text_in_a_page_and_never_markup(app: Flask, people: People, badge_id: int) -> None:
    with app.app_context(), transaction():
        fair = the_fair()
        badge_class = queries.class_by_key(fair, "trade")
        assert badge_class is not None
        badges.issue(fair, badge_class, replace(WANG, id=3, name="<b>𠀀</b>"))
    assert "<b>𠀀</b>" not in people.bob.get("/desk/8th/badges").text


def test_rotating_keys_needs_no_page(app: Flask) -> None:
    with app.app_context(), transaction():
        assert badges.rotate(Actor("system")).number == 0
