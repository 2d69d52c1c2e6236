"""The frame of the interface: who may, how much, and what bad bodies are answered."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DataError, OperationalError

from exhibitions.api.views import shared_commit
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Busy
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import Scan
from exhibitions.gates.service import pairing, scanning
from tests.gates.fair import Device, GateFair, make_gate_fair


def error_of(response: Any) -> tuple[int, str]:
    assert set(response.json) == {"error"}
    assert {"code", "message"} <= set(response.json["error"])
    return response.status_code, response.json["error"]["code"]


def test_strangers(fair: GateFair, gate_a: Device) -> None:
    browser = fair.app.test_client()
    for header in ({}, {"Authorization": "Device"}, {"Authorization": "Bearer " + gate_a.token}):
        response = browser.post("/api/v1/expos/8th/scans", json={"scans": []}, headers=header)
        assert error_of(response)[0] == 401
    assert error_of(Device(fair, "no token", gate_a.gate).post({"scans": [{}]}))[0] == 401
    other = browser.post(
        "/api/v1/expos/7th/scans", json={"scans": [{}]}, headers={"Authorization": f"Device {gate_a.token}"}
    )
    assert error_of(other)[0] == 401


def test_revoked_at_the_next_request_and_paired_again(fair: GateFair, gate_a: Device) -> None:
    """P21: the queue stays on the phone and is handed in after pairing again."""
    waiting = gate_a.offline(fair.badge(), "10:00")
    with fair.app.app_context(), transaction() as session:
        pairing.revoke(session.scalars(sa.select(DeviceRow)).one())
    assert error_of(gate_a.post({"scans": [waiting]})) == (401, "device_unknown")
    again = fair.device("A", "paired again")
    assert again.send(waiting)[0]["status"] == "stored"


def test_too_large(fair: GateFair, gate_a: Device) -> None:
    assert error_of(gate_a.post(json.dumps({"scans": [], "note": "x" * 600_000})))[0] == 413
    assert error_of(gate_a.post({"scans": [{}] * 501}))[0] == 413
    assert gate_a.post({"scans": [{}] * 500}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        "5",
        '"scans"',
        '{"scans": null}',
        '{"scans": []}',
        '{"scans": {}}',
        '{"sent_at": "now"}',
        "[" * 100_000,
        '{"scans": [' + "[" * 100_000,
        '{"scans": ' + '{"a":' * 20_000,
        b"\xff\xfe\x00",
        b"\x00",
    ],
)
def test_no_upload_at_all(fair: GateFair, gate_a: Device, body: str | bytes) -> None:
    assert error_of(gate_a.post(body))[0] == 400


def test_half_characters_cost_no_other_scan(fair: GateFair, gate_a: Device) -> None:
    """F18: a lone surrogate and wrong bytes are read as unknown codes."""
    for wrong in (b"\\ud800", b"\xe9"):
        items = [json.dumps(gate_a.item(code, "10:00")).encode() for code in ("WRONG", fair.badge())]
        response = gate_a.post(b'{"scans": [' + b", ".join(items).replace(b"WRONG", wrong) + b"]}")
        assert response.status_code == 200
        assert [r["verdict"] for r in response.json["results"]] == ["unknown", "first_today"]


def test_side_facts_never_cost_a_scan(fair: GateFair, gate_a: Device) -> None:
    strange: list[dict[str, Any]] = [
        {"device": None},
        {"device": "phone"},
        {"device": {"battery": -1, "queue": "many"}},
        {"device": {"battery": 99.5, "new": True}, "extra": [1, 2]},
    ]
    for envelope in strange:
        assert gate_a.send(gate_a.item(fair.badge(), "10:00"), **envelope)[0]["status"] == "stored"
    for sent_at in ("soon", 5, "0000-00-00T00:00:00Z", "2026-08-17T10:00:00"):
        assert (
            gate_a.send(gate_a.item(fair.badge(), "10:00"), sent_at=sent_at)[0]["reason"] == "clock_unknown"
        )


@pytest.mark.parametrize(
    "change",
    [
        {"scan_id": "17"},
        {"scan_id": None},
        {"kind": "ticket"},
        {"gate": "A"},
        {"gate": -1},
        {"direction": "sideways"},
        {"heads": 1.5},
        {"scanned_at": None},
        {"scanned_at": "2026-08-17 around ten"},
        {"scanned_at": "2026-08-17T10:00:00"},
        {"scanned_at": "9999-12-31T23:59:59Z"},
        {"scanned_at": "0001-01-01T00:00:00Z"},
        {"code": 5},
        {"verdict": True},
        {"rehearsal": {"as_of": "9999-12-31T23:59:59Z"}},
        {"annuls": "x"},
    ],
)
def test_a_malformed_item(fair: GateFair, gate_a: Device, change: dict[str, Any]) -> None:
    bad, good = gate_a.item("x", "10:00") | change, gate_a.item(fair.badge(), "10:00")
    first, second = gate_a.send(bad, good)
    assert (first["status"], first["reason"], second["status"]) == ("invalid", "malformed", "stored")


def test_unknown_fields_are_ignored(fair: GateFair, gate_a: Device) -> None:
    assert gate_a.scan(fair.badge(), "10:00", colour="blue", nested={"a": [1]})["status"] == "stored"


def test_the_answer_has_exactly_the_fields_of_the_interface(fair: GateFair, gate_a: Device) -> None:
    response = gate_a.post({"scans": [gate_a.item(fair.badge(), "10:00")]})
    assert set(response.json) == {"server_time", "results"}
    (result,) = response.json["results"]
    assert list(result) == [
        "scan_id",
        "status",
        "reason",
        "verdict",
        "admitted",
        "first_at",
        "first_gate",
        "badge",
    ]
    assert response.headers["X-Request-ID"]
    assert response.mimetype == "application/json"


def test_the_gates_language(fair: GateFair, gate_a: Device) -> None:
    browser = fair.app.test_client()
    browser.set_cookie("lang", "en")
    body = {"sent_at": clock.now().isoformat(), "scans": [gate_a.item(fair.badge(), "10:00")]}
    assert gate_a.post(body, browser).json["results"][0]["first_gate"] == "Gate A"


def test_long_texts_are_cut_not_refused(fair: GateFair, gate_a: Device) -> None:
    long = {
        "operator": "李" * 5000,
        "override": {"reason": "x\0" * 5000, "by": "y" * 5000},
        "verdict": "z" * 99,
    }
    assert gate_a.scan(fair.badge(), "18:00", admitted=True, **long)["status"] == "stored"
    ((operator, reason),) = fair.rows(sa.select(Scan.operator, Scan.override_reason))
    assert (len(operator), len(reason), "\0" in reason) == (100, 300, False)


def test_f4_a_locked_database_is_503_and_recovers(fair: GateFair, gate_a: Device, monkeypatch: Any) -> None:
    monkeypatch.setattr("exhibitions.core.db.SQLITE_BUSY_MS", 200)
    with fair.app.app_context():
        path = db.engine.url.database
        db.session.remove()
        db.engine.dispose()
    one = gate_a.item(fair.badge(), "10:00")
    with fair.app.app_context():
        db.session.remove()
        db.engine.dispose()
    blocker = sqlite3.connect(str(path), isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    response = gate_a.post({"scans": [one]})
    assert error_of(response) == (503, "database_busy")
    assert int(response.headers["Retry-After"]) <= 10
    assert time.monotonic() - begun < 25
    blocker.rollback()
    blocker.close()
    assert gate_a.post({"sent_at": None, "scans": [one]}).status_code == 200


def test_a_poisoned_upload_fails_alone() -> None:
    """Group commit: whoever shares the commit with it is stored all the same."""
    seen: list[int] = []
    gate = threading.Event()

    def store(group: Any) -> Any:
        gate.wait(5)
        seen.append(len(group))
        if any(upload.items[0] == "poison" for upload in group):
            raise ZeroDivisionError
        return [[upload.items[0]] for upload in group]

    class Fake:
        def __init__(self, item: str) -> None:
            self.items = (item,)

    together = shared_commit.SharedCommit(store)
    results: dict[str, Any] = {}

    def hand_in(name: str) -> None:
        try:
            results[name] = together.hand_in(Fake(name))  # type: ignore[arg-type]
        except ZeroDivisionError:
            results[name] = "failed"

    threads = [threading.Thread(target=hand_in, args=(name,)) for name in ("a", "b", "poison", "c", "d")]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    gate.set()
    for thread in threads:
        thread.join(10)
    assert results == {"a": ["a"], "b": ["b"], "poison": "failed", "c": ["c"], "d": ["d"]}
    assert seen == [1, 4, 1, 1, 1, 1]


def test_a_value_that_the_database_refuses_costs_its_own_item(
    fair: GateFair, gate_a: Device, monkeypatch: Any
) -> None:
    real = scanning.store
    items = [gate_a.item(fair.badge(), "10:00") for _ in range(3)]

    def picky(connection: Any, group: Any, **look: bool) -> Any:
        if any(item.scan_id == items[1]["scan_id"] for upload in group for item in upload.items):
            raise DataError("statement", {}, ValueError("out of range"))
        return real(connection, group, **look)

    monkeypatch.setattr(scanning, "store", picky)
    results = gate_a.send(*items)
    assert [r["status"] for r in results] == ["stored", "invalid", "stored"]


TEXT = st.text(st.characters(codec=None), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "scan_id",
        "kind",
        "code",
        "gate",
        "direction",
        "heads",
        "scanned_at",
        "verdict",
        "admitted",
        "operator",
        "override",
        "rehearsal",
        "annuls",
    ]
)


@pytest.fixture
def fuzzed(app: Flask) -> tuple[GateFair, Device]:
    fair = make_gate_fair(app)
    return fair, fair.device("A")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    envelope=st.fixed_dictionaries({}, optional={"sent_at": JSON, "device": JSON, "scans": JSON, "x": JSON}),
    changes=st.lists(st.dictionaries(FIELDS, JSON, max_size=4), max_size=4),
    cut=st.integers(0, 400),
)
def test_fuzzed_bodies_are_never_a_fault(
    fuzzed: tuple[GateFair, Device], envelope: dict[str, Any], changes: list[dict[str, Any]], cut: int
) -> None:
    device = fuzzed[1]
    items = [device.item("x", "10:00") | change for change in changes]
    whole = json.dumps(({"scans": items} if items else {}) | envelope)
    for body in (whole, whole[:cut]):
        response = device.post(body.encode("utf-8", "surrogatepass"))
        assert response.status_code in {200, 400, 413}
        assert response.is_json


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_fuzzed_bytes_are_never_a_fault(fuzzed: tuple[GateFair, Device], body: bytes) -> None:
    assert fuzzed[1].post(body).status_code == 400


def test_f6_a_lost_connection_is_tried_once_more(fair: GateFair, gate_a: Device, monkeypatch: Any) -> None:
    """Scans are stored once by id: an ambiguous commit is read back as the first answer, never doubled."""
    real = scanning.store
    broken = [True]

    def fragile(connection: Any, group: Any, **look: bool) -> Any:
        answers = real(connection, group, **look)
        if broken.pop() if broken else False:
            connection.commit()
            raise OperationalError("COMMIT", {}, ValueError("gone"), connection_invalidated=True)
        return answers

    monkeypatch.setattr(scanning, "store", fragile)
    result = gate_a.scan(fair.badge(), "10:00")
    assert (result["status"], result["verdict"]) == ("known", "first_today")
    assert fair.rows(sa.select(sa.func.count()).select_from(Scan)) == [(1,)]


def test_a_queue_that_is_too_long_is_busy() -> None:
    hold = threading.Event()

    class Fake:
        items = (1,)

    together = shared_commit.SharedCommit(lambda group: [hold.wait(10) and [] for _ in group])  # type: ignore[misc]
    outcomes: list[str] = []

    def hand_in() -> None:
        try:
            together.hand_in(Fake())  # type: ignore[arg-type]
            outcomes.append("stored")
        except Busy:
            outcomes.append("busy")

    threads = [threading.Thread(target=hand_in) for _ in range(410)]
    for thread in threads:
        thread.start()
    while outcomes.count("busy") < 9:
        time.sleep(0.01)
    hold.set()
    for thread in threads:
        thread.join(10)
    assert outcomes.count("stored") == 401
    assert outcomes.count("busy") == 9
