"""A new edition from an earlier one (O2): every table of set-up is copied, none of people, and no row is shared."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import DayKind, Role
from exhibitions.expos.rules.permit import PermitFacts
from exhibitions.expos.rules.setup import DayFacts, FairFacts, FairSetup, TaskFacts
from exhibitions.portal.rules import copying
from exhibitions.portal.rules.copying import NewEdition
from exhibitions.portal.service.copying import copy_fair, plan_copy
from tests.engines import both_engines
from tests.factories import make_expo
from tests.full_fair import fill
from tests.people import People
from tests.test_architecture import COPIED, tables_of_a_fair

ALICE = Actor("user", 1, "Alice")
NEW = NewEdition("9th", 9, "第9届", "", date(2031, 9, 9), date(2031, 9, 12))


def fair(slug: str = "8th") -> Expo:
    found = expos.expo_by_slug(slug)
    assert found is not None
    return found


def ids(table: sa.Table, expo: Expo) -> set[object]:
    (key,) = table.primary_key
    return set(db.session.scalars(sa.select(key).where(table.c.expo_id == expo.id)))


@both_engines
def test_set_up_is_copied_and_people_stay_behind(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            fill(fair(), ALICE)
            expo_service.save_permit(fair(), PermitFacts(number="8", persons=9_000))
        with transaction():
            made = copy_fair(fair(), NEW, Actor("user", 2, "Bob"), 2)
        for table in tables_of_a_fair():
            old, new = ids(table, fair()), ids(table, made)
            assert not old & new, table.name
            if table.name == "price_lists":
                # What is in force or drafted now, as a draft; versions before it belong to their edition.
                assert len(new) == 1
            elif table.name in COPIED:
                assert (table.name, len(new)) == (table.name, len(old))
                assert old, table.name
            elif table.name not in ("memberships", "audit_entries"):
                assert (table.name, new) == (table.name, set())
        # The permit is asked for anew; the rate that was expected is the one to begin with.
        assert planning.permit_facts(made) == PermitFacts(turn_up=planning.permit_facts(fair()).turn_up)
        assert expos.roles(made, 2) == {Role.ORGANISER}
        assert expos.roles(made, 1) == frozenset()
        assert (made.published_at, made.series_id, made.edition) == (None, fair().series_id, 9)
        assert made.code != fair().code
        (task,) = planning.tasks(made)
        assert (task.due, task.user_id) == (date(2031, 9, 9) - timedelta(days=45), None)


def test_copying_by_pages_from_choice_to_publishing(app: Flask, people: People) -> None:
    """O2: choose, say what is new, check, make, see what was copied; then publish."""
    with app.app_context(), transaction():
        expo_service.grant_role(fair(), 4, Role.ORGANISER)
        fill(fair(), ALICE)
    assert "/desk/new/copy?from=8th" in people.dora.get("/desk/new/copy").text
    page = people.dora.get("/desk/new/copy?from=8th&lang=en").text
    assert 'value="第9届中国（大连）轻工商品博览会"' in page
    assert 'value="9th"' in page
    first = clock.today("Asia/Shanghai") + timedelta(days=364)
    new = {"from": "8th", "name_zh": "第九届", "name_en": "", "edition": "9", "slug": "9TH"}
    new |= {"first": first.isoformat(), "last": (first + timedelta(days=3)).isoformat()}
    check = people.dora.post("/desk/new/copy?from=8th&lang=en", data=new | {"step": "check"})
    assert check.status_code == 200
    assert "Check the copy" in check.text
    assert 'name="first" value="' + first.isoformat() in check.text
    with app.app_context():
        assert expos.expo_by_slug("9th") is None
    changed = people.dora.post("/desk/new/copy", data=new | {"step": "change"})
    assert (changed.status_code, 'value="第九届"' in changed.text) == (200, True)
    made = people.dora.post("/desk/new/copy", data=new | {"step": "make"})
    assert made.location == "/desk/9th/setup/copied"
    assert "edition 8" in people.dora.get("/desk/9th/setup/copied").text
    assert people.alice.get("/desk/9th/setup/copied").status_code == 404
    people.dora.post("/desk/9th/setup/publish")
    assert people.nobody.get("/9th/").status_code == 200
    assert people.dora.post("/desk/new/copy", data=new | {"step": "make"}).status_code == 422


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "8th"}, "There is already a fair with the address 8th."),
        ({"edition": "8"}, "This series already has an edition 8."),
        ({"slug": "desk"}, "The address desk is used by the product."),
        ({"name_zh": ""}, "Enter a name in Chinese or in English"),
        ({"first": "2020-01-01", "last": "2020-01-04"}, "The first day lies in the past."),
        ({"last": "2031-09-01"}, "The last day must not be before the first day"),
        ({"last": "2035-09-01"}, "A fair has at most 198 days"),
        ({"first": "1031-09-09"}, "Enter a day between the years 2000 and 2199"),
    ],
)
@pytest.mark.parametrize("step", ["check", "make"])
def test_a_copy_is_refused_with_a_sentence(
    app: Flask, people: People, change: dict[str, str], sentence: str, step: str
) -> None:
    new = {
        "from": "8th",
        "name_zh": "第九届",
        "name_en": "",
        "edition": "9",
        "slug": "9th",
        "first": "2031-09-09",
        "last": "2031-09-12",
    }
    answer = people.dora.post("/desk/new/copy?lang=en", data=new | change | {"step": step})
    assert (answer.status_code, answer.text.count(sentence) >= 2) == (422, True)
    with app.app_context():
        assert [expo.slug for expo in expos.all_expos()] == ["8th"]


def test_only_own_editions_are_offered_to_who_may_make_fairs(app: Flask, people: People) -> None:
    assert people.alice.get("/desk/new/copy?from=8th").status_code == 403
    assert people.charlie.get("/desk/new/copy?from=8th").status_code == 403


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("第八届中国轻工博览会", "第九届中国轻工博览会"),
        ("第8届博览会", "第9届博览会"),
        ("第 8 届博览会", "第 9 届博览会"),
        ("8th Light Industry Expo", "9th Light Industry Expo"),
        ("Expo, edition 8", "Expo, edition 9"),
        ("Expo 88th", "Expo 88th"),
        ("博览会", "博览会"),
    ],
)
def test_the_number_in_a_name_follows(name: str, becomes: str) -> None:
    assert copying.next_name(name, 8, 9) == becomes


def test_numbers_in_words() -> None:
    assert [copying.in_han(n) for n in (1, 10, 12, 20, 21, 99, 100)] == [
        "一",
        "十",
        "十二",
        "二十",
        "二十一",
        "九十九",
        "100",
    ]
    assert [copying.ordinal(n) for n in (1, 2, 3, 4, 11, 13, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "13th",
        "21st",
        "112th",
    ]


def day(on: date, kind: DayKind = DayKind.OPEN, closes: int = 17) -> DayFacts:
    hours = (time(9), time(closes)) if kind is DayKind.OPEN else (None, None)
    return DayFacts(date=on, kind=kind, official_from=hours[0], official_to=hours[1])


SHANGHAI = ZoneInfo("Asia/Shanghai")
OLD = [
    day(date(2030, 8, 17), DayKind.BUILD_UP),
    day(date(2030, 8, 19), closes=18),
    day(date(2030, 8, 20)),
    day(date(2030, 8, 22), closes=14),
    day(date(2030, 8, 23), DayKind.DISMANTLING),
]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2031, 9, 12), [(7, None), (9, 18), (10, 17), (12, 14), (13, None)]),
        (date(2031, 9, 10), [(7, None), (9, 18), (10, 14), (11, None)]),
        (date(2031, 9, 9), [(7, None), (9, 14), (10, None)]),
        (date(2031, 9, 13), [(7, None), (9, 18), (10, 17), (11, 17), (12, 17), (13, 14), (14, None)]),
    ],
)
def test_days_move_with_the_opening_and_the_closing(
    last: date, expected: list[tuple[int, int | None]]
) -> None:
    new = NewEdition("9th", 9, "x", "", date(2031, 9, 9), last)
    found = copying.moved_days(OLD, new, [])
    assert [(each.date.day, each.official_to and each.official_to.hour) for each in found] == expected


def test_a_fair_without_days_gets_usual_ones_and_there_is_an_end() -> None:
    assert len(copying.moved_days([], NEW, ["staff"])) == 6
    long = [day(date(2030, 1, 1) + timedelta(days=n), DayKind.BUILD_UP) for n in range(199)]
    with pytest.raises(Refused) as refused:
        copying.moved_days([*long, day(date(2030, 8, 1))], NEW, [])
    assert refused.value.code == "dates_long"


def test_moments_keep_their_hour_and_own_dates_their_distance() -> None:
    """Nine in the morning stays nine, whatever the clocks of the zone did in between."""
    facts = FairFacts(
        edition=8,
        name_en="8th",
        timezone="Europe/Berlin",
        notice_en="Gate B is shut",
        registration_opens_at=datetime(2030, 1, 10, 8, tzinfo=UTC),
    )
    own, counted = (
        TaskFacts(title_en="own", due=date(2030, 8, 1)),
        TaskFacts(title_en="counted", days_before=3),
    )
    new = NewEdition("9th", 9, "", "9th", date(2030, 8, 19) + timedelta(days=181), date(2031, 3, 1))
    found = copying.moved_setup(FairSetup(facts=facts, days=OLD, tasks=[own, counted]), new, [])
    opens = found.facts.registration_opens_at
    assert opens is not None
    assert opens.astimezone(UTC) == datetime(2030, 7, 10, 7, tzinfo=UTC)
    assert (found.facts.notice_en, found.facts.registration_closes_at) == ("", None)
    assert [task.due for task in found.tasks] == [date(2030, 8, 1) + timedelta(days=181), None]
    bare = copying.moved_setup(FairSetup(facts=facts, tasks=[own]), new, [])
    assert bare.tasks == [own]


def test_a_plan_of_a_copy_writes_nothing(app: Flask, context: None) -> None:
    make_expo()
    planned = plan_copy(fair(), NEW)
    assert planned.counts["days"] == 6
    assert len(expos.all_expos()) == 1


@pytest.mark.parametrize(
    ("closes", "becomes"),
    [
        (datetime(2030, 8, 22, 14, tzinfo=SHANGHAI), datetime(2031, 8, 20, 14, tzinfo=SHANGHAI)),
        (datetime(2030, 8, 15, 18, tzinfo=SHANGHAI), datetime(2031, 8, 14, 18, tzinfo=SHANGHAI)),
    ],
    ids=["on its last day", "before it opens"],
)
def test_the_end_of_registration_moves_with_what_it_was_near(closes: datetime, becomes: datetime) -> None:
    """A shorter edition does not close its form after its end."""
    facts = FairFacts(edition=8, name_en="8th", timezone=SHANGHAI.key, registration_closes_at=closes)
    new = NewEdition("9th", 9, "", "9th", date(2031, 8, 18), date(2031, 8, 20))
    found = copying.moved_setup(FairSetup(facts=facts, days=OLD), new, [])
    assert found.facts.registration_closes_at == becomes
