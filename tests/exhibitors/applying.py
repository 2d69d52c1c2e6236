"""Ways to apply that the tests of this room share."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor, ExhibitorSettings, ProductCategory
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from tests.factories import make_expo

CODE = "91210200MA0ABCDE63"
OTHER_CODE = "91210200744370215R"
COMPANY = {
    "country": "CN",
    "credit_code": CODE,
    "name_zh": "星河家居有限公司",
    "name_en": "Xinghe Home Co., Ltd.",
    "form_key": "secret-of-the-form",
}
DETAILS = {
    "address": "大连市中山区1号",
    "region": "大连",
    "kinds": "manufacturer",
    "website": "www.xinghe.cn",
}
CONTACT = {"phone": "138 0013 8000", "name": "王敏", "email": "wang@xinghe.cn"}
STAND = {
    "package": "shell",
    "place": "indoor",
    "area": "18",
    "least_area": "9",
    "open_sides": "2",
    "zone_id": "0",
}
AGREED = {"terms_version": "1", "no_claim": "y", "no_subletting": "y", "consent": "y"}
CO = {
    "country": "CN",
    "credit_code": OTHER_CODE,
    "name_zh": "海光陶瓷有限公司",
    "own_goods": "yes",
    "own_staff": "yes",
    "contact_phone": "139 0013 9000",
}


def fair() -> Expo:
    """The fair of the tests, inside an application context."""
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    return expo


def open_applications(app: Flask, **facts: Any) -> None:
    """Make a fair unless there is one, and let it take applications by a small nomenclature."""
    with app.app_context():
        if expos.expo_by_slug("8th") is None:
            make_expo()
    with app.app_context(), transaction():
        expo = fair()
        values = {"opens_at": clock.now() - timedelta(days=1), "terms_zh": "参展条款", "terms_en": "Terms"}
        row = ExhibitorSettings(expo_id=expo.id, data={}, changed_at=clock.now(), **(values | facts))
        db.session.add(row)
        for position, (code, zh, en) in enumerate(
            (("1", "日用瓷", "Tableware"), ("1.1", "茶具", "Tea sets"))
        ):
            db.session.add(
                ProductCategory(expo_id=expo.id, code=code, name_zh=zh, name_en=en, position=position)
            )


def begin(client: FlaskClient, **changes: str) -> str:
    """Begin an application by the public page; gives the address behind which the personal link's pages lie."""
    response = client.post("/8th/exhibit/apply", data=COMPANY | changes)
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.location).removesuffix("/apply/details")


def fill(client: FlaskClient, link: str, *, category: str = "1") -> None:
    """Fill in what is needed before sending."""
    for step, data in (
        ("details", DETAILS),
        ("contact", CONTACT),
        ("products", {"categories": category, "text": "茶具"}),
        ("stand", STAND),
    ):
        response = client.post(f"{link}/apply/{step}", data=data)
        assert response.status_code == 303, (step, response.get_data(as_text=True))


def send(client: FlaskClient, link: str) -> None:
    """Send the application."""
    response = client.post(f"{link}/apply/check", data=AGREED)
    assert response.status_code == 303, response.get_data(as_text=True)


def applied(client: FlaskClient, **changes: str) -> str:
    """A whole application, sent; gives the address of its pages."""
    link = begin(client, **changes)
    fill(client, link)
    send(client, link)
    return link


def only_exhibitor() -> Exhibitor:
    """The one exhibitor there is, inside an application context."""
    return db.session.query(Exhibitor).one()


def photo(width: int = 40, height: int = 20, orientation: int = 1) -> bytes:
    """A JPEG of a camera that lay on its side, with where it was taken."""
    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), "red")
    exif = picture.getexif()
    exif[0x0112] = orientation
    exif[0x010F] = "camera of a person"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()
