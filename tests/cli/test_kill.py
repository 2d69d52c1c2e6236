"""kill -9 in a burst of real scans through the real server loses no acknowledged scan and doubles none (F1: I1 to I5, I7)."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from bench.burst import Burst, Call
from bench.installation import Installation, until
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.gates.models import Scan
from tests.engines import both_engines
from tests.gates.fair import GateFair, make_gate_fair

pytestmark = both_engines
CLIENTS = 8
BADGES = 60
BATCH = 20
CHILDREN = 2
FLOW = 150


@dataclass
class Gates:
    """What devices send, and every answer that they were given, by the id of the scan.

    A call is one scan, or each fifth time a batch with one item among it that nobody can store. Its scans follow from
    its id, so that a second attempt tells the same ones at the same times.
    """

    fair: GateFair
    codes: list[str]
    devices: list[tuple[str, int]]
    began: float = field(default_factory=time.monotonic)
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def send(self, connection: http.client.HTTPConnection, call_id: str) -> int:
        token, _gate = self._device(call_id)
        scans = self.sent.setdefault(call_id, self._scans(call_id))
        body = json.dumps(
            {
                "sent_at": clock.now().isoformat(),
                "device": {"battery": 80, "queue": len(scans)},
                "scans": scans,
            }
        )
        headers = {"Authorization": f"Device {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/expos/8th/scans", body, headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status == 200:
            results = json.loads(answer)["results"]
            assert [one["scan_id"] for one in results] == [one["scan_id"] for one in scans]
            for one in results:
                self.answers[one["scan_id"]].append(one)
        return response.status

    @property
    def names(self) -> set[str]:
        """The ids of all scans that were ever sent."""
        return {one["scan_id"] for scans in self.sent.values() for one in scans}

    def _device(self, call_id: str) -> tuple[str, int]:
        return self.devices[uuid.UUID(call_id).int % len(self.devices)]

    def _scans(self, call_id: str) -> list[dict[str, Any]]:
        number = uuid.UUID(call_id).int >> 8
        count = BATCH if number % 5 == 0 else 1
        at = self.fair.at("10:00") + timedelta(seconds=time.monotonic() - self.began)
        scans = [
            {
                "scan_id": str(uuid.uuid5(uuid.UUID(call_id), str(place))),
                "kind": "badge",
                "code": self.codes[(number + place * 7) % len(self.codes)],
                "gate": self._device(call_id)[1],
                "direction": "out" if (number + place) % 3 == 0 else "in",
                "heads": 1,
                "scanned_at": (at + timedelta(milliseconds=place)).isoformat(),
                "verdict": None,
            }
            for place in range(count)
        ]
        if count > 1:
            scans[number % count]["heads"] = 0
        return scans


@pytest.fixture
def place(app: Flask, database: str, tmp_path: Path) -> Iterator[Installation]:
    """The server, not yet started, on the database of the test."""
    with app.app_context():
        flask_migrate.stamp()
    place = Installation(tmp_path, database)
    yield place
    place.stop()


@pytest.fixture
def gates(app: Flask, place: Installation) -> Gates:
    fair = make_gate_fair(app)
    codes = [fair.badge().code for _ in range(BADGES)]
    devices = [fair.device("AB"[n % 2], str(n)) for n in range(CLIENTS)]
    with app.app_context():
        db.engine.dispose()
    return Gates(fair, codes, [(device.token, device.gate) for device in devices])


def kill_a_child(place: Installation) -> None:
    serving = place.children("web")
    if serving:
        os.kill(secrets.choice(serving), signal.SIGKILL)


def kill_the_parent(place: Installation) -> None:
    assert place.process is not None
    place.process.kill()
    place.process.wait()
    place.start()


def burst(place: Installation, gates: Gates) -> list[Call]:
    """Eight clients; two children and the parent are killed, and one child of the new parent.

    Scans flow between the kills, however fast the machine is.
    """

    def flow() -> None:
        before = len(gates.answers)
        assert until(lambda: len(gates.answers) >= before + FLOW, 120)

    with Burst("127.0.0.1", place.port, gates.send, clients=CLIENTS, rate=25) as running:
        for _ in range(CHILDREN):
            flow()
            kill_a_child(place)
        flow()
        kill_the_parent(place)
        flow()
        kill_a_child(place)
        flow()
        return running.stop()


def hand_in(place: Installation, gates: Gates, calls: list[Call]) -> None:
    """What a client gave up is sent once more, as a device does that finds its server again."""
    assert until(place.is_ready, 60)
    for call in calls:
        if not call.answered:
            assert gates.send(http.client.HTTPConnection("127.0.0.1", place.port, timeout=20), call.id) == 200


def test_a_burst_of_scans_survives_kills(app: Flask, place: Installation, gates: Gates) -> None:
    place.start()
    calls = burst(place, gates)
    hand_in(place, gates, calls)
    place.stop()
    assert sum(call.failures > 0 for call in calls) > 0

    with app.app_context():
        rows = list(db.session.execute(sa.select(Scan.scan_id, Scan.verdict, Scan.admitted)))
    stored = {row.scan_id: (row.verdict, row.admitted) for row in rows}
    statuses = {name: {one["status"] for one in said} for name, said in gates.answers.items()}
    acknowledged = {name for name, said in statuses.items() if said & {"stored", "known", "review"}}
    refused = {name for name, said in statuses.items() if said == {"invalid"}}

    # I1, I2, I3: what was acknowledged is there once, what was refused is not, and nothing that nobody sent.
    assert len(rows) == len(stored)
    assert acknowledged - stored.keys() == set()
    assert refused & stored.keys() == set()
    assert stored.keys() - gates.names == set()
    assert acknowledged | refused == gates.answers.keys()
    assert refused
    # F7: who asks again hears what was said the first time, and it is what stands in the database.
    said = {name: {(one["verdict"], one["admitted"]) for one in gates.answers[name]} for name in acknowledged}
    assert said == {name: {stored[name]} for name in acknowledged}
    assert place.faults_of_content() == []


def test_the_checker_sees_what_it_shall_see(app: Flask, place: Installation, gates: Gates) -> None:
    """The test above is worth what its checker is: each kind of fault, made by hand, is named."""
    device = gates.fair.device("A", "0")
    sample = gates.fair.badge()
    for second in range(3):
        device.scan(sample, f"10:00:0{second}")
    assert place.faults_of_content() == []
    made_by_hand = {
        "UPDATE scans SET verdict = 'first_today'": "times on",
        "DELETE FROM badge_days": "without the row",
        "UPDATE gate_minutes SET scans = scans + 1": "counters of minutes",
        "UPDATE zone_levels SET inside = inside + 1": "by a replay",
    }
    for statement, word in made_by_hand.items():
        with app.app_context():
            db.session.execute(sa.text(statement))
            db.session.connection().info["writing"] = True
            db.session.connection().connection.commit()
        assert any(word in fault for fault in place.faults_of_content()), statement
