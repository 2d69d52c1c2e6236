"""Ten badges to click or to show to a camera, each for one answer of the gate."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.rules import token
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import demo_expos, gate_by_name
from exhibitions.gates.service.scanning import store
from exhibitions.gates.service.uploads import Answer, DeviceTicket, ScanItem, Upload
from exhibitions.portal.service.demo.crowd import phones_of
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules.registration import Channel

GROUP = 45
_LISTED = 40


@dataclass(frozen=True)
class Sample:
    """A badge to try: whose it is, at which gate it is scanned, and what to expect (English message ids)."""

    key: str
    title: str
    expect: str
    gate: str
    class_key: str
    name: str
    company: str
    heads: int = 1


SAMPLES = (
    Sample(
        "good", N_("Good"), N_("Green: first time today"), "N", "trade", "林小雨", "大连海晟日用品有限公司"
    ),
    Sample(
        "again",
        N_("Again"),
        N_("Green: re-entry, has been in this morning"),
        "N",
        "trade",
        "张伟",
        "青岛星河玩具有限公司",
    ),
    Sample("cancelled", N_("Cancelled"), N_("Red: cancelled"), "N", "public", "王敏", ""),
    Sample(
        "replaced",
        N_("Replaced"),
        N_("Red: reported lost, a new badge exists"),
        "N",
        "trade",
        "김민준",
        "한빛생활산업",
    ),
    Sample("forged", N_("Forged"), N_("Red: forgery check failed"), "N", "trade", "林小雨", ""),
    Sample(
        "old",
        N_("Of the 7th"),
        N_("Red: a badge of another fair"),
        "N",
        "trade",
        "陈静",
        "温州百盛五金制品有限公司",
    ),
    Sample(
        "gate",
        N_("Wrong gate"),
        N_("Red: use another gate"),
        "B",
        "trade",
        "Karin Andersson",
        "Nordlys Home AB",
    ),
    Sample(
        "press", N_("Press"), N_("Green, and never counted as a visitor"), "VIP", "media", "刘洋", "示例日报"
    ),
    Sample(
        "exhibitor",
        N_("Exhibitor"),
        N_("Green, and never counted as a visitor"),
        "B",
        "exhibitor",
        "赵鹏",
        "宁波金源家电有限公司",
    ),
    Sample(
        "group",
        N_("Group of 45"),
        N_("Green: 40 on the list, 5 more counted without a name"),
        "S",
        "trade",
        "孙丽",
        "沈阳鸿雁文体用品有限公司",
        GROUP,
    ),
)


def sample_of(key: str) -> Sample:
    """The sample with this key; raises `NotFound`."""
    for sample in SAMPLES:
        if sample.key == key:
            return sample
    raise NotFound("sample_unknown", N_("There is no such sample badge."))


def make_samples(expo: Expo, earlier: Expo) -> None:
    """Register the people of the samples in the fair (one of them in the edition before)."""
    for sample in SAMPLES:
        if sample.key == "forged":
            continue
        fair = earlier if sample.key == "old" else expo
        made = _register(fair, sample.class_key, sample.name, sample.company, sample.key)
        badge = badge_queries.current_badge(fair, HOLDER, made.id)
        if badge is None:
            raise LookupError(made.id)
        if sample.key == "cancelled":
            visitors.cancel(fair, made, SYSTEM)
        elif sample.key == "replaced":
            badges.replace(fair, badge, "丢失", SYSTEM)
        elif sample.key == "group":
            badge.heads = GROUP
            _bring_list(fair, made)


def _register(expo: Expo, class_key: str, name: str, company: str, key: str) -> Registration:
    badge_class = badge_queries.class_by_key(expo, class_key)
    if badge_class is None:
        raise LookupError(class_key)
    person = visitors.Person(name, company, email=_mark(key), region="大连")
    ready = visitors.prepare(expo, badge_class, person, visitors.Entry(Channel.DESK))
    return db.session.get_one(Registration, visitors.register(ready, SYSTEM).id)


def _mark(key: str) -> str:
    """The address by which a sample is found again: made up, and nobody else's."""
    return f"sample-{key}@example.org"


def _bring_list(expo: Expo, leader: Registration) -> None:
    """The people on the leader's list beside himself: pupils with a number for a name."""
    for number in range(1, _LISTED):
        member = _register(expo, "trade", f"团队成员{number:02d}", leader.company, f"member-{number}")
        member.leader_id = leader.id


def demo_fairs() -> tuple[Expo, Expo] | None:
    """The running fair of the demo and the one before, or None where there is no demo."""
    found = {expo.edition: expo for expo in demo_expos()}
    return (found[8], found[7]) if 8 in found and 7 in found else None


def code_of(expo: Expo, earlier: Expo, sample: Sample) -> str:
    """What the QR code of the sample carries."""
    fair = earlier if sample.key == "old" else expo
    key = "good" if sample.key == "forged" else sample.key
    badge = _badge(fair, key)
    if sample.key != "forged":
        return badges.code_of(fair, badge)
    true = token.parse_code(badges.code_of(fair, badge))
    if not isinstance(true, token.Token):
        raise TypeError(key)
    # One bit of the signature is turned: everything else is as on the true badge.
    return token.write(token.encode(true.claims), bytes([true.signature[0] ^ 1]) + true.signature[1:])


def person_of(expo: Expo, key: str) -> Registration:
    """The person of a sample; raises `NotFound`."""
    found = sa.select(Registration).where(Registration.expo_id == expo.id, Registration.email == _mark(key))
    person = db.session.scalars(found.order_by(Registration.id).limit(1)).first()
    if person is None:
        raise NotFound("sample_unknown", N_("There is no such sample badge."))
    return person


def _badge(expo: Expo, key: str) -> Badge:
    """The first badge of the sample's person: of the replaced one, the lost badge."""
    found = (
        sa.select(Badge)
        .join(Registration, sa.and_(Registration.id == Badge.holder_id, Badge.holder_kind == HOLDER))
        .where(Badge.expo_id == expo.id, Registration.expo_id == expo.id, Registration.email == _mark(key))
        .order_by(Badge.id)
    )
    badge = db.session.scalars(found.limit(1)).first()
    if badge is None:
        raise NotFound("sample_unknown", N_("There is no such sample badge."))
    return badge


def scan(expo: Expo, earlier: Expo, sample: Sample, language: str) -> Answer:
    """Scan a sample at its gate as the gate's phone would, inside the caller's transaction."""
    gate = gate_by_name(expo, sample.gate)
    device = gate and next((one for one in phones_of(expo) if gate.id in one.gate_ids), None)
    if gate is None or device is None:
        raise NotFound("sample_unknown", N_("There is no such sample badge."))
    now = clock.now()
    code = code_of(expo, earlier, sample)
    item = ScanItem(str(uuid.uuid4()), "badge", code, gate.id, "in", sample.heads, now)
    ticket = DeviceTicket(
        device.id, expo.id, expo.setup_version, frozenset({gate.id}), True, now + timedelta(days=1)
    )
    return store(db.session.connection(), [Upload(ticket, now, now, (item,), language)])[0][0]
