"""V1 and the list of fairs: states in words, weight, questions to the database; healthz and readyz."""

from __future__ import annotations

import gzip
import re
from datetime import date, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_migrate import stamp

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries, service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.setup import FairFacts, UnitFacts, ZoneFacts
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from tests.asked import counted
from tests.engines import both_engines
from tests.factories import make_expo
from tests.gates.fair import make_gate_fair
from tests.people import People

STATIC = Path(__file__).resolve().parents[2] / "static"


def fair() -> Expo:
    found = queries.expo_by_slug("8th")
    assert found is not None
    return found


@pytest.fixture
def coming(app: Flask) -> None:
    """A fair that opens in twelve days."""
    with app.app_context():
        make_expo(start=clock.today("Asia/Shanghai") + timedelta(days=12))


@pytest.mark.usefixtures("coming")
def test_the_home_of_a_fair(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction():
        for role, name in ((UnitRole.ORGANISER, "轻工联"), (UnitRole.HOST, "会展公司")):
            service.save_unit(fair(), None, UnitFacts(role=role, name_zh=name))
        service.change_facts(fair(), _with(city="大连", address_zh="会展路18号", transport_zh="地铁1号线"))
        first = queries.open_days(fair())[0].date
    page = client.get("/8th/?lang=zh").text
    weekday = "一二三四五六日"[first.weekday()]
    for words in (
        "第8届中国（大连）轻工商品博览会",
        "China (Dalian) Light Industry Expo, edition 8",
        "距开幕还有12天",
        f"{first.year}年{first.month}月{first.day}日（周{weekday}）至",
        "09:00–17:00",
        "大连世界博览广场",
        "会展路18号",
        "地铁1号线",
        "免费",
        "主展区",
        "副展区",
        "主办单位",
        "轻工联",
        "0411-1234 5678",
        "高德地图",
        "百度地图",
        "腾讯地图",
    ):
        assert words in page, words
    # In the page, and in reach of the thumb at the foot of a phone.
    assert page.split("<main")[1].count('href="/8th/register"') == 2
    assert 'name="robots"' not in page


@pytest.mark.parametrize(
    ("lang", "first", "last", "words"),
    [
        ("zh", date(2016, 8, 19), date(2016, 8, 22), "2016年8月19日（周五）至22日（周一）"),
        ("zh", date(2025, 11, 28), date(2025, 12, 1), "2025年11月28日（周五）至12月1日（周一）"),
        ("zh", date(2026, 12, 31), date(2027, 1, 2), "2026年12月31日（周四）至2027年1月2日（周六）"),
        ("zh", date(2016, 8, 19), date(2016, 8, 19), "2016年8月19日（周五）"),
        ("en", date(2016, 8, 19), date(2016, 8, 22), "Fri 19 – Mon 22 Aug 2016"),
        ("en", date(2025, 11, 28), date(2025, 12, 1), "Fri 28 Nov – Mon 1 Dec 2025"),
        ("en", date(2026, 12, 31), date(2027, 1, 2), "Thu 31 Dec 2026 – Sat 2 Jan 2027"),
        ("ko", date(2016, 8, 19), date(2016, 8, 22), "2016년 8월 19일(금) – 22일(월)"),
    ],
)
def test_first_and_last_day_say_year_and_month_once(
    app: Flask, lang: str, first: date, last: date, words: str
) -> None:
    days = (
        [SimpleNamespace(date=first)]
        if first == last
        else [SimpleNamespace(date=day) for day in (first, last)]
    )
    source = "{% from 'portal/_countdown.html' import span %}{{ span(days) | striptags }}"
    with app.test_request_context(f"/?lang={lang}"):
        assert render_template_string(source, days=days) == words


def _with(**facts: object) -> FairFacts:
    return msgspec.structs.replace(queries.fair_facts(fair()), **facts)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (12, "12 days to go"),
        (1, "Opens tomorrow"),
        (-10, "The fair is over"),
    ],
)
def test_the_countdown_in_words(app: Flask, client: FlaskClient, days: int, words: str) -> None:
    with app.app_context():
        make_expo(start=clock.today("Asia/Shanghai") + timedelta(days=days))
    assert words in client.get("/8th/?lang=en").text


@pytest.mark.usefixtures("coming")
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"registration_opens_at": timedelta(days=1)}, "Registration opens on"),
        ({"registration_closes_at": timedelta(days=-1)}, "You can register on site, at the visitor desk."),
    ],
)
def test_when_registration_is_not_open(
    app: Flask, client: FlaskClient, facts: dict[str, timedelta], words: str
) -> None:
    """V1: before opening, closed: it says so and offers on-site registration."""
    with app.app_context(), transaction():
        service.change_facts(fair(), _with(**{name: clock.now() + after for name, after in facts.items()}))
    page = client.get("/8th/?lang=en").text
    assert words in page
    assert 'href="/8th/register"' not in page.split("<main")[1]


def test_after_the_fair_the_next_edition_is_named(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_expo(start=clock.today("Asia/Shanghai") - timedelta(days=30))
        with transaction():
            ninth = service.create_expo(fair().series, service.Identity("9th", 9, "第九届", "The 9th"))
            service.publish(ninth)
    page = client.get("/8th/?lang=en").text
    assert "See you at The 9th" in page
    assert 'href="/8th/register"' not in page.split("<main")[1]


def test_after_the_fair_its_figures_are_shown_and_nobody_is_asked_to_register(app: Flask) -> None:
    """V1: figures and no way to register; a visit is one person on one day (spec/statistics.md)."""
    gates = make_gate_fair(app)
    phone, twice = gates.device("A"), gates.badge()
    for badge, hours in (
        (twice, ("09:30", "11:00")),
        (gates.badge(), ("10:00",)),
        (gates.badge("media"), ("10:30",)),
    ):
        for hour in hours:
            phone.scan(badge, hour)
    with app.app_context(), transaction():
        service.change_facts(fair(), _with(notice_en="Please register in advance"))
        fair().demo_shift_seconds = int((gates.at("12:00") - clock.now()).total_seconds())
    before = app.test_client().get("/8th/?lang=en").text
    assert "Unique visitors" not in before
    assert "Please register in advance" in before
    with app.app_context(), transaction():
        fair().demo_shift_seconds = 400 * 24 * 3600
    page = app.test_client().get("/8th/?lang=en").text
    figures = dict(re.findall(r"<dt>\s*([\w ]+?)\s*</dt>\s*<dd class=\"num\">\s*([\d,]+)", page))
    assert (figures["Unique visitors"], figures["Visits"]) == ("2", "2")
    assert "/8th/register" not in page
    assert "Please register in advance" not in page
    # The second reader is told without another count.
    with counted(app) as asked:
        app.test_client().get("/8th/")
    assert not [question for question in asked if "FROM scans" in question]


@pytest.mark.parametrize(("start", "bold"), [(12, 0), (0, 1)])
def test_only_today_is_printed_bold(app: Flask, client: FlaskClient, start: int, bold: int) -> None:
    """No day stands out before the fair opens."""
    with app.app_context():
        make_expo(start=clock.today("Asia/Shanghai") + timedelta(days=start))
        with transaction():
            for day in queries.open_days(fair()):
                day.official_from = day.official_to = time()
    assert client.get("/8th/").text.count("fair-today") == bold


def test_a_draft_says_that_it_is_one(app: Flask, people: People) -> None:
    """O2: who works on the fair sees its page before the public, and that only they do."""
    said = "Preview: only people who work on this fair see this page."
    assert said not in people.alice.get("/8th/?lang=en").text
    with app.app_context(), transaction():
        service.unpublish(fair())
    assert said in people.alice.get("/8th/?lang=en").text


@pytest.mark.usefixtures("coming")
def test_the_home_weighs_little_and_asks_nobody_else(app: Flask, client: FlaskClient) -> None:
    """V1: at most 90 kB gz; B1: nothing is loaded from another host."""
    page = client.get("/8th/").text
    files = re.findall(r'(?:href|src)="/static/([^"?]+)[^"]*"', page)
    total = len(gzip.compress(page.encode())) + sum(
        len(gzip.compress((STATIC / name).read_bytes())) for name in files
    )
    assert total <= 90_000
    loaded = re.findall(r'<(?:link|script|img)[^>]+(?:src|href)="([^"]+)"', page)
    assert [url for url in loaded if not url.startswith("/static/")] == ["http://localhost/8th/"]


@pytest.mark.usefixtures("coming")
def test_the_home_asks_as_much_for_many_zones_as_for_few(app: Flask, client: FlaskClient) -> None:
    client.get("/8th/")
    with counted(app) as few:
        assert client.get("/8th/").status_code == 200
    with app.app_context(), transaction():
        for n in range(40):
            service.save_zone(fair(), None, ZoneFacts(code=f"z{n}", hall="1", name_zh=f"展区{n}"))
            service.save_unit(fair(), None, UnitFacts(role=UnitRole.SUPPORTER, name_zh=f"单位{n}"))
    # What the set-up says is remembered: asked for once after each change of it.
    client.get("/8th/")
    with counted(app) as many:
        assert client.get("/8th/").status_code == 200
    assert len(many) == len(few) <= 6


def test_names_are_text_and_never_markup(app: Flask, people: People) -> None:
    """Stored XSS: what an organiser types stands on the pages as typed."""
    with app.app_context(), transaction():
        service.change_facts(
            fair(), _with(name_zh="<script>alert(1)</script>", summary_zh="<b>x</b>", hotline='"><i>')
        )
        service.save_zone(fair(), None, ZoneFacts(code="x", name_zh="{{ 7*7 }}<img src=x>"))
    for page in ("/8th/", "/desk/8th/", "/desk/8th/setup", "/desk/8th/setup/zones", "/doors"):
        text = people.alice.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x>" not in text
        assert "<b>x</b>" not in text
        assert "49<img" not in text


def test_one_fair_is_the_home_and_two_are_a_list(app: Flask, client: FlaskClient) -> None:
    assert client.get("/").status_code == 200
    with app.app_context():
        make_expo()
    assert client.get("/").location == "/8th/"
    with app.app_context():
        make_expo("9th", 9)
    page = client.get("/")
    assert (page.status_code, 'href="/8th/"' in page.text, 'href="/9th/"' in page.text) == (200, True, True)


@pytest.mark.parametrize("path", ["/nowhere/", "/8th%2f..%2f9th/", "/%00/", "/" + "a" * 5000 + "/", "/8TH/"])
def test_unknown_addresses_are_not_found(people: People, path: str) -> None:
    assert people.nobody.get(path).status_code == 404


def test_the_desk_shows_the_next_task_and_figures(app: Flask, people: People) -> None:
    page = people.alice.get("/desk/8th/?lang=en").text
    assert "Registration is open and nobody has registered yet." in page
    with app.app_context(), transaction():
        fair().published_at = None
    assert "One thing is missing before the fair can be published: Name the organiser" in (
        people.alice.get("/desk/8th/?lang=en").text
    )


def test_alive_without_a_database(app: Flask, client: FlaskClient) -> None:
    with counted(app) as asked:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json, asked) == (200, {"status": "alive"}, [])


@both_engines
def test_ready_only_with_the_tables_of_this_release_and_a_worker(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["database"]) == (503, True)
    assert answer.get_json()["checks"]["migrations"] is False
    with app.app_context():
        stamp()
        db.engine.dispose()
    assert client.get("/readyz").json == {
        "status": "ready",
        "checks": {"database": True, "migrations": True, "worker": True},
    }
    with app.app_context(), transaction():
        waiting = clock.now() - timedelta(minutes=5)
        db.session.add(
            Job(name="x", key="y", arguments={}, run_after=waiting, created_at=waiting, actor_kind="system")
        )
    with counted(app) as asked:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["worker"]) == (503, False)
    # Anybody may ask this address: however much waits, no job is read.
    assert [one for one in asked if "jobs.arguments" in one] == []
    with app.app_context(), transaction():
        lease = clock.now() + timedelta(seconds=30)
        db.session.add(
            Job(
                name="x",
                key="z",
                arguments={},
                state=State.RUNNING,
                run_after=waiting,
                lease_until=lease,
                created_at=waiting,
                actor_kind="system",
            )
        )
    assert client.get("/readyz").status_code == 200
