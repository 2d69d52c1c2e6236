"""The guests of honour 贵宾名单: the list, one guest, many pasted, what they answered, and the sheet for paper."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_pgettext, ngettext

from exhibitions.badges.rules import number
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.contact import masked_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms.guests import GuestForm, passed, typed, wanted
from exhibitions.visitors.queries import guests as queries
from exhibitions.visitors.queries.guests import GuestRow
from exhibitions.visitors.rules.guests import (
    SHOWN,
    GuestState,
    read_guests,
    shown_state,
    time_shown,
)
from exhibitions.visitors.service import guests as service
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.pasting import paste_page

PAGES = "/desk/<slug>/visitors/guests"
STATES = {
    "invited": (lazy_pgettext("guest", "Invited"), "wait"),
    "confirmed": (lazy_pgettext("guest", "Confirmed"), "plain"),
    "declined": (lazy_pgettext("guest", "Declined"), "off"),
    "arrived": (lazy_pgettext("guest", "Arrived"), "good"),
}
_UNMASKED = "guests unmasked"


@blueprint.get(PAGES)
@require(Permission.VISITORS_VIEW)
def guests(expo: Expo) -> str:
    filters = wanted()
    found = queries.guests_found(expo, filters, asked.page())
    plain = _plain()
    return render_template(
        "visitors/guests.html",
        expo=expo,
        found=found,
        rows=[_shown(row, plain=row.guest.id in plain) for row in found.rows],
        filters=filters,
        words=STATES,
        states_shown=SHOWN,
        hosts=queries.hosts(expo),
        days=queries.arrival_days(expo),
        rights=g.rights,
        query=passed(),
    )


@blueprint.post(f"{PAGES}/search")
@require(Permission.VISITORS_VIEW)
def search_guests(expo: Expo) -> Any:
    return go("visitors.guests", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.post(f"{PAGES}/unmask")
@require(Permission.VISITORS_VIEW)
def unmask_guests(expo: Expo) -> Any:
    """The numbers of a page of the list in full; each guest is noted (B12, P12)."""
    rows = [row.guest for row in queries.guests_found(expo, wanted(), asked.page()).rows]
    with transaction():
        service.unmask_guests(expo, rows, actor())
    look = keep_answer([_UNMASKED, [row.id for row in rows]])
    return go("visitors.guests", slug=expo.slug, **(passed() | {"look": look}))


@blueprint.get(f"{PAGES}/print")
@require(Permission.VISITORS_VIEW)
def print_guests(expo: Expo) -> str:
    """The list for paper, with the filters of the address."""
    return _sheet(expo, queries.all_guests(expo, wanted()), plain=False)


@blueprint.post(f"{PAGES}/print/full")
@require(Permission.VISITORS_EXPORT)
def print_guests_in_full(expo: Expo) -> str:
    """The same with full numbers, which is noted (P13)."""
    rows = queries.all_guests(expo, wanted())
    with transaction():
        service.note_print(expo, len(rows), actor())
    return _sheet(expo, rows, plain=True)


def _sheet(expo: Expo, rows: list[GuestRow], *, plain: bool) -> str:
    return render_template(
        "visitors/guests_print.html",
        expo=expo,
        rows=[_shown(row, plain=plain) for row in rows],
        filters=wanted(),
        words=STATES,
        plain=plain,
        rights=g.rights,
        query=passed(),
    )


@blueprint.route(f"{PAGES}/new", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def new_guest(expo: Expo) -> Any:
    form = GuestForm()
    if form.accepted():
        try:
            with transaction():
                (row,) = service.add_guests(expo, [form.facts()], actor())
        except Refused as refusal:
            form.refuse("phone" if "phone" in refusal.code else "name", refusal)
        else:
            tell(_("The guest is on the list."))
            return go("visitors.guest", slug=expo.slug, guest_id=row.id)
    page = render_template("visitors/guest_form.html", expo=expo, form=form, each=None)
    return page, 422 if form.errors else 200


@blueprint.route(f"{PAGES}/paste", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def paste_guests(expo: Expo) -> Any:
    page = paste_page(
        expo,
        "visitors/guests_paste.html",
        lambda text: read_guests(text, *queries.guest_keys(expo)),
        lambda good: service.add_guests(expo, good, actor()),
        lambda added: ngettext("%(num)s guest is on the list.", "%(num)s guests are on the list.", added),
    )
    return page or go("visitors.guests", slug=expo.slug)


@blueprint.get(f"{PAGES}/<int:guest_id>")
@require(Permission.VISITORS_VIEW)
def guest(expo: Expo, guest_id: int) -> str:
    row = _row(expo, guest_id)
    return render_template(
        "visitors/guest.html",
        expo=expo,
        each=_shown(row, plain=guest_id in _plain()),
        plain=guest_id in _plain(),
        words=STATES,
        rights=g.rights,
    )


@blueprint.post(f"{PAGES}/<int:guest_id>/unmask")
@require(Permission.VISITORS_VIEW)
def unmask_guest(expo: Expo, guest_id: int) -> Any:
    row = _row(expo, guest_id)
    with transaction():
        service.unmask_guests(expo, [row.guest], actor())
    return go("visitors.guest", slug=expo.slug, guest_id=guest_id, look=keep_answer([_UNMASKED, [guest_id]]))


@blueprint.route(f"{PAGES}/<int:guest_id>/change", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def change_guest(expo: Expo, guest_id: int) -> Any:
    row = _row(expo, guest_id)
    form = GuestForm(data=typed(row.guest))
    if form.accepted():
        try:
            with form.saving(lambda: typed(row.guest), ("guest", guest_id, "visitors.guest_changed")):
                service.change_guest(expo, row.guest, form.facts(), actor(), form.without)
        except NotFound:
            raise
        except Refused as refusal:
            form.refuse("phone" if "phone" in refusal.code else "name", refusal)
        else:
            tell(_("The guest is changed."))
            return go("visitors.guest", slug=expo.slug, guest_id=guest_id)
    page = render_template("visitors/guest_form.html", expo=expo, form=form, each=_shown(row))
    return page, form.status


@blueprint.post(f"{PAGES}/<int:guest_id>/answer")
@require(Permission.VISITORS_EDIT)
def answer_guest(expo: Expo, guest_id: int) -> Any:
    row = _row(expo, guest_id)
    answer = request.form.get("answer", "")
    if answer not in list(GuestState):
        abort(400)
    try:
        with transaction():
            service.answer_guest(expo, row.guest, GuestState(answer), actor())
    except NotFound:
        raise
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_(_ANSWERED[GuestState(answer)]))
    return go("visitors.guest", slug=expo.slug, guest_id=guest_id)


@blueprint.route(f"{PAGES}/<int:guest_id>/remove", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def remove_guest(expo: Expo, guest_id: int) -> Any:
    """Asked first: every word about the guest is gone afterwards."""
    row = _row(expo, guest_id)
    if request.method != "POST":
        return render_template("visitors/guest_remove.html", expo=expo, each=_shown(row))
    with transaction():
        service.remove_guest(expo, row.guest, actor())
    tell(_("The guest is off the list."))
    return go("visitors.guests", slug=expo.slug)


_ANSWERED = {
    GuestState.INVITED: N_("The guest is invited again; there is no badge any more."),
    GuestState.CONFIRMED: N_("The guest is confirmed and has a badge."),
    GuestState.DECLINED: N_("The guest has declined; the badge opens no gate any more."),
}


def _plain() -> frozenset[int]:
    """The guests whose numbers this browser has just asked to see."""
    look = kept_answer(request.args.get("look", ""))
    return frozenset(look[1]) if isinstance(look, list) and look[:1] == [_UNMASKED] else frozenset()


def _shown(row: GuestRow, *, plain: bool = False) -> dict[str, Any]:
    """A guest as pages show it: numbers masked unless `plain` (B12)."""
    one = row.guest
    return {
        "guest": one,
        "state": shown_state(one.state, row.came),
        "number": number.shown(row.number) if row.number is not None else "",
        "phone": one.phone and (one.phone if plain else masked_phone(one.phone)),
        "host_phone": one.host_phone and (one.host_phone if plain else masked_phone(one.host_phone)),
        "time": time_shown(one.arrives_minute),
    }


def _row(expo: Expo, guest_id: int) -> GuestRow:
    row = queries.guest_of(expo, guest_id)
    if row is None:
        abort(404)
    return row
