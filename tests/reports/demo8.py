"""The visitors of DEMO-8 (statistics.md §1.5): sixteen badges with what became of them at the gates.

The data set's 10–12 September are the fair's first three open days here. Persons are numbers of holders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules.classes import Audience
from exhibitions.core.db import db
from exhibitions.expos.models import Gate, Hall, Zone
from tests.gates.fair import Device, GateFair, Sample

# Badge: (person, class, region, entries "D1 10:05"); the conference gate is marked C.
BADGES: dict[str, tuple[int, str, str, list[str]]] = {
    "b1": (1, "trade", "LN", ["D1 10:05", "D1 14:00", "D2 10:10"]),
    "b2": (2, "trade", "KR", ["D1 10:00", "D2 10:00", "D3 10:00"]),
    "b3": (3, "public", "LN", ["D3 11:00"]),
    "b4": (4, "trade", "LN", []),
    "b5": (5, "media", "LN", ["D1 09:30", "D2 09:30"]),
    "b6": (6, "exhibitor", "LN", ["D1 08:30", "D2 08:30", "D3 08:30"]),
    "b7": (1, "trade", "LN", ["D3 11:00"]),
    "b8": (8, "trade", "DE", ["D1 08:20"]),
    "b9": (9, "speaker", "LN", ["D2 11:00 C"]),
    "b10": (10, "speaker", "JP", ["D2 10:00 C", "D2 12:00"]),
    "b11": (11, "vip", "LN", ["D2 13:00"]),
    "b12": (12, "vip", "LN", []),
    "b13": (13, "service", "LN", ["D1 09:10"]),
    "b14": (14, "organiser", "LN", ["D1 09:20"]),
    "b15": (15, "trade", "LN", ["D2 10:00"]),
    "b16": (16, "trade", "KR", ["D3 16:59", "D3 17:30"]),
}


@dataclass
class Demo8:
    """The data set on a fair: its badges, its scans by badge and words, and how further entries are made."""

    fair: GateFair
    badges: dict[str, Sample] = field(default_factory=dict)
    scan_ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def day(self, number: int) -> date:
        return self.fair.today + timedelta(days=number - 3)

    def entry(self, badge: str, words: str, **facts: Any) -> dict[str, Any]:
        """What the answer to an entry is; `words` as in BADGES."""
        day, hour, *gate = words.split()
        device = self.device(gate[0] if gate else "A")
        moment = self.fair.at(hour, self.day(int(day[1])))
        result = device.scan(self.badges[badge], moment, **facts)
        self.scan_ids[badge, words] = result["scan_id"]
        return result

    def device(self, gate: str) -> Device:
        return self.fair.device(gate)

    def report(self) -> dict[str, Any]:
        """What `flask report attendance --json` prints."""
        return report(self.fair)


def report(fair: GateFair) -> dict[str, Any]:
    """What `flask report attendance --json` prints, read as any program reads it."""
    done = fair.app.test_cli_runner().invoke(args=["report", "attendance", "--expo", "8th", "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = fair.app.json.loads(done.stdout)
    return found


def make_demo8(fair: GateFair) -> Demo8:
    """The fair with the badges of DEMO-8 and their entries, all through the interface of gates."""
    _add_places(fair)
    demo = Demo8(fair)
    for name, (person, class_key, region, _) in BADGES.items():
        demo.badges[name] = fair.badge(class_key, holder_id=person, region=region)
    for name, (_, _, _, entries) in BADGES.items():
        for words in entries:
            demo.entry(name, words)
    demo.entry("b15", "D2 12:30", direction="out")
    return demo


def _add_places(fair: GateFair) -> None:
    """A conference room, which is no part of the exhibition, with its gate; speakers and service staff."""
    with fair.app.app_context():
        hall = db.session.scalars(sa.select(Hall.id)).one()
    room = Zone(
        expo_id=fair.expo_id, hall_id=hall, code="conf", name_zh="会议室", name_en="Room", counts_visits=False
    )
    fair.add(room, *_classes(fair.expo_id))
    with fair.app.app_context():
        zone = db.session.scalars(sa.select(Zone.id).where(Zone.code == "conf")).one()
    fair.add(Gate(expo_id=fair.expo_id, zone_id=zone, code="C", name_zh="C口", name_en="Gate C"))
    with fair.app.app_context():
        fair.gates = {gate.code: gate.id for gate in db.session.scalars(sa.select(Gate))}


def _classes(expo_id: int) -> list[BadgeClass]:
    return [
        BadgeClass(
            expo_id=expo_id,
            number=number,
            key=key,
            name_zh=name_zh,
            name_en=key.title(),
            audience=audience,
            position=number,
        )
        for number, key, name_zh, audience in (
            (8, "speaker", "演讲嘉宾", Audience.SPEAKER),
            (9, "service", "服务人员", Audience.SERVICE),
        )
    ]
