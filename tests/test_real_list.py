"""The whole thread on a list that the project did not invent: the IEEE's register of makers (OUI), which the package
netaddr carries. Its organisations become visitors, with the address of their register entry as e-mail.
"""

from __future__ import annotations

import csv
import json
import re
import uuid
from datetime import time
from itertools import islice
from pathlib import Path

import netaddr
from flask import Flask

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.queries import Wanted
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Door, ExpoDay
from tests.factories import make_expo

PEOPLE = 1200
_ENTRY = re.compile(r"^([0-9A-F]{6}) +\(base 16\)\t\t(.+)$")


def register() -> list[tuple[str, str, str]]:
    """Number, organisation and country of the entries of the register, in its order."""
    lines = (Path(netaddr.__file__).parent / "eui" / "oui.txt").read_text(errors="replace").splitlines()
    entries = []
    for place, line in enumerate(lines):
        found = _ENTRY.match(line)
        if found:
            country = next(
                (word.strip() for word in lines[place + 1 : place + 5] if len(word.strip()) == 2), ""
            )
            entries.append((found[1], found[2].strip(), country))
    return entries


def write_list(path: Path, entries: list[tuple[str, str, str]]) -> None:
    """The list as an office would send it: GB18030, Chinese headings, semicolons."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["姓名", "单位名称", "电子邮箱", "所在地区"])
        writer.writerows(
            [name, name, f"{number}@oui.example.org", country] for number, name, country in entries
        )


def open_all_day(app: Flask) -> None:
    with app.app_context():
        make_expo()
        session = db.session
        session.info["writing"] = True
        for door in session.query(Door):
            door.door_from, door.door_to = time(0), time(23, 59, 59)
        for day in session.query(ExpoDay):
            day.official_from, day.official_to = time(0), time(23, 59, 59)
        session.commit()
        session.info["writing"] = False


def run(app: Flask, *words: str) -> str:
    found = app.test_cli_runner().invoke(args=list(words))
    assert found.exit_code == 0, found.output
    return found.stdout


def test_a_register_of_makers_goes_the_whole_way(app: Flask, tmp_path: Path) -> None:
    """Import, export, scan, count, print: every organisation that the rules accept is one visit, and none is lost."""
    open_all_day(app)
    entries = list(islice((one for one in register() if one[1][0] not in "=@"), PEOPLE))
    assert len(entries) == PEOPLE
    path = tmp_path / "makers.csv"
    write_list(path, entries)

    judged = json.loads(run(app, "import", "visitors", "--expo", "8th", str(path), "--dry-run", "--json"))
    said = json.loads(run(app, "import", "visitors", "--expo", "8th", str(path), "--json"))
    assert said == judged
    assert (said["rows"], said["accepted"], said["rejected"]) == (PEOPLE, PEOPLE, [])

    people = json.loads(run(app, "export", "visitors", "--expo", "8th", "--format", "json", "--codes"))
    assert sorted(person["email"] for person in people) == sorted(
        f"{number}@oui.example.org".lower() for number, _name, _country in entries
    )
    device = json.loads(run(app, "gates", "pair", "--expo", "8th", "--gate", "A", "--json"))
    client = app.test_client()
    for start in range(0, PEOPLE, 500):
        part = people[start : start + 500]
        answer = client.post(
            "/api/v1/expos/8th/scans",
            json={
                "sent_at": clock.now().isoformat(),
                "device": {"battery": None, "queue": len(part)},
                "scans": [scan(person["code"], device["gate"]["id"]) for person in part],
            },
            headers={"Authorization": f"Device {device['token']}"},
        )
        results = json.loads(answer.data)["results"]
        assert [result["verdict"] for result in results] == ["first_today"] * len(part)

    counted = json.loads(run(app, "report", "attendance", "--expo", "8th", "--json"))
    assert (counted["visitors"], counted["visits"], counted["not_counted"]) == (PEOPLE, PEOPLE, {})
    with app.app_context():
        expo = expos.expo_by_slug("8th")
        assert expo is not None
        assert badges.check(expo, Wanted(), "a4x4").missing == []
        assert len(badge_queries.to_print(expo, Wanted())) == PEOPLE


def scan(code: str, gate: int) -> dict[str, object]:
    """A scan of this code at this gate, now."""
    return {
        "scan_id": str(uuid.uuid4()),
        "kind": "badge",
        "code": code,
        "gate": gate,
        "direction": "in",
        "heads": 1,
        "scanned_at": clock.now().isoformat(),
        "verdict": None,
        "admitted": None,
    }
