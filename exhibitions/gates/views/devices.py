"""The organiser's page of gates: pairing phones, ending them, what waits for the chief."""

from __future__ import annotations

from typing import Any

import qrcode
import qrcode.image.svg
from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import gate_of
from exhibitions.gates.queries.devices import device_of, devices
from exhibitions.gates.service import pairing

blueprint = Blueprint("gates", __name__)


@blueprint.get("/desk/<slug>/gates")
@require(Permission.GATES_MANAGE)
def gates(expo: Expo) -> str:
    by_gate: dict[int, list[object]] = {gate.id: [] for gate in expo.gates}
    for one in devices(expo):
        by_gate.setdefault(one.gate_ids[0], []).append(one)
    return render_template("gates/gates.html", expo=expo, by_gate=by_gate, now=clock.now())


@blueprint.post("/desk/<slug>/gates/<int:gate_id>/pair")
@require(Permission.GATES_MANAGE)
def offer(expo: Expo, gate_id: int) -> Response:
    gate = gate_of(expo, gate_id)
    if gate is None:
        abort(404)
    with transaction():
        token = pairing.offer_pairing(expo, pairing.Rights([gate]), actor())
    return go("gates.offered", slug=expo.slug, gate_id=gate_id, offer=keep_answer([gate_id, token]))


@blueprint.get("/desk/<slug>/gates/<int:gate_id>/pair")
@require(Permission.GATES_MANAGE)
def offered(expo: Expo, gate_id: int) -> Any:
    """The code of an offer, for those ten minutes on the browser that made it: the token itself is not stored."""
    gate = gate_of(expo, gate_id)
    if gate is None:
        abort(404)
    of_gate, token = kept_answer(request.args.get("offer", "")) or (None, "")
    if of_gate != gate_id:
        return go("gates.gates", slug=expo.slug)
    link = current_app.config["PUBLIC_URL"] + url_for("scanner.pair", slug=expo.slug, token=token)
    return render_template("gates/offer.html", expo=expo, gate=gate, link=link, code=_picture(link))


def _picture(link: str) -> Markup:
    """The link as an SVG that stands in the page; it is made of numbers and our own address only."""
    drawn = qrcode.make(link, image_factory=qrcode.image.svg.SvgPathImage, box_size=12)
    return Markup(drawn.to_string(encoding="unicode"))  # noqa: S704 - written by qrcode, without any text.


@blueprint.post("/desk/<slug>/gates/devices/<int:device_id>/revoke")
@require(Permission.GATES_MANAGE)
def revoke(expo: Expo, device_id: int) -> Response:
    with transaction():
        found = device_of(expo, device_id)
        if found is None:
            abort(404)
        pairing.revoke(found, actor())
    tell(
        _("The device is ended. Its next scan is refused; what waits on it is handed in after pairing again.")
    )
    return go("gates.gates", slug=expo.slug)
