"""O6, first parts: the organiser's list: who sees it, what narrows and sorts it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.visitors import queries
from exhibitions.visitors.rules.registration import Channel, State
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.listing import DESK, LIST, came_in, names_in, text_of
from tests.visitors.registering import add, all_rows, change_class, fair, register

READING = [LIST, f"{LIST}/1"]
EDITING = [f"{LIST}/1/correct", f"{LIST}/1/cancel"]
SERVING = [DESK]
EXPORTING = [f"{LIST}/export"]
POSTS = [
    f"{LIST}/search",
    f"{LIST}/decide",
    f"{LIST}/1/unmask",
    f"{LIST}/1/link",
    f"{LIST}/1/correct",
    f"{LIST}/1/cancel",
    f"{LIST}/1/decide",
    f"{LIST}/export",
    f"{DESK}/search",
    f"{DESK}/register",
    f"{DESK}/1/print",
    f"{DESK}/1/replace",
]


@pytest.mark.parametrize("path", READING + EDITING + SERVING + EXPORTING)
def test_owner_colleague_and_stranger(app: Flask, people: People, path: str) -> None:
    """Access of every page: the organiser and the administrator, the desk where it has the right, nobody else."""
    add(app)
    assert people.alice.get(path).status_code == 200
    assert people.dora.get(path).status_code == 200
    assert people.bob.get(path).status_code == (403 if path in EXPORTING else 200)
    assert people.charlie.get(path).status_code == 404
    answer = people.nobody.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("path", POSTS)
def test_strangers_change_nothing(app: Flask, people: People, path: str) -> None:
    add(app)
    with app.app_context():
        before = db.session.query(Entry).count()
    assert people.charlie.post(path, data={"decision": "approve", "reason": "x"}).status_code == 404
    assert people.nobody.post(path).status_code == 303
    if path in (f"{LIST}/export",):
        assert people.bob.post(path).status_code == 403
    with app.app_context():
        assert db.session.query(Entry).count() == before
    assert all_rows(app)[0].state is State.REGISTERED


def test_people_of_another_fair_are_not_there(app: Flask, people: People) -> None:
    """Permission between events: ids are looked up inside the fair of the address."""
    with app.app_context():
        make_expo("9th", 9)
    other = add(app, "别届观众", slug="9th")
    mine = add(app)
    assert people.alice.get("/desk/9th/visitors").status_code == 404
    assert people.alice.get(f"{LIST}/{mine}").status_code == 200
    for path in (f"{LIST}/{other}", f"{LIST}/{other}/correct", f"{LIST}/{other}/cancel", f"{LIST}/{2**70}"):
        assert people.alice.get(path).status_code == 404
    for path in (f"{LIST}/{other}/unmask", f"{DESK}/{other}/print", f"{DESK}/{other}/replace"):
        assert people.alice.post(path, data={"reason": "x"}).status_code == 404
    assert "别届观众" not in text_of(people.alice, f"{DESK}?one={other}")
    people.alice.post(f"{LIST}/decide", data={"id": str(other), "decision": "refuse", "confirm": "1"})
    assert all_rows(app)[0].state is State.REGISTERED


@both_engines
def test_each_filter_narrows_and_they_add_up(app: Flask, people: People) -> None:
    """O6: class, region, day, source, status stand in the address, in words (ux §3)."""
    day = clock.today("Asia/Shanghai")
    add(app, "甲", "+8613800138001", region="大连", source="wechat-7", visit_day=day)
    add(app, "乙", "+8613800138002", region="KR", key="public")
    add(app, "丙", "+8613800138003", region="大连", key="media")
    change_class(app, "public", needs_approval=True)
    add(app, "丁", "+8613800138004", key="public", channel=Channel.ONLINE)
    people.alice.post(f"{LIST}/3/cancel")
    came_in(app, 2)
    for query, found in {
        "sort=name": 4,
        "class=trade": ["甲"],
        "region=大连": ["丙", "甲"],
        "region=Dalian": ["丙", "甲"],
        "region=韩国": ["乙"],
        "region=-": ["丁"],
        f"day={day}": ["甲"],
        "source=wechat-7": ["甲"],
        "status=waiting": ["丁"],
        "status=registered": ["甲"],
        "status=visited": ["乙"],
        "status=cancelled": ["丙"],
        "status=refused": [],
        "region=大连&status=registered&class=trade": ["甲"],
        "status=nonsense": 4,
        "day=never&page=x&sort=password": 4,
        "class=%00&source=%00": 4,
        "page=99999": 4,
    }.items():
        names = names_in(text_of(people.alice, f"{LIST}?{query}"))
        assert (len(names) if isinstance(found, int) else names) == found, query


def test_fifty_rows_a_page_in_order(app: Flask, people: People) -> None:
    for place in range(51):
        add(app, f"N{place:02}", f"+861380013{8000 + place}")
    first = names_in(text_of(people.alice, f"{LIST}?sort=name"))
    assert first == [f"N{place:02}" for place in range(50)]
    assert names_in(text_of(people.alice, f"{LIST}?sort=name&page=2")) == ["N50"]
    assert names_in(text_of(people.alice, f"{LIST}?sort=-name"))[0] == "N50"


def test_the_filters_speak_the_readers_language(app: Flask, people: People) -> None:
    """B8, B10: known sources in words, others as the organiser wrote them; days as everywhere."""
    for place, source in enumerate(("wechat", "exhibitor-12", "spring")):
        add(app, "王敏", f"+861380013800{place}", source=source)
    page = text_of(people.alice, f"{LIST}?lang=zh")
    offered = dict(re.findall(r'<option value="([^"]*)">([^<]*)</option>', page))
    assert (offered["wechat"], offered["exhibitor-12"], offered["spring"]) == (
        "微信",
        "参展商邀请 12",
        "spring",
    )
    with app.app_context():
        day = queries.moment(fair()).days[0]
    assert offered[day.isoformat()].startswith(f"{day.year}年{day.month}月{day.day}日")


def test_a_demo_is_open_by_its_own_clock(app: Flask) -> None:
    """A fair whose days are over by the calendar is today for whoever tries the demo."""
    with app.app_context():
        make_expo()
        expo = fair()
        before = queries.moment(expo)
        expo.demo_shift_seconds = 3 * 86_400
        after = queries.moment(expo)
        db.session.rollback()
    assert (after.today - before.today).days == 3
    assert 3 * 86_400 - 5 < (after.now - before.now).total_seconds() < 3 * 86_400 + 5


def test_b7_each_cell_of_a_list_says_on_a_phone_what_it_is(app: Flask, people: People) -> None:
    add(app, "王敏", company="星河家居")
    page = text_of(people.alice, f"{LIST}?lang=en")
    assert re.search(r'<td data-label="Company" class="long">星河家居</td>', page)
    assert re.search(r'<td data-label="State">\s*<span class="state', page)
    assert '<td class="nowrap"></td>' in page


def test_the_badge_of_somebody_just_registered_is_there(app: Flask, people: People) -> None:
    register(people.nobody)
    assert names_in(text_of(people.alice, LIST)) == ["王敏"]
