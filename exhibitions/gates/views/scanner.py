"""A phone becomes a scanner (G1) and scans (G2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from exhibitions.core import clock
from exhibitions.core.access import device, public
from exhibitions.core.db import db, transaction
from exhibitions.core.i18n import language, local
from exhibitions.core.web import allow_wasm
from exhibitions.expos.models import Expo, Gate
from exhibitions.expos.queries import expo_by_slug, gate_of
from exhibitions.gates.queries import figures
from exhibitions.gates.queries.devices import tickets
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.rules import timing
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.service import pairing
from exhibitions.gates.service.uploads import Caller
from exhibitions.gates.views.words import pairing_words, scanner_words

blueprint = Blueprint("scanner", __name__)
TEST_CODE = "TEST-TEST"


@blueprint.get("/gate/<slug>/pair/<token>")
@device("pairing")
def pair(expo: Expo, gate: Gate, token: str) -> str:
    config = {
        "store": _store_name(expo, gate),
        "scanner_url": url_for("scanner.scan", slug=expo.slug, gate_id=gate.id),
        "words": pairing_words(),
    }
    in_wechat = "MicroMessenger" in request.headers.get("User-Agent", "")
    claim_url = url_for("scanner.claim", slug=expo.slug, token=token)
    return render_template(
        "gates/pair.html", expo=expo, gate=gate, config=config, claim_url=claim_url, in_wechat=in_wechat
    )


@blueprint.post("/gate/<slug>/pair/<token>")
@device("pairing")
def claim(expo: Expo, gate: Gate, token: str) -> dict[str, str]:
    with transaction():
        paired, secret = pairing.accept_pairing(expo, token, _clock_offset())
        paired.name = request.form.get("name", "")[:100] or paired.name
    return {"token": secret}


def _clock_offset() -> timedelta | None:
    """The phone's clock ahead of ours, None when it does not say its time."""
    try:
        sent_at = datetime.fromtimestamp(int(request.form["sent_at_ms"]) / 1000, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    return timing.measured_offset(sent_at, clock.now())


@blueprint.get("/gate/decoder.js")
@public
def decoder() -> Response:
    """The worker that reads codes. A worker keeps to the policy of its own file: only here may it be WebAssembly."""
    allow_wasm()
    script = Path(str(current_app.static_folder), "gates", "decode-worker.js").read_bytes()
    return Response(script, content_type="text/javascript; charset=utf-8")


@blueprint.get("/gate/<slug>/<int:gate_id>/")
@public
def scan(expo: Expo, gate_id: int) -> str | Response:
    # The page itself tells nothing but the gate's name; what a phone may do hangs on the token that it keeps.
    gate = gate_of(expo, gate_id)
    if gate is None:
        abort(404)
    allow_wasm()
    return render_template("gates/scanner.html", expo=expo, gate=gate, config=_config(expo, gate))


@blueprint.get("/gate/<slug>/<int:gate_id>/today")
@device("today")
def today(device: Caller, gate_id: int) -> dict[str, int]:
    """How many people this gate and the whole fair have let in today; a device asks only about a gate of its own.

    The scanner asks every few seconds: by this it is heard where no scan comes.
    """
    now = clock.now()
    rows = tickets(db.session.connection(), [device.token_hash])
    ticket = pairing.ticket_of(device, rows)
    if pairing.is_due(rows[device.token_hash], now):
        with transaction():
            pairing.hear(ticket.id, now)
    expo = expo_by_slug(device.slug)
    if expo is None or gate_id not in ticket.gate_ids:
        abort(404)
    found = figures.let_in(expo, now)
    return {"gate": found.get(gate_id, 0), "fair": sum(found.values())}


def _config(expo: Expo, gate: Gate) -> dict[str, Any]:
    setup = setup_of(expo.id, expo.setup_version)
    return {
        "store": _store_name(expo, gate),
        "gate": gate.id,
        "gate_name": str(local(gate, "name")),
        "decoder_url": url_for("scanner.decoder"),
        "scans_url": url_for("api.upload_scans", slug=expo.slug),
        "today_url": url_for("scanner.today", slug=expo.slug, gate_id=gate.id),
        "today": setup.calendar.day_of(clock.now() + setup.shift).isoformat(),
        "zone": expo.timezone,
        "shift_ms": setup.shift // timedelta(milliseconds=1),
        "classes": {one.key: one.name.text(language()) for one in setup.classes.values()},
        "fair": setup.fair_code,
        "nights": _nights(setup),
        "test_code": TEST_CODE,
        "words": scanner_words(),
    }


def _nights(setup: Setup) -> dict[int, dict[str, Any]]:
    """The hours of passes by the class number in their codes, in milliseconds, for a phone without network."""
    numbers = {one.key: one.number for one in setup.classes.values()}
    return {
        numbers[key]: {
            "hours": "–".join(map(setup.calendar.shown, (windows[0].start, windows[0].end)))
            if windows
            else "",
            "windows": [[round(each.timestamp() * 1000) for each in (one.start, one.end)] for one in windows],
        }
        for key, windows in setup.nights.items()
    }


def _store_name(expo: Expo, gate: Gate) -> str:
    return f"{expo.id}-{gate.id}"
