"""Who may enter as a gate device: by a live pairing link, or by the device's own token."""

from __future__ import annotations

from typing import Any

from flask import abort, g, make_response, render_template, request

from exhibitions.core import clock
from exhibitions.core.access import Mark
from exhibitions.core.actor import Actor
from exhibitions.core.signing import hash_link_token
from exhibitions.expos import queries as expos
from exhibitions.gates.queries import devices
from exhibitions.gates.service import pairing
from exhibitions.gates.service.uploads import Caller

_SCHEME = "Device "


def answer_device(mark: Mark, view_args: dict[str, Any]) -> dict[str, Any]:
    slug = view_args.pop("slug")
    if mark.what == "pairing":
        return _answer_link(slug, view_args)
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(_SCHEME).strip() if header.startswith(_SCHEME) else ""
    caller = Caller(slug, hash_link_token(token))
    pairing.recognise(caller)
    g.actor = Actor("device")
    return view_args | {"device": caller}


def _answer_link(slug: str, view_args: dict[str, Any]) -> dict[str, Any]:
    """The live pairing link of the address with its fair and the gate that the phone will stand at.

    Who shows a link that was one is told that it is over; who invents one learns nothing, not even that the fair exists.
    """
    expo = expos.expo_by_slug(slug)
    link = devices.pairing_of(expo, hash_link_token(view_args["token"])) if expo is not None else None
    if expo is None or link is None:
        abort(404)
    gate = expos.gate_of(expo, link.gate_ids[0])
    if gate is None or link.used_at is not None or link.expires_at <= clock.now():
        page = render_template("gates/pair_over.html", expo=expo, gate=gate)
        abort(make_response(page, 404))
    g.actor = Actor("link")
    return view_args | {"expo": expo, "gate": gate}
