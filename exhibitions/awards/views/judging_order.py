"""A ranking round on the juror's own pages: the order, its check page, and what the page's script keeps in step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from exhibitions.awards.forms import judging_order as forms
from exhibitions.awards.forms.judging import SendForm
from exhibitions.awards.queries.judging import Place
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.service import judging_order as service
from exhibitions.awards.views import judging_shown as shown
from exhibitions.awards.views.base import blueprint
from exhibitions.awards.views.judging import PAGE, entered, refused, to
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.stale import Stale
from exhibitions.core.web import tell
from exhibitions.expos.models import Expo

ORDER = f"{PAGE}/order"


@blueprint.route(ORDER, methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_order(expo: Expo, place: Place) -> Any:
    if place.declaration is None or not place.has_orders:
        return to("judging", expo)
    now = service.standing(place)
    form, status = forms.order_form(now.places, shown.order_words(place, now)), 0
    if form.accepted():
        try:
            with form.saving(lambda: forms.form_values(service.standing(place).places)):
                service.save(place, form.places(), _move(request.form))
        except Refused as refusal:
            status = _told(refusal)
        else:
            return to("judging_order_check" if "check" in request.form else "judging_order", expo)
    page = render_template(
        "awards/judging_order.html", **shown.around(expo, place), **shown.order(place, now), form=form
    )
    return page, status or form.status


def _move(pressed: Mapping[str, str]) -> tuple[int, int] | None:
    """Which entry a button moves up or down, if one of those was pressed."""
    found = ((pressed.get(word, ""), step) for word, step in (("up", -1), ("down", 1)))
    return next(((int(number), step) for number, step in found if number.isdecimal()), None)


def _told(refusal: Refused) -> int:
    """Say why not; that the form is stale its page says itself."""
    if not isinstance(refusal, Stale):
        tell(_(refusal.message, **refusal.params), "warning")
    return refusal.status


@blueprint.route(f"{ORDER}/check", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_order_check(expo: Expo, place: Place) -> Any:
    form, now = SendForm(), service.standing(place)
    if place.declaration is None or not place.has_orders or not now.is_open:
        return to("judging_order", expo)
    if form.accepted():
        try:
            with transaction():
                service.send(place, form.seen.data or "", actor())
        except Refused as refusal:
            _told(refusal)
            return to("judging_order", expo)
        tell(_("Your order is sent."))
        return to("judging", expo)
    return render_template(
        "awards/judging_order_check.html", **shown.around(expo, place), **shown.order(place, now), form=form
    )


@blueprint.route(f"{ORDER}/fields", methods=["GET", "POST"])
@personal_link(LINK)
@entered
def judging_order_fields(expo: Expo, place: Place) -> Any:
    """What the page's script keeps in step: the whole order, and from which one it was made."""
    del expo
    try:
        if request.method == "GET":
            return _fields(service.standing(place))
        typed = forms.typed_order(request.get_data())
        with transaction():
            return _fields(service.save_typed(place, typed.round, typed.seen, typed.places))
    except service.ChangedOrder as refusal:
        return _fields(service.standing(place), code=refusal.code, message=_(refusal.message)), refusal.status
    except Refused as refusal:
        return refused(refusal)


def _fields(now: service.Standing, **more: str) -> Response:
    return jsonify(
        places={str(number): at for number, at in now.places.items()},
        seen=now.seen,
        state="open" if now.is_open else "submitted",
        csrf_token=generate_csrf(),
        **more,
    )
