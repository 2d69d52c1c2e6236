"""The demo: its fairs, its doors, its ten badges, and that nothing of it stays."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.app import create_app
from exhibitions.audit.models import Entry
from exhibitions.badges.models import PrintRun
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.queries import expo_by_slug
from exhibitions.gates.models import Device, Scan
from exhibitions.gates.queries import figures
from exhibitions.gates.queries.devices import devices
from exhibitions.gates.service.uploads import Answer
from exhibitions.portal.service.demo import making, samples
from exhibitions.reports.queries import board
from exhibitions.visitors import queries
from exhibitions.visitors.queries.invitations import source_names
from tests.conftest import settings_for

EXPECTED = {
    "good": ("first_today", True),
    "again": ("re_entry", True),
    "cancelled": ("cancelled", False),
    "replaced": ("voided", False),
    "forged": ("forged", False),
    "old": ("other_fair", False),
    "gate": ("wrong_gate", False),
    "press": ("first_today", True),
    "exhibitor": ("first_today", True),
    "group": ("first_today", True),
}


def make(app: Flask) -> None:
    with app.app_context():
        for _word, step in making.steps(None, clock.now()):
            with transaction():
                step()


@pytest.fixture(scope="module")
def demo_app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the demo, made once for all the tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("demo")
    path = folder / "demo.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    make(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(demo_app: Flask) -> FlaskClient:
    # Other tests scan the samples, in whatever order they run: the figures that were kept may be older.
    board._snapshots.clear()
    return demo_app.test_client()


def test_every_sample_gets_the_answer_that_it_is_for(demo_app: Flask, visitor: FlaskClient) -> None:
    """check-in.md C1, C2, C4, C14b and rows 2, 3, 5, 7, by the demo's clock, whatever the hour is."""
    with demo_app.app_context():
        fairs = samples.demo_fairs()
        assert fairs is not None
        found = {}
        for sample in samples.SAMPLES:
            with transaction():
                answer = samples.scan(*fairs, sample, "zh")
            found[sample.key] = (answer.verdict, answer.admitted)
    assert found == EXPECTED


def test_the_samples_come_by_no_source(demo_app: Flask) -> None:
    """The filter of the list offers what visitors came by: the links of those who invite."""
    with demo_app.app_context():
        expo = expo_by_slug("8th")
        assert expo is not None
        assert set(queries.sources(expo)) == set(source_names(expo.id))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("cancelled", r"已取消 · \d{4}年\d+月\d+日 \d\d:\d\d\s*<"),
        ("replaced", r"已挂失，请用新证 · \d{4}年\d+月\d+日 \d\d:\d\d · 新证[^<]*\d{3} \d{3} \d{3}-\d"),
        ("gate", r"走错出入口 · 北门、南门、东门、西门\s*<"),
    ],
)
def test_the_reason_of_an_answer_is_in_words(visitor: FlaskClient, key: str, words: str) -> None:
    page = visitor.post(f"/demo/badges/{key}/scan?lang=zh", follow_redirects=True).get_data(as_text=True)
    assert re.search(words, page)


def test_the_code_of_a_doubt_is_never_shown(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan that waits for the organiser carries a code instead of a reason."""
    doubtful = scanning_that_says("before_build_up")
    monkeypatch.setattr(samples, "scan", doubtful)
    page = visitor.post("/demo/badges/forged/scan?lang=en", follow_redirects=True).get_data(as_text=True)
    assert "The time lies before build-up began" in page
    assert "before_build_up" not in page


def scanning_that_says(reason: str) -> Callable[..., Answer]:
    """The scan of a sample, with another reason."""
    scan = samples.scan
    return lambda *arguments: scan(*arguments)._replace(reason=reason)


def test_the_running_fair_has_more_visits_than_people_and_staff_are_none_of_them(demo_app: Flask) -> None:
    with demo_app.app_context():
        expo = expo_by_slug("8th")
        assert expo is not None
        counted = figures.attendance(expo)
        assert counted.total.visits > counted.total.visitors > 100
        assert set(counted.by_class) <= {"trade", "public", "vip"}
        assert len(counted.by_day) == 2


def test_the_7th_is_over_and_the_9th_is_not_public(visitor: FlaskClient) -> None:
    assert [visitor.get(f"/{slug}/").status_code for slug in ("7th", "8th", "9th")] == [200, 200, 404]


def test_every_page_goes_by_the_clock_of_the_demo(visitor: FlaskClient) -> None:
    """It is half past ten on the second day, whatever the hour is."""
    visitor.post("/demo/enter/organiser")
    for address in ("/8th/?lang=en", "/desk/8th/?lang=en"):
        assert "Open now, until 17:00" in visitor.get(address).get_data(as_text=True)


def test_what_happens_is_shown_by_the_clock_of_the_demo(demo_app: Flask, visitor: FlaskClient) -> None:
    """A fair has one clock: lists, records, audit and print runs agree with the banner; nothing else is stored."""
    visitor.post("/demo/enter/organiser")
    noted = clock.now() - timedelta(days=2, minutes=7)
    with demo_app.app_context(), transaction() as session:
        expo = expo_by_slug("8th")
        assert expo is not None
        person = samples.person_of(expo, "good")
        person.created_at = noted
        run = PrintRun(expo_id=expo.id, sheet="90x130", sort="name", badge_ids=[], created_at=noted)
        session.add(run)
        session.flush()
        # The youngest: other tests note more than one page of the audit, in whatever order they run.
        audited = session.scalars(
            sa.select(Entry.at).where(Entry.expo_id == expo.id).order_by(Entry.id.desc())
        ).first()
        assert audited is not None
        wanted = {
            f"visitors/{person.id}": noted,
            "badges": noted,
            f"badges/runs/{run.id}": noted,
            "audit": audited,
        }
        zone, shift = ZoneInfo(expo.timezone), timedelta(seconds=expo.demo_shift_seconds or 0)
    for address, moment in wanted.items():
        shown = f"{(moment + shift).astimezone(zone):%d %b %Y %H:%M}".lstrip("0")
        assert shown in visitor.get(f"/desk/8th/{address}?lang=en").text, address
    banners = [
        re.search(r"Its clock shows (\d\d:\d\d)", visitor.get(f"/desk/{n}th/?lang=en").text)
        for n in (7, 8, 9)
    ]
    assert len({found and found[1] for found in banners} - {None}) <= 2, "a minute may pass between two pages"


def test_the_phones_of_the_demo_are_in_use_but_for_one(demo_app: Flask, visitor: FlaskClient) -> None:
    """Each of them has scanned, and whoever looks hours later finds them speaking."""
    visitor.post("/demo/enter/gate")
    with demo_app.app_context(), transaction():
        hours_ago = clock.now() - timedelta(hours=3)
        db.session.execute(sa.update(Device).values(seen_at=hours_ago, battery=None, queue=None))
    assert visitor.get("/desk/8th/gates?lang=en").text.count("</svg>silent<") == 1
    with demo_app.app_context():
        expo = expo_by_slug("8th")
        assert expo is not None
        phones = [phone for phone in devices(expo, clock.now()) if phone.name.endswith("-1")]
        scanning = set(db.session.scalars(sa.select(Scan.device_id).where(Scan.expo_id == expo.id)))
        ages = [(clock.now() - phone.seen_at).total_seconds() for phone in phones if phone.seen_at]
    assert {phone.id for phone in phones} <= scanning
    assert sorted(age > 300 for age in ages) == [False] * 5 + [True]
    assert all(phone.battery for phone in phones)
    assert sorted(bool(phone.queue) for phone in phones) == [False] * 5 + [True]


def test_the_desk_of_an_open_day_shows_today_and_what_is_due(visitor: FlaskClient) -> None:
    """O1: each figure opens the list behind it and the two agree; the running fair stands first at the doors."""
    visitor.post("/demo/enter/organiser")
    # Its figures may be a second old, and another test may just have scanned.
    time.sleep(1.1)
    page = visitor.get("/desk/8th/?lang=en").get_data(as_text=True)
    found = {
        label: (url, shown)
        for url, shown, label in re.findall(
            r'class="tile-value"\s+href="([^"]+)">([\d,]+)<span class="visually-hidden"> ([^<]+)<', page
        )
    }
    counted = ("Visits today", "Entries in the last 15 minutes", "Visits in all", "People registered")
    assert {*counted, "Silent devices"} == set(found)
    for label in counted:
        url, shown = found[label]
        listed = visitor.get(unescape(url) + ("&" if "?" in url else "?") + "lang=en").get_data(as_text=True)
        assert (label, re.findall(r'class="list-count[^"]*">\(?([\d,]+)', listed)[:1]) == (label, [shown])
    assert "1 device has been silent" in page
    assert found["Silent devices"][1] == "1"
    doors = visitor.get("/doors?lang=en").get_data(as_text=True)
    assert re.findall(r'href="/desk/(\w+)/"', doors)[0] == "8th"


def test_the_page_shows_ten_codes(visitor: FlaskClient) -> None:
    page = visitor.get("/demo?lang=en").get_data(as_text=True)
    codes = re.findall(r'src="(/demo/badges/\w+\.png)"', page)
    assert len(codes) == 10
    assert {visitor.get(code).mimetype for code in codes} == {"image/png"}


@pytest.mark.parametrize("door", [door for door, _name, _role in making.DOORS])
def test_a_door_is_one_click(visitor: FlaskClient, door: str) -> None:
    assert f"/demo/enter/{door}" in visitor.get("/demo").get_data(as_text=True)
    assert visitor.post(f"/demo/enter/{door}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("door", ["award", "chair"])
def test_the_award_of_the_demo_takes_entries(visitor: FlaskClient, door: str) -> None:
    """O12: a season with its categories and rules; the next step is named to who may take it."""
    page = visitor.post(f"/demo/enter/{door}?lang=zh", follow_redirects=True).get_data(as_text=True)
    address = re.findall(r'href="(/desk/8th/awards/\d+)"', page)[-1]
    season = visitor.get(f"{address}?lang=zh").get_data(as_text=True)
    assert "开放申报" in season
    assert ("截止申报，开始初审" in season) == (door == "award")
    rules = visitor.get(f"{address}/rules?lang=zh").get_data(as_text=True)
    assert "工艺礼品" in rules
    assert "特等金奖" in rules
    assert "不能开始评审" not in rules


def test_a_juror_of_the_demo_comes_in_by_link_and_code(visitor: FlaskClient) -> None:
    asked = visitor.post("/demo/juror?lang=en", follow_redirects=True)
    page = asked.get_data(as_text=True)
    told = re.search(r"The code of this juror: (\d{6})", page)
    assert told, page
    queue = visitor.post(asked.request.path, data={"code": told[1]}, follow_redirects=True)
    assert "Innovation award" in queue.get_data(as_text=True)


def test_the_award_before_is_published_with_its_file(visitor: FlaskClient) -> None:
    """V1: whoever comes reads the winners of the 7th fair, and nothing of an award that is being judged."""
    page = visitor.get("/7th/awards?lang=zh").get_data(as_text=True)
    assert "轻工精品奖" in page
    assert "金奖" in page
    assert "创新设计奖" not in visitor.get("/8th/awards?lang=zh").get_data(as_text=True)


def test_the_people_of_the_demo_have_names_of_one_language(visitor: FlaskClient) -> None:
    for speaks, name in (("zh", "演示主办"), ("en", "Demo organiser")):
        visitor.post(f"/demo/enter/organiser?lang={speaks}")
        assert f"{name}<" in visitor.get(f"/doors?lang={speaks}").get_data(as_text=True).replace("</h1>", "<")


def test_the_page_says_nothing_of_commands(visitor: FlaskClient) -> None:
    assert "flask" not in visitor.get("/demo?lang=en").get_data(as_text=True)


def test_there_is_no_door_for_anybody_else(visitor: FlaskClient) -> None:
    assert visitor.post("/demo/enter/root").status_code == 404


def test_a_viewer_of_the_demo_may_not_begin_it_again(visitor: FlaskClient) -> None:
    visitor.post("/demo/enter/viewer")
    assert visitor.post("/demo/again").status_code == 403


def test_the_visitors_badge_and_the_phone_open_by_one_click(visitor: FlaskClient) -> None:
    assert visitor.post("/demo/visitor", follow_redirects=True).status_code == 200
    assert visitor.post("/demo/phone", follow_redirects=True).status_code == 200


def test_in_production_the_doors_do_not_exist(demo_app: Flask) -> None:
    settings = demo_app.config["SETTINGS"]
    production = create_app(dataclasses.replace(settings, production=True))
    production.config["WTF_CSRF_ENABLED"] = False
    client = production.test_client()
    assert [client.get("/demo").status_code, client.post("/demo/enter/administrator").status_code] == [
        404,
        404,
    ]
    refused = production.test_cli_runner().invoke(args=["demo"])
    assert "no demo in production" in refused.output


def test_without_a_demo_there_are_no_doors(client: FlaskClient) -> None:
    assert [client.get("/demo").status_code, client.post("/demo/enter/organiser").status_code] == [404, 404]


def test_what_is_removed_is_gone_with_its_doors(app: Flask) -> None:
    make(app)
    inside = app.test_client()
    inside.post("/demo/enter/organiser")
    assert inside.get("/desk/8th/").status_code == 200
    removed = app.test_cli_runner().invoke(args=["demo", "--remove"])
    assert removed.exit_code == 0, removed.output
    with app.app_context():
        left = {
            table.name: count
            for table in db.metadata.sorted_tables
            if "expo_id" in table.c and table.name != "audit_entries"
            if (count := db.session.scalar(sa.select(sa.func.count()).select_from(table)))
        }
    assert left == {}
    assert inside.get("/desk/8th/").status_code in (303, 404)
    assert app.test_client().post("/demo/enter/organiser").status_code == 404


@pytest.mark.parametrize("slug", ["7th", "8th", "9th"])
def test_the_set_up_of_each_fair_goes_out_and_in_again(
    demo_app: Flask, app: Flask, tmp_path: Path, slug: str
) -> None:
    """What the product writes, it reads: expos export and import."""
    written = demo_app.test_cli_runner().invoke(args=["expos", "export", slug])
    path = tmp_path / "fair.json"
    path.write_text(written.stdout)
    read = app.test_cli_runner().invoke(args=["expos", "import", str(path)])
    assert read.exit_code == 0, read.output


def test_in_production_no_page_leads_to_the_demo(demo_app: Flask) -> None:
    production = create_app(dataclasses.replace(demo_app.config["SETTINGS"], production=True))
    assert "/demo" not in production.test_client().get("/8th/").get_data(as_text=True)
