"""Applications of a full fair: one that is being written, and one that the office decides on."""

from __future__ import annotations

import io

from PIL import Image

from exhibitions.accounts import service as accounts
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.service import papers as company_papers
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.exhibitors.models import (
    CoExhibitor,
    Exhibitor,
    ExhibitorEvent,
    ProductCategory,
    RepresentedCompany,
)
from exhibitions.exhibitors.queries import CO_LINK
from exhibitions.exhibitors.rules.application import (
    CompanyBlock,
    ContactBlock,
    ProductsBlock,
    StandBlock,
    written,
)
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo
from tests.exhibiting import make_exhibitor


def applications(expo: Expo) -> dict[str, dict[str, str]]:
    """Words for the pages of an application and of its review, inside the caller's transaction."""
    row = ProductCategory(expo_id=expo.id, code="1", name_zh="日用瓷", name_en="Tableware")
    db.session.add(row)
    db.session.flush()
    draft, _person, token = make_exhibitor(expo, f"闽光陶瓷有限公司{expo.slug}", State.DRAFT)
    file_id = _answer(draft, row.id)
    co = _co_exhibitor(draft)
    goods = RepresentedCompany(expo_id=expo.id, exhibitor_id=draft.id, name_en="Hikari", country="JP")
    db.session.add(goods)
    checked, _owner, _token = make_exhibitor(expo, f"海光玻璃有限公司{expo.slug}", State.CHECKED)
    paper = _answer(checked, row.id)
    other = _co_exhibitor(checked)
    checked.decided_at = now = clock.now()
    event = ExhibitorEvent(
        expo_id=expo.id, exhibitor_id=checked.id, at=now, deed="moved", state_after=State.WAIT_LISTED
    )
    db.session.add(event)
    db.session.flush()
    desk = {"number": checked.number, "co_id": str(other.id), "file_id": str(paper), "lang": "zh"}
    return {
        "/<slug>/exhibitor/<token>/apply": {
            "token": token,
            "co_id": str(co.id),
            "represented_id": str(goods.id),
            "file_id": str(file_id),
        },
        "/<slug>/co-exhibitor/<token>": {"token": accounts.mint_link(CO_LINK, co.id, expo_id=expo.id)},
        "/desk/<slug>/exhibitors/<number>/application": desk,
    }


def _answer(exhibitor: Exhibitor, category_id: int) -> int:
    out = io.BytesIO()
    Image.new("RGB", (20, 30), "white").save(out, "JPEG")
    copy = company_papers.prepare_copy(io.BytesIO(out.getvalue()))
    kept = company_papers.keep_copy(PaperFacts(PaperKind.LICENCE), copy)
    company = CompanyBlock(
        name_zh="海光玻璃有限公司",
        name_en="Haiguang",
        credit_code="91210200744370215R",
        address="大连市中山区",
    )
    contact = ContactBlock("王敏", "经理", "+8613800138000", "wang@example.org")
    paper = {
        "file_id": kept.id,
        "name": kept.name,
        "sha256": kept.sha256,
        "kind": "licence",
        "number": "L1",
        "valid_to": "2030-12-31",
    }
    exhibitor.answers = {
        "company": written(company),
        "contact": written(contact),
        "products": written(ProductsBlock((category_id,), "杯子")),
        "stand": written(StandBlock(area=180_000)),
        "papers": [paper],
    }
    db.session.flush()
    return kept.id


def _co_exhibitor(exhibitor: Exhibitor) -> CoExhibitor:
    row = CoExhibitor(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        name_zh="联合陶瓷",
        own_goods=True,
        own_staff=True,
        contact_phone="+8613900139000",
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row
