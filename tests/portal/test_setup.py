"""The set-up pages: what they keep, what they refuse in words, publishing, a new fair."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import AntiPassback, DayKind, FullPolicy, Role
from exhibitions.expos.rules.setup import DoorFacts
from tests.people import People

SETUP = "/desk/8th/setup"
FACTS = {
    "name_zh": "展",
    "name_en": "Fair",
    "series_name_zh": "系列",
    "edition": "8",
    "venue_zh": "博览广场",
    "timezone": "Asia/Shanghai",
    "cutoff_hour": "0",
}
ZONE = {"code": "Z", "name_zh": "区", "full_policy": "refuse", "capacity": "3", "position": "5", "hall": "1"}
GATE = {"code": "C", "name_en": "Gate C", "zone": "main", "anti_passback": "warn", "position": "9"}
DAY = {"date": "2030-02-28", "kind": "open", "official_from": "09:00", "official_to": "17:00"}


def fair(slug: str = "8th") -> Expo:
    found = queries.expo_by_slug(slug)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("page", "data", "sentence"),
    [
        ("facts", FACTS | {"name_zh": "", "name_en": " "}, "Enter a name in Chinese or in English"),
        ("facts", FACTS | {"name_zh": "长" * 201}, "At most 200 characters"),
        ("facts", FACTS | {"series_name_zh": "长" * 201}, "At most 200 characters"),
        (
            "facts",
            FACTS | {"series_name_zh": " ", "series_name_en": ""},
            "Enter a name in Chinese or in English",
        ),
        ("facts", FACTS | {"edition": "eight"}, "Enter the edition as a number, like 8"),
        ("facts", FACTS | {"edition": "9" * 5000}, "Enter the edition as a number, like 8"),
        ("facts", FACTS | {"timezone": "Asia/Dalian"}, "There is no time zone Asia/Dalian."),
        ("facts", FACTS | {"cutoff_hour": "25"}, "Not a valid choice"),
        ("registration", {"registration_opens_at": "2026-02-30T10:00"}, "Enter day and time, like"),
        (
            "registration",
            {"registration_opens_at": "2026-03-01T10:00", "registration_closes_at": "2026-03-01T09:00"},
            "Registration must close after it opens",
        ),
        ("registration", {"capacity": "-1"}, "Enter a whole number from 1, or leave it empty"),
        ("registration", {"consent_zh": "x" * 5001}, "At most 5000 characters"),
        ("units/new", {"role": "king", "name_zh": "x", "position": "0"}, "Not a valid choice"),
        ("units/new", {"role": "host", "position": "0"}, "Enter a name in Chinese or in English"),
        (
            "halls/new",
            {"code": "a b", "name_zh": "x", "position": "0"},
            "A code has letters, digits and hyphens only",
        ),
        (
            "halls/new",
            {"code": "1", "name_zh": "x", "position": "0"},
            "The code 1 is already used in this fair.",
        ),
        ("halls/new", {"code": "2", "name_zh": "x", "position": "-1"}, "Enter a whole number from 0 to 9999"),
        ("zones/new", ZONE | {"hall": "77"}, "Not a valid choice"),
        ("zones/new", ZONE | {"capacity": "0"}, "Enter a whole number from 1, or leave it empty"),
        ("zones/new", ZONE | {"full_policy": "burst"}, "Not a valid choice"),
        ("gates/new", GATE | {"zone": "nowhere"}, "Not a valid choice"),
        ("gates/new", GATE | {"class_keys": "ghost"}, "Not a valid choice"),
        ("gates/new", GATE | {"code": ""}, "Enter a code like A1"),
        ("days/new", DAY | {"date": "2026-02-30"}, "Enter a day that exists, like 2026-08-19"),
        ("days/new", DAY | {"date": "1026-02-20"}, "Enter a day between the years 2000 and 2199"),
        ("days/new", DAY | {"official_to": "08:00"}, "The closing time must be after the opening time."),
        ("days/new", DAY | {"official_to": "25:00"}, "Enter a time like 09:00"),
        ("days/new", DAY | {"official_from": "", "official_to": ""}, "A day for visitors needs an opening"),
        ("days/new", DAY | {"door_from_0": "09:00"}, "Enter both the opening and the closing time"),
        ("days/new", DAY | {"last_admission_2": "09:00"}, "Enter both the opening and the closing time"),
        ("days/new", DAY | {"door_from_1": "09:00", "door_to_1": "09:00"}, "The doors must close later"),
        (
            "days/new",
            DAY | {"door_from_1": "09:00", "door_to_1": "17:00", "last_admission_1": "18:00"},
            "The last admission must lie between",
        ),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    app: Flask, people: People, page: str, data: dict[str, str], sentence: str
) -> None:
    """A clear sentence on top and beside the field, nothing lost, nothing saved."""
    with app.app_context():
        before = (fair().setup_version, len(fair().days), len(fair().zones), len(fair().gates))
    answer = people.alice.post(f"{SETUP}/{page}?lang=en", data=data)
    assert answer.status_code == 422
    assert answer.text.count(sentence) >= 2
    assert "<title>Error:" in " ".join(answer.text.split()).replace("<title> ", "<title>")
    with app.app_context():
        assert (fair().setup_version, len(fair().days), len(fair().zones), len(fair().gates)) == before


def test_typing_survives_an_error_and_the_switch_of_language(people: People) -> None:
    """B7, B8: the switch sends the form and keeps it, an error shows it again."""
    typed = GATE | {"name_zh": "北门甲", "code": "not a code", "class_keys": "vip"}
    for answer in (
        people.alice.post(f"{SETUP}/gates/new", data=typed),
        people.alice.post(f"{SETUP}/gates/new", data=typed | {"_lang": "en"}),
    ):
        assert 'value="北门甲"' in answer.text
        assert 'value="not a code"' in answer.text
        assert 'value="vip" checked' in answer.text
    assert "Gates" in answer.text


def test_hours_after_midnight_need_a_day_that_ends_later(app: Flask, people: People) -> None:
    """Decision 0004: the gate counts a scan in the fair's day; hours past its border would refuse everybody."""
    evening = DAY | {
        "official_from": "18:00",
        "official_to": "02:00",
        "door_from_0": "17:30",
        "door_to_0": "02:00",
    }
    refused = people.alice.post(f"{SETUP}/days/new?lang=en", data=evening)
    assert refused.status_code == 422
    assert refused.text.count("These hours run past 00:00, when a day of the fair ends.") >= 2
    assert people.alice.post(f"{SETUP}/facts", data=FACTS | {"cutoff_hour": "4"}).status_code == 303
    assert people.alice.post(f"{SETUP}/days/new", data=evening).status_code == 303
    back = people.alice.post(f"{SETUP}/facts?lang=en", data=FACTS | {"cutoff_hour": "1"})
    assert back.status_code == 422
    assert "hours of 2030-02-28 would lie in two days" in back.text
    with app.app_context():
        assert fair().cutoff_hour == 4


def test_the_series_is_renamed_on_the_page_of_the_facts(app: Flask, people: People) -> None:
    """O2: what a new fair or a document made of the series can be put right, in both languages."""
    with app.app_context():
        before = fair().series.name_zh
    shown = people.alice.get(f"{SETUP}/facts?lang=zh").text
    assert "系列展会中文名称" in shown
    assert f'value="{before}"' in shown
    data = FACTS | {"series_name_zh": " 大连\u202e轻工展 ", "series_name_en": "Light Industry Expo"}
    assert people.alice.post(f"{SETUP}/facts", data=data).status_code == 303
    with app.app_context():
        series = fair().series
        assert (series.name_zh, series.name_en) == ("大连轻工展", "Light Industry Expo")
        (entry,) = [e for e in db.session.scalars(sa.select(Entry)) if e.action == "expos.series_renamed"]
        assert entry.expo_id == fair().id
    for stranger, status in ((people.bob, 403), (people.charlie, 404)):
        assert stranger.post(f"{SETUP}/facts", data=data).status_code == status


def test_facts_and_registration_are_kept(app: Flask, people: People) -> None:
    data = FACTS | {
        "name_zh": " 第八届\u202e𠮷展 ",
        "city": "大连",
        "summary_zh": "一\r\n二",
        "cutoff_hour": "4",
    }
    assert people.alice.post(f"{SETUP}/facts", data=data).status_code == 303
    opened = {"registration_opens_at": "2026-07-01T00:30", "capacity": "８０", "consent_zh": "同意"}
    assert people.alice.post(f"{SETUP}/registration", data=opened).status_code == 303
    with app.app_context():
        kept = fair()
        assert (kept.name_zh, kept.city, kept.summary_zh, kept.cutoff_hour) == (
            "第八届𠮷展",
            "大连",
            "一\n二",
            4,
        )
        assert kept.registration_opens_at == datetime(2026, 6, 30, 16, 30, tzinfo=UTC)
        assert (kept.capacity, kept.consent_zh, kept.consent_version) == (80, "同意", 2)
    assert 'value="2026-07-01T00:30"' in people.alice.get(f"{SETUP}/registration").text


@pytest.mark.parametrize(("is_public", "status", "version"), [(True, 422, 1), (False, 303, 2)])
def test_the_consent_text_of_a_published_fair_cannot_be_emptied(
    app: Flask, people: People, is_public: bool, status: int, version: int
) -> None:
    """P1: a sentence beside the field, nothing saved; before publishing it may be emptied and written anew."""
    with app.app_context(), transaction():
        fair().published_at = clock.now() if is_public else None
    answer = people.alice.post(f"{SETUP}/registration?lang=en", data={"consent_zh": " ", "consent_en": ""})
    assert answer.status_code == status
    if is_public:
        assert answer.text.count("visitors must see what they agree to") == 2
    with app.app_context():
        assert (fair().consent_version, bool(fair().consent_zh)) == (version, is_public)


def test_zones_and_gates_are_kept(app: Flask, people: People) -> None:
    assert people.alice.post(f"{SETUP}/zones/new", data=ZONE).status_code == 303
    assert (
        people.alice.post(f"{SETUP}/gates/new", data=GATE | {"class_keys": ["vip", "media"]}).status_code
        == 303
    )
    with app.app_context():
        zone, gate = fair().zones[-1], fair().gates[-1]
        assert (zone.code, zone.capacity, zone.full_policy, zone.counts_visits) == (
            "Z",
            3,
            FullPolicy.REFUSE,
            False,
        )
        assert (gate.code, gate.class_keys, gate.anti_passback) == ("C", ["vip", "media"], AntiPassback.WARN)
        numbers = (zone.id, gate.id)
    assert people.alice.post(f"{SETUP}/zones/1/remove?lang=en").location == f"{SETUP}/zones/1"
    assert "A gate leads into this zone." in people.alice.get(f"{SETUP}/zones/1?lang=en").text
    assert people.alice.post(f"{SETUP}/zones/{numbers[0]}/remove").location == f"{SETUP}/zones"
    assert people.alice.post(f"{SETUP}/gates/{numbers[1]}/remove").location == f"{SETUP}/gates"


def test_doors_of_a_day_are_kept_and_copied(app: Flask, people: People) -> None:
    """check-in.md row 8: from, to and last admission for each class."""
    assert people.alice.post(f"{SETUP}/facts", data=FACTS | {"cutoff_hour": "4"}).status_code == 303
    with app.app_context():
        day = fair().days[1]
        number, data = day.id, DAY | {"date": day.date.isoformat(), "copy": "y"}
    # A browser sends every field of the page, the empty ones too.
    data |= {f"{name}_{n}": "" for name in ("door_from", "door_to", "last_admission") for n in range(8)}
    data |= {"door_from_0": "09:00", "door_to_0": "17:00", "last_admission_0": "16:30"}
    data |= {"door_from_3": "20:00", "door_to_3": "02:00", "last_admission_3": "01:00"}
    assert people.alice.post(f"{SETUP}/days/{number}", data=data).status_code == 303
    with app.app_context():
        opened = [queries.day_facts(row) for row in fair().days if row.kind is DayKind.OPEN]
        assert [facts.doors for facts in opened] == [
            [
                DoorFacts(door_from=time(9), door_to=time(17), last_admission=time(16, 30)),
                DoorFacts(class_key="vip", door_from=time(20), door_to=time(2), last_admission=time(1)),
            ]
        ] * 4
    assert people.alice.post(f"{SETUP}/days/{number}/remove").status_code == 303
    with app.app_context():
        assert len(fair().days) == 5


def test_publishing_names_the_gap_and_then_publishes(app: Flask, people: People) -> None:
    """O2: publishing with a gap names it with a link."""
    with app.app_context(), transaction():
        fair().published_at = None
    answer = people.alice.post(f"{SETUP}/publish?lang=en")
    page = answer.text
    assert answer.status_code == 422
    assert "The fair is not ready to be published." in page
    assert "Name the organiser, who answers for the fair and its data" in page
    assert f'href="{SETUP}/units"' in page
    assert people.nobody.get("/8th/").status_code == 404
    people.alice.post(f"{SETUP}/units/new", data={"role": "organiser", "name_zh": "轻工联", "position": "0"})
    people.alice.post(f"{SETUP}/publish")
    assert people.nobody.get("/8th/").status_code == 200
    people.alice.post(f"{SETUP}/unpublish")
    assert people.nobody.get("/8th/").status_code == 404


NEW = {
    "name_zh": "新展",
    "name_en": "New fair",
    "edition": "1",
    "slug": "First",
    "first": "2027-08-19",
    "last": "2027-08-22",
    "timezone": "Asia/Seoul",
    "series": "",
}


def test_a_new_fair_has_all_but_venue_and_organiser(app: Flask, people: People) -> None:
    assert people.dora.post("/desk/new", data=NEW).location == "/desk/first/setup"
    page = people.dora.get("/desk/first/setup?lang=en").text
    assert "2 things are missing before the fair can be published." in page
    with app.app_context():
        expo = fair("first")
        assert [day.date for day in queries.open_days(expo)] == [date(2027, 8, n) for n in range(19, 23)]
        assert (len(expo.halls), len(expo.zones), len(expo.gates), expo.timezone) == (1, 1, 1, "Asia/Seoul")
        assert (expo.published_at, expo.consent_version) == (None, 1)
        assert queries.roles(expo, 4) == {Role.ORGANISER}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "8th"}, "There is already a fair with the address 8th."),
        ({"slug": "desk"}, "The address desk is used by the product."),
        ({"slug": "第一届"}, "An address has small letters"),
        ({"slug": "a/../b"}, "An address has small letters"),
        ({"name_zh": "", "name_en": ""}, "Enter a name in Chinese or in English"),
        ({"last": "2027-08-18"}, "The last day must not be before the first day"),
        ({"last": "2029-08-18"}, "A fair has at most 198 days"),
        ({"first": "0001-01-01"}, "Enter a day between the years 2000 and 2199"),
        ({"first": "2026-02-30"}, "Enter a day that exists, like 2026-08-19"),
        ({"timezone": "Mars"}, "There is no time zone Mars."),
        ({"series": "99"}, "Not a valid choice"),
        ({"series": "1", "edition": "8"}, "This series already has an edition 8."),
    ],
)
def test_a_new_fair_is_refused_with_a_sentence(
    app: Flask, people: People, change: dict[str, str], sentence: str
) -> None:
    answer = people.dora.post("/desk/new?lang=en", data=NEW | change)
    assert (answer.status_code, answer.text.count(sentence) >= 2) == (422, True)
    with app.app_context():
        assert [expo.slug for expo in queries.all_expos()] == ["8th"]


def test_a_form_from_elsewhere_is_refused(app: Flask, people: People) -> None:
    """CSRF: without the page's own token nothing is changed."""
    app.config["WTF_CSRF_ENABLED"] = True
    assert people.alice.post(f"{SETUP}/unpublish").status_code == 400
    assert people.alice.post(f"{SETUP}/facts", data=FACTS).status_code == 400
    with app.app_context():
        assert fair().published_at is not None


def test_the_days_show_when_people_get_in(people: People) -> None:
    """O2: the hours of the doors, each once, and not how many rows they are kept in."""
    page = people.alice.get(f"{SETUP}/days?lang=en").text
    with_hours = re.findall(r'<td[^>]* class="wide-only"[^>]*>(.*?)</td>', page, re.S)
    assert with_hours
    for cell in with_hours:
        shown = re.findall(r"\d\d:\d\d–\d\d:\d\d", cell)
        assert shown == sorted(set(shown))
        assert bool(shown) != ("Nobody gets in" in cell)
