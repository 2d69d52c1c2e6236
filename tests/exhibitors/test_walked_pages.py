"""What people read on the way from an application to the decision: each page says what is so, and all of it."""

from __future__ import annotations

import io

from flask import Flask
from pypdf import PdfReader

from exhibitions.core.db import transaction
from exhibitions.exhibitors.models import ExhibitorSettings
from exhibitions.exhibitors.rules.states import State
from exhibitions.mail.rules.texts import fill
from tests.exhibitors.applying import (
    AGREED,
    CO,
    begin,
    only_exhibitor,
    open_applications,
    photo,
    send,
)
from tests.exhibitors.applying import (
    fill as fill_in,
)
from tests.people import People


def test_the_tasks_page_leads_on_where_the_application_stopped(app: Flask, people: People) -> None:
    """E4: what is next is one button to the very step; who has sent is not told "not started"."""
    open_applications(app)
    link = begin(people.nobody)
    page = people.nobody.get(f"{link}?lang=en").text
    assert "Go on with the application (step 2 of 9)" in page
    assert f'href="{link}/apply/details"' in page
    fill_in(people.nobody, link)
    assert "(step 9 of 9)" in people.nobody.get(f"{link}?lang=en").text
    send(people.nobody, link)
    sent = people.nobody.get(f"{link}?lang=zh").text
    assert "已提交" in sent
    assert "未开始" not in sent
    for state, word in ((State.QUESTIONED, "查看主办单位的问题"), (State.REFUSED, "不参加本届")):
        with app.app_context(), transaction():
            only_exhibitor().state = state
        page = people.nobody.get(f"{link}?lang=zh").text
        assert word in page or state is State.REFUSED
        assert "未开始" not in page


def test_all_open_declarations_are_told_at_once_in_the_order_of_the_page(app: Flask, people: People) -> None:
    open_applications(app)
    link = begin(people.nobody)
    fill_in(people.nobody, link)
    page = people.nobody.post(f"{link}/apply/check?lang=en", data={"terms_version": "1"})
    assert page.status_code == 422
    words = ("is a binding offer", "hand the stand on", "used for this application")
    places = [page.text.index(word) for word in words]
    assert places == sorted(places)
    left = {name: value for name, value in AGREED.items() if name != "consent"}
    page = people.nobody.post(f"{link}/apply/check?lang=en", data=left)
    assert [word in page.text.split("<h1")[0] for word in words] == [False, False, True]


def test_words_follow_whether_companies_choose_their_stands(app: Flask, people: People) -> None:
    open_applications(app)
    link = begin(people.nobody)
    pages = ("/8th/exhibit?lang=en", f"{link}/apply/stand?lang=en")
    assert all("offer" in people.nobody.get(page).text for page in pages)
    with app.app_context(), transaction() as session:
        row = session.query(ExhibitorSettings).one()
        row.data = {**row.data, "choosing": {"opens_at": "2026-01-01T00:00:00Z"}}
    for page in pages:
        text = people.nobody.get(page).text
        assert "on the floor plan" in text
        assert "offers you a stand" not in text
        assert "we offer you a stand" not in text


def test_the_office_reads_each_fact_once_and_comes_from_the_record_to_the_application(
    app: Flask, people: People
) -> None:
    open_applications(app)
    link = begin(people.nobody)
    fill_in(people.nobody, link)
    people.nobody.post(f"{link}/apply/co-exhibitors/new", data=CO)
    wrong = {"kind": "food_production", "number": "SC1", "file": (io.BytesIO(photo(30, 20)), "a.jpg")}
    refused = people.nobody.post(f"{link}/apply/papers?lang=en", data=wrong).text
    assert 'href="#number"' in refused
    paper = {"kind": "licence", "number": "", "file": (io.BytesIO(photo(30, 20)), "a.jpg")}
    assert people.nobody.post(f"{link}/apply/papers", data=paper).status_code == 303
    send(people.nobody, link)
    with app.app_context():
        number = only_exhibitor().number
    record = people.alice.get(f"/desk/8th/exhibitors/{number}").text
    review = f"/desk/8th/exhibitors/{number}/application"
    assert f'href="{review}"' in record
    assert f'href="/desk/8th/exhibitors/{number}/messages"' in record
    page = people.alice.get(f"{review}?lang=en").text
    assert (page.count("<h2>Papers</h2>"), page.count("<h2>Co-exhibitors</h2>")) == (1, 1)


def test_a_letter_on_paper_is_whole_and_no_place_leaves_a_gap(app: Flask, people: People) -> None:
    open_applications(app)
    link = begin(people.nobody)
    fill_in(people.nobody, link)
    send(people.nobody, link)
    with app.app_context():
        page = f"/desk/8th/exhibitors/{only_exhibitor().number}/application"
    people.alice.post(f"{page}/check")
    people.alice.post(f"{page}/decide", data={"to": "admitted", "text": ""})
    text = PdfReader(io.BytesIO(people.alice.get(f"{page}/letter/en.pdf").data)).pages[0].extract_text()
    assert "/8th/exhibit/find" in text.replace("\n", "")
    assert fill("A\n\n{message}\n\nB\n{x}\nC", {"message": "", "x": ""}) == "A\n\nB\nC"
