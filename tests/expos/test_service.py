"""Changing the set-up of a fair: scope, audit, the version that gates go by, and what the database refuses."""

from __future__ import annotations

import uuid
from datetime import date, time
from typing import Any

import msgspec
import pytest
from flask import Flask

from exhibitions.audit import queries as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, NotFound, Refused
from exhibitions.expos import queries, service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import DayKind, UnitRole
from exhibitions.expos.rules.setup import (
    MOST_PARTS,
    DayFacts,
    DoorFacts,
    GateFacts,
    HallFacts,
    UnitFacts,
    ZoneFacts,
)
from exhibitions.gates.models import Device, Scan
from tests.engines import both_engines
from tests.factories import make_expo

pytestmark = [both_engines, pytest.mark.usefixtures("fairs")]
ALICE = Actor("user", 1, "Alice")


@pytest.fixture
def fairs(app: Flask, context: None) -> None:
    make_expo()
    make_expo("9th", 9)


def fair(slug: str = "8th") -> Expo:
    found = queries.expo_by_slug(slug)
    assert found is not None
    return found


def actions(expo: Expo) -> list[str]:
    return [entry.action for entry in audit.entries(expo.id)]


def test_what_is_remembered_of_a_set_up_ends_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_OLD_AFTER", float("inf"))
    days = queries.visitor_days(fair())
    assert len(days) == 4
    assert queries.visitor_days(fair("9th")) == days
    with transaction() as session:
        expo = fair()
        session.delete(next(day for day in expo.days if day.date == days[0]))
        session.flush()
        assert queries.visitor_days(expo) == days[1:], "inside a transaction it is asked anew"
    assert queries.visitor_days(fair()) == days, "the version was not raised"
    with transaction():
        service.setup_changed(fair())
    assert queries.visitor_days(fair()) == days[1:]
    assert queries.visitor_days(fair("9th")) == days


def test_a_change_that_forgot_the_version_is_noticed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    days = queries.visitor_days(fair())
    with transaction() as session:
        session.delete(next(day for day in fair().days if day.date == days[0]))
    monkeypatch.setattr(queries, "_OLD_AFTER", -1.0)
    assert queries.visitor_days(fair()) == days[1:]


def test_every_change_is_written_down_and_raises_the_version() -> None:
    expo = fair()
    before = expo.setup_version
    with transaction():
        hall = service.save_hall(expo, None, HallFacts(code="2", name_zh="2号馆"), ALICE)
    with transaction():
        service.save_hall(expo, hall.id, HallFacts(code="2", name_zh="二号馆"), ALICE)
    with transaction():
        service.remove_hall(expo, hall.id, ALICE)
    assert fair().setup_version == before + 3
    assert actions(expo)[:3] == ["expos.hall_removed", "expos.hall_changed", "expos.hall_added"]
    changed = audit.entries(expo.id)[1]
    assert (changed.before, changed.after) == ({"name_zh": "2号馆"}, {"name_zh": "二号馆"})


def test_saving_what_is_there_already_changes_nothing() -> None:
    expo = fair()
    version, told = expo.setup_version, len(actions(expo))
    zone = expo.zones[0]
    with transaction():
        service.save_zone(expo, zone.id, queries.zone_facts(expo, zone), ALICE)
        service.change_facts(expo, queries.fair_facts(expo), ALICE)
        day = expo.days[1]
        service.save_day(expo, day.id, queries.day_facts(day), ALICE)
    assert (fair().setup_version, len(actions(expo))) == (version, told)


def test_a_changed_consent_text_raises_its_version() -> None:
    """P1: change the text → new version; another change of facts leaves it."""
    expo = fair()
    facts = queries.fair_facts(expo)
    with transaction():
        service.change_facts(expo, msgspec.structs.replace(facts, city="大连"), ALICE)
    assert expo.consent_version == 1
    with transaction():
        service.change_facts(
            expo, msgspec.structs.replace(queries.fair_facts(expo), consent_zh="新条款"), ALICE
        )
    assert expo.consent_version == 2


@pytest.mark.parametrize("kind", ["unit", "day", "hall", "zone", "gate"])
def test_rows_of_another_fair_are_not_there(kind: str) -> None:
    """Permission between events: a number of the 9th is nobody's in the 8th."""
    expo, other = fair(), fair("9th")
    with transaction():
        service.save_unit(other, None, UnitFacts(role=UnitRole.HOST, name_zh="承办"), ALICE)
    rows: dict[str, list[Any]] = {
        "unit": [*other.units],
        "day": [*other.days],
        "hall": [*other.halls],
        "zone": [*other.zones],
        "gate": [*other.gates],
    }
    for number in (rows[kind][0].id, 2**63, 10**30):
        with pytest.raises(NotFound), transaction():
            getattr(service, f"remove_{kind}")(expo, number, ALICE)


def _scan(expo: Expo, gate_id: int) -> None:
    now = clock.now()
    device = Device(expo_id=expo.id, gate_ids=[gate_id], token_hash="0" * 64, paired_at=now, expires_at=now)
    db.session.add(device)
    db.session.flush()
    facts = {"kind": "clicker", "direction": "in", "heads": 1, "verdict": "first_today", "admitted": True}
    moments = {"scanned_at": now, "received_at": now, "corrected_at": now, "day": now.date()}
    places = {"expo_id": expo.id, "gate_id": gate_id, "device_id": device.id, "scan_id": str(uuid.uuid4())}
    db.session.add(Scan(**places, **facts, **moments, content=b"", overridden=False))


def test_a_gate_with_scans_stays() -> None:
    expo = fair()
    gate = expo.gates[0]
    with transaction():
        _scan(expo, gate.id)
    with pytest.raises(Conflict) as refused, transaction():
        service.remove_gate(expo, gate.id, ALICE)
    assert refused.value.code == "gate_used"
    assert [row.code for row in fair().gates] == ["A", "B", "S"]
    with transaction():
        service.remove_gate(expo, fair().gates[1].id, ALICE)
    assert [row.code for row in fair().gates] == ["A", "S"]


def test_a_zone_with_gates_stays_and_a_hall_leaves_its_zones() -> None:
    expo = fair()
    with pytest.raises(Conflict) as refused, transaction():
        service.remove_zone(expo, expo.zones[0].id, ALICE)
    assert refused.value.code == "zone_used"
    with transaction():
        service.remove_hall(expo, expo.halls[0].id, ALICE)
    assert [(zone.code, zone.hall_id) for zone in fair().zones] == [("main", None), ("side", None)]


def test_codes_days_and_editions_are_taken_once() -> None:
    expo = fair()
    for attempt, code in (
        (
            lambda: service.save_gate(expo, None, GateFacts(code="A", zone="main", name_zh="口"), ALICE),
            "code_taken",
        ),
        (lambda: service.save_hall(expo, None, HallFacts(code="1", name_zh="馆"), ALICE), "code_taken"),
        (lambda: service.save_zone(expo, None, ZoneFacts(code="side", name_zh="区"), ALICE), "code_taken"),
        (
            lambda: service.save_day(
                expo, None, DayFacts(date=expo.days[1].date, kind=DayKind.BUILD_UP), ALICE
            ),
            "day_taken",
        ),
        (lambda: service.create_expo(expo.series, service.Identity("x", 8, "x", ""), ALICE), "edition_taken"),
        (lambda: service.create_expo(expo.series, service.Identity("9th", 9, "x", ""), ALICE), "slug_taken"),
    ):
        with pytest.raises(Conflict) as refused, transaction():
            attempt()
        assert refused.value.code == code


def test_unknown_halls_and_zones_are_named() -> None:
    expo = fair()
    with pytest.raises(Refused) as refused, transaction():
        service.save_gate(expo, None, GateFacts(code="C", zone="nowhere", name_zh="口"), ALICE)
    assert (refused.value.code, refused.value.params) == ("zone_unknown", {"wanted": "nowhere"})
    with pytest.raises(Refused) as refused, transaction():
        service.save_zone(expo, None, ZoneFacts(code="C", hall="nowhere", name_zh="区"), ALICE)
    assert (refused.value.code, refused.value.params) == ("hall_unknown", {"wanted": "nowhere"})


def test_doors_are_replaced_and_copied() -> None:
    """check-in.md row 8: each class has its own doors on a day."""
    expo = fair()
    doors = [
        DoorFacts(door_from=time(9), door_to=time(17), last_admission=time(16, 30)),
        DoorFacts(class_key="vip", door_from=time(8), door_to=time(18)),
    ]
    day = expo.days[1]
    with transaction():
        service.save_day(expo, day.id, msgspec.structs.replace(queries.day_facts(day), doors=doors), ALICE)
        copied = service.copy_doors(expo, day.id, ALICE)
    assert copied == 3
    kept = {row.kind: queries.day_facts(row).doors for row in queries.days_with_doors(fair())}
    assert kept[DayKind.OPEN] == doors
    assert [door.class_key for door in kept[DayKind.BUILD_UP]] == ["buildup", "exhibitor", "organiser"]


def test_a_class_has_one_door_a_day() -> None:
    expo = fair()
    twice = [DoorFacts(door_from=time(9), door_to=time(10)), DoorFacts(door_from=time(11), door_to=time(12))]
    with pytest.raises(Refused) as refused, transaction():
        service.save_day(
            expo, None, DayFacts(date=date(2030, 1, 1), kind=DayKind.BUILD_UP, doors=twice), ALICE
        )
    assert refused.value.code == "door_twice"


def test_lists_have_an_end() -> None:
    expo = fair()
    with transaction():
        for number in range(MOST_PARTS):
            service.save_unit(expo, None, UnitFacts(role=UnitRole.SUPPORTER, name_en=f"Unit {number}"), ALICE)
    with pytest.raises(Refused) as refused, transaction():
        service.save_unit(expo, None, UnitFacts(role=UnitRole.SUPPORTER, name_en="One more"), ALICE)
    assert refused.value.code == "too_many_parts"


def test_publishing_twice_is_publishing_once() -> None:
    expo = fair()
    with transaction():
        service.unpublish(expo, ALICE)
        service.unpublish(expo, ALICE)
    assert fair().published_at is None
    with transaction():
        service.publish(expo, ALICE)
    since = fair().published_at
    with transaction():
        service.publish(expo, ALICE)
    assert since is not None
    assert fair().published_at == since
    assert actions(expo)[:2] == ["expos.published", "expos.unpublished"]
