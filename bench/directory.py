"""The show directory: how long a book of 1,000 entries takes, read from the database and drawn, in both languages."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory as entries
from exhibitions.expos.models import Expo
from exhibitions.portal.service import directory
from exhibitions.stands.queries import directory as public
from tests.conftest import settings_for
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo

_ENTRIES, _SHORT, _PRODUCTS = 1_000, 20, 10
_GOAL_S = 10.0
_TEXT_ZH = "专业生产家居用品，产品远销五十多个国家和地区，欢迎各界朋友莅临展位洽谈合作。" * 8
_TEXT_EN = "Maker of home textiles and furniture with twenty years of export to fifty countries. " * 4


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run prints a fiftieth of the entries."""
    count = _SHORT if short else _ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/directory.db", Path(folder)))
        with app.app_context():
            db.create_all()
            expo_id = make_expo()
            with transaction():
                expo = db.session.get_one(Expo, expo_id)
                for number in range(count):
                    _enter(expo, number)
            for lang in ("zh", "en"):
                db.session.remove()
                yield _drawn(db.session.get_one(Expo, expo_id), lang)


def _enter(expo: Expo, number: int) -> None:
    name_zh = f"大连第{number}家居用品有限公司"
    exhibitor, _person, _token = make_exhibitor(expo, name_zh, State.PAID)
    words = entries.Words(
        name_zh=name_zh,
        name_en=f"Dalian Home {number} Co., Ltd.",
        brand="Home",
        website="www.example.com",
        phone="0411-8480 1234",
        text_zh=_TEXT_ZH[:300],
        text_en=_TEXT_EN[:300],
    )
    today = date.min
    entries.save(expo, exhibitor, words, SYSTEM, today)
    for product in range(_PRODUCTS):
        entries.add_product(expo, exhibitor, (f"产品{product}", f"Product {product}"), SYSTEM)
    entries.send(expo, exhibitor, SYSTEM, today)


def _drawn(expo: Expo, lang: str) -> Figure:
    out, began = io.BytesIO(), time.perf_counter()
    everybody = public.everybody(expo)
    pages = directory.draw(
        out, expo, everybody, lang, lambda page, last: f"{page}/{last}", lambda _page: None
    )
    seconds = time.perf_counter() - began
    return Figure(
        f"directory of {len(everybody):,} entries, {lang}",
        "SQLite",
        seconds,
        "s",
        limit=_GOAL_S,
        goal=_GOAL_S,
        least=True,
        note=f"{pages} pages, {len(out.getvalue()) // 1024:,} kB",
    )
