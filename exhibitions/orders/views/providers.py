"""A payment provider calls: its notice is believed for its signature alone. And the page where the sandbox plays one."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.access import personal_link, public
from exhibitions.core.actor import Actor
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.service.acting import mine
from exhibitions.expos.models import Expo
from exhibitions.orders import queries as order_queries
from exhibitions.orders.queries import money
from exhibitions.orders.rules import providers as rules
from exhibitions.orders.service import paying
from exhibitions.orders.views.base import blueprint

# A provider has no session and no form of ours; its signature is what lets it in.
notices = Blueprint("payment_notices", __name__)


@notices.post("/<slug>/payment-notices/<any(manual, sandbox):name>")
@public
def notice(expo: Expo, name: str) -> Any:
    provider = paying.provider(name)
    if provider is None or (request.content_length or 0) > rules.LONGEST_NOTICE:
        abort(404)
    body = request.get_data(cache=False)
    headers = request.headers
    try:
        read = provider.read(
            body, headers.get(rules.SIGNATURE, ""), headers.get(rules.MOMENT, ""), clock.now()
        )
        with transaction():
            verdict = paying.take(expo, name, read, Actor("provider", None, name))
    except Refused as refusal:
        return jsonify(error=refusal.code), refusal.status
    return jsonify(result=verdict)


@blueprint.post("/<slug>/exhibitor/<token>/sandbox-payment")
@personal_link(LINK)
def sandbox_payment(expo: Expo, subject_id: int) -> Any:
    """The sandbox pays what is due next, as a provider would: by a signed notice that is checked like any other."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.MONEY)
    box = paying.sandbox()
    order = order_queries.live_order(expo, exhibitor)
    part = money.money_of(expo, order).next if order else None
    if box is None:
        abort(404)
    if order is None or part is None:
        tell(_("Nothing is to be paid."), "warning")
        return go("orders.my_payments", slug=expo.slug, token=request.path.split("/")[3])
    body, signature, sent_at = paying.play(paying.ask_for(order, part), secrets.token_hex(8))
    read = box.read(body, signature, sent_at, clock.now())
    with transaction():
        paying.take(expo, box.name, read, Actor("provider", None, box.name))
    tell(_("The sandbox has paid. No real money moved."))
    return go("orders.my_payments", slug=expo.slug, token=request.path.split("/")[3])
