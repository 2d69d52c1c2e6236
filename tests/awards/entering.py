"""A company in its centre that enters products, and pictures that say too much."""

from __future__ import annotations

import io
import re
from typing import Any

import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.rules.states import SeasonState
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from tests.awards.making import make_season
from tests.exhibiting import make_exhibitor

COMPANY = "大连星河家居有限公司"
FILLED = {
    "category": "A",
    "product_zh": "竹纤维餐具",
    "product_en": "Bamboo tableware",
    "brand": "星海牌",
    "innovation_zh": "星河家居研制，九十天内降解。",
    "contact_name": "陈芳",
    "contact_email": "chen@example.org",
}
_GPS = 0x8825


def the_expo() -> Expo:
    expo = expos.expo_by_slug("8th")
    assert expo is not None
    return expo


def open_season(app: Flask, **facts: Any) -> int:
    """An award of the fair "8th" that takes entries in the categories A and B; its row."""
    with app.app_context(), transaction():
        state = facts.pop("state", SeasonState.OPEN)
        return make_season(the_expo(), state=state, categories=("A", "B"), **facts).id


def telling_jpeg() -> bytes:
    """A photo with the place and the camera in its EXIF, and the company in a comment."""
    exif = Image.Exif()
    exif[0x010E] = COMPANY
    exif[0x0110] = "SecretCamera"
    exif.get_ifd(_GPS)[1] = "N"
    exif.get_ifd(_GPS)[2] = (38.0, 55.0, 12.0)
    out = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(out, "JPEG", exif=exif, comment=b"Xinghe Furniture")
    return out.getvalue()


class Company:
    """An exhibitor's owner in the centre of the company."""

    def __init__(self, app: Flask, name: str = COMPANY, region: str = "大连") -> None:
        self.app, self.browser = app, app.test_client()
        self.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        with app.app_context(), transaction():
            exhibitor, person, token = make_exhibitor(the_expo(), name)
            company = db.session.get_one(Exhibitor, exhibitor.id).company
            assert company is not None
            company.region = region
            self.exhibitor_id, self.person_id, self.company_id = exhibitor.id, person.id, company.id
        self.base = f"/8th/exhibitor/{token}/awards"

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(f"{self.base}{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: Any = 303, **data: Any) -> str:
        answer = self.browser.post(f"{self.base}{path}", data=data, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text
        return answer.text if status != 303 else answer.location

    def begin(self, season_id: int) -> str:
        """Begin an entry; its part of the address."""
        location = self.post(f"/{season_id}/enter")
        found = re.search(r"/awards(/entries/\d+)$", location)
        assert found, location
        return found.group(1)

    def fill(self, season_id: int, picture: bytes | None = None, **more: Any) -> str:
        """A draft that lacks nothing."""
        path = self.begin(season_id)
        photo = (io.BytesIO(picture or telling_jpeg()), f"{COMPANY}-IMG_0001.jpg")
        self.post(path, **{**FILLED, "pictures": photo, **more})
        return path

    def submit(self, path: str, status: int = 303) -> str:
        return self.post(f"{path}/check", status, declared="y")

    def enter(self, season_id: int, **more: Any) -> int:
        """A submitted entry; its row."""
        path = self.fill(season_id, **more)
        self.submit(path)
        return int(path.rpartition("/")[2])

    def entry(self, number: int | None = None) -> AwardEntry:
        """The entry with this row, or the only one."""
        with self.app.app_context():
            wanted = sa.select(AwardEntry).options(sa.orm.selectinload(AwardEntry.files))
            wanted = wanted.options(sa.orm.selectinload(AwardEntry.makers))
            if number is None:
                wanted = wanted.where(AwardEntry.exhibitor_id == self.exhibitor_id)
            else:
                wanted = wanted.where(AwardEntry.id == number)
            return db.session.scalars(wanted).one()


def change_season(app: Flask, season_id: int, **facts: Any) -> None:
    with app.app_context(), transaction() as session:
        season = session.get_one(AwardSeason, season_id)
        for name, value in facts.items():
            setattr(season, name, value)
