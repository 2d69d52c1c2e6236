"""The jobs of orders: payers are reminded, and orders whose stand lapsed end."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.core.errors import N_
from exhibitions.expos.models import Expo
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun
from exhibitions.orders import queries as orders
from exhibitions.orders.queries.reminding import fairs_with_instalments
from exhibitions.orders.service import cancelling, reminding

REMIND = "orders.reminders"
LAPSE = "orders.lapse"
_PORTION = 50


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        REMIND, remind, title=N_("Reminding exhibitors of payments"), quick=True, every=timedelta(hours=1)
    )
    jobs.register(
        LAPSE,
        end_lapsed,
        title=N_("Ending orders whose stand lapsed without payment"),
        quick=True,
        every=timedelta(minutes=5),
    )


def remind(run: JobRun) -> dict[str, object]:
    """Write the reminders of each fair whose day has come; again at once changes nothing."""
    told = 0
    for expo in fairs_with_instalments():
        with run.transaction():
            told += reminding.remind(expo, SYSTEM)
    return {"reminded": told}


def end_lapsed(run: JobRun) -> dict[str, object]:
    """Call off, for no fee, each order whose hold ended without its down payment; again at once changes nothing (§2.2)."""
    ended = 0
    for order in orders.lapsed(_PORTION):
        with run.transaction():
            cancelling.lapse(db.session.get_one(Expo, order.expo_id), order, SYSTEM)
        ended += 1
    return {"ended": ended}
