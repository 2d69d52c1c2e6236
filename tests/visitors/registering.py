"""Ways to register that the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient

from exhibitions.badges import queries as badge_queries
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.visitors import service
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules.registration import Channel

T = TypeVar("T")
PHONE = "+8613800138000"


def fair(slug: str = "8th") -> Expo:
    """The fair of the tests, inside an application context."""
    expo = expos.expo_by_slug(slug)
    assert expo is not None
    return expo


def change_fair(app: Flask, **facts: Any) -> None:
    """Set facts of the fair of the tests."""
    with app.app_context(), transaction():
        expo = fair()
        for name, value in facts.items():
            setattr(expo, name, value)


def change_class(app: Flask, key: str, **facts: Any) -> None:
    """Set facts of one of its badge classes."""
    with app.app_context(), transaction():
        expo = fair()
        badge_class = badge_queries.class_by_key(expo, key)
        for name, value in facts.items():
            setattr(badge_class, name, value)
        expo_service.setup_changed(expo)


def form(**changes: str) -> dict[str, str]:
    """What a browser sends for a trade visitor, with changes."""
    return {
        "phone": "138 0013 8000",
        "name": "王敏",
        "visitor_class": "trade",
        "company": "星河家居",
        "region": "大连",
        "visit_day": "",
        "form_key": "secret-of-the-form",
    } | changes


def register(client: FlaskClient, address: str = "/8th/register", **changes: str) -> str:
    """Register by the public form; gives the path of the badge."""
    response = client.post(address, data=form(**changes))
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.headers["Location"])


def add(app: Flask, name: str = "王敏", phone: str | None = PHONE, **more: Any) -> int:
    """Register past the pages; gives the id. `more`: company, email, region, visit_day, key, channel, source."""
    with app.app_context(), transaction():
        expo = fair(more.pop("slug", "8th"))
        badge_class = badge_queries.class_by_key(expo, more.pop("key", "trade"))
        assert badge_class is not None
        entry = service.Entry(more.pop("channel", Channel.IMPORT), "zh", more.pop("source", ""))
        person = service.Person(name, phone=phone, **more)
        return service.register(service.prepare(expo, badge_class, person, entry), SYSTEM).id


def link_of(app: Flask, registration_id: int, slug: str = "8th") -> str:
    """The path of a person's badge by a fresh link."""
    with app.app_context(), transaction():
        registration = db.session.get_one(Registration, registration_id)
        return f"/{slug}/badge/{service.new_link(registration)}"


def all_rows(app: Flask) -> list[Registration]:
    """Every registration, in the order of making."""
    with app.app_context():
        return db.session.query(Registration).order_by(Registration.id).all()


def at_once(work: Callable[[int], T], times: int = 32) -> list[T]:
    """The answers of `work(0)` … run by as many threads at the same time."""
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))
