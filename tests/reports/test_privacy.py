"""What the board's lists must not do: show names to who may not see visitors, or run words that a device sent."""

from __future__ import annotations

import json
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts import service as accounts
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import transaction
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.rules import Role
from exhibitions.gates.service import pairing
from exhibitions.visitors import service as visitors
from exhibitions.visitors.rules.registration import Channel
from tests.people import People, sign_in


@pytest.fixture
def scanned(app: Flask, people: People) -> FlaskClient:
    """The fair with one scan whose device calls its verdict by a hostile word; the browser of a viewer."""
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        with transaction():
            trade = badge_queries.class_by_key(expo, "trade")
            assert isinstance(trade, BadgeClass)
            person = visitors.Person("欧阳建国", "大连海晟日用品有限公司", email="o@example.org")
            made = visitors.register(
                visitors.prepare(expo, trade, person, visitors.Entry(Channel.DESK)), SYSTEM
            )
            badge = badge_queries.current_badge(expo, "visitor", made.id)
            assert badge is not None
            code, gate = badges.code_of(expo, badge), expo.gates[0]
            _device, token = pairing.pair(expo, pairing.Rights([gate]))
        gate_id = gate.id
    scan = {
        "scan_id": str(uuid.uuid4()),
        "kind": "badge",
        "code": code,
        "gate": gate_id,
        "direction": "in",
        "scanned_at": clock.now().isoformat(),
        "verdict": "100%(now)s %",
        "admitted": False,
    }
    body = {"sent_at": clock.now().isoformat(), "device": {"queue": 1}, "scans": [scan]}
    answer = people.nobody.post(
        "/api/v1/expos/8th/scans",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Device {token}"},
    )
    assert answer.status_code == 200
    with app.app_context(), transaction():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        user = accounts.create_user("viewer@example.org", "Viewer", None)
        expo_service.grant_role(expo, user.id, Role.VIEWER)
    return sign_in(app, "viewer@example.org")


@pytest.mark.parametrize(
    "page", ["live", "live/figures", "scans", "scans?kind=refused", "scans?verdict=%25(x)s", "attendance"]
)
def test_a_word_of_a_device_is_shown_and_never_run(scanned: FlaskClient, page: str) -> None:
    assert scanned.get(f"/desk/8th/{page}").status_code == 200


def test_a_viewer_sees_no_names_and_an_organiser_does(scanned: FlaskClient, people: People) -> None:
    """B12: masked wherever the role does not need them."""
    seen = scanned.get("/desk/8th/scans").get_data(as_text=True)
    assert "欧阳建国" not in seen
    assert "欧***" in seen
    assert "大连海晟" not in seen
    assert "欧阳建国" in people.alice.get("/desk/8th/scans").get_data(as_text=True)
