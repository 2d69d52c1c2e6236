"""Who is late or due next, what was written, and whom nobody can write to."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask_babel import ngettext

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import page
from exhibitions.core.db import transaction
from exhibitions.core.paging import part
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.orders.queries import reminding as queries
from exhibitions.orders.service import reminding as service
from exhibitions.orders.views import words
from exhibitions.orders.views.base import blueprint

_SIZE = 50


@blueprint.get("/desk/<slug>/orders/reminders")
@require(Permission.ORDERS_VIEW)
def payment_reminders(expo: Expo) -> str:
    today = queries.today_of(expo)
    every = queries.reminders(expo, today)
    return render_template(
        "orders/reminders.html",
        expo=expo,
        found=part(len(every), page(), _SIZE, lambda start: every[start : start + _SIZE]),
        waiting=sum(each.step is not None and bool(each.reached) for each in every),
        unreached=[each for each in every if not each.reached][:_SIZE],
        today=today,
        words=words,
        rights=g.rights,
    )


@blueprint.post("/desk/<slug>/orders/reminders")
@require(Permission.MONEY_BOOK)
def remind_now(expo: Expo) -> Any:
    with transaction():
        count = service.remind(expo, actor())
    tell(ngettext("%(num)s reminder is written.", "%(num)s reminders are written.", count))
    return go("orders.payment_reminders", slug=expo.slug)
