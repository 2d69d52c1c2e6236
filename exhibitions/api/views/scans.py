"""`POST /api/v1/expos/<slug>/scans` (check-in.md, Interface: complete, later work must not change it)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from exhibitions.api import forms
from exhibitions.api.views.shared_commit import SharedCommit, store_together
from exhibitions.core import clock, metrics
from exhibitions.core.access import device
from exhibitions.core.i18n import choose
from exhibitions.gates.service.uploads import Answer, BadgeAnswer, Call, Caller

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
_shared_commit = SharedCommit(store_together)


@blueprint.post("/expos/<slug>/scans")
@device("scans")
def upload_scans(device: Caller) -> Response:
    """Store up to 500 scans or undos; answered one by one, in order, after the commit."""
    received_at = clock.now()
    sent_at, block, items, names = forms.read_upload(_body())
    call = Call(
        device=device,
        received_at=received_at,
        sent_at=sent_at,
        items=items,
        language=choose(),
        battery=None if block.battery is None else round(block.battery),
        queue=block.queue,
    )
    answers = _shared_commit.hand_in(call)
    metrics.scans_answered(answer.status for answer in answers)
    results = [_result(answer, name) for answer, name in zip(answers, names, strict=True)]
    return Response(forms.write_answers(received_at, results), mimetype="application/json")


def _body() -> bytes:
    # Read no further than what may be there, whatever length the request claims to have.
    body = request.stream.read(forms.MOST_BYTES + 1)
    if len(body) > forms.MOST_BYTES:
        raise forms.too_large()
    return body


def _result(answer: Answer, name: str | None) -> dict[str, Any]:
    return {
        "scan_id": name,
        "status": answer.status,
        "reason": answer.reason,
        "verdict": answer.verdict,
        "admitted": answer.admitted,
        "first_at": _shown(answer.first_at),
        "first_gate": answer.first_gate,
        "badge": answer.badge and _badge(answer.badge),
    }


def _badge(badge: BadgeAnswer) -> dict[str, Any]:
    named = {
        "number": badge.number,
        "name": badge.name,
        "company": badge.company,
        "class": badge.class_key,
    }
    # Of a leader's badge only, so that everybody else's answer is as the interface names it.
    return named | {"heads": badge.heads} if badge.heads > 1 else named


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
