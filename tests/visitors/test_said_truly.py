"""Pages about people say what is true: of who came and cancelled, of the erased, of who still waits."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.regions import in_order
from exhibitions.mail.models import Mail
from exhibitions.visitors import service
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import State, ended_state
from tests.people import People
from tests.visitors.listing import came_in, text_of
from tests.visitors.registering import add, change_class, fair, form, link_of
from tests.visitors.test_groups_desk import make_group

LIST = "/desk/8th/visitors"
ALICE = Actor("user", 1, "Alice")


@pytest.mark.parametrize(
    ("state", "came", "ended"),
    [
        (State.REGISTERED, True, ""),
        (State.CANCELLED, False, ""),
        (State.CANCELLED, True, "cancelled"),
        (State.REFUSED, True, "refused"),
    ],
)
def test_what_became_of_somebody_who_came(state: State, came: bool, ended: str) -> None:
    assert ended_state(state, came) == ended


def test_o6_who_came_and_cancelled_shows_both(app: Flask, people: People) -> None:
    """O6: the visit counts on, and the page says that the badge is cancelled; the day is named."""
    one = add(app, "王敏", "+8613800138001")
    came_in(app, one)
    with app.app_context(), transaction():
        service.cancel(fair(), db.session.get_one(Registration, one), ALICE)
    for path in (f"{LIST}/{one}?lang=en", f"{LIST}?status=visited&lang=en"):
        page = text_of(people.alice, path).partition("<main")[2]
        assert "</svg>Visited" in page
        assert "</svg>Cancelled" in page
    assert "Came on" in text_of(people.alice, f"{LIST}/{one}?lang=en")


def test_p18_an_erased_persons_page_offers_nothing_to_do(app: Flask, people: People) -> None:
    one = add(app, "王敏", "+8613800138001")
    with app.app_context(), transaction():
        service.erase_person(db.session.get_one(Registration, one))
    page = text_of(people.alice, f"{LIST}/{one}?lang=en").partition("<main")[2].partition("</main>")[0]
    assert "It still counts" in page
    for word in ("/correct", "/cancel", "/merge", "/link", "/group", "/unmask", "Print badge"):
        assert word not in page, word
    assert "History" in page


def test_who_waits_is_promised_no_code(app: Flask, people: People) -> None:
    """V2, V3, mail: there is no entry code before the approval."""
    change_class(app, "trade", needs_approval=True)
    page = people.nobody.get("/8th/register?lang=en").text
    assert "We will tell you once yours is approved" in page
    answer = people.nobody.post(
        "/8th/register?lang=en", data=form(email="a@example.org"), follow_redirects=True
    )
    assert "We will tell you once" in answer.text
    assert '<h1 class="visually-hidden">My registration</h1>' in answer.text
    assert "Save picture" not in answer.text


def test_the_letter_to_who_waits_names_neither_code_nor_number(app: Flask, people: People) -> None:
    """Approve-first: the first letter and that of a change by the office say that there is no code yet."""
    change_class(app, "trade", needs_approval=True)
    one = add(app, "Lee", None, email="lee@example.org")
    with app.app_context(), transaction():
        person = db.session.get_one(Registration, one)
        service.send_link(person)
    with app.app_context():
        (row,) = db.session.query(Mail).all()
        assert row.template == "visitors.received"
        number = row.id
    page = text_of(people.alice, f"/desk/8th/mail/{number}?lang=en")
    assert "Registration waits for approval" in page


def test_correcting_a_guest_tells_nobody(app: Flask, people: People) -> None:
    """A guest of honour hears from the host: no letter goes onto the list of those to be told."""
    page = "/desk/8th/visitors/guests"
    people.alice.post(
        f"{page}/new", data={"name": "李主席", "organisation": "轻工联合会", "phone": "13800138009"}
    )
    people.alice.post(f"{page}/1/answer", data={"answer": "confirmed"})
    people.alice.post(f"{page}/1/change", data={"name": "李主席", "organisation": "中国轻工联合会"})
    with app.app_context():
        assert db.session.query(Registration).one().company == "中国轻工联合会"
        assert db.session.query(Mail).count() == 0


def test_taking_a_guest_off_the_list_asks_first(app: Flask, people: People) -> None:
    page = "/desk/8th/visitors/guests"
    people.alice.post(
        f"{page}/new", data={"name": "李主席", "organisation": "轻工联合会", "phone": "13800138009"}
    )
    people.alice.post(f"{page}/1/answer", data={"answer": "confirmed"})
    asked = text_of(people.alice, f"{page}/1/remove?lang=en")
    assert "Take 李主席 off the list?" in asked
    assert "opens no gate any more" in asked
    assert people.alice.get(f"{page}/1").status_code == 200
    assert people.alice.post(f"{page}/1/remove").status_code == 303
    assert people.alice.get(f"{page}/1").status_code == 404


def test_regions_stand_in_the_order_of_chinese_lists() -> None:
    """Provinces with their cities, then Hong Kong, Macao and Taiwan, then countries, then what is no region."""
    mixed = ["KR", "TW", "DE", "大连", "HK", "北京", "somewhere", "MO", "辽宁"]
    assert in_order(mixed, "zh") == ["北京", "辽宁", "大连", "HK", "MO", "TW", "DE", "KR", "somewhere"]
    assert in_order(["US", "KR", "HK"], "en") == ["HK", "KR", "US"]


def test_doubles_show_the_older_first_by_time(app: Flask, people: People) -> None:
    """O6: which of two stays is said by when they registered, not by their numbers."""
    first = add(app, "王敏", "+8613800138001", company="星河")
    second = add(app, "王敏", "+8613900138002", company="星河")
    with app.app_context(), transaction():
        db.session.get_one(Registration, second).created_at = datetime(2020, 1, 1, tzinfo=UTC)
    page = text_of(people.alice, f"{LIST}/doubles?lang=en")
    assert f"{LIST}/{second}/merge?with={first}" in page
    assert "Older one, which stays" in page


def test_a_message_names_filters_in_words(app: Flask, people: People) -> None:
    """Also a source that nobody came by any more stays chosen, under its name."""
    with app.app_context():
        assert fair().id
    for lang, word in (("zh", "微信"), ("en", "WeChat")):
        page = text_of(people.alice, f"/desk/8th/mail/many/new?source=wechat&status=cancelled&lang={lang}")
        assert re.search(rf'<option selected value="wechat">{word}</option>', page)
        assert {"zh": "已取消", "en": "Cancelled"}[lang] in page


def test_a_name_with_a_tag_stands_whole_in_the_title(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        fair().name_zh = fair().name_en = "A <b> fair"
    title = people.nobody.get("/8th/").text.partition("<title>")[2].partition("</title>")[0]
    assert "A &lt;b&gt; fair" in title
    one = add(app, "Li <b> Hua", "+8613800138001")
    title = people.alice.get(f"{LIST}/{one}").text.partition("<title>")[2].partition("</title>")[0]
    assert "Li &lt;b&gt; Hua" in title
    assert "A &lt;b&gt; fair" in title


def test_v2_has_a_quiet_door_for_groups(app: Flask, people: People) -> None:
    """The leader registers, and is asked for the names next."""
    assert "group=1" in people.nobody.get("/8th/register").text
    page = people.nobody.get("/8th/register?group=1&lang=en").text
    assert "First register yourself as the group leader" in page
    answer = people.nobody.post("/8th/register?group=1", data=form())
    assert answer.location.endswith("/colleagues")


def test_v3_gives_the_card_while_it_opens_a_gate(app: Flask, people: People) -> None:
    one = add(app, "王敏", "+8613800138001")
    where = link_of(app, one)
    answer = people.nobody.get(f"{where}/card.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert f"{where}/card.png" in people.nobody.get(where).text
    with app.app_context(), transaction():
        service.cancel(fair(), db.session.get_one(Registration, one), ALICE)
    assert people.nobody.get(f"{where}/card.png").status_code == 404


def test_the_list_of_groups_narrows_by_state_and_size(app: Flask, people: People) -> None:
    make_group(app, 2)
    groups = f"{LIST}/groups"
    for query, known in (("", True), ("?size=small", True), ("?size=large", False)):
        assert ("领队王" in text_of(people.alice, groups + query)) == known, query
    assert "领队王" not in text_of(people.alice, f"{groups}?status=cancelled")
    assert "领队王" in text_of(people.alice, f"{groups}?status=registered&size=wrong")
