"""On-site pages 现场一页纸: who may pass where, the doors in few lines, and one printed page a post (ux.md §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core.db import db, transaction
from exhibitions.core.errors import NotFound
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.models import Post
from exhibitions.gates.rules import posts as rules
from exhibitions.gates.rules.setup import BadgeClass, Named
from exhibitions.gates.rules.setup import Gate as GateFacts
from exhibitions.gates.service.posts import PostFacts, save_post
from tests.engines import both_engines
from tests.factories import make_expo
from tests.gates.fair import GateFair
from tests.people import People, make_people

PAGE = "/desk/8th/gates/posts"


@dataclass
class Door:
    class_key: str
    door_from: time
    door_to: time
    last_admission: time | None = None


def hours(key: str, opens: int, closes: int) -> Door:
    return Door(key, time(opens), time(closes))


def test_days_that_are_alike_stand_together() -> None:
    days = [
        (date(2026, 8, 18), [hours("", 9, 17), hours("exhibitor", 8, 18), hours("organiser", 8, 18)]),
        (date(2026, 8, 19), [hours("", 9, 17), hours("exhibitor", 8, 18), hours("organiser", 8, 18)]),
        (date(2026, 8, 20), [hours("", 9, 15), hours("exhibitor", 8, 18)]),
    ]
    first, last = rules.openings(days, {"", "exhibitor", "organiser"})
    assert first[0] == [date(2026, 8, 18), date(2026, 8, 19)]
    assert [(one.opens, one.class_keys) for one in first[1]] == [
        (time(8), ("exhibitor", "organiser")),
        (time(9), ("",)),
    ]
    assert last[0] == [date(2026, 8, 20)]
    assert [one.closes for one in last[1]] == [time(18), time(15)]


def test_only_the_doors_of_the_classes_that_pass_here() -> None:
    days = [(date(2026, 8, 18), [hours("", 9, 17), hours("exhibitor", 8, 18)])]
    assert [one.class_keys for one in rules.openings(days, {""})[0][1]] == [("",)]
    assert rules.openings([], {""}) == []


def badge_class(number: int, key: str) -> BadgeClass:
    return BadgeClass(number, key, number, Named(key, key), rules=None)  # type: ignore[arg-type]


def gate(number: int, *keys: str) -> GateFacts:
    return GateFacts(number, Named(f"{number}", ""), 1, frozenset(keys), "off")


def test_who_may_pass_and_where_the_others_go() -> None:
    """check-in.md row 7: a gate without classes lets every class through."""
    trade, media, staff = badge_class(1, "trade"), badge_class(2, "media"), badge_class(3, "staff")
    gates = [gate(1), gate(2, "staff"), gate(3, "trade")]
    classes = [trade, media, staff]
    assert rules.admitted_at(gates[0], classes) == classes
    assert rules.ways_for_others(gates[0], gates, classes) == []
    assert rules.ways_for_others(gates[1], gates, classes) == [
        (trade, [gates[0], gates[2]]),
        (media, [gates[0]]),
    ]
    assert rules.ways_for_others(gates[1], [gates[1]], [media]) == [(media, [])]


def test_every_post_says_what_to_do() -> None:
    assert rules.steps_of("gate-7") == rules.steps_of("")
    for place in rules.PLACES:
        assert rules.steps_of(place) != rules.steps_of("")


@pytest.fixture
def desk(app: Flask, fair: GateFair) -> People:
    made = make_people(app)
    made.alice.get("/desk/8th/?lang=en")
    return made


def first_gate(fair: GateFair) -> str:
    return f"gate-{fair.gates['A']}"


def test_a_page_a_post(desk: People, fair: GateFair) -> None:
    """The list, each post's own page, and all pages in one print agree on who stands where."""
    facts = {
        "person": "王主任",
        "phone": "138 0013 8000",
        "note_zh": "贵宾九点到",
        "note_en": "VIPs come at nine",
    }
    saved = desk.alice.post(f"{PAGE}/{first_gate(fair)}", data=facts, follow_redirects=True)
    assert "The post is saved." in saved.text
    assert "王主任" in saved.text
    sheets = desk.alice.get(f"{PAGE}/print").text
    assert len(re.findall(r'<article class="post-sheet"', sheets)) == len(rules.PLACES) + len(fair.gates)
    alone = desk.alice.get(f"{PAGE}/print?post={first_gate(fair)}").text
    assert len(re.findall(r'<article class="post-sheet"', alone)) == 1
    for words in ("王主任", "138 0013 8000", "VIPs come at nine", "No network"):
        assert words in alone
    assert "贵宾九点到" in desk.alice.get(f"{PAGE}/print?post={first_gate(fair)}&lang=zh").text


def test_a_gate_for_staff_sends_visitors_to_another(desk: People, fair: GateFair) -> None:
    desk.alice.get("/desk/8th/?lang=en")
    sheet = desk.alice.get(f"{PAGE}/print?post=gate-{fair.gates['S']}").text
    others = sheet.partition("Everybody else")[2]
    assert "Trade visitor" in others.partition("</table>")[0]


def test_names_are_text(desk: People, fair: GateFair) -> None:
    desk.alice.post(f"{PAGE}/chief", data={"person": "<b>x</b>", "note_en": "a\x00b"})
    page = desk.alice.get(f"{PAGE}/print").text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x" in page


def test_what_is_too_long_is_said_and_kept(desk: People) -> None:
    answer = desk.alice.post(f"{PAGE}/chief", data={"person": "长" * 101})
    assert answer.status_code == 422
    assert "At most 100 characters" in answer.text
    assert "长" * 101 in answer.text


def test_unknown_posts_and_wrong_people(desk: People, app: Flask) -> None:
    with app.app_context():
        other = make_expo("9th", 9)
        foreign = db.session.scalars(sa.select(Gate.id).where(Gate.expo_id == other)).first()
    for key in (f"gate-{foreign}", "gate-x", "gate-", "nobody", "gate-0"):
        assert desk.alice.get(f"{PAGE}/{key}").status_code == 404
        assert desk.alice.get(f"{PAGE}/print?post={key}").status_code == 404
    for path in (PAGE, f"{PAGE}/chief", f"{PAGE}/print"):
        assert [who.get(path).status_code for who in (desk.bob, desk.charlie, desk.nobody)] == [403, 404, 303]


@both_engines
def test_a_post_is_one_row_and_goes_with_its_gate(app: Flask, fair: GateFair) -> None:
    with app.app_context():
        expo = db.session.get_one(Expo, fair.expo_id)
        for person in ("甲", "乙"):
            with transaction():
                save_post(expo, first_gate(fair), PostFacts(person=person))
        assert db.session.scalars(sa.select(Post.person)).all() == ["乙"]
        with transaction(), pytest.raises(NotFound):
            save_post(expo, "gate-999999", PostFacts())
        with transaction() as session:
            session.execute(sa.delete(Gate).where(Gate.id == fair.gates["A"]))
        assert db.session.scalars(sa.select(Post.id)).all() == []
