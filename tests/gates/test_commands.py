"""`flask gates`: pairing and ending devices; pairing links of the chief (check-in.md, Devices)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import NotFound, Refused
from exhibitions.expos.models import Expo, ExpoDay, Gate
from exhibitions.gates.commands import gates
from exhibitions.gates.models import Device as DeviceRow
from exhibitions.gates.models import Pairing
from exhibitions.gates.queries import devices
from exhibitions.gates.service import pairing
from tests.gates.fair import Device, GateFair


def run(fair: GateFair, *arguments: str) -> tuple[int, str]:
    done = fair.app.test_cli_runner().invoke(gates, arguments)
    return done.exit_code, done.output


def test_pair_prints_what_a_device_needs(fair: GateFair) -> None:
    code, output = run(fair, "pair", "--expo", "8th", "--gate", "Gate A", "--json")
    answer = json.loads(output)
    assert code == 0
    assert set(answer) == {"token", "gate", "expo", "expires_at"}
    assert (answer["gate"], answer["expo"]) == ({"id": fair.gates["A"], "name": "Gate A"}, "8th")
    # By itself at the end of the fair: its last day is a dismantling day.
    assert datetime.fromisoformat(answer["expires_at"]) == fair.at("00:00", fair.today + timedelta(days=3))
    assert answer["token"] not in str(fair.rows(sa.select(DeviceRow.token_hash)))
    assert (
        Device(fair, answer["token"], fair.gates["A"]).scan(fair.badge(), "10:00")["verdict"] == "first_today"
    )


def test_pair_for_several_gates_and_without_overrides(fair: GateFair) -> None:
    run(fair, "pair", "--expo", "8th", "--gate", "A", "--gate", "B", "--no-override")
    assert fair.rows(sa.select(DeviceRow.gate_ids, DeviceRow.may_override)) == [
        ([fair.gates["A"], fair.gates["B"]], False)
    ]


def test_pair_says_what_is_wrong(fair: GateFair) -> None:
    assert run(fair, "pair", "--expo", "9th", "--gate", "A")[0] == 1
    code, output = run(fair, "pair", "--expo", "8th", "--gate", "Z", "--json")
    assert (code, output) == (1, "Error: The fair 8th has no gate called Z.\n")


def test_revoke(fair: GateFair) -> None:
    device = fair.device("A")
    ((number,),) = fair.rows(sa.select(DeviceRow.id))
    assert run(fair, "revoke", "--expo", "8th", "--device", str(number), "--reason", "lost")[0] == 0
    assert run(fair, "revoke", "--expo", "8th", "--device", str(number))[0] == 0
    assert device.post({"scans": [{}]}).status_code == 401
    assert run(fair, "revoke", "--expo", "8th", "--device", "999")[0] == 1


def test_open_gate_and_review_without_a_browser(fair: GateFair) -> None:
    device = fair.device("A")
    assert run(fair, "open-gate", "end", "--expo", "8th")[1] == "The gates of 8th were not open.\n"
    assert run(fair, "open-gate", "start", "--expo", "8th")[0] == 1
    assert run(fair, "open-gate", "start", "--expo", "8th", "--reason", "crowd")[0] == 0
    code, output = run(fair, "open-gate", "start", "--expo", "8th", "--reason", "crowd")
    assert (code, output) == (1, "Error: The gates are open already.\n")
    device.scan("anything", clock.now())
    _, output = run(fair, "open-gate", "end", "--expo", "8th")
    assert output == "Open-gate mode of 8th has ended: 1 scans, 1 people.\n"
    waits = device.item(fair.badge(), "10:00")
    device.send(waits, sent_at=None)
    _, output = run(fair, "review", "--expo", "8th")
    assert output.startswith(f"{waits['scan_id']}\tclock_unknown")
    assert output.endswith("1 scans of 8th wait for a decision.\n")


def test_a_link_pairs_once_and_ends(fair: GateFair) -> None:
    with fair.app.app_context():
        expo = db.session.get_one(Expo, fair.expo_id)
        gate = db.session.scalars(sa.select(Gate).where(Gate.code == "A")).one()
        with transaction():
            token = pairing.offer_pairing(expo, pairing.Rights([gate], "phone 1"))
        with transaction():
            device, secret = pairing.accept_pairing(expo, token, timedelta(hours=7))
        assert (device.name, device.offset_ms, len(secret)) == ("phone 1", 7 * 3600 * 1000, 32)
        with pytest.raises(NotFound), transaction():
            pairing.accept_pairing(expo, token)
        with transaction():
            late = pairing.offer_pairing(expo, pairing.Rights([gate]))
            db.session.execute(sa.update(Pairing).values(expires_at=clock.now()))
        with pytest.raises(NotFound), transaction():
            pairing.accept_pairing(expo, late)
        with pytest.raises(Refused), transaction():
            pairing.pair(expo, pairing.Rights([]))
        assert [d.id for d in devices.devices(expo, clock.now())] == [device.id]
        # F9: an offset above five minutes is warned about.
        assert [d.id for d in devices.devices_with_wrong_clocks(expo)] == [device.id]
        assert list(devices.devices_with_wrong_clocks(expo, timedelta(hours=24))) == []


def test_a_fair_without_days_pairs_for_a_month(fair: GateFair) -> None:
    fair.change(sa.delete(ExpoDay))
    with fair.app.app_context():
        left = pairing.fair_ends(db.session.get_one(Expo, fair.expo_id)) - clock.now()
    assert timedelta(days=29) < left <= timedelta(days=30)
