"""A form that was opened before somebody else saved never overwrites what is newer (ux B7).

Every page that changes something which is there stands in `EDITS`, and each is opened twice, saved by the one, then by
the other. A page with a form of its own that stands neither there nor in `NO_EDITS` fails.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from exhibitions.core import stale
from exhibitions.visitors.rules.questions import Asked
from tests.test_every_view import (
    APPLY,
    BADGE,
    BADGES,
    COMPANY,
    DESK,
    ENTRIES,
    ENTRY,
    FLOOR,
    FORM,
    GUEST,
    LISTS,
    MAILING,
    MY_ENTRY,
    ONE,
    ORDER,
    OWN_TABLE,
    PERSON,
    PRICE_TABLE,
    PRICES,
    PURPOSE,
    REGISTER,
    RULE_TABLE,
    SEASON,
    SETUP,
    SOURCE,
    TASKS,
    TEXT,
    World,
    made,  # noqa: F401
    world,  # noqa: F401
)

KEY = b"k" * 32


@dataclass(frozen=True)
class Edit:
    """A field of a form, and two values that it may have."""

    field: str
    first: str
    then: str
    who: str = "organiser"
    also: dict[str, str] = dataclasses.field(default_factory=dict)
    """What must be filled in for the form to be taken at all."""
    action: str = ""
    """Where the form is sent to, when that is not the address of its page."""


ADMINISTRATOR = "organisation-administrator"
AWARD = f"{DESK}/awards/<int:season_id>"
CHOOSING = {"who": "exhibitor", "limit": "1", "amount": "60", "unit": "minutes", "order": "first_come"}
CHOOSING |= {"order_amount": "5", "order_unit": "working_days"}
SCHEME = dict.fromkeys(("per_member_year", "per_area_step", "area_step", "per_money_step", "money_step"), "1")
SCHEME |= {"area_unit": "m2", "per_violation": "0", "per_absence": "0", "offer_weeks": "4"}
EDITS: dict[str, Edit] = {
    f"{SEASON}/facts": Edit("organiser_en", "Ours", "Theirs"),
    f"{SEASON}/rules/method": Edit("quorum", "4", "5"),
    f"{SEASON}/rules/medals": Edit("cap", "20", "25"),
    f"{RULE_TABLE}/<int:place>": Edit("name_en", "Novelty", "Invention"),
    f"{OWN_TABLE}/<int:place>": Edit("name_en", "Novelty", "Invention"),
    f"{SEASON}/categories/<int:category_id>": Edit("name_en", "Light", "Heavy"),
    f"{ENTRY}/edit": Edit("brand", "星海", "星河", also={"category": "A", "product_zh": "木碗"}),
    MY_ENTRY: Edit("brand", "星海", "星河", who=""),
    f"{AWARD}/jury/<int:juror_id>": Edit("title", "院长", "副院长"),
    f"{PRICES}/general": Edit("terms_en", "Ours", "Theirs"),
    f"{PRICE_TABLE}/<int:place>": Edit("price_class", "A", "B"),
    f"{DESK}/floor-plan/order": Edit(
        "per_year", "4", "5", also=SCHEME, action=f"{DESK}/floor-plan/order/scheme"
    ),
    f"{DESK}/floor-plan/choosing": Edit("closed", "2026-10-01", "2026-10-02", also=CHOOSING),
    f"{SETUP}/facts": Edit("hotline", "0411-1", "0411-2"),
    f"{SETUP}/registration": Edit("capacity", "5000", "6000"),
    f"{SETUP}/units/<int:unit_id>": Edit("name_zh", "甲会", "乙会"),
    f"{SETUP}/halls/<int:hall_id>": Edit("name_en", "First hall", "Second hall"),
    f"{SETUP}/zones/<int:zone_id>": Edit("summary_en", "Tables", "Chairs"),
    f"{SETUP}/permit": Edit("number", "大公〔1〕", "大公〔2〕", also={"persons": "9000"}),
    f"{SETUP}/days/<int:day_id>": Edit("door_to_7", "21:00", "22:00"),
    f"{SETUP}/gates/<int:gate_id>": Edit("name_en", "North", "South"),
    f"{FLOOR}/halls/<int:hall_id>": Edit("width", "61", "62"),
    f"{FLOOR}/halls/<int:hall_id>/shapes/<int:shape_id>": Edit("label_en", "Stage", "Big stage"),
    f"{FLOOR}/stands/<stand_number>": Edit("note", "Near the stage", "Near the exit"),
    f"{TASKS}/<int:task_id>": Edit("note", "Ask Li", "Ask Wang"),
    f"{BADGES}/classes/<int:class_id>": Edit("name_en", "Trade", "Buyers"),
    f"{BADGES}/classes/<int:class_id>/design": Edit("band", "always", "never"),
    f"{BADGES}/printers/<int:printer_id>": Edit("name", "Desk 3", "Desk 4"),
    TEXT: Edit("subject_en", "Come in", "Come soon"),
    f"{DESK}/gates/posts/<key>": Edit("person", "李梅", "王芳"),
    f"{FORM}/fields": Edit("region", "optional", "off"),
    f"{FORM}/questions/<int:question_id>": Edit("label_en", "Come before?", "First time?"),
    f"{FORM}/classes/<int:class_id>": Edit("waiting_en", "Two days", "Four days"),
    f"{FORM}/consents/{PURPOSE}": Edit("text_en", "Write to me", "Call me"),
    f"{FORM}/notice": Edit("notice_en", "Ours", "Theirs"),
    f"{FORM}/real-names": Edit("number", "大公〔3〕", "大公〔4〕"),
    f"{FORM}/texts/<int:text_id>": Edit("text_en", "Full", "Sold out"),
    GUEST + "/change": Edit("seat", "A1", "B2"),
    SOURCE + "/change": Edit("contact", "李一", "李二"),
    MAILING + "/edit": Edit("subject_en", "Hello", "Good day", also={"body_en": "{link}"}),
    f"{PERSON}/correct": Edit("company", "新星", "旧星"),
    f"{BADGE}/change": Edit("company", "新月", "旧月", who=""),
    f"{BADGE}/more": Edit("q-1", "yes", "no", who=""),
    f"{BADGE}/colleagues/<int:badge_number>/change": Edit("name", "李莉", "李力", who=""),
    f"{DESK}/people/<int:user_id>": Edit("fair_roles", "desk", "gate"),
    ONE: Edit("organisation_roles", "secretary", "finance", ADMINISTRATOR, action=f"{ONE}/roles"),
    f"{DESK}/exhibitors/messages/<int:mailing_id>/edit": Edit(
        "subject_zh", "甲", "乙", also={"body_zh": "{company}"}
    ),
    f"{DESK}/orders/invoices/<int:invoice_id>": Edit("number", "25212001", "25212002"),
    f"{DESK}/orders/invoices/<int:invoice_id>/change": Edit(
        "note", "July", "August", also={"whose": "person"}
    ),
    f"{DESK}/exhibitors/application-setup": Edit("contact_name", "李梅", "王芳"),
    f"{APPLY}/details": Edit("brand", "闽光", "明光", who=""),
    f"{APPLY}/contact": Edit("title", "主任", "总监", who=""),
    f"{APPLY}/stand": Edit("heavy", "一台机床", "两台机床", who=""),
    f"{DESK}/exhibitors/<number>/note": Edit("note", "角位", "通道位"),
    f"{DESK}/exhibitors/centre": Edit("contact_name", "李娜", "李楠"),
    f"{DESK}/orders/clearing/rules": Edit("sizes", "36 5000", "36 6000"),
    f"{DESK}/orders/services/<int:service_id>": Edit("name_en", "Power 16A", "Power 32A"),
    "/<slug>/exhibitor/<token>/entry": Edit("name_en", "Galaxy", "Galaxy Home", who=""),
    f"{DESK}/exhibitors/<number>/step": Edit("next_step", "寄合同", "打电话"),
    f"{DESK}/presence/hour": Edit("moment", "2026-09-10T10:00", "2026-09-10T11:00"),
    f"{AWARD}/deliberation": Edit("minute", "议一", "议二", ADMINISTRATOR),
    f"{AWARD}/certificates": Edit("title_en", "Award", "Certificate", ADMINISTRATOR),
    "/me": Edit("name", "Ann", "Beth"),
    "/desk/privacy/retention": Edit("visitors", "13", "14", ADMINISTRATOR),
    f"{COMPANY}/edit": Edit("address_en", "1 Road", "2 Road", ADMINISTRATOR),
    f"{COMPANY}/contacts/<int:contact_id>": Edit("title", "Chief", "Clerk", ADMINISTRATOR),
    f"{COMPANY}/papers/<int:paper_id>": Edit("number", "L1", "L2", ADMINISTRATOR),
    "/desk/settings/organisation": Edit(
        "address_en", "1 Road", "2 Road", ADMINISTRATOR, {"name_en": "Union"}
    ),
}
NEW, DEED, OWN = (
    "makes something new",
    "does something and fills in nothing",
    "changes only what its sender alone knows",
)
NO_EDITS: dict[str, str] = {
    **dict.fromkeys(
        (
            f"{BADGE}/colleagues",
            f"{GUEST}/remove",
            f"{DESK}/visitors/groups/<int:registration_id>/add",
            f"{DESK}/orders/statements",
            f"{ENTRIES}/add",
            # A step that the next page says was taken already, and what is only submitted.
            ENTRY,
            f"{MY_ENTRY}/check",
            *(f"{AWARD}/jury/{part}" for part in ("new", "interests/new", "interests/<int:conflict_id>")),
            # Two boxes of one choice; tests/awards/seating saves them.
            f"{AWARD}/jury/panels/<int:category_id>",
            f"{AWARD}/assignments",
            f"{AWARD}/assignments/<int:assignment_id>",
            f"{AWARD}/assignments/drawing",
            # What somebody typed is the person's own.
            *(f"{AWARD}/paper{part}" for part in ("", "/<number>", "/<number>/settle", "/<number>/scan")),
            # A list that replaces what one said before.
            f"{DESK}/floor-plan/order/points",
            *(f"{DESK}/orders/<number>/{deed}" for deed in ("payment", "refund", "credit", "invoice")),
            f"{DESK}/orders/<number>/clearing",
            f"{DESK}/orders/days/<day>",
            f"{DESK}/payments/<int:payment_id>/counter",
            "/<slug>/exhibitor/<token>/payments",
            f"{DESK}/exhibitors/new",
            f"{PRICE_TABLE}/new",
            f"{DESK}/awards/new",
            f"{RULE_TABLE}/new",
            f"{OWN_TABLE}/new",
            f"{SEASON}/categories/new",
            # Moves what the page has shown, or nothing; a version is made of what is there.
            f"{SEASON}/move/<any(on, back):way>",
            f"{SEASON}/rules/freeze",
            # Takes away what the page has shown, and nothing else.
            f"{SEASON}/categories/<int:category_id>/<any(criteria, levels):table>/common",
            # Made anew, or only while nobody else has made it: the sum that was seen goes along.
            f"{ORDER}/smaller",
            "/<slug>/exhibitor/<token>/order",
            ORDER,
            f"{DESK}/exhibitors/<number>/messages",
            f"{DESK}/orders/services/new",
            "/<slug>/exhibitor/<token>/badges",
            "/<slug>/exhibitor/<token>/services",
            f"{DESK}/exhibitors/export",
            f"{DESK}/exhibitors/copy",
            f"{DESK}/exhibitors/<number>/talk",
            "/desk/new",
            "/desk/new/copy",
            "/desk/people/invite",
            f"{BADGES}/printers/new",
            f"{BADGES}/reserves",
            f"{BADGES}/classes/new",
            f"{DESK}/mail/many/new",
            f"{DESK}/people/invite",
            f"{TASKS}/new",
            f"{TASKS}/usual",
            f"{TASKS}/calendar",
            f"{SETUP}/previews",
            f"{SETUP}/units/paste",
            f"{SETUP}/units/new",
            f"{SETUP}/halls/new",
            f"{SETUP}/zones/new",
            f"{SETUP}/gates/new",
            f"{SETUP}/days/new",
            f"{FORM}/questions/new",
            f"{FORM}/texts/new",
            f"{DESK}/visitors/invitations/new",
            f"{DESK}/visitors/invitations/paste",
            f"{DESK}/visitors/guests/new",
            f"{DESK}/visitors/guests/paste",
            f"{DESK}/visitors/imports",
            f"{DESK}/gates/<int:gate_id>/pair",
            f"{FLOOR}/stands/new",
            f"{FLOOR}/halls/<int:hall_id>/shapes/new",
            f"{FLOOR}/halls/<int:hall_id>/row",
            f"{FLOOR}/halls/<int:hall_id>/picture",
            f"{FLOOR}/versions",
            f"{REGISTER}/add",
            f"{REGISTER}/imports",
            f"{COMPANY}/contacts/add",
            f"{COMPANY}/papers/add",
        ),
        NEW,
    ),
    **dict.fromkeys(
        (
            # Each is answered, noted or revoked once.
            f"{AWARD}/result/<number>",
            f"{AWARD}/complaints/<int:complaint_number>",
            f"{DESK}/orders/<number>/cancel",
            f"{DESK}/orders/services/ordered/<int:ordered_id>/cancel",
            f"{DESK}/orders/invoices/export",
            f"{BADGE}/cancel",
            f"{BADGE}/colleagues/print",
            f"{BADGE}/colleagues/<int:badge_number>/cancel",
            f"{BADGE}/data",
            f"{BADGE}/erase",
            "/gate/<slug>/pair/<token>",
            "/desk/privacy/people/<int:registration_id>/export",
            "/desk/privacy/people/<int:registration_id>/erase",
            "/desk/privacy/company-people/<kind>/<int:row_id>/export",
            "/desk/privacy/company-people/<kind>/<int:row_id>/erase",
            "/desk/privacy/incident",
            "/desk/people/<int:user_id>/erase",
            "/desk/people/<int:user_id>/reset-second-step",
            f"{DESK}/gates/chief/devices/<int:device_id>",
            f"{DESK}/gates/chief/open-gate",
            f"{DESK}/gates/chief/rehearsal",
            f"{DESK}/gates/devices/<int:device_id>/revoke",
            f"{DESK}/mail/returned",
            "/<slug>/unsubscribe/<token>",
            f"{TASKS}/recount",
            f"{SETUP}/unpublish",
            f"{PERSON}/cancel",
            f"{PERSON}/approve",
            f"{PERSON}/refuse",
            f"{PERSON}/identity",
            f"{PERSON}/merge",
            f"{DESK}/exhibitors/<number>/merge",
            f"{DESK}/visitors/reminders",
            f"{DESK}/visitors/export",
            f"{DESK}/visitors/groups/export",
            f"{DESK}/visitors/imports/<int:import_id>/undo",
            f"{FLOOR}/halls/<int:hall_id>/scale",
            f"{FLOOR}/import",
            f"{FLOOR}/many/<stand_numbers>",
            f"{FLOOR}/merge/<stand_numbers>",
            f"{FLOOR}/remove/<stand_numbers>",
            f"{FLOOR}/stands/<stand_number>/split",
            f"{DESK}/floor-plan/waiting/<exhibitor_number>",
            f"{DESK}/floor-plan/holds/<int:allocation_id>/end",
            f"{DESK}/floor-plan/holds/<int:allocation_id>/exchange/<int:other_id>",
            f"{REGISTER}/export",
            f"{LISTS}/undo",
            f"{COMPANY}/merge",
        ),
        DEED,
    ),
    **dict.fromkeys(
        (
            "/sign-in/invitation/<token>",
            "/sign-in/new-password/<token>",
            "/me/app",
            "/me/confirm",
            "/me/password",
            "/me/recovery-codes",
        ),
        OWN,
    ),
    # Open from 15:00 of a day on: with a clock of its own in tests/exhibitors/test_figures_pages.py.
    "/<slug>/exhibitor/<token>/figures": "opens at an hour",
    f"{DESK}/sales-figures/<number>": "opens at an hour",
    # Somebody signs for a bag, or gets a badge.
    f"{DESK}/exhibitor-desk/<number>": DEED,
    f"{DESK}/sales-figures/freeze": DEED,
    f"{DESK}/sales-figures/export": DEED,
    # The doors as they stand are shown, then a page shows what would move; nothing is filled in.
    f"{DESK}/gates/chief/doors": DEED,
    # A move of the stock is written down beside the others.
    f"{BADGES}/stock": NEW,
}


class Page(HTMLParser):
    """The forms of a page with what a browser would send of each, and what is told of a newer save."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[MultiDict[str, str]] = []
        self._inside = False
        self._select = self._area = ""
        self.feed(text)
        told = re.search(r'<div class="error-summary newer".*?</ul>', text, re.S)
        self.told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told[0])) if told else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(MultiDict())
            self._inside = True
        if self._inside:
            self._control(tag, given, self.forms[-1])

    def _control(self, tag: str, given: dict[str, str], form: MultiDict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "text")
            left_out = kind in ("file", "submit")
            if not left_out and (kind not in ("checkbox", "radio") or "checked" in given):
                form.add(name, given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            form.add(self._select, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            form.add(name, "")

    def handle_data(self, data: str) -> None:
        if self._area:
            form = self.forms[-1]
            form[self._area] = (form[self._area] + data).removeprefix("\n").removeprefix("\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False

    def edited(self) -> MultiDict[str, str]:
        """What is sent of the one form that carries a mark."""
        return [form for form in self.forms if "_opened" in form][-1]


@dataclass
class Desk:
    """One browser at one page."""

    browser: Client
    path: str
    action: str
    sent: list[TestResponse] = dataclasses.field(default_factory=list)

    def open(self) -> MultiDict[str, str]:
        answer = self.browser.get(self.path, query_string={"lang": "en"})
        assert answer.status_code == 200, answer.text
        return Page(answer.text).edited()

    def send(self, form: MultiDict[str, str]) -> TestResponse:
        return self.browser.post(self.action, data=form, headers={"Accept-Language": "en"})


def at(world: World, rule: str, edit: Edit) -> Desk:  # noqa: F811
    browser = world.app.test_client()
    if edit.who:
        browser.set_cookie("session", world.cookies[edit.who])
    browser.set_cookie("lang", "en")
    path = world.address(rule, world.here)
    return Desk(browser, path, world.address(edit.action or rule, world.here))


def changed(form: MultiDict[str, str], name: str, value: str) -> MultiDict[str, str]:
    other = form.copy()
    other[name] = value
    return other


@pytest.mark.parametrize("rule", EDITS)
def test_who_saves_later_is_told_first_and_overwrites_only_knowingly(world: World, rule: str) -> None:  # noqa: F811
    edit = EDITS[rule]
    desk = at(world, rule, edit)
    opened = desk.open()
    for name, value in edit.also.items():
        opened[name] = value
    first, then = (changed(opened, edit.field, value) for value in (edit.first, edit.then))
    assert desk.send(first).status_code == 303
    assert desk.send(first).status_code == 303, "the same save sent twice is no conflict"
    answer = desk.send(then)
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "Changed meanwhile, not saved yet" in page.told
    assert page.told.count("Saved now") == 1
    again = page.edited()
    assert again[edit.field] == edit.then, "what was typed stands in the form"
    assert desk.open()[edit.field] == edit.first, "what was saved first is still there"
    assert again["_opened"] != opened["_opened"]
    assert desk.send(again).status_code == 303
    assert desk.open()[edit.field] == edit.then


@pytest.mark.parametrize("rule", EDITS)
def test_a_page_that_comes_back_with_another_language_still_knows_what_it_was_opened_with(
    world: World,  # noqa: F811
    rule: str,
) -> None:
    edit = EDITS[rule]
    desk = at(world, rule, edit)
    opened = desk.open()
    for name, value in edit.also.items():
        opened[name] = value
    assert desk.send(changed(opened, edit.field, edit.first)).status_code == 303
    if edit.action:
        return
    turned = desk.send(changed(changed(opened, edit.field, edit.then), "_lang", "zh"))
    assert turned.status_code == 200
    assert Page(turned.text).edited()["_opened"] == opened["_opened"]


def test_both_values_are_told_and_who_it_was(world: World) -> None:  # noqa: F811
    edit = EDITS[f"{SETUP}/facts"]
    desk = at(world, f"{SETUP}/facts", edit)
    opened = desk.open()
    other = at(world, f"{SETUP}/facts", Edit("", "", "", ADMINISTRATOR))
    other.browser.set_cookie("session", world.cookies["organiser"])
    other.send(changed(opened, "hotline", "0411-1"))
    told = Page(desk.send(changed(opened, "hotline", "0411-2")).text).told
    assert "organiser saved a change after you had opened this form." in told
    assert "ago." in told
    assert re.search(r"Hotline.*Saved now *0411-1 *Yours *0411-2", told), told


def test_a_visitor_is_not_told_who_at_the_desk_it_was(world: World) -> None:  # noqa: F811
    rule = f"{BADGE}/change"
    mine = at(world, rule, EDITS[rule])
    opened = mine.open()
    desk = at(world, f"{PERSON}/correct", EDITS[f"{PERSON}/correct"])
    assert desk.send(changed(desk.open(), "company", "新星")).status_code == 303
    told = Page(mine.send(changed(opened, "company", "新月")).text).told
    assert "A change was saved after you had opened this form." in told
    assert "organiser" not in told


def test_what_the_sender_left_alone_comes_back_as_it_is_saved_now(world: World) -> None:  # noqa: F811
    rule = f"{SETUP}/facts"
    desk = at(world, rule, EDITS[rule])
    opened = desk.open()
    desk.send(changed(opened, "hotline", "0411-1"))
    page = Page(desk.send(changed(opened, "city", "Shenyang")).text)
    assert "You had left this as it was" in page.told
    again = page.edited()
    assert (again["hotline"], again["city"]) == ("0411-1", "Shenyang")
    assert desk.send(again).status_code == 303
    assert (desk.open()["hotline"], desk.open()["city"]) == ("0411-1", "Shenyang")


def test_what_was_removed_meanwhile_is_said_to_be_gone(world: World) -> None:  # noqa: F811
    rule = f"{SETUP}/units/<int:unit_id>"
    desk = at(world, rule, EDITS[rule])
    opened = desk.open()
    assert desk.browser.post(f"{desk.path}/remove").status_code == 303
    assert desk.send(changed(opened, "name_zh", "乙会")).status_code == 404


def test_every_form_that_changes_something_there_carries_its_mark(world: World) -> None:  # noqa: F811
    rules = {
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if {"GET", "POST"} <= (rule.methods or set())
        and rule.rule.startswith(("/desk", "/me", "/<slug>/badge"))
    }
    assert rules - EDITS.keys() - NO_EDITS.keys() == set(), (
        "a new page: does it change something that is there?"
    )


class TestRule:
    def test_nothing_is_known_without_a_mark(self) -> None:
        assert stale.differences(KEY, "", {"a": 1}, {"a": 2}) == []

    def test_only_what_changed_and_would_be_undone_differs(self) -> None:
        opened = stale.mark(KEY, {"a": "1", "b": "1", "c": "1", "d": "1"})
        now = {"a": "1", "b": "2", "c": "2", "d": "2"}
        sent = {"a": "3", "b": "2", "c": "3", "d": "1"}
        assert stale.differences(KEY, opened, now, sent) == [
            stale.Change("c", touched=True),
            stale.Change("d", touched=False),
        ]

    def test_a_mark_says_nothing_without_the_key(self) -> None:
        assert stale.mark(KEY, {"a": "1"}) != stale.mark(b"j" * 32, {"a": "1"})

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (None, ""),
            (False, ""),
            (True, "y"),
            (5, "5"),
            ("a\r\nb ", "a\nb"),
            (["b", "a"], ("a", "b")),
            ("a  b", "a b"),
        ],
    )
    def test_what_looks_the_same_is_the_same(self, one: object, other: object) -> None:
        assert stale.plain(one) == stale.plain(other)

    def test_a_field_may_take_two_spellings_for_one(self) -> None:
        alike = {"options": lambda text: text.replace(" ", "")}
        opened = stale.mark(KEY, {"options": "a"}, alike)
        assert stale.differences(KEY, opened, {"options": "a | b"}, {"options": "a|b"}, alike) == []

    def test_an_enum_is_its_value(self) -> None:
        assert stale.plain(Asked.OFF) == "off"
