"""A fair whose third day is yesterday, with badges, devices and a clock that tests choose.

Scans are made at local times of that day, so that every test gives the same answers at any hour.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.api import views as api
from exhibitions.badges.models import Badge, BadgeClass, SigningKey
from exhibitions.badges.rules import number, token
from exhibitions.core import access, clock, signing
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo, ExpoDay, Gate, Zone
from exhibitions.expos.queries import gate_by_name
from exhibitions.gates.service import pairing
from exhibitions.gates.views.answers import answer_device
from tests.factories import make_expo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_KEY = bytes(range(32))
_serials = count(1)


@dataclass
class GateFair:
    """The fair "8th" and what tests do to it; `today` is the fair's day that scans are made on."""

    app: Flask
    expo_id: int = 0
    code: int = 0
    today: date = date(2026, 1, 1)
    gates: dict[str, int] = field(default_factory=dict)
    zones: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def at(self, hour: str, day: date | None = None) -> datetime:
        """A local time of today ("09:02", "09:02:30") as a UTC moment."""
        text = hour if hour.count(":") >= 2 else f"{hour}:00"
        return datetime.fromisoformat(f"{day or self.today}T{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)

    def change(self, *statements: Any) -> None:
        """Change the set-up (or badges) by statements, and tell the gates."""
        with self.app.app_context(), transaction() as session:
            for statement in statements:
                session.execute(statement)
            session.execute(sa.update(Expo).values(setup_version=Expo.setup_version + 1))

    def add(self, *rows: Any) -> None:
        with self.app.app_context(), transaction() as session:
            session.add_all(rows)
            session.execute(sa.update(Expo).values(setup_version=Expo.setup_version + 1))

    def badge(self, class_key: str = "trade", **facts: Any) -> Sample:
        """A new badge with its code."""
        with self.app.app_context(), transaction() as session:
            badge_class = session.scalars(
                sa.select(BadgeClass).where(BadgeClass.expo_id == self.expo_id, BadgeClass.key == class_key)
            ).one()
            serial = next(_serials)
            claims = token.Claims(0, self.code, 300_000_000 + serial, badge_class.number, 0, 0, serial)
            signature, code = token.issue(claims, lambda message: signing.sign(_KEY, message))
            values: dict[str, Any] = {
                "expo_id": self.expo_id,
                "class_id": badge_class.id,
                "number": claims.badge,
                "holder_kind": "visitor",
                "holder_id": 100_000 + serial,
                "name": f"观众{serial}",
                "company": "大连星河工艺品有限公司",
                "region": "LN",
                "class_number": badge_class.number,
                "issue": serial,
                "key_number": 0,
                "signature": signature,
                "issued_at": clock.now() - timedelta(days=30),
            }
            badge = Badge(**values | facts)
            session.add(badge)
            session.flush()
            return Sample(self, badge.id, badge.number, code)

    def device(self, gate: str = "A", name: str = "") -> Device:
        """A device paired with a gate; the same one for the same name."""
        key = f"{gate}/{name}"
        if key not in self.tokens:
            with self.app.app_context(), transaction():
                expo = db.session.get_one(Expo, self.expo_id)
                found = gate_by_name(expo, gate)
                assert found is not None
                self.tokens[key] = pairing.pair(expo, pairing.Rights([found], name))[1]
        return Device(self, self.tokens[key], self.gates[gate])

    def rows(self, question: sa.Executable) -> list[Any]:
        with self.app.app_context():
            return [tuple(row) for row in db.session.execute(question)]


@dataclass
class Sample:
    """A badge and its code."""

    fair: GateFair
    id: int
    number: int
    code: str

    @property
    def typed(self) -> str:
        return number.with_check(self.number)

    def set(self, **facts: Any) -> None:
        self.fair.change(sa.update(Badge).where(Badge.id == self.id).values(**facts))


def item(gate: int, code: str | None, at: datetime, **facts: Any) -> dict[str, Any]:
    """An item of an upload as the interface writes it."""
    return {
        "scan_id": str(uuid.uuid4()),
        "kind": "badge",
        "code": code,
        "gate": gate,
        "direction": "in",
        "heads": 1,
        "scanned_at": at.isoformat(),
        "verdict": None,
        "admitted": None,
        "operator": None,
        "override": None,
        "rehearsal": None,
    } | facts


def undo(scan_id: str, at: datetime) -> dict[str, Any]:
    return {"scan_id": str(uuid.uuid4()), "annuls": scan_id, "scanned_at": at.isoformat()}


@dataclass
class Device:
    """A gate phone that speaks the interface."""

    fair: GateFair
    token: str
    gate: int

    def post(self, body: Any, client: FlaskClient | None = None) -> Any:
        browser = client or self.fair.app.test_client()
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        return browser.post(
            "/api/v1/expos/8th/scans",
            data=text,
            headers={"Authorization": f"Device {self.token}", "Content-Type": "application/json"},
        )

    def send(
        self, *items: dict[str, Any], ahead: timedelta = timedelta(0), **envelope: Any
    ) -> list[dict[str, Any]]:
        """The results for the items; `ahead` is how fast the device's clock is."""
        body = {
            "sent_at": (clock.now() + ahead).isoformat(),
            "device": {"battery": 80, "queue": len(items)},
            "scans": list(items),
        }
        response = self.post(body | envelope)
        assert response.status_code == 200, response.text
        results: list[dict[str, Any]] = response.json["results"]
        return results

    def item(self, code: str | Sample | None, hour: str | datetime, **facts: Any) -> dict[str, Any]:
        text = code.code if isinstance(code, Sample) else code
        return item(self.gate, text, self.fair.at(hour) if isinstance(hour, str) else hour, **facts)

    def scan(self, code: str | Sample | None, hour: str | datetime, **facts: Any) -> dict[str, Any]:
        """The result of one scan that the server decides."""
        return self.send(self.item(code, hour, **facts))[0]

    def offline(self, code: str | Sample | None, hour: str | datetime, **facts: Any) -> dict[str, Any]:
        """An item that the device has decided by itself."""
        return self.item(code, hour, **({"verdict": "first_today", "admitted": True} | facts))


def make_gate_fair(app: Flask) -> GateFair:
    """The fair of the factories, begun three days ago, with a signing key."""
    _register(app)
    fair = GateFair(app)
    fair.today = clock.today("Asia/Shanghai") - timedelta(days=1)
    with app.app_context():
        fair.expo_id = make_expo(start=fair.today - timedelta(days=2))
        with transaction() as session:
            session.add(
                SigningKey(
                    number=0, public_key=signing.public_key_of(_KEY), private_key=b"", created_at=clock.now()
                )
            )
        fair.code = db.session.get_one(Expo, fair.expo_id).code
        fair.gates = {g.code: g.id for g in db.session.scalars(sa.select(Gate))}
        fair.zones = {z.code: z.id for z in db.session.scalars(sa.select(Zone))}
    return fair


def _register(app: Flask) -> None:
    if "api" not in app.blueprints:
        app.register_blueprint(api.blueprint)
        app.extensions["access_answers"][access.Kind.DEVICE] = answer_device


def day_id(fair: GateFair, day: date) -> int:
    with fair.app.app_context():
        return db.session.scalars(sa.select(ExpoDay.id).where(ExpoDay.date == day)).one()
