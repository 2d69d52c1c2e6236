"""DEMO-8's stands, areas and companies in the database: the page, the command and the evidence (statistics.md §1.2 to §1.5)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeDay
from exhibitions.badges.service.issuing import Holder
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import (
    CoExhibitor,
    Exhibitor,
    ExhibitorSettings,
    Presence,
    RepresentedCompany,
    StaffBadge,
)
from exhibitions.exhibitors.queries import staff
from exhibitions.exhibitors.queries.presence import EMPTY_FROM
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, Hall
from exhibitions.expos.queries import visitor_days
from exhibitions.files import service as files
from exhibitions.reports.rules.evidence import read_evidence
from exhibitions.reports.rules.exhibition import exhibition
from exhibitions.reports.rules.profiles import PROFILES
from exhibitions.stands.models import Allocation, HallPlan, Shape, Stand
from exhibitions.stands.rules.allocation import AllocationKind, EndReason
from exhibitions.stands.rules.plan import ShapeKind
from tests.asked import counted
from tests.exhibiting import make_exhibitor
from tests.people import People

PAGE = "/desk/8th/exhibition-figures"
EN = {"Accept-Language": "en"}
STANDS = {
    "A01": (9, "X1"),
    "A02": (9, "X1"),
    "A03": (36, "X2"),
    "A04": (18, "X3"),
    "A05": (20, "K0"),
    "B01": (100, "X4"),
    "B02": (9, "X5"),
    "B03": (36, "X6"),
    "A06": (9, "X7"),
    "A07": (9, "X8"),
    "A08": (9, "X9"),
}
COUNTRIES = {"X4": "DE", "X5": "HK", "K0": "KR"}
SHAPES = {
    ShapeKind.SPECIAL: 60,
    ShapeKind.STAGE: 80,
    ShapeKind.SERVICE: 12,
    ShapeKind.OFFICE: 30,
    ShapeKind.CATERING: 50,
    ShapeKind.RESTAURANT: 200,
    ShapeKind.AISLE: 600,
}


def presence(
    expo: Expo,
    exhibitor: Exhibitor,
    photo_id: int | None,
    co: CoExhibitor | None = None,
    *,
    present: bool = True,
) -> None:
    now = clock.now()
    db.session.add(
        Presence(
            expo_id=expo.id,
            exhibitor_id=exhibitor.id,
            co_exhibitor_id=co.id if co else None,
            day=now.date(),
            present=present,
            at=now,
            photo_id=photo_id,
        )
    )


def co(expo: Expo, exhibitor: Exhibitor, name: str, country: str) -> CoExhibitor:
    row = CoExhibitor(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        name_zh=name,
        country=country,
        state=CoState.ADMITTED,
        own_goods=True,
        own_staff=True,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def demo8(app: Flask, people: People) -> Flask:
    """The stands, areas and companies of §1.5, proved present by inspectors, an hour after the hour of empty stands."""
    del people
    with app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        photo = files.store(
            b"x", name="x", content_type="image/png", purpose="x", expo_id=expo.id, owner=SYSTEM
        ).id
        halls = make_halls(expo)
        made = make_exhibitors(expo, photo)
        for number, (area, holder) in STANDS.items():
            make_stand_of(expo, halls[number == "B01"], number, area, made[holder])
        for kind, area in SHAPES.items():
            add_shape(expo, halls[False], kind, area)
        add_shape(expo, halls[True], ShapeKind.AISLE, 0)
        sharing = [("X2", "C1", "CN"), ("X2", "C2", "KR")]
        for main, name, country in [*sharing, *(("K0", f"K{n}", "KR") for n in range(1, 5))]:
            presence(expo, made[main], photo, co(expo, made[main], name, country))
        represented = RepresentedCompany(
            expo_id=expo.id, exhibitor_id=made["X2"].id, name_en="R1", country="JP"
        )
        db.session.add(represented)
        set_hour(expo, clock.now() - timedelta(hours=1))
    return app


def make_halls(expo: Expo) -> dict[bool, Hall]:
    outdoor = Hall(expo_id=expo.id, code="O", name_zh="室外")
    db.session.add(outdoor)
    db.session.flush()
    halls = {False: expo.halls[0], True: outdoor}
    for is_outdoor, hall in halls.items():
        floor = HallPlan(expo_id=expo.id, hall_id=hall.id, width=60_000, depth=40_000, is_outdoor=is_outdoor)
        db.session.add(floor)
    return halls


def make_exhibitors(expo: Expo, photo: int) -> dict[str, Exhibitor]:
    made = {}
    for key in dict.fromkeys(holder for _area, holder in STANDS.values()):
        state = {"X8": State.CANCELLED, "X9": State.ADMITTED}.get(key, State.ON_SITE)
        made[key] = make_exhibitor(expo, key, state, country=COUNTRIES.get(key, "CN"))[0]
        if key not in ("X7", "X8", "X9"):
            presence(expo, made[key], photo)
    # An inspector found X7's stand empty.
    presence(expo, made["X7"], None, present=False)
    return made


def make_stand_of(expo: Expo, hall: Hall, number: str, area: int, holder: Exhibitor) -> None:
    stand = Stand(
        expo_id=expo.id,
        hall_id=hall.id,
        number=number,
        polygon=[],
        area=area * 10_000,
        upper_area=20 * 10_000 if number == "B03" else 0,
        is_free_of_charge=number == "A04",
    )
    db.session.add(stand)
    db.session.flush()
    now = clock.now()
    kind = AllocationKind.HOLD if number == "A08" else AllocationKind.ASSIGNED
    allocation = Allocation(expo_id=expo.id, stand_id=stand.id, exhibitor_id=holder.id, kind=kind, since=now)
    if number == "A07":
        allocation.ended_at, allocation.end_reason = now, EndReason.CANCELLED
    db.session.add(allocation)


def add_shape(expo: Expo, hall: Hall, kind: ShapeKind, area: int) -> None:
    db.session.add(
        Shape(expo_id=expo.id, hall_id=hall.id, kind=kind, polygon=[], area=area * 10_000, label_zh=kind)
    )


def set_hour(expo: Expo, moment: datetime) -> None:
    row = db.session.scalar(sa.select(ExhibitorSettings))
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, data={}, changed_at=clock.now())
        db.session.add(row)
    row.data = {EMPTY_FROM: moment.isoformat()}


def report(app: Flask, *words: str) -> dict[str, Any]:
    done = app.test_cli_runner().invoke(args=["report", "exhibition", "--expo", "8th", *words])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("profile", "indoor", "net", "gross"),
    [
        ("ISO-UFI", "137", "297", "989"),
        ("FKM", "137", "297", "1039"),
        ("cn-local", "119", "219", None),
        ("ABC", "137", "237", None),
    ],
)
def test_demo8_from_the_database(
    demo8: Flask, profile: str, indoor: str, net: str, gross: str | None
) -> None:
    found = report(demo8, "--profile", profile)
    assert (found["indoor"]["total"], found["outdoor"]["total"]) == (indoor, "100")
    assert (found["net"], found["gross"]) == (net, gross)
    counts = found["exhibitors"]
    if profile == "ABC":
        assert counts is None
        return
    assert [counts[key]["total"] for key in ("main", "co", "direct", "represented")] == [7, 6, 13, 1]
    assert counts["by_country"] == {"KR": 6, "CN": 5, "DE": 1, "HK": 1}
    assert counts["direct"]["overseas_percent"] == "61.54 %"
    assert found["upper"] == "20"


def test_before_the_hour_everybody_under_contract_is_taken_to_come(demo8: Flask) -> None:
    with demo8.app_context(), transaction():
        set_hour(db.session.scalars(sa.select(Expo)).one(), clock.now() + timedelta(hours=1))
    found = report(demo8)
    assert (found["net"], found["exhibitors"]["direct"]["total"]) == ("306", 14)


def test_a_stand_that_nobody_has_looked_at_is_not_checked_and_no_no_show(
    demo8: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """§1.4: silence proves nothing; its contract counts until somebody looks, its people once the fair is over do not."""
    with demo8.app_context(), transaction():
        db.session.execute(sa.delete(Presence).where(Presence.present.is_(False)))
        last = db.session.scalars(sa.select(Expo)).one().days[-1].date
        set_hour(db.session.scalars(sa.select(Expo)).one(), datetime(2020, 1, 1, tzinfo=UTC))
    found = report(demo8)
    assert (found["net"], found["exhibitors"]["direct"]["total"]) == ("306", 14)
    page = people.alice.get(PAGE, headers=EN).text
    assert "Stands not checked yet" in page
    over = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: over)
    assert report(demo8)["exhibitors"]["direct"]["total"] == 13, "E-1: own personnel is proved or not"


def test_e1_a_scan_of_a_co_exhibitors_own_people_proves_it_and_one_of_the_main_exhibitors_does_not(
    demo8: Flask,
) -> None:
    """§1.4: without the inspector's picture C1 is proved by a badge of its own people alone, once the fair is over."""
    with demo8.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        c1 = db.session.scalars(sa.select(CoExhibitor).where(CoExhibitor.name_zh == "C1")).one()
        db.session.execute(sa.delete(Presence).where(Presence.co_exhibitor_id == c1.id))
        main, number = c1.exhibitor_id, c1.id
        presence(expo, c1.exhibitor, None, c1, present=False)
        scanned(expo, main, None)
    assert report(demo8)["exhibitors"]["co"]["total"] == 5
    with demo8.app_context(), transaction():
        scanned(db.session.scalars(sa.select(Expo)).one(), main, number)
    assert report(demo8)["exhibitors"]["co"]["total"] == 6


def scanned(expo: Expo, exhibitor_id: int, co_exhibitor_id: int | None) -> None:
    """Somebody of the stand came in on the first open day."""
    now = clock.now()
    person = StaffBadge(
        expo_id=expo.id,
        exhibitor_id=exhibitor_id,
        co_exhibitor_id=co_exhibitor_id,
        name="王敏",
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    badge_class = staff.badge_class(expo, StaffKind.STAFF)
    assert badge_class is not None
    badge = badges.issue(expo, badge_class, Holder(staff.HOLDER, person.id, "王敏", "C1"))
    day = visitor_days(expo)[0]
    db.session.add(
        BadgeDay(expo_id=expo.id, badge_id=badge.id, day=day, first_at=now, first_gate_id=expo.gates[0].id)
    )


def test_the_page_shows_every_figure_with_its_rule_and_the_evidence_proves_it(
    demo8: Flask, people: People
) -> None:
    page = people.alice.get(PAGE, headers=EN).text
    file = people.alice.get(f"{PAGE}/evidence")
    assert hashlib.sha256(file.data).hexdigest() in page
    texts = ["297 m²", "989 m²", "7 main, 6 co-exhibitors", "61.5 %", "ISO-UFI", "53.8 %"]
    # §1.3, 2 and 7: 237 m² on 8 stands; the number of countries and regions; new and returning.
    texts += ["29.63 m²", "They come from 4 countries and regions.", "13 exhibitors are new."]
    for text in texts:
        assert text in page, text
    recounted = exhibition(read_evidence(file.data), PROFILES["ISO-UFI"])
    assert recounted.space.net == 297
    assert "219 m²" in people.alice.get(PAGE + "?profile=CN-LOCAL", headers=EN).text
    assert people.alice.get(PAGE + "?profile=ABC").status_code == 200
    assert people.alice.get(PAGE + "?profile=x").status_code == 404
    assert people.bob.get(PAGE).status_code == 403


def test_e5_an_exhibitor_of_nobody_knows_where_is_said_and_in_no_share(demo8: Flask, people: People) -> None:
    with demo8.app_context(), transaction():
        of_x1 = sa.select(Exhibitor.id).join(Exhibitor.company).where(Company.name_zh == "X1")
        row = db.session.get_one(Exhibitor, db.session.scalars(of_x1).one())
        row.country = ""
    page = people.alice.get(PAGE, headers=EN).text
    for text in (
        "Country not known: exhibitors 1, visitors 0",
        "8 of 12",
        "66.7 %",
        "Country not known</th>",
    ):
        assert text in page, text
    found = report(demo8)
    assert found["exhibitors"]["by_country"]["unknown"] == 1
    assert found["stand_space"]["unknown"] == "18"
    # All on site have paid; A04 was given free (SP-1, §1.3).
    assert (found["charged"], found["paid"], found["due"], found["free"]) == ("219", "219", "0", "18")


def test_e7_a_company_that_two_represent_or_that_exhibits_itself_is_one(demo8: Flask) -> None:
    """Case 13 and E-4 without a credit code: by name and country, in whatever form the name is typed."""
    with demo8.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        ids = db.session.scalars(sa.select(Exhibitor.id).where(Exhibitor.state == State.ON_SITE)).all()
        for main, name, country in (
            (ids[0], "R1 Co., Ltd.", "JP"),
            (ids[1], "C1", "CN"),
            (ids[1], "X4 GmbH", "DE"),
            (ids[2], "R1", "KR"),
        ):
            row = RepresentedCompany(expo_id=expo.id, exhibitor_id=main, name_en=name, country=country)
            db.session.add(row)
    counts = report(demo8)["exhibitors"]
    assert [counts[key]["total"] for key in ("main", "co", "direct", "represented")] == [7, 6, 13, 2]
    assert counts["represented_by_country"] == {"JP": 1, "KR": 1}


def test_an_empty_fair_shows_dashes_and_no_error(app: Flask, people: People) -> None:
    page = people.alice.get(PAGE, headers=EN).text
    assert "No stand is taken yet" in page
    assert "cannot be said yet" in page
    found = report(app)
    assert found["exhibitors"]["direct"]["overseas_percent"] == "–"


def test_a_hall_without_aisles_has_the_rest_of_its_floor(demo8: Flask) -> None:
    with demo8.app_context(), transaction():
        for row in db.session.scalars(sa.select(Shape).where(Shape.kind == ShapeKind.AISLE)):
            db.session.delete(row)
    indoor = 2400 - (164 + 432)
    outdoor = 2400 - 100
    assert report(demo8)["gross"] == str(297 + 80 + 12 + indoor + outdoor)


def test_questions_do_not_grow_with_stands(demo8: Flask, people: People) -> None:
    with counted(demo8) as few:
        people.alice.get(PAGE)
    with demo8.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo)).one()
        for number in range(20):
            make_exhibitor(expo, f"公司{number}", State.PAID)
    with counted(demo8) as many:
        people.alice.get(PAGE)
    assert len(many) <= len(few)


def test_the_command_names_the_profiles_it_knows(demo8: Flask, tmp_path: Any) -> None:
    done = demo8.test_cli_runner().invoke(args=["report", "exhibition", "--expo", "8th", "--profile", "UFO"])
    assert "CN-LOCAL" in done.output
    found = report(demo8, "--evidence", str(tmp_path / "rows.jsonl"))
    content = (tmp_path / "rows.jsonl").read_bytes()
    assert hashlib.sha256(content).hexdigest() == found["evidence_sha256"]
