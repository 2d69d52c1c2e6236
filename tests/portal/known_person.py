"""A person who has left traces in every room, and the search for them in everything that an installation keeps."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import Wanted
from exhibitions.badges.service import printing
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.gates.service import pairing
from exhibitions.jobs.commands.running import drain
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration, Reminder
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service import importing

NAME, PHONE, EMAIL = "欧阳鹤鸣", "+8613977700123", "heming.ouyang@canary.example"
COMPANY, TITLE, NOTE = "鹤鸣特种玻璃厂", "特级制图员", "坐轮椅，需要引导员"
CANARIES = (NAME, PHONE.removeprefix("+86"), EMAIL, COMPANY, TITLE, NOTE)
STAFF = Actor("user", 1, "Alice")


@dataclass
class Traces:
    """Where the person is: the registration, the badge's code and link, and the files that named them."""

    registration_id: int = 0
    code: str = ""
    link: str = ""
    device: str = ""
    gate_id: int = 0
    paths: list[str] = field(default_factory=list)


def fair(slug: str = "8th") -> Expo:
    expo = expos.expo_by_slug(slug)
    assert expo is not None
    return expo


def leave_traces(app: Flask, folder: Path) -> Traces:
    """Let the person come by every door of the fair "8th"."""
    made = Traces()
    with app.app_context():
        expo = fair()
        trade = badge_queries.class_by_key(expo, "trade")
        assert trade is not None
        with transaction():
            person = visitors.Person(NAME, COMPANY, PHONE, EMAIL, "大连")
            ready = visitors.prepare(expo, trade, person, visitors.Entry(Channel.DESK, "zh"))
            registered = visitors.register(ready, STAFF)
            row = db.session.get_one(Registration, registered.id)
            row.title, row.note = TITLE, NOTE
            visitors.send_link(row)
            made.registration_id, made.link = row.id, visitors.new_link(row)
            db.session.add(
                Reminder(expo_id=expo.id, email=EMAIL, language="zh", consent_version=1, asked_at=clock.now())
            )
        made.code = _serve(expo, row, person, trade)
        with transaction():
            made.gate_id = expo.gates[0].id
            made.device = pairing.pair(expo, pairing.Rights([expo.gates[0]]))[1]
            printing.start_run(expo, printing.plan_run(expo, Wanted(), "90x130", "name"), STAFF, "lost")
        _lists(expo, row)
        drain()
        made.paths = [str(path) for path in sorted((folder / "files").rglob("*")) if path.is_file()]
    return made


def _serve(expo: Expo, row: Registration, person: visitors.Person, trade: BadgeClass) -> str:
    """Change, read and print the person at the desk; gives the badge's code."""
    with transaction():
        changed = visitors.Person(NAME + "甲", COMPANY, PHONE, EMAIL, "大连")
        visitors.correct(expo, row, changed, trade, STAFF)
        visitors.correct(expo, row, person, trade, STAFF)
        visitors.unmask(expo, row, STAFF)
        badge = badge_queries.current_badge(expo, HOLDER, row.id)
        assert badge is not None
        badges.count_print(expo, badge, f"{NAME} asked for it", STAFF)
        return badges.code_of(expo, badge)


def _lists(expo: Expo, row: Registration) -> None:
    """A list that waits for its import, an export, and what was kept for the undo of another import."""
    listed = f"姓名,手机号,电子邮箱,单位名称\n{NAME},139-7770 0123,,{COMPANY}\n王一,13900000001,,星河\n"
    for content, name in ((listed.encode("gb18030"), "a.csv"), (listed.encode(), "b.csv")):
        kept = files.write(content)
        with transaction():
            importing.begin(expo, kept, name, STAFF)
    with transaction():
        other = importing.begin(expo, files.write(b"\xe5\xa7\x93\n"), "c.csv", STAFF)
        kept_before = files.store(
            json.dumps({str(row.id): {"name": NAME, "note": NOTE}, "999": {"name": "李雷"}}).encode(),
            name="before.json",
            content_type="application/json",
            purpose="visitors.import_before",
            expo_id=expo.id,
            owner=STAFF,
            expires_at=clock.now() + timedelta(hours=48),
        )
        other.counts = {"before": kept_before.id}
        files.store(
            f"number,name\r\n1,{NAME}\r\n".encode(),
            name="visitors.csv",
            content_type="text/csv",
            purpose="visitors.export",
            expo_id=expo.id,
            owner=STAFF,
            expires_at=clock.now() + timedelta(hours=24),
        )


def scan(app: Flask, made: Traces, at: datetime, **more: object) -> dict[str, object]:
    """Bring a scan of the person's badge in; gives its answer."""
    item = {
        "scan_id": str(uuid.uuid4()),
        "kind": "badge",
        "code": made.code,
        "gate": made.gate_id,
        "direction": "in",
        "scanned_at": at.isoformat(),
        **more,
    }
    body = {"sent_at": clock.now().isoformat(), "device": {"queue": 1}, "scans": [item]}
    answer = app.test_client().post(
        "/api/v1/expos/8th/scans",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Device {made.device}"},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.get_json()["results"][0]
    return found


def dump(app: Flask) -> str:
    """Every value of every table as text."""
    with app.app_context():
        tables = db.metadata.sorted_tables
        rows = [repr(tuple(row)) for table in tables for row in db.session.execute(sa.select(table))]
    return "\n".join(rows)


def held(text: str) -> list[str]:
    """The canaries that stand in a text, plainly or as JSON writes them."""
    return [word for word in CANARIES if word in text or json.dumps(word)[1:-1] in text]


def held_on_disk(folder: Path) -> dict[str, list[str]]:
    """The canaries in the bytes of every file of the data folder: database, journal, files, outbox."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        words = [
            word
            for word in CANARIES
            if any(word.encode(code) in content for code in ("utf-8", "gb18030", "utf-16-le"))
            or json.dumps(word)[1:-1].encode() in content
        ]
        if words:
            found[path.name] = words
    return found
