"""What each role may do in an exhibitor's centre, on every route of it (spec §2.8, from owner to guest)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from exhibitions.core.access import mark_of
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson, StaffBadge
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, PersonRole, may
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.rules.states import State
from tests.people import People
from tests.portal.test_exhibitor_centre import Firm

ROUTES: dict[str, frozenset[Duty]] = {
    "exhibitors.application": frozenset({Duty.ORDER}),
    "exhibitors.give_up": frozenset({Duty.APPLY}),
    "exhibitors.begin_again": frozenset({Duty.APPLY}),
    **dict.fromkeys(("exhibitors.people", "exhibitors.person"), frozenset({Duty.PEOPLE})),
    **dict.fromkeys(("exhibitors.remove_person", "exhibitors.send_link_again"), frozenset({Duty.PEOPLE})),
    **dict.fromkeys(("exhibitors.daily_figures", "exhibitors.send_figures"), frozenset({Duty.FIGURES})),
    **dict.fromkeys(("exhibitors.nothing_today", "exhibitors.intent_signed"), frozenset({Duty.FIGURES})),
    **dict.fromkeys(("stands.choose", "stands.choose_stand"), frozenset({Duty.ORDER})),
    **dict.fromkeys(("stands.hold_stand", "stands.release_stand"), frozenset({Duty.CHOOSE_STAND})),
    "stands.wish_stands": frozenset({Duty.CHOOSE_STAND}),
    **dict.fromkeys(("orders.order", "orders.my_contract", "orders.my_supplement"), frozenset({Duty.ORDER})),
    "orders.send_supplement": frozenset({Duty.SIGN}),
    **dict.fromkeys(("orders.my_payments", "orders.sandbox_payment"), frozenset({Duty.MONEY})),
    **dict.fromkeys(("orders.order_services", "orders.cancel_my_service"), frozenset({Duty.SERVICES})),
    **dict.fromkeys(("portal.my_awards", "portal.start_award_entry"), frozenset({Duty.AWARDS})),
    **dict.fromkeys(("portal.award_entry", "portal.check_award_entry"), frozenset({Duty.AWARDS})),
    **dict.fromkeys(("portal.withdraw_award_entry", "portal.award_file"), frozenset({Duty.AWARDS})),
    "portal.remove_award_file": frozenset({Duty.AWARDS}),
    "portal.exhibitor_home": frozenset({Duty.SEE}),
    "portal.write_to_office": frozenset({Duty.MESSAGES}),
    **dict.fromkeys(
        ("portal.staff_badges", "portal.cancel_staff_badge", "portal.print_staff_badges"),
        frozenset({Duty.BADGES, Duty.BUILD_UP}),
    ),
    **dict.fromkeys(("portal.entry", "portal.send_entry", "portal.own_picture"), frozenset({Duty.DIRECTORY})),
    **dict.fromkeys(("portal.add_product", "portal.remove_product"), frozenset({Duty.DIRECTORY})),
}
"""By view, one of which duties it asks for; every page of the application asks for APPLY."""


def duties_of(rule: Rule) -> frozenset[Duty]:
    """What a route asks for; a new one of the centre must be entered above."""
    if "/apply/" in rule.rule:
        return frozenset({Duty.APPLY})
    return ROUTES[rule.endpoint]


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and route behind an exhibitor's link."""
    found = []
    for rule in app.url_map.iter_rules():
        mark = mark_of(app.view_functions[rule.endpoint])
        if mark is not None and mark.what == LINK:
            found += [(method, rule) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return sorted(found, key=lambda each: (each[1].rule, each[0]))


def address(rule: Rule, base: str, ids: dict[str, object]) -> str:
    values = {name: ids.get(name, 1) for name in rule.arguments - {"slug", "token"}}
    path = rule.build({"slug": "8th", "token": "TOKEN", **values})
    assert path is not None
    return path[1].replace("/8th/exhibitor/TOKEN", base)


@pytest.fixture
def firm(app: Flask, people: People) -> Firm:
    """An exhibitor under contract with a stand, a colleague, and a badge of each kind."""
    del people
    firm = Firm(app)
    with app.app_context(), transaction() as session:
        exhibitor = session.get_one(Exhibitor, firm.number)
        exhibitor.state = State.CONTRACTED
        session.add(
            ExhibitorPerson(
                expo_id=exhibitor.expo_id,
                exhibitor_id=exhibitor.id,
                role=PersonRole.OWNER,
                name="李工",
                created_at=exhibitor.created_at,
            )
        )
    for kind in (StaffKind.STAFF, StaffKind.BUILD_UP):
        firm.post("/badges", kind=kind.value, names=f"王敏{kind.value}")
    return firm


def become(firm: Firm, role: PersonRole) -> None:
    with firm.app.app_context(), transaction() as session:
        person = session.get_one(ExhibitorPerson, firm.person)
        person.role, person.removed_at = role, None


@pytest.mark.parametrize("role", list(PersonRole))
def test_every_route_refuses_the_role_that_may_not(app: Flask, firm: Firm, role: PersonRole) -> None:
    """403 to who may not, whatever is asked for and sent; anything but that, and no fault, to who may."""
    become(firm, role)
    walked = routes(app)
    assert len(walked) > 50
    # First what is refused: that nothing of it happens.
    walked.sort(key=lambda each: any(may(role, duty) for duty in duties_of(each[1])))
    for method, rule in walked:
        allowed = any(may(role, duty) for duty in duties_of(rule))
        path = address(
            rule,
            firm.base,
            {"number": "A01", "lang": "zh", "person_id": 10**6, "staff_id": 10**6, "ordered_id": 10**6},
        )
        answer = firm.browser.open(path, method=method, data={} if method == "POST" else None)
        assert (answer.status_code != 403) is allowed, f"{role} {method} {rule.rule}: {answer.status_code}"
        assert answer.status_code < 500
        if allowed:
            become(firm, role)


def test_a_guest_deals_with_build_up_passes_alone(app: Flask, firm: Firm) -> None:
    """The builder names who builds, and neither sees nor cancels who stands at the stand."""
    become(firm, PersonRole.CONTRACTOR)
    page = firm.get("/badges")
    assert "王敏build_up" in page
    assert "王敏staff" not in page
    assert 'value="staff"' not in page
    firm.post("/badges", 422, kind="staff", names="赵强")
    firm.post("/badges", kind="build_up", names="赵强")
    with app.app_context():
        ids = {
            row.kind: row.id
            for row in db.session.scalars(sa.select(StaffBadge).order_by(StaffBadge.id.desc()))
        }
    firm.post(f"/badges/{ids[StaffKind.STAFF]}/cancel", 404)
    firm.post(f"/badges/{ids[StaffKind.BUILD_UP]}/cancel")
    with firm.browser.post(f"{firm.base}/badges/print", data={"kind": "staff"}) as answer:
        assert answer.status_code == 303, "nothing of theirs to print"


def test_the_home_asks_nobody_for_what_is_another_s(app: Flask, firm: Firm) -> None:
    """No duty whose page would be refused, no money, no order: the scanner has nothing but the stand (E4)."""
    base = firm.base
    for role, has, lacks in (
        (PersonRole.OWNER, ("/order", "/entry", "/badges", "/figures"), ()),
        (PersonRole.FINANCE, ("/order", "/figures"), ("/entry", "/badges")),
        (PersonRole.CONTRACTOR, (), ("/order", "/entry", "/figures", "/stand")),
        (PersonRole.LEAD_SCANNER, (), ("/order", "/entry", "/figures", "/stand", "/badges", "/services")),
    ):
        become(firm, role)
        page = firm.get()
        assert "A01" in page
        for path in has:
            assert f'href="{base}{path}"' in page
        for path in lacks:
            assert f'href="{base}{path}"' not in page
