"""One season through the pages, from the template to the certificate, by everybody who has a part in it (awards.md §3.3)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.awards.commands import awards as commands
from exhibitions.awards.models import Juror
from exhibitions.awards.service import inviting_jurors
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from tests.awards.entering import Company
from tests.awards.office import Office, make_office
from tests.factories import make_expo

ZONE_HOURS = timedelta(hours=8)
MARKS = {"Alpha": ("95", "94", "96"), "Beta": ("88", "86", "87"), "Gamma": ("70", "72", "71")}


@pytest.fixture
def office(app: Flask) -> Office:
    with app.app_context():
        make_expo()
        return make_office(app)


def said(page: str) -> list[str]:
    """What a page tells of what is wrong with it."""
    texts = re.findall(
        r'class="(?:field-error|error-summary|notice)[^"]*"[^>]*>(.*?)</(?:p|div|span)>', page, re.S
    )
    return [re.sub(r"\s+|<[^>]+>", " ", text).strip() for text in texts]


class Pages:
    """A browser that says what a page answered when it is not what was expected."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 303, **data: Any) -> str:
        answer = self.client.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code == status, (path, said(answer.text))
        return answer.location if status == 303 else answer.text


def moment(**ahead: int) -> str:
    """A moment of the fair's zone as a form writes it."""
    return (clock.now() + ZONE_HOURS + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%S")


def put(page: str, **changes: Any) -> dict[str, Any]:
    """What the first form of the main part holds as it was drawn, with these fields changed."""
    form = page.partition("<main")[2]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        words = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if words.get("type") in ("radio", "checkbox") and not re.search(r"\bchecked\b", tag):
            continue
        if "name" in words and words.get("type") not in ("submit", "file"):
            found[words["name"]] = words.get("value", "y" if words.get("type") == "checkbox" else "")
    for name, content in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(
            r'<option[^>]*\bselected\b[^>]*\bvalue="([^"]*)"|<option[^>]*\bvalue="([^"]*)"[^>]*\bselected\b',
            content,
        )
        first = re.search(r'<option[^>]*\bvalue="([^"]*)"', content)
        found[name] = next(filter(None, chosen.groups()), "") if chosen else (first[1] if first else "")
    return {**found, **changes}


def set_up(awa: Pages) -> str:
    """A season from a template with its facts and one category, open for entries; its address."""
    season = awa.post(
        "/desk/8th/awards/new", source="quota", name_zh="产品评选", name_en="Product award", year="2026"
    )
    dates = {
        "opens_at": moment(days=-2),
        "closes_at": moment(hours=1),
        "screening_until": moment(hours=2),
        "judging_opens_at": moment(hours=3),
        "judging_closes_at": moment(days=3),
        "publish_at": moment(days=4),
    }
    awa.post(f"{season}/facts", **put(awa.get(f"{season}/facts"), basis="own", jurors_per_entry="3", **dates))
    awa.post(f"{season}/categories/new", code="A", name_zh="家居", name_en="Home")
    awa.post(f"{season}/move/on")
    return season


def enter(app: Flask, awa: Pages, season: str) -> None:
    """Three companies enter a product each, and the office lets them pass screening."""
    rows = []
    for place, product in enumerate(MARKS):
        company = Company(app, f"大连{product}轻工有限公司", "大连" if place < 2 else "沈阳")
        rows.append(company.enter(int(season.rpartition("/")[2]), product_zh=product, product_en=product))
    awa.post(f"{season}/move/on")
    for row in rows:
        checks = re.findall(r'name="checks"[^>]*value="([^"]+)"', awa.get(f"{season}/entries/{row}"))
        awa.post(f"{season}/entries/{row}", deed="accept", checks=checks)


def seat_jury(awa: Pages, season: str) -> dict[str, str]:
    """Three jurors in the panel, drawn by lot and invited while judging begins; code by number of the juror."""
    for name in ("Li", "Wang", "Zhao"):
        facts = {"name": name, "employer": f"{name} University", "email": f"{name.lower()}@uni.example"}
        awa.post(f"{season}/jury/new", 303, language="en", **facts)
    category = re.search(r"/jury/panels/(\d+)", awa.get(f"{season}/jury"))
    assert category is not None
    panel = f"{season}/jury/panels/{category[1]}"
    seats = re.findall(r'name="members"[^>]*value="(\d+)"', awa.get(panel))
    awa.post(panel, members=seats, president=seats[0])
    awa.post(f"{season}/assignments/drawing", **put(awa.get(f"{season}/assignments/drawing?seed=2026")))
    awa.post(f"{season}/move/on")
    assert re.search(r"\b[0-9a-f]{64}\b", awa.get(f"{season}/rules")), "the rules are frozen with a hash"
    told = awa.get(awa.post(f"{season}/jury/invite", all="y")).partition("<main")[2]
    return dict(zip(seats, re.findall(r">\s*(\d{6})\s*<", told), strict=True))


def score(app: Flask, seat: str, code: str, place: int) -> None:
    """A juror opens the link, types the code, declares no interest, and sends a sheet for each entry."""
    with app.app_context(), transaction():
        token = inviting_jurors.new_link(db.session.get_one(Juror, int(seat)))
    juror, home = Pages(app.test_client()), f"/8th/jury/{token}"
    assert "Alpha" not in juror.get(f"{home}/code"), "a link without its code shows nothing"
    juror.post(f"{home}/code", code=code)
    juror.post(f"{home}/interests", answer="none")
    sheets = sorted(set(re.findall(rf"{home}/entries/\d+", juror.get(home))))
    assert len(sheets) == len(MARKS)
    for sheet in sheets:
        page = juror.get(sheet)
        assert "轻工有限公司" not in page, "the jury is blind"
        product = next(name for name in MARKS if name in page)
        fields = dict.fromkeys(re.findall(r'name="(mark\d+)"', page), MARKS[product][place])
        juror.post(sheet, **put(page, **fields), send="y")
        juror.post(f"{sheet}/check", **put(juror.get(f"{sheet}/check")))


def sign(chen: Pages, season: str) -> None:
    """The chair reads the ranking, writes the minute and locks the result."""
    chen.post(f"{season}/deliberation/begin")
    ranking = re.sub(r"<[^>]+>|\s+", " ", chen.get(f"{season}/result"))
    assert re.search(r"Alpha.*95\.00.*Beta.*87\.00.*Gamma.*71\.00", ranking)
    minute = put(chen.get(f"{season}/deliberation"), members="陈主席", minute="一致同意。")
    chen.post(f"{season}/deliberation", **minute)
    shown = put(chen.get(f"{season}/deliberation"))["seen"]
    chen.post(f"{season}/deliberation/lock", signed_by="陈主席\n王评委", seen=shown)


def recomputed(chen: Pages, season: str, folder: Path) -> list[dict[str, Any]]:
    """The ranking that the command finds in the file that the page hands out."""
    archive = zipfile.ZipFile(io.BytesIO(chen.client.get(f"{season}/result.zip").data))
    file = folder / "result.json"
    file.write_bytes(archive.read(next(name for name in archive.namelist() if name.endswith(".json"))))
    told = CliRunner().invoke(commands, ["recompute", str(file), "--json"])
    assert told.exit_code == 0, told.output
    found: list[dict[str, Any]] = json.loads(told.output)["ranking"]
    return found


def publish(chen: Pages, visitor: Pages, season: str) -> None:
    """Under embargo nobody reads it; once its moment is taken away everybody does."""
    chen.post(f"{season}/deliberation/publish")
    assert "Alpha" not in visitor.get("/8th/awards")
    reason: dict[str, Any] = {"lift-text": "The ceremony is today."}
    chen.post(f"{season}/deliberation/lift-embargo", **reason)
    chen.post(f"{season}/deliberation/moment", publish_at="")
    chen.post(f"{season}/deliberation/publish")
    assert "Alpha" in visitor.get("/8th/awards")


def test_from_the_template_to_the_certificate(app: Flask, office: Office, tmp_path: Path) -> None:
    awa, chen, visitor = (
        Pages(one) for one in (office.known["awa"], office.known["chen"], app.test_client())
    )
    season = set_up(awa)
    enter(app, awa, season)
    for place, (seat, code) in enumerate(seat_jury(awa, season).items()):
        score(app, seat, code, place)
    awa.post(f"{season}/move/on")
    # The organiser sees how far the jury is and no mark.
    alice = Pages(office.people.alice)
    assert "95" not in re.sub(r"<[^>]+>", " ", alice.get(f"{season}/assignments").partition("<main")[2])
    alice.get(f"{season}/result", 403)
    sign(chen, season)
    ranking = recomputed(chen, season, tmp_path)
    assert [line["score"] for line in ranking] == [95.0, 87.0, 71.0]
    publish(chen, visitor, season)
    # A certificate for each medal; its page says that it holds, and after a revocation that it does not.
    awa.post(f"{season}/certificates/issue")
    assert chen.client.get(f"{season}/certificates.pdf").data.startswith(b"%PDF")
    codes = set(re.findall(r"/certificates/([A-Za-z0-9-]{8,})", chen.get(f"{season}/certificates")))
    assert len(codes) == len(ranking)
    assert not any("revoked" in visitor.get(f"/certificates/{code}").lower() for code in codes)
    reason = {"revoke-text": "The product is another company's."}
    chen.post(f"{season}/result/{ranking[0]['entry']}/revoke", 303, **reason)
    assert sum("revoked" in visitor.get(f"/certificates/{code}").lower() for code in codes) == 1
