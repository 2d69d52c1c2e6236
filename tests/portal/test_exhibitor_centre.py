"""The exhibitor's centre: what is next, badges within the quota and beyond, entry and fascia, messages (E4, E5, E6)."""

from __future__ import annotations

import io
import re
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.badges.models import Badge
from exhibitions.badges.service.issuing import code_of
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.exhibitors.models import (
    CoExhibitor,
    DirectoryEntry,
    Exhibitor,
    ExhibitorMessage,
    StaffBadge,
)
from exhibitions.exhibitors.queries import presence
from exhibitions.exhibitors.queries import staff as staff_queries
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.presence import Proof, proof_of
from exhibitions.exhibitors.rules.quotas import Beyond, Quota
from exhibitions.exhibitors.rules.staff import Named, StaffKind
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import centre, directory, staff
from exhibitions.exhibitors.service.centre import SetUp
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.fair import at
from exhibitions.gates.models import Scan
from exhibitions.gates.queries import figures
from exhibitions.gates.service import pairing, scanning
from exhibitions.gates.service.uploads import DeviceTicket, ScanItem, Upload
from exhibitions.stands.models import Allocation, Swap
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.plan import StandKind
from tests.exhibiting import make_exhibitor, make_stand
from tests.people import People

BY = Actor("system")
TODAY = clock.today("Asia/Shanghai")


class Firm:
    """An exhibitor with a stand of 9 m² and the address of its pages."""

    def __init__(self, app: Flask, name: str = "星河家居有限公司", stand: str = "A01", **facts: Any) -> None:
        self.app, self.browser = app, app.test_client()
        with app.app_context(), transaction() as session:
            expo = the_expo()
            exhibitor, person, token = make_exhibitor(expo, name)
            if stand:
                row = make_stand(expo, stand, **facts)
                session.add(
                    Allocation(
                        expo_id=expo.id,
                        stand_id=row.id,
                        exhibitor_id=exhibitor.id,
                        kind=AllocationKind.ASSIGNED,
                        since=clock.now(),
                    )
                )
            self.number, self.person, self.base = exhibitor.id, person.id, f"/8th/exhibitor/{token}"

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(f"{self.base}{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **data: object) -> str:
        answer = self.browser.post(f"{self.base}{path}", data=data, follow_redirects=status == 200)
        assert answer.status_code == status, answer.text
        return answer.text

    def staff(self) -> list[StaffBadge]:
        with self.app.app_context():
            theirs = sa.select(StaffBadge).where(StaffBadge.exhibitor_id == self.number)
            return list(db.session.scalars(theirs.order_by(StaffBadge.id)))

    def entry(self) -> DirectoryEntry:
        with self.app.app_context():
            exhibitor_id = DirectoryEntry.exhibitor_id == self.number
            return db.session.scalars(sa.select(DirectoryEntry).where(exhibitor_id)).one()


def the_expo() -> Expo:
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    return expo


def set_up(app: Flask, rule: Quota, **facts: object) -> None:
    with app.app_context(), transaction():
        now = centre.centre_of(the_expo())
        wanted = type(now)(quotas=now.quotas | {rule.kind: rule}, due=now.due)
        centre.save_set_up(the_expo(), SetUp(wanted, **facts), BY)  # type: ignore[arg-type]


@pytest.fixture
def firm(app: Flask, people: object) -> Firm:
    return Firm(app)


def test_the_home_says_what_is_next_and_whom_to_ask(app: Flask, firm: Firm) -> None:
    page = firm.get()
    assert "A01" in page
    assert "星河家居有限公司" in page
    firm.post("/messages", text="请问何时可以进馆？")
    firm.post("/messages", text="请问何时可以进馆？")
    assert firm.get().count("请问何时可以进馆？") == 1, "a double click is one message"
    firm.post("/messages", status=422, text=" ")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(ExhibitorMessage.id))) == 1


def test_names_within_the_quota_get_badges_that_never_count(app: Flask, firm: Firm) -> None:
    """§2.5: 9 m² give 3 badges; V-2: their class is not one of visitors."""
    assert "9 m²" in firm.get("/badges").replace("\u202f", " ").replace("\xa0", " ")
    page = firm.post("/badges", 200, kind="staff", names="王敏 13800138000\n李雷,13800138001\n赵一")
    assert page.count("138****800") == 2
    firm.post("/badges", kind="staff", names="王敏 13800138000\n李雷,13800138001\n赵一")
    assert len(firm.staff()) == 3, "the same list again names nobody twice"
    with app.app_context():
        badges = db.session.scalars(sa.select(Badge).where(Badge.holder_kind == staff_queries.HOLDER)).all()
        assert {badge.badge_class.audience.value for badge in badges} == {"exhibitor"}
        assert {badge.company for badge in badges} == {"星河家居有限公司"}
    assert firm.browser.post(f"{firm.base}/badges/print").data.startswith(b"%PDF")


def test_nobody_has_badges_before_the_company_is_admitted(app: Flask, firm: Firm) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Exhibitor, firm.number).state = State.SUBMITTED
    page = firm.browser.post(f"{firm.base}/badges", data={"kind": "staff", "names": "王敏"})
    assert page.status_code in (409, 422)
    assert firm.staff() == []


def test_an_entry_keeps_a_name(app: Flask, firm: Firm) -> None:
    firm.post("/entry", name_zh="星河", text_zh="家居")
    firm.post("/entry", 422, name_zh="", name_en="", text_zh="家居")
    assert firm.entry().name_zh == "星河"


def test_over_the_quota_the_organiser_is_asked_and_gives_it_by_grace(app: Flask, firm: Firm) -> None:
    names = "甲\n乙\n丙\n丁"
    assert (
        "1 person is more" in firm.post("/badges", 422, kind="staff", names=names, lang="en")
        or firm.staff() == []
    )
    firm.post("/badges", kind="staff", names=names, agreed="y")
    waiting = [person for person in firm.staff() if person.badge_id is None]
    assert [person.name for person in waiting] == ["丁"]
    firm.post(f"/badges/{firm.staff()[0].id}/cancel")
    firm.post("/badges", kind="staff", names="戊")
    assert [person.name for person in firm.staff() if person.badge_id is None] == ["丁"], (
        "cancelled frees a place"
    )


def test_a_price_over_the_quota_needs_an_order_to_stand_on(app: Flask, firm: Firm) -> None:
    rule = Quota(StaffKind.BUILD_UP, beyond=Beyond.PRICE, per_day_minor=2_000, per_card_minor=1_000)
    set_up(app, rule)
    names = "甲\n乙\n丙\n丁"
    asked = firm.post("/badges", 422, kind="build_up", names=names)
    assert "¥50.00" in asked, "two days in the halls at 20, and 10 for the card"
    firm.post("/badges", 422, kind="build_up", names=names, agreed="y")
    assert firm.staff() == [], "all or nothing"


def test_nothing_of_another_company_is_reached(app: Flask, firm: Firm) -> None:
    other = Firm(app, "北方木业", "A02", x=3000)
    firm.post("/badges", kind="staff", names="王敏 13800138000")
    other.post("/badges", kind="staff", names="王敏 13800138000")
    assert "另一展位" in other.get("/badges") or "also at another stand" in other.get("/badges")
    other.post(f"/badges/{firm.staff()[0].id}/cancel", status=404)
    firm.post("/entry/products", product_zh="衣柜", picture=(io.BytesIO(png()), "a.png"))
    product = products(app)[0]
    other.post(f"/entry/products/{product[0]}/remove", status=404)
    other.get(f"/entry/pictures/{product[1]}", status=404)
    with firm.browser.get(f"{firm.base}/entry/pictures/{product[1]}") as picture:
        assert picture.mimetype == "image/jpeg"


def test_a_lead_scanner_names_nobody(app: Flask, firm: Firm) -> None:
    with app.app_context(), transaction() as session:
        exhibitor = session.get_one(Exhibitor, firm.number)
        exhibitor.people[0].role = PersonRole.LEAD_SCANNER
    firm.get("/badges", status=403)
    firm.post("/badges", status=403, kind="staff", names="王敏")
    firm.get("/entry", status=403)
    firm.get("")


def test_the_entry_begins_filled_counts_what_people_see_and_is_sent(app: Flask, firm: Firm) -> None:
    assert 'value="星河家居有限公司"' in firm.get("/entry")
    too_long = firm.post("/entry", 422, name_zh="星河", text_zh="𠮷" * 301, fascia_zh="王" * 21)
    assert "301" in too_long
    assert "21" in too_long
    firm.post("/entry/send", status=422)
    page = firm.post(
        "/entry", 200, name_zh="星河", text_zh="𠮷" * 300, fascia_zh="星河家居", website="www.x.cn"
    )
    assert 'font-size="180"' in page
    firm.post("/entry/send")
    firm.post("/entry/send")
    assert firm.entry().state is EntryState.SENT
    assert firm.entry().search.startswith("星河")


def test_a_phone_of_the_directory_is_a_number_with_or_without_extension(app: Flask, firm: Firm) -> None:
    for written in ("0411-8234 5678", "0411-82345678 转 801", "400-123-4567", "+82 2 1234 5678"):
        firm.post("/entry", name_zh="星河", phone=written)
        assert firm.entry().phone == written
    assert "0411-8234 5678" in firm.post("/entry", 422, name_zh="星河", phone="abc")
    assert firm.entry().phone == "+82 2 1234 5678"


def test_what_is_opened_every_day_lies_under_the_thumb(app: Flask, firm: Firm) -> None:
    """ux.md §3: the exhibitor's phone has a bar with its tasks and figures, and the menu one press away."""
    bar = firm.get().partition('class="room-bar"')[2].partition("</nav>")[0]
    assert re.findall(r"/exhibitor/[^/\"]+(/[a-z]+)?\"", bar) == ["", "/badges", "/figures"]
    assert 'popovertarget="menu"' in bar
    assert bar.count('aria-current="page"') == 1


def test_after_the_print_date_a_change_is_a_request(app: Flask, firm: Firm) -> None:
    firm.post("/entry", name_zh="星河", text_zh="家具", fascia_zh="星河")
    today = clock.today("Asia/Shanghai")
    set_up(app, Quota(StaffKind.STAFF), print_on=today)
    firm.post("/entry", name_zh="星河", text_zh="家具与灯具", fascia_zh="星河")
    assert firm.entry().text_zh == "家具与灯具", "the print date itself still counts"
    set_up(app, Quota(StaffKind.STAFF), print_on=today - timedelta(days=1))
    firm.post("/entry", name_zh="星河", text_zh="家具与灯具", fascia_zh="银河")
    assert (firm.entry().fascia_zh, firm.entry().asked) == ("星河", {"fascia_zh": "银河"})
    assert "银河" in firm.get("/entry")
    # A product has no request: the office is asked in words.
    assert "The print date is over" in firm.post("/entry/products?lang=en", 422, product_zh="灯")
    with app.app_context(), transaction() as session:
        directory.decide_change(the_expo(), session.get_one(DirectoryEntry, firm.entry().id), BY, accept=True)
    assert (firm.entry().fascia_zh, firm.entry().asked) == ("银河", None)


def test_a_fascia_changed_after_its_print_is_to_be_cut_again(app: Flask, people: People, firm: Firm) -> None:
    """The cut text is false from the moment the change is taken over, whether or not the plan is frozen (demand 5)."""
    with app.app_context(), transaction() as session:
        session.get_one(Exhibitor, firm.number).state = State.PAID
    firm.post("/entry", name_zh="星河", text_zh="家具", fascia_zh="星河")
    firm.post("/entry/send")
    people.alice.post("/desk/8th/exhibitors/directory/printed")
    number = firm.entry().number

    def asked_for(answer: str, **words: str) -> set[tuple[str, str]]:
        said: dict[str, Any] = {"name_zh": "星河", "text_zh": "家具", "fascia_zh": "星河"}
        firm.post("/entry", **(said | words))
        people.alice.post(f"/desk/8th/exhibitors/directory/{number}/{answer}")
        with app.app_context():
            return {(row.thing, row.after) for row in db.session.scalars(sa.select(Swap))}

    assert asked_for("refuse", fascia_zh="银河") == set()
    assert asked_for("accept", fascia_zh="银河") == {("fascia", "number=A01\nkind=shell\nfascia=银河")}
    page = people.alice.get("/desk/8th/floor-plan/swap-list", headers={"Accept-Language": "en"}).text
    assert "fascia “星河”" in page
    assert "fascia “银河”" in page
    things = asked_for("accept", name_zh="银河家居", fascia_zh="星河")
    assert things == {("directory", "number=A01\nhall=1\nname=银河家居")}, "the fascia is true again"


def test_sending_names_every_gap_and_loses_nothing(app: Flask, firm: Firm) -> None:
    """E6: sent with gaps nothing is sent; each gap stands at its field and in the summary, what was typed is still there."""
    page = firm.post("/entry/send", 422, name_zh="", name_en="", text_zh="", brand="星河牌", fascia_zh="星河")
    for field in ("name_zh", "text_zh"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    assert 'value="星河牌"' in page
    assert 'id="main" action="/8th/exhibitor/' in re.sub(r"\s+", " ", page), (
        "Save saves, wherever the page was drawn"
    )
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(DirectoryEntry.id))) == 0
    only_text = firm.post("/entry/send", 422, name_zh="星河", text_zh="")
    assert 'id="name_zh-error"' not in only_text
    assert firm.post("/entry/send", 422, name_zh="星河", text_zh="家" * 301).count("301") >= 1
    firm.post("/entry/send", name_zh="星河", text_zh="家具", brand="星河牌")
    assert (firm.entry().state, firm.entry().brand) == (EntryState.SENT, "星河牌")
    set_up(app, Quota(StaffKind.STAFF), print_on=clock.today("Asia/Shanghai") - timedelta(days=1))
    assert "已过付印日期，修改须向主办单位申请" in firm.post(
        "/entry/send", 422, name_zh="银河", text_zh="家具"
    ), "after the print date it says so"
    assert firm.entry().name_zh == "星河"


def test_raw_space_has_no_fascia_and_keeps_no_text(app: Flask, people: People) -> None:
    """What hangs nowhere is neither kept nor cut; the page says why there is no field (E6)."""
    firm = Firm(app, kind=StandKind.RAW, stand="B01")
    assert 'name="fascia_zh"' not in firm.get("/entry")
    assert "没有楣板" in firm.get("/entry")
    firm.post("/entry", name_zh="星河", text_zh="家具", fascia_zh="星河", fascia_en="X" * 99)
    assert (firm.entry().fascia_zh, firm.entry().fascia_en) == ("", "")
    with app.app_context(), transaction() as session:
        session.get_one(Exhibitor, firm.number).state = State.PAID
        # It had a shell scheme stand when it wrote this.
        session.get_one(DirectoryEntry, firm.entry().id).fascia_zh = "星河"
    firm.post("/entry/products", product_zh="木椅")
    with people.alice.get("/desk/8th/exhibitors/fascias.csv") as answer:
        assert answer.data.decode("utf-8-sig").splitlines()[1:] == []
    firm.post("/entry/send")
    people.alice.post("/desk/8th/exhibitors/directory/printed")
    assert (firm.entry().state, firm.entry().fascia_printed.strip()) == (EntryState.PRINTED, "")


def test_ten_products_upright_pictures_and_no_nonsense(app: Flask, firm: Firm) -> None:
    firm.post("/entry/products", 422, product_zh="")
    firm.post("/entry/products", 422, product_zh="柜", picture=(io.BytesIO(b"<svg/>"), "a.png"))
    firm.post("/entry/products", 422, product_zh="柜" * 61)
    for number in range(10):
        firm.post("/entry/products", product_zh=f"柜{number}", is_new="y")
    firm.post("/entry/products", 422, product_zh="柜11")
    assert len(products(app)) == 10
    firm.post(f"/entry/products/{products(app)[1][0]}/remove")
    firm.post("/entry/products", product_zh="床", picture=(io.BytesIO(png()), "a.png"))
    firm.post(f"/entry/products/{products(app)[-1][0]}/remove")
    firm.post("/entry/products", product_zh="桌")
    assert len(products(app)) == 10
    firm.post(f"/entry/products/{products(app)[0][0]}/remove")
    assert len(products(app)) == 9


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(out, "PNG")
    return out.getvalue()


def products(app: Flask) -> list[tuple[int, int | None]]:
    with app.app_context():
        rows = db.session.execute(sa.text("SELECT id, picture_id FROM directory_products ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def test_the_office_answers_what_exhibitors_wait_for(app: Flask, people: People, firm: Firm) -> None:
    firm.post("/badges", kind="staff", names="甲\n乙\n丙\n丁\n戊", agreed="y")
    firm.post("/messages", text="多要两张证可以吗？")
    number, (fourth, fifth) = exhibitor_number(app, firm), firm.staff()[3:]
    page = people.bob.get("/desk/8th/exhibitors/requests").text
    assert "丁" in page
    assert "星河家居" in page
    base = f"/desk/8th/exhibitors/requests/{number}"
    assert people.bob.post(f"{base}/{fourth.id}/grant").status_code == 403
    assert people.charlie.get("/desk/8th/exhibitors/requests").status_code == 404
    assert people.alice.post(f"/desk/8th/exhibitors/requests/NONE/{fourth.id}/grant").status_code == 404
    people.alice.post(f"{base}/{fourth.id}/grant", data={"note": "贵宾单位"})
    assert people.alice.post(f"{base}/{fourth.id}/grant").status_code == 409, "decided already"
    people.alice.post(f"{base}/{fifth.id}/refuse")
    after = firm.staff()
    assert (after[3].extra, after[3].extra_note, after[3].badge_id is not None) == ("grace", "贵宾单位", True)
    assert after[4].cancelled_at is not None
    people.alice.post(f"/desk/8th/exhibitors/{number}/messages", data={"text": "可以，已发。"})
    assert "可以，已发。" in firm.get()
    assert "多要两张证" not in people.alice.get("/desk/8th/exhibitors/requests").text
    firm.post("/messages", text="谢谢")
    people.alice.post(f"/desk/8th/exhibitors/{number}/messages/seen")


def exhibitor_number(app: Flask, firm: Firm) -> str:
    with app.app_context():
        return db.session.get_one(Exhibitor, firm.number).number


def test_the_set_up_of_the_centre(app: Flask, people: People, firm: Firm) -> None:
    page = "/desk/8th/exhibitors/centre"
    assert people.bob.get(page).status_code == 403
    typed = fields_of(people.alice.get(page).text)
    typed |= {"staff_every": "4.5", "staff_least": "0", "build_up_from": "18:00", "build_up_to": "10:00"}
    typed |= {"due_badges": "2030-01-02", "contact_name": "李娜", "panel_zh": "12", "staff_most": ""}
    answer = people.alice.post(page, data=typed)
    assert answer.status_code == 303, answer.text
    assert "李娜" in firm.get()
    badges = firm.get("/badges")
    assert "18:00" in badges
    assert re.search(r'<td[^>]*class="num"[^>]*>2<', badges), "9 m² at one per 4.5"
    firm.post("/badges", kind="build_up", names="布展甲")
    with app.app_context():
        titles = db.session.scalars(
            sa.select(Badge.title).where(Badge.holder_kind == staff_queries.HOLDER)
        ).all()
        assert titles == ["18:00–10:00"]
    typed.pop("_opened")
    for wrong in (
        {"staff_every": "0"},
        {"staff_gives": "x"},
        {"staff_most": "0", "staff_least": "2"},
        {"build_up_to": ""},
        {"build_up_first": "2026-08-23", "build_up_last": "2026-08-22"},
        {"build_up_from": "", "build_up_to": "", "build_up_last": "2026-08-22"},
        {"panel_zh": "101"},
        {"fascia_fee": "1.234"},
        {"service_per_card": "-1"},
    ):
        assert people.alice.post(page, data=typed | wrong).status_code == 422, wrong


def fields_of(page: str) -> dict[str, str]:
    """What the form of a page shows."""
    inputs = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    selects = re.findall(r'<select[^>]*?name="(\w+)".*?</select>', page, re.S)
    chosen = re.findall(r'<option selected value="(\w+)"', page)
    return {name: text for name, text in inputs.items() if "_" in name} | dict(
        zip(selects, chosen, strict=True)
    )


def test_a_staff_badge_opens_the_gate_and_is_no_visit(app: Flask, firm: Firm) -> None:
    """V-2: stand personnel are never visitors, and the product can prove that they are not counted."""
    firm.post("/badges", kind="staff", names="王敏 13800138000")
    scan_staff(app)
    with app.app_context():
        scan = db.session.scalars(sa.select(Scan)).one()
        assert (scan.badge_id is not None, scan.admitted, scan.verdict) == (True, True, "first_today")
        found = figures.attendance(the_expo())
        assert (found.total.visits, found.total.visitors) == (0, 0)


def scan_staff(app: Flask) -> None:
    """The one staff badge of the fair goes in at ten o'clock today."""
    with app.app_context(), transaction() as session:
        expo, now = the_expo(), at(TODAY, time(10), "Asia/Shanghai")
        badge = session.scalars(sa.select(Badge).where(Badge.holder_kind == staff_queries.HOLDER)).one()
        gate = expo.gates[0]
        device, _secret = pairing.pair(expo, pairing.Rights([gate]))
        until = now + timedelta(days=1)
        ticket = DeviceTicket(device.id, expo.id, expo.setup_version, frozenset({gate.id}), True, until)
        item = ScanItem(str(uuid.uuid4()), "badge", code_of(expo, badge), gate.id, "in", 1, now)
        scanning.store(session.connection(), [Upload(ticket, now, now, (item,))])


def share_stand(app: Flask, firm: Firm, state: CoState = CoState.ADMITTED) -> int:
    """A co-exhibitor on the firm's stand; its number of row."""
    with app.app_context(), transaction() as session:
        row = CoExhibitor(
            expo_id=the_expo().id,
            exhibitor_id=firm.number,
            name_zh="海潮灯具",
            name_en="Tide Lamps",
            state=state,
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_badge_of_a_co_exhibitor_says_its_name_and_proves_it_was_there_e1(app: Flask, firm: Firm) -> None:
    """§1.4: every direct exhibitor needs a proof of its own; a scan of the one's people is none of the other's."""
    assert 'name="company"' not in firm.get("/badges")
    number = share_stand(app, firm)
    assert "海潮灯具" in firm.get("/badges")
    page = firm.post("/badges", 200, kind="staff", company=str(number), names="王敏 13800138000")
    assert page.count("海潮灯具") == 2, "beside the name, and among the choices"
    with app.app_context():
        assert [badge.company for badge in db.session.scalars(sa.select(Badge))] == ["海潮灯具"]
        assert presence.evidence(the_expo()) == {}
    scan_staff(app)
    with app.app_context():
        found = presence.evidence(the_expo())
        assert {who: proof_of(each) for who, each in found.items()} == {(firm.number, number): Proof.SCAN}


@pytest.mark.parametrize("state", [CoState.NAMED, CoState.REFUSED, CoState.WITHDRAWN])
def test_only_an_admitted_co_exhibitor_has_badges_e3(app: Flask, firm: Firm, state: CoState) -> None:
    number = share_stand(app, firm, state)
    firm.post("/badges", 422, kind="staff", company=str(number), names="王敏")
    assert firm.staff() == []


def test_a_co_exhibitor_of_another_stand_is_no_choice(app: Flask, firm: Firm) -> None:
    number = share_stand(app, Firm(app, "北方木业", "A02", x=3000))
    firm.post("/badges", 422, kind="staff", company=str(number), names="王敏")
    with app.app_context(), transaction() as session:
        exhibitor, other = session.get_one(Exhibitor, firm.number), session.get_one(CoExhibitor, number)
        listed = [Named(1, "王敏", None, "")]
        ask = staff.Ask(StaffKind.STAFF, listed, Quota(StaffKind.STAFF), 3, 1, co_exhibitor=other)
        with pytest.raises(Conflict, match="co_not_admitted"):
            staff.add(the_expo(), exhibitor, ask, BY)
    assert firm.staff() == []


def test_over_the_quota_the_badge_by_grace_says_the_same_company(app: Flask, firm: Firm) -> None:
    number = share_stand(app, firm)
    names = "\n".join("甲乙丙丁戊己庚辛壬癸")
    firm.post("/badges", kind="staff", company=str(number), names=names, agreed="y")
    with app.app_context(), transaction() as session:
        waits = session.scalars(sa.select(StaffBadge).where(StaffBadge.badge_id.is_(None))).first()
        assert waits is not None
        exhibitor = session.get_one(Exhibitor, firm.number)
        staff.answer(the_expo(), exhibitor, waits, "", BY)
        assert session.get_one(Badge, waits.badge_id).company == "海潮灯具"
