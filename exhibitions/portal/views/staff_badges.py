"""E5, staff badges 参展商证: the quota of the stands, people pasted from a list, passes with their hours, print, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core.access import actor, personal_link
from exhibitions.core.contact import masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.web import device_key, go, tell, throttle
from exhibitions.exhibitors.forms.centre import KINDS, StaffForm
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.queries import staff as queries
from exhibitions.exhibitors.queries.staff import Worn
from exhibitions.exhibitors.rules.centre import Centre
from exhibitions.exhibitors.rules.people import Duty, check_duty, may
from exhibitions.exhibitors.rules.quotas import Beyond, quota
from exhibitions.exhibitors.rules.staff import StaffKind
from exhibitions.exhibitors.service import staff as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.service.centre import centre_of
from exhibitions.exhibitors.service.staff import Ask, OverQuota
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import DayKind
from exhibitions.portal.service.extras import name_people
from exhibitions.portal.views.exhibitor import name_of
from exhibitions.portal.views.frame import blueprint, exhibitor_token
from exhibitions.stands.queries.of_exhibitors import area_of, square_metres, stands_of

_BADGES = "/<slug>/exhibitor/<token>/badges"
_PRINTS_OF_A_DEVICE = "60 per hour"
_SHEET = "a4x4"


@blueprint.route(_BADGES, methods=["GET", "POST"])
@personal_link(LINK)
def staff_badges(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = _allowed(expo, subject_id)
    kinds, others = _kinds(person), queries.co_exhibitors(expo, exhibitor.id)
    form, over = StaffForm(data={"kind": kinds[0].value}), None
    form.offer(kinds, _companies(exhibitor, others))
    if form.accepted():
        ask = _ask(expo, exhibitor, form, others)
        try:
            with transaction():
                added = name_people(expo, exhibitor, ask, actor())
        except OverQuota as refusal:
            form.refuse("names", refusal)
            over = refusal.room
        except Refused as refusal:
            form.refuse("names", refusal)
        else:
            _say(added)
            return go("portal.staff_badges", slug=expo.slug, token=exhibitor_token())
    known = _page(expo, exhibitor, kinds, others)
    page = render_template("portal/staff_badges.html", form=form, over=over, **known)
    return page, 422 if form.errors else 200


def _allowed(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """Who may name people: builders name those who build."""
    person, exhibitor = mine(expo, subject_id)
    if not may(person.role, Duty.BUILD_UP):
        check_duty(person.role, Duty.BADGES)
    return person, exhibitor


def _kinds(person: ExhibitorPerson) -> list[StaffKind]:
    """Which badges the person deals with and sees."""
    return list(StaffKind) if may(person.role, Duty.BADGES) else [StaffKind.BUILD_UP]


def _companies(exhibitor: Exhibitor, others: Sequence[CoExhibitor]) -> list[tuple[str, str]]:
    """Whose people may be named: the exhibitor's own, and those of whoever shares its stand."""
    own = [("", name_of(exhibitor) or str(_("Your company")))]
    return own + [(str(each.id), local(each, "name")) for each in others]


def _ask(expo: Expo, exhibitor: Exhibitor, form: StaffForm, others: Sequence[CoExhibitor]) -> Ask:
    kind, centre = StaffKind(form.kind.data), centre_of(expo)
    return Ask(
        kind=kind,
        people=form.listed.people,
        rule=centre.quotas[kind],
        allowed=_quotas(centre, _areas(expo, exhibitor), len(others))[kind],
        days=days_of(expo, kind),
        agreed=form.agreed.data == "y",
        window=centre.windows.get(kind),
        co_exhibitor=next((each for each in others if str(each.id) == form.company.data), None),
    )


def _areas(expo: Expo, exhibitor: Exhibitor) -> list[int]:
    return [area_of(stand) for stand in stands_of(expo, [exhibitor.id]).get(exhibitor.id, [])]


def _quotas(centre: Centre, areas: list[int], others: int) -> dict[StaffKind, int]:
    return {kind: quota(rule, areas, others) for kind, rule in centre.quotas.items()}


def days_of(expo: Expo, kind: StaffKind) -> int:
    """For how many days an extra badge is paid: those on which its people are in the halls."""
    building = (DayKind.BUILD_UP, DayKind.DISMANTLING)
    wanted = building if kind is StaffKind.BUILD_UP else (DayKind.OPEN,)
    return sum(day.kind in wanted for day in expo.days)


def _say(added: service.Added) -> None:
    if added.made:
        tell(ngettext("%(num)s staff badge is made.", "%(num)s badges are made.", added.made))
    if added.asked:
        tell(ngettext("%(num)s waits for the organiser.", "%(num)s wait for the organiser.", added.asked))
    if added.known:
        said = ngettext(
            "%(num)s was on your list already.", "%(num)s were on your list already.", added.known
        )
        tell(said, "warning")


def _page(
    expo: Expo, exhibitor: Exhibitor, kinds: list[StaffKind], others: Sequence[CoExhibitor]
) -> dict[str, Any]:
    centre = centre_of(expo)
    people = [each for each in queries.staff(expo, exhibitor.id) if each.person.kind in kinds]
    used = queries.used(expo, exhibitor.id)
    areas = _areas(expo, exhibitor)
    allowed = _quotas(centre, areas, len(others))
    phones = {each.person.phone for each in people if each.person.phone}
    elsewhere = queries.phones_elsewhere(expo, exhibitor.id, phones) if phones else set()
    return {
        "expo": expo,
        "token": exhibitor_token(),
        "exhibitor_name": name_of(exhibitor),
        "area": square_metres(sum(areas)),
        "quotas": [
            _quota(kind, centre, allowed[kind], used.get(kind, 0))
            for kind in kinds
            if allowed[kind] or used.get(kind, 0) or kind is not StaffKind.SERVICE
        ],
        "people": [_shown(each, elsewhere) for each in people],
        "kinds": KINDS,
    }


def _quota(kind: StaffKind, centre: Centre, allowed: int, used: int) -> dict[str, Any]:
    rule, window = centre.quotas[kind], centre.windows.get(kind)
    return {
        "kind": kind.value,
        "word": KINDS[kind],
        "allowed": allowed,
        "used": used,
        "left": max(0, allowed - used),
        "window": window,
        "priced": rule.beyond is Beyond.PRICE,
        "per_day": rule.per_day_minor,
        "per_card": rule.per_card_minor,
    }


def _shown(worn: Worn, elsewhere: set[str]) -> dict[str, Any]:
    person, badge = worn.person, worn.badge
    return {
        "person": person,
        "kind": KINDS[person.kind],
        "company": local(worn.co_exhibitor, "name") if worn.co_exhibitor else "",
        "phone": masked_phone(person.phone) if person.phone else "",
        "number": number.shown(badge.number) if badge else "",
        "elsewhere": person.phone in elsewhere,
        "waits": badge is None,
        "printed": bool(badge and badge.prints),
    }


@blueprint.post(f"{_BADGES}/<int:staff_id>/cancel")
@personal_link(LINK)
def cancel_staff_badge(expo: Expo, subject_id: int, staff_id: int) -> Any:
    by, exhibitor = _allowed(expo, subject_id)
    person = queries.staff_of(expo, exhibitor.id, staff_id)
    if person is None or person.kind not in _kinds(by):
        abort(404)
    with transaction():
        service.cancel(expo, exhibitor, person, actor())
    tell(_("The badge is cancelled and its place is free again."))
    return go("portal.staff_badges", slug=expo.slug, token=exhibitor_token())


@blueprint.post(f"{_BADGES}/print")
@personal_link(LINK)
def print_staff_badges(expo: Expo, subject_id: int) -> Any:
    """All badges on A4, four a page; or those of one kind."""
    by, exhibitor = _allowed(expo, subject_id)
    throttle("staff-prints", device_key(), _PRINTS_OF_A_DEVICE)
    kind = request.form.get("kind", "")
    kinds = [each for each in _kinds(by) if not kind or each == kind]
    worn = [each.badge for each in queries.staff(expo, exhibitor.id) if each.person.kind in kinds]
    found = [badge for badge in worn if badge is not None]
    if not found:
        return go("portal.staff_badges", slug=expo.slug, token=exhibitor_token())
    response: Response = current_app.response_class(
        badges.pdf_of(expo, found, _SHEET), mimetype="application/pdf"
    )
    response.headers["Content-Disposition"] = f'inline; filename="staff-badges-{expo.slug}.pdf"'
    return response
