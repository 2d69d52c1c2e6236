"""P19: no personal data in codes, addresses, logs and subjects of mails, after everything was done with a person."""

from __future__ import annotations

import io
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.queries import Wanted
from exhibitions.badges.rules.token import Token, parse_code
from exhibitions.core import clock, log
from exhibitions.core.db import transaction
from exhibitions.visitors import service as visitors
from exhibitions.visitors.rules.registration import Channel
from tests.people import People
from tests.portal.known_person import EMAIL, NAME, STAFF, fair, held, leave_traces, scan


def test_p19_a_hundred_codes_hold_nothing_but_the_token(app: Flask, people: People) -> None:
    """Each code as an independent reader sees it: 121 characters that are the signed token, whole."""
    with app.app_context():
        trade = badge_queries.class_by_key(fair(), "trade")
        assert trade is not None
        with transaction():
            for n in range(100):
                person = visitors.Person(f"{NAME}{n}", "鹤鸣特种玻璃厂", f"+8613977{n:06}")
                ready = visitors.prepare(fair(), trade, person, visitors.Entry(Channel.DESK))
                visitors.register(ready, STAFF)
        rows = badge_queries.to_print(fair(), Wanted())
        found = badge_queries.badges_in_order(fair(), [row.badge_id for row in rows])
        assert len(found) == 100
        for badge in found:
            picture = Image.open(io.BytesIO(badges.badge_png(fair(), badge)))
            (read,) = zxingcpp.read_barcodes(picture)
            assert read.text == badges.code_of(fair(), badge)
            token = parse_code(read.text)
            assert isinstance(token, Token)
            assert token.claims.badge == badge.number
            assert held(read.text) == []
            assert len(read.text) == 121


def test_p19_logs_addresses_and_subjects_name_nobody(
    app: Flask, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure()
    made = leave_traces(app, tmp_path)
    scan(app, made, clock.now())
    asked = people.dora.post("/desk/privacy/find", data={"q": EMAIL})
    addresses = [asked.location]
    for path in (
        asked.location,
        f"/desk/privacy/people/{made.registration_id}/erase",
        f"/desk/8th/visitors/{made.registration_id}",
        f"/8th/badge/{made.link}",
        f"/8th/badge/{made.link}/data",
    ):
        people.dora.get(path)
    # The same number again is refused, and a page that does not exist is asked for.
    people.nobody.post("/8th/register", data={"phone": "13977700123", "name": NAME, "email": EMAIL})
    people.nobody.get(f"/8th/{NAME}")
    addresses.append(people.nobody.post(f"/8th/badge/{made.link}/data").location)
    said = capsys.readouterr()
    assert "portal.privacy" in said.err, "else nothing was logged"
    assert held(said.err + said.out) == []
    assert made.link not in said.err
    assert held(" ".join(addresses)) == []
    letters = list((tmp_path / "outbox").glob("*.eml"))
    assert letters
    for letter in letters:
        subject = message_from_bytes(letter.read_bytes(), policy=default)["Subject"]
        assert held(subject) == []
