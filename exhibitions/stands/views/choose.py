"""E2 选择展位: the exhibitor finds a free stand, sees its price and holds it, or names wishes where the office assigns."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.core import asked, clock
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.i18n import local
from exhibitions.core.paging import part
from exhibitions.core.web import device_key, go, tell, throttle
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty, may
from exhibitions.exhibitors.service.moving import SUBJECT
from exhibitions.expos.models import Expo
from exhibitions.stands import queries
from exhibitions.stands.forms.choosing import WishesForm, not_understood, wanted
from exhibitions.stands.models import Stand
from exhibitions.stands.queries import holding
from exhibitions.stands.rules.allocation import AllocationKind, WhoChooses
from exhibitions.stands.rules.plan import KIND_WORDS, normal_number
from exhibitions.stands.service import holding as service
from exhibitions.stands.service import wishes
from exhibitions.stands.views import showing
from exhibitions.stands.views.base import blueprint, stand_or_404

ORDER = "orders.order"
_STAND = "/<slug>/exhibitor/<token>/stand"
_ONE = f"{_STAND}/<number>"
_TRIES_OF_A_DEVICE = "120 per hour"


@blueprint.get(_STAND)
@personal_link(LINK)
def choose(expo: Expo, subject_id: int) -> str:
    person, exhibitor = _mine(expo, subject_id)
    check_duty(person.role, Duty.ORDER)
    return _page(expo, exhibitor, _wishes_form(expo, exhibitor), may(person.role, Duty.CHOOSE_STAND))


def _mine(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """Whose link was opened, and the exhibitor that the person acts for; 404 to who was removed."""
    person = exhibitors.person(expo, subject_id)
    if person is None:
        abort(404)
    return person, person.exhibitor


def _page(expo: Expo, exhibitor: Exhibitor, form: WishesForm, may_choose: bool) -> str:
    now = clock.now()
    look = wanted(expo)
    found = holding.chosen_from(expo, look, now)
    shown = part(len(found), asked.page(), holding.PAGE, lambda start: found[start : start + holding.PAGE])
    held = holding.of_exhibitor(expo, exhibitor, now)
    return render_template(
        "stands/choose.html",
        **_around(expo, exhibitor),
        choosing=holding.choosing(expo),
        until_in_words=showing.until_in_words,
        bar=service.bar(expo, exhibitor, now) if may_choose else None,
        may_choose=may_choose,
        form=form,
        held=[showing.holding(expo, row) for row in held],
        ended=holding.last_ended(expo, exhibitor, now) if not held else None,
        found=shown,
        nearest=holding.nearest_in_size(expo, look, now) if not found else (),
        rows=showing.priced(expo, exhibitor, shown.rows, now),
        wanted=look,
        typed={name: asked.word(name) for name in ("least", "most", "near", "away")},
        wrong=not_understood(expo),
        options=showing.options(expo),
        drawing=showing.drawing(
            expo, look.hall_id or next((row.stand.hall_id for row in held), None), exhibitor, now
        ),
        view="plan" if asked.word("view") == "plan" else "list",
    )


def _around(expo: Expo, exhibitor: Exhibitor) -> dict[str, Any]:
    """What every page here shows: whose it is, and the words of halls, zones and kinds."""
    return {
        "expo": expo,
        "exhibitor": exhibitor,
        "exhibitor_name": local(exhibitor.company, "name") if exhibitor.company else "",
        "token": link_token(),
        "halls": {hall.id: hall for hall in expo.halls},
        "zones": {zone.id: zone for zone in expo.zones},
        "kinds": KIND_WORDS,
        "hold": AllocationKind.HOLD,
        "by_wishes": holding.choosing(expo).who is WhoChooses.OFFICE,
        "now": clock.now(),
        "hotline": exhibitors.hotline(expo),
        "order_url": order_url(expo),
    }


def order_url(expo: Expo) -> str:
    """Where the stand is ordered; empty where this installation has no such page. The room of orders lies above."""
    if ORDER not in current_app.view_functions:
        return ""
    return url_for(ORDER, slug=expo.slug, token=link_token())


def link_token() -> str:
    """The secret of the address that was asked for; the access mark has taken it out of the arguments."""
    return request.path.split("/")[3]


@blueprint.get(_ONE)
@personal_link(LINK)
def choose_stand(expo: Expo, subject_id: int, number: str) -> Any:
    """The sheet of one stand: how it is, what it costs, and the button that holds it."""
    person, exhibitor = _mine(expo, subject_id)
    check_duty(person.role, Duty.ORDER)
    page = _sheet(expo, exhibitor, _shown(expo, number))
    return render_template("stands/choose_stand.html", may_choose=may(person.role, Duty.CHOOSE_STAND), **page)


def _shown(expo: Expo, number: str) -> Stand:
    stand = stand_or_404(expo, number)
    if stand.retired_at is not None:
        abort(404)
    return stand


def _sheet(expo: Expo, exhibitor: Exhibitor, stand: Stand, refusal: Refused | None = None) -> dict[str, Any]:
    now = clock.now()
    holder = holding.holder_of(stand, now)
    is_mine = holder is not None and holder.exhibitor_id == exhibitor.id
    return {
        **_around(expo, exhibitor),
        "stand": holding.as_shown(stand),
        "note": stand.note,
        "for_sale": stand.for_sale and not stand.is_faulty,
        "is_mine": is_mine,
        "mine": showing.holding(expo, holder) if holder is not None and is_mine else None,
        "is_taken": holder is not None and not is_mine,
        "offers": holding.nearest_free(expo, stand, now) if holder is not None and not is_mine else (),
        "quote": showing.quote(expo, exhibitor, stand, now),
        "bar": service.bar(expo, exhibitor, now),
        "refusal": _(refusal.message, **refusal.params) if refusal else "",
        "wished": [each.number for _wish, each in holding.wishes_of(expo, exhibitor)],
    }


@blueprint.post(f"{_ONE}/hold")
@personal_link(LINK)
def hold_stand(expo: Expo, subject_id: int, number: str) -> Any:
    """Hold a stand; who comes second is told at once which other one is free."""
    person, exhibitor = _mine(expo, subject_id)
    check_duty(person.role, Duty.CHOOSE_STAND)
    throttle("stand-holds", device_key(), _TRIES_OF_A_DEVICE)
    stand = _shown(expo, number)
    try:
        service.refuse_taken(expo, exhibitor, stand)
        with transaction():
            row = service.hold(expo, exhibitor, stand.id, actor(), person=person)
    except Refused as refusal:
        return _refused(expo, exhibitor, stand, refusal)
    tell(showing.held_until(expo, row))
    return go("stands.choose", slug=expo.slug, token=link_token())


def _refused(expo: Expo, exhibitor: Exhibitor, stand: Stand, refusal: Refused) -> Any:
    """The stand's sheet again, with what went wrong and what is free instead."""
    said = service.told(expo, refusal) if isinstance(refusal, service.Taken) else refusal
    page = _sheet(expo, exhibitor, stand, said)
    return render_template("stands/choose_stand.html", may_choose=True, **page), said.status


@blueprint.route(f"{_ONE}/release", methods=["GET", "POST"])
@personal_link(LINK)
def release_stand(expo: Expo, subject_id: int, number: str) -> Any:
    """Ask first, then let the own hold go."""
    person, exhibitor = _mine(expo, subject_id)
    check_duty(person.role, Duty.CHOOSE_STAND)
    stand = _shown(expo, number)
    row = holding.holder_of(stand, clock.now())
    if row is None or row.exhibitor_id != exhibitor.id or row.kind is not AllocationKind.HOLD:
        return go("stands.choose", slug=expo.slug, token=link_token())
    if not Form().accepted():
        return render_template("stands/release_stand.html", stand=stand, **_around(expo, exhibitor))
    with transaction():
        service.release(expo, row.id, actor(), only_of=exhibitor)
    tell(_("%(number)s is free again.", number=stand.number))
    return go("stands.choose", slug=expo.slug, token=link_token())


@blueprint.post(f"{_STAND}-wishes")
@personal_link(LINK)
def wish_stands(expo: Expo, subject_id: int) -> Any:
    """Keep wishes 1 to 3, where the office assigns the stands."""
    person, exhibitor = _mine(expo, subject_id)
    check_duty(person.role, Duty.CHOOSE_STAND)
    form = _wishes_form(expo, exhibitor)
    if form.accepted():
        try:
            with form.saving(lambda: _wishes(expo, exhibitor), (SUBJECT, exhibitor.id, "stands.wished")):
                wishes.save_wishes(expo, exhibitor, form.stands(expo), actor())
        except Refused as refusal:
            form.refuse("first", refusal)
        else:
            tell(_("Your wishes are kept. The organiser tells you which stand you get."))
            return go("stands.choose", slug=expo.slug, token=link_token())
    return _page(expo, exhibitor, form, may_choose=True), form.status


def _wishes(expo: Expo, exhibitor: Exhibitor) -> dict[str, str]:
    numbers = [stand.number for _wish, stand in holding.wishes_of(expo, exhibitor)]
    return dict(zip(("first", "second", "third"), [*numbers, "", "", ""], strict=False))


def _wishes_form(expo: Expo, exhibitor: Exhibitor) -> WishesForm:
    """The three fields, filled with what is kept; `?wish=` of a stand's sheet goes into the first empty one."""
    kept = _wishes(expo, exhibitor)
    wish = normal_number(asked.word("wish"))
    if wish and wish not in kept.values() and queries.stand(expo, wish) is not None:
        empty = next((name for name, number in kept.items() if not number), None)
        if empty is not None:
            kept[empty] = wish
    return WishesForm(data=kept)
