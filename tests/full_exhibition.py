"""The exhibitors' side of a full fair: what the places of addresses stand for under which beginnings."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.accounts import service as accounts
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.exhibitors.models import CoExhibitor, ExhibitorSettings
from exhibitions.exhibitors.queries import CO_LINK
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, Hall
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand


def exhibition(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """One of everything that exhibitors have in a fair, inside the caller's transaction."""
    now = clock.now()
    settings = ExhibitorSettings(
        expo_id=expo.id,
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=30),
        terms_zh="参展条款",
        terms_en="Terms",
        changed_at=now,
    )
    db.session.add(settings)
    exhibitor, person, token = make_exhibitor(expo, f"星河家居有限公司{expo.slug}", State.ADMITTED)
    other = CoExhibitor(expo_id=expo.id, exhibitor_id=exhibitor.id, name_zh="联合", created_at=now)
    db.session.add(other)
    hall = Hall(expo_id=expo.id, code="9", name_zh="9号馆", name_en="Hall 9", position=9)
    db.session.add(hall)
    db.session.flush()
    make_hall_plan(expo, hall=hall)
    stand = make_stand(expo, "A01", hall=hall)
    make_stand(expo, "A02", 3000, hall=hall)
    db.session.flush()
    return {
        "/<slug>/exhibitor/<token>": {"token": token, "person_id": str(person.id), "co_id": str(other.id)},
        "/<slug>/co-exhibitor/<token>": {"token": accounts.mint_link(CO_LINK, other.id, expo_id=expo.id)},
        "/desk/<slug>/exhibitors/<number>": {"number": exhibitor.number, "co_id": str(other.id)},
        "/desk/<slug>/exhibitor-desk/<number>": {"number": exhibitor.number},
        "/desk/<slug>/floor-plan/stands/<number>": {"number": stand.number},
        "/<slug>/exhibitor/<token>/stand/<number>": {"number": stand.number},
    }
