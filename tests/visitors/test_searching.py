"""O6, F18: anybody is found, and what was searched for is kept to whoever searched."""

from __future__ import annotations

import re

from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.visitors import queries
from exhibitions.visitors.queries import Filters
from tests.engines import both_engines
from tests.people import People
from tests.visitors.listing import LIST, search, text_of
from tests.visitors.registering import add, fair


@both_engines
def test_anybody_is_found_by_any_word(app: Flask, people: People) -> None:
    """O6, F18: name, company, end of phone, number, pinyin, initials; NFD typed as NFC; nothing by a wildcard."""
    add(app, "王敏", company="星河家居")
    add(app, "单于雪", "+8613900139001", company="Harbour 100% Light")
    add(app, "Zoë O'Brien", "+821012345678", email="zoe@example.org")
    add(app, "𠮷野", "+8613700137000")
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 4)
        assert badge is not None
        shown, code = number.shown(badge.number), badges.code_of(fair(), badge)
    for text, found in {
        "王": ["王敏"],
        "wangmin": ["王敏"],
        "WM": ["王敏"],
        "星河": ["王敏"],
        "xhjj": ["王敏"],
        "8000": ["王敏"],
        "138 0013 8000": ["王敏"],
        "shanyu": ["单于雪"],
        "100%": ["单于雪"],
        "harbour light": ["单于雪"],
        "zoe\u0308": ["Zoë O'Brien"],
        "o'brien": ["Zoë O'Brien"],
        "ZOE@example.org": ["Zoë O'Brien"],
        "+82 10 1234 5678": ["Zoë O'Brien"],
        "𠮷": ["𠮷野"],
        shown: ["𠮷野"],
        shown.replace(" ", "").replace("-", ""): ["𠮷野"],
        code: ["𠮷野"],
        "%": ["单于雪"],
        "_": [],
        "3800": [],
        "nobody": [],
        "'; DROP TABLE registrations": [],
    }.items():
        assert search(people.alice, text) == found, text
    assert len(search(people.alice, "")) == 4


def test_the_searched_text_stands_in_no_address(people: People) -> None:
    """design §6: free text is posted and kept under an opaque id, which another browser does not have."""
    answer = people.alice.post(f"{LIST}/search", data={"q": "王敏"})
    assert re.fullmatch(rf"{LIST}\?s=[\w-]{{8}}", answer.headers["Location"])
    assert "王敏" in text_of(people.alice, answer.headers["Location"])
    assert "王敏" not in text_of(people.bob, answer.headers["Location"])


@both_engines
def test_a_search_over_many_people_is_counted_right(app: Flask, people: People) -> None:
    """The page's total, the rows of all pages and the export agree."""
    for place in range(60):
        add(app, f"王{place}", f"+861380013{8000 + place}", key="trade" if place % 2 else "public")
    with app.app_context():
        for filters in (
            Filters(),
            Filters(class_key="trade"),
            Filters(text="王"),
            Filters(has="phone"),
            Filters(printed=False),
            Filters(text="w"),
            Filters(state="registered"),
        ):
            first = queries.found(fair(), filters)
            every = [
                row.registration.id
                for page in range(1, first.last + 1)
                for row in queries.found(fair(), filters, page).rows
            ]
            exported = [row.registration.id for row in queries.export_rows(fair(), filters)]
            assert len(every) == len(set(every)) == first.total
            assert sorted(every) == exported


def test_a_search_that_is_forgotten_is_nobody_and_never_everybody(app: Flask, people: People) -> None:
    """O6: an old tab, or a colleague's browser: neither the list nor what is done to all that match takes the rest."""
    with app.app_context():
        add(app)
    page = people.alice.get("/desk/8th/visitors?s=forgotten&lang=en").text
    assert "This search is over" in page
    assert "王敏" not in page
    told = people.alice.post(
        "/desk/8th/visitors/decide?s=forgotten",
        data={"all": "1", "decision": "cancel"},
        follow_redirects=True,
    )
    assert "Tick somebody first" in told.text
