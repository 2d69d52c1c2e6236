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
from exhibitions.expos.queries import gate_of, open_days, present
from exhibitions.expos.rules import local_day
from exhibitions.expos.rules.calendar import Phase, standing
from exhibitions.gates.models import Device
from exhibitions.gates.queries.devices import PAGE, count_devices, device_of, devices
from exhibitions.gates.rules import timing
from exhibitions.gates.service import pairing

blueprint = Blueprint("gates", __name__)


@blueprint.get("/desk/<slug>/gates")
@require(Permission.GATES_MANAGE)
def gates(expo: Expo) -> str:
    by_gate: dict[int, list[dict[str, Any]]] = {gate.id: [] for gate in expo.gates}
    stands = standing(open_days(expo), present(expo), expo.timezone, expo.cutoff_hour)
    total = count_devices(expo)
    last = max(1, -(-total // PAGE))
    page = min(max(request.args.get("page", default=1, type=int), 1), last)
    for one in devices(expo, clock.now(), page):
        by_gate.setdefault(one.gate_ids[0], []).append(_shown(expo, one, stands.phase is Phase.OPEN))
    return render_template(
        "gates/gates.html",
        expo=expo,
        by_gate=by_gate,
        zones={zone.id: zone for zone in expo.zones},
        page=page,
        last=last,
        total=total,
    )


def _shown(expo: Expo, device: Device, is_open: bool) -> dict[str, Any]:
    """A device by the fair's own clock. Silence is a state only while the fair is open: at night every phone is silent."""
    now = clock.now()
    state = "paired"
    if device.revoked_at:
        state = "ended"
    elif device.expires_at <= now:
        state = "over"
    elif is_open and timing.is_silent(device.seen_at, now):
        state = "silent"
    seen_at, today = None, local_day(present(expo), expo.timezone, 0)
    if device.seen_at is not None:
        seen_at = device.seen_at + (present(expo) - now)
    is_today = seen_at is not None and local_day(seen_at, expo.timezone, 0) == today
    return {"device": device, "state": state, "seen_at": seen_at, "is_today": is_today}


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


@blueprint.route("/desk/<slug>/gates/devices/<int:device_id>/revoke", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def revoke(expo: Expo, device_id: int) -> Any:
    """Ask first, then end the device: a queue stops at once where the wrong one is ended."""
    found = device_of(expo, device_id)
    if found is None:
        abort(404)
    if request.method == "GET":
        return render_template("gates/revoke.html", expo=expo, device=found)
    with transaction():
        pairing.revoke(found, actor())
    tell(
        _("The device is ended. Its next scan is refused; what waits on it is handed in after pairing again.")
    )
    return go("gates.gates", slug=expo.slug)
