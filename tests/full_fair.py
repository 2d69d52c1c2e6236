"""One of everything in a fair: what the places of addresses (`<int:run_id>`, `<token>`) can stand for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

import sqlalchemy as sa
from PIL import Image

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import Wanted
from exhibitions.badges.rules.reserves import Place
from exhibitions.badges.service import printing
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, Hall, Preview
from exhibitions.expos.rules import Role, UnitRole
from exhibitions.expos.rules.feed import Scope
from exhibitions.expos.rules.setup import TaskFacts, UnitFacts
from exhibitions.files import service as files
from exhibitions.gates.models import Scan
from exhibitions.gates.service import pairing, scanning
from exhibitions.gates.service.uploads import DeviceTicket, ScanItem, Upload
from exhibitions.mail import service as mail
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import Problem
from exhibitions.mail.rules import State as MailState
from exhibitions.mail.rules.texts import Words
from exhibitions.mail.service import texts
from exhibitions.stands.models import HallPlan
from exhibitions.stands.rules.facts import HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.geometry import rectangle
from exhibitions.stands.rules.plan import ShapeKind
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.service import drawing, underlay, versions
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.group_list import Member
from exhibitions.visitors.rules.guests import GuestFacts
from exhibitions.visitors.rules.identity import IdentityKind
from exhibitions.visitors.rules.invitations import Kind as SourceKind
from exhibitions.visitors.rules.invitations import SourceFacts
from exhibitions.visitors.rules.mailing import Purpose
from exhibitions.visitors.rules.questions import Kind, QuestionFacts
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.service import (
    arranging,
    form_setup,
    guests,
    identities,
    importing,
    invitations,
    mailing,
    merging,
    telling,
)
from tests.full_award import award
from tests.full_awards import results
from tests.full_exhibition import exhibition
from tests.full_jury import jury

EXPORT = "visitors.export"
_LIST = "姓名,手机号,单位名称\n王一,13900000001,星河\n坏,123,\n"


@dataclass
class Everything:
    """A fair's words for the places of addresses, and the secrets that open a badge, its copy of data, a pairing and the scans."""

    slug: str
    places: dict[str, int | str] = field(default_factory=dict)
    link: str = ""
    copy: str = ""
    pairing: str = ""
    device: str = ""
    leave: str = ""
    calendar: str = ""
    preview: str = ""
    account_links: dict[str, str] = field(default_factory=dict)
    under: dict[str, dict[str, str]] = field(default_factory=dict)
    """Words that stand for something else under these beginnings of addresses; the longest that fits counts."""

    def words_under(self, rule: str) -> dict[str, str]:
        """What places of this address stand for, where that depends on what it is about."""
        fitting = [begin for begin in self.under if rule.startswith(begin)]
        return {name: word for begin in sorted(fitting, key=len) for name, word in self.under[begin].items()}


def fill(expo: Expo, by: Actor) -> Everything:
    """Put one of everything into a fair that has classes, days and places; inside the caller's transaction."""
    made = Everything(expo.slug)
    gate = expo.gates[0]
    unit = expo_service.save_unit(
        expo, None, UnitFacts(role=UnitRole.ORGANISER, name_zh="主办", name_en="Host")
    )
    trade = badge_queries.class_by_key(expo, "trade")
    assert trade is not None
    ready = visitors.prepare(
        expo,
        trade,
        visitors.Person("王敏", phone="+8613900000009", email=f"{expo.slug}@example.org", company="星河家居"),
        visitors.Entry(Channel.ONLINE, "zh"),
    )
    person = db.session.get_one(Registration, visitors.register(ready, by).id)
    colleague = visitors.bring(expo, person, visitors.gather(expo, person, [Member("李丽")]), by)[0]
    db.session.flush()
    badge = badge_queries.current_badge(expo, HOLDER, person.id)
    assert badge is not None
    kept = files.write(f"{_LIST}# {expo.slug}\n".encode())
    device, made.device = pairing.pair(expo, pairing.Rights([gate]))
    run, job = printing.start_run(expo, printing.plan_run(expo, Wanted(), "90x130", "name"), by, "new stock")
    made.copy = visitors.data_link(person)
    made.link, made.pairing = (
        visitors.new_link(person),
        pairing.offer_pairing(expo, pairing.Rights([gate])),
    )
    made.leave = telling.leave_link(person)
    printer_id, handout_id = paper_of(expo, trade, by)
    plan(expo, made, by)
    floor(expo, made, by)
    now = clock.now()
    # Without the time of sending nobody knows the device's clock: the scan waits for the chief.
    item = ScanItem(str(uuid.uuid4()), "badge", "x", gate.id, "in", 1, now)
    ticket = DeviceTicket(
        device.id, expo.id, expo.setup_version, frozenset({gate.id}), True, now + timedelta(days=1)
    )
    scanning.store(db.session.connection(), [Upload(ticket, now, None, (item,))])
    question, text = _visitor_form(expo, person, by)
    member = accounts.create_user(f"member-{expo.slug}@example.org", "Member", None)
    expo_service.grant_role(expo, member.id, Role.VIEWER)
    made.places |= {
        "question_id": question,
        "text_id": text,
        "version": 1,
        "user_id": member.id,
        "registration_id": person.id,
        "source_id": invitations.add_sources(
            expo,
            [SourceFacts(SourceKind.ASSOCIATION, "大连市家具协会", contact="李梅", phone="+8613900000031")],
            by,
        )[0].id,
        "guest_id": guests.add_guests(
            expo, [GuestFacts("赵部长", "部长", "轻工业联合会", "+8613900000032", host="李梅")], by
        )[0].id,
        "lang": "zh",
        "badge_number": _number_of(expo, colleague.id),
        "leader_number": badge.number,
        "merge_id": merged(expo, trade, by),
        "view_id": arranging.save_view(expo, "大连", {"region": "大连"}, by, shared=True).id,
        "badge_id": badge.id,
        "class_id": trade.id,
        "printer_id": printer_id,
        "handout_id": handout_id,
        "gate_id": gate.id,
        "key": f"gate-{gate.id}",
        "zone_id": expo.zones[0].id,
        "day_id": expo.days[0].id,
        "unit_id": unit.id,
        "device_id": device.id,
        "row_id": db.session.scalars(sa.select(Scan.id).where(Scan.scan_id == item.scan_id)).one(),
        "import_id": importing.begin(expo, kept, "list.csv", by).id,
        "run_id": run.id,
        "job_id": job.id,
        "mail_id": failed_mail(expo, person),
        "file_id": kept_file(expo.id, by),
        "mailing_id": draft(expo, by),
    }
    for part in (exhibition, award, results, jury):
        made.under |= part(expo, by)
    return made


def _number_of(expo: Expo, registration_id: int) -> int:
    badge = badge_queries.current_badge(expo, HOLDER, registration_id)
    assert badge is not None
    return badge.number


def paper_of(expo: Expo, badge_class: BadgeClass, by: Actor) -> tuple[int, int]:
    """A printer, and two reserve badges that were handed out together."""
    facts = {"name": "Desk 1", "sheet": "60x40", "shift_x": 5, "shift_y": 0, "turned": False}
    printer = badges.save_printer(expo, None, facts, by)
    for badge in badges.issue_reserves(expo, badge_class, 2, by):
        badges.count_print(expo, badge, "", by)
    return printer.id, badges.hand_out(expo, 1, 2, Place.DESK, "2", by).id


def merged(expo: Expo, badge_class: BadgeClass, by: Actor) -> int:
    """Two registrations of one person, made one."""
    entry = visitors.Entry(Channel.IMPORT, "zh")
    both = (visitors.Person("孙八", phone="+8613900000010"), visitors.Person("孙八", email="sun@example.org"))
    kept, gone = (
        db.session.get_one(
            Registration, visitors.register(visitors.prepare(expo, badge_class, each, entry), by).id
        )
        for each in both
    )
    return merging.merge(expo, kept, gone, {}, None, by).id


def _visitor_form(expo: Expo, person: Registration, by: Actor) -> tuple[int, int]:
    """A question, words for decisions, a consent text, and a paper's number under an order of the police."""
    facts = QuestionFacts(Kind.YES_NO, "来过吗", "Been here before?", "统计", "Statistics")
    question = form_setup.save_question(expo, None, facts, by)
    text = form_setup.save_text(expo, None, refusing=True, zh="名额已满", en="No places left")
    before = texts.kinds[letters.BEFORE]
    texts.save(expo.id, before, {"zh": Words("{fair} 快到了", "{link}")}, by)
    form_setup.save_consent(expo, "marketing", "愿意接收消息", "Tell me more", by)
    form_setup.save_order(expo, "大公治〔2026〕8号", "大连市公安局", date(2026, 1, 1), 30, by)
    media = badge_queries.class_by_key(expo, "media")
    assert media is not None
    how = {"registrable": False, "own_form": True, "needs_approval": True}
    form_setup.save_class(expo, media, by, **how, waiting=("三天内答复", "Within three days"))
    identities.keep(expo, person, IdentityKind.PASSPORT, "E12345123", Channel.ONLINE)
    db.session.flush()
    return question.id, text.id


def plan(expo: Expo, made: Everything, by: Actor) -> None:
    """A task of the maker, a calendar of tasks, a preview, and the word that the fair is a copy."""
    number = by.id or 0
    task = expo_service.save_task(
        expo, None, TaskFacts(title_zh="投保", title_en="Insurance", days_before=45), by, user_id=number
    )
    made.calendar = expo_service.open_feed(expo, number, Scope.ALL, "zh", by)
    made.preview = expo_service.open_preview(expo, "会长", 14, by)
    audit.record("portal.fair_copied", by, expo_id=expo.id, after={"from": "7th", "units": 3})
    preview = db.session.scalars(sa.select(Preview.id).where(Preview.expo_id == expo.id)).one()
    made.places = {"task_id": task.id, "preview_id": preview}


def floor(expo: Expo, made: Everything, by: Actor) -> None:
    """A measured hall with a picture under it, two stands, a stage, and a published version of the plan."""
    hall = expo.halls[0]
    if db.session.scalar(sa.select(HallPlan.id).where(HallPlan.hall_id == hall.id)):
        # The demo has drawn its own halls.
        hall = Hall(expo_id=expo.id, code="7", name_zh="7号馆", name_en="Hall 7", position=7)
        db.session.add(hall)
        db.session.flush()
    floor = drawing.measure_hall(expo, hall.id, HallFacts(60_000, 40_000), by)
    out = BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    underlay.lay_under(expo, floor, underlay.prepare(out.getvalue()), by)
    numbers = Numbering(start=1, prefix=f"{expo.edition}.1A")
    like = StandFacts("", hall.id, ())
    stands = drawing.lay_row(expo, hall.id, Row(6_000, 6_000, 2, 3_000, 3_000, numbering=numbers), like, by)
    stage = ShapeFacts(
        ShapeKind.STAGE, hall.id, rectangle(30_000, 20_000, 6_000, 4_000), "主舞台", "Main stage"
    )
    made.places |= {
        "hall_id": hall.id,
        "shape_id": drawing.save_shape(expo, None, stage, by).id,
        "stand_number": stands[0].number,
        "stand_numbers": ",".join(stand.number for stand in stands),
    }
    last = versions.save(expo, "招展开始前", by, publish=True)
    # Versions count in each fair for itself: a later edition has one that an earlier one has not.
    for _ in range(expo.edition - 8):
        drawing.change_many(expo, [stands[0].number], {"price_class": "B"}, by)
        last = versions.save(expo, "", by)
    made.places["plan_version"] = last.version


def failed_mail(expo: Expo | None, person: Registration) -> int:
    """A letter that was given up: of a fair to a person, or of the organisation."""
    number = expo.id if expo else None
    arguments: dict[str, int | str] = {"expo_id": person.expo_id, "registration_id": person.id}
    mail.send(
        visitors.LETTER, "canary@example.org", "zh", arguments, key=f"given up {number}", expo_id=number
    )
    row = db.session.scalars(sa.select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    row.state, row.problem, row.attempts = MailState.FAILED, Problem.BUSY.value, 9
    db.session.flush()
    return row.id


def draft(expo: Expo, by: Actor) -> int:
    """A message to many that could be sent."""
    words = {"zh": Words("关于{fair}", "{name} 您好\n{link}"), "en": Words("", "")}
    return mailing.write(expo, None, Purpose.SERVICE, words, {}, by).id


def kept_file(expo_id: int | None, owner: Actor) -> int:
    """A file that only its maker may fetch."""
    kept = files.store(
        b"number,name\r\n",
        name="list.csv",
        content_type="text/csv",
        purpose=EXPORT,
        expo_id=expo_id,
        owner=owner,
    )
    return kept.id
