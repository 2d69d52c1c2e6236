"""What everybody sees of awards: nothing before publication, winners afterwards, complaints in their time (AW-39)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.awards.models import AwardEntry, AwardSeason, Complaint
from exhibitions.awards.rules.complaint_window import ends_at, is_open
from exhibitions.awards.rules.states import ComplaintState, SeasonState
from exhibitions.awards.service import complaints, locking, publishing_result, revoking
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.queries import directory as entries
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory
from tests.awards.making import make_season
from tests.awards.resulting import LI, judged_season, the_fair
from tests.exhibiting import make_exhibitor
from tests.people import People

ENGLISH = {"Accept-Language": "en"}
PRODUCT = "Product A-01"


def text_of(browser: FlaskClient, address: str) -> str:
    return unescape(browser.get(address, headers=ENGLISH).get_data(as_text=True))


def published_season(app: Flask, **more: object) -> int:
    with app.app_context():
        with transaction():
            season = judged_season(**more)  # type: ignore[arg-type]
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        return season.id


def test_before_publication_nobody_outside_sees_anything(app: Flask, people: People) -> None:
    season_id = published_season(app, publish_at=clock.now() + timedelta(hours=1))
    assert PRODUCT not in text_of(people.nobody, "/8th/awards")
    assert people.nobody.get(f"/8th/awards/{season_id}/results.zip").status_code == 404
    assert people.nobody.get("/8th/awards/complain").status_code == 404
    assert "/8th/awards" not in text_of(people.nobody, "/8th/")
    with app.app_context(), transaction():
        db.session.get_one(AwardSeason, season_id).publish_at = clock.now() - timedelta(seconds=1)
    # To the second, whether or not the job has come by.
    assert PRODUCT in text_of(people.nobody, "/8th/awards")
    assert people.nobody.get(f"/8th/awards/{season_id}/results.zip").status_code == 200
    assert "/8th/awards" in text_of(people.nobody, "/8th/")


def test_winners_are_listed_by_medal_and_narrowed(app: Flask, people: People) -> None:
    published_season(app)
    page = text_of(people.nobody, "/8th/awards").split('id="season-', 1)[1]
    assert page.index("Gold") < page.index(PRODUCT) < page.index("Silver") < page.index("Product A-02")
    assert "Product A-04" not in page
    # Marks are in the file, scores on no page of winners.
    assert "90.75" not in page
    narrowed = text_of(people.nobody, "/8th/awards?medal=S")
    assert ("Product A-02" in narrowed, PRODUCT in narrowed) == (True, False)
    assert "No winners match." in text_of(people.nobody, "/8th/awards?place=上海")


def test_a_revoked_award_leaves_the_winners_and_is_told(app: Flask, people: People) -> None:
    season_id = published_season(app)
    with app.app_context(), transaction():
        revoking.revoke(db.session.get_one(AwardSeason, season_id), "A-01", "copied", LI)
    page = text_of(people.nobody, "/8th/awards")
    assert page.index("Revoked awards") < page.index(PRODUCT)
    assert "copied" in page


def test_the_published_file_is_what_was_sealed(app: Flask, people: People) -> None:
    season_id = published_season(app)
    archive = zipfile.ZipFile(io.BytesIO(people.nobody.get(f"/8th/awards/{season_id}/results.zip").data))
    file = json.loads(archive.read("result.json"))
    assert [line["medal"] for line in file["result"]["ranking"]] == ["G", "S", "B", None]


def test_an_open_season_is_announced_with_its_deadline(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        make_season(the_fair(), state=SeasonState.OPEN)
    assert "Entries are taken until" in text_of(people.nobody, "/8th/awards")
    assert 'href="/8th/awards"' in text_of(people.nobody, "/8th/")
    with app.app_context(), transaction():
        db.session.scalars(sa.select(AwardSeason)).one().closes_at = clock.now()
    assert 'href="/8th/awards"' not in text_of(people.nobody, "/8th/")


def test_complaints_are_taken_for_fifteen_days() -> None:
    moment = clock.now()
    assert is_open(moment, moment)
    assert is_open(moment, ends_at(moment) - timedelta(seconds=1))
    assert not is_open(moment, ends_at(moment))
    assert not is_open(moment, moment - timedelta(seconds=1))


def complain(browser: FlaskClient, **more: str) -> object:
    data = {"season": "1", "from_name": "孙丽", "contact": "13800138000", "text": "评分有误"} | more
    return browser.post("/8th/awards/complain", data=data, headers=ENGLISH)


def test_a_complaint_is_received_and_decided(app: Flask, people: People) -> None:
    published_season(app)
    sent = complain(people.nobody, number="A-02")
    assert sent.status_code == 303  # type: ignore[attr-defined]
    assert "We have received your complaint" in text_of(people.nobody, sent.headers["Location"])  # type: ignore[attr-defined]
    refused = complain(people.nobody, number="Z-99")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert "孙丽" in text_of(people.alice, "/desk/8th/awards/1/complaints")
    assert people.bob.get("/desk/8th/awards/1/complaints").status_code == 403
    there = "/desk/8th/awards/1/complaints/1"
    assert "评分有误" in text_of(people.alice, there)
    assert people.alice.post(there, data={"state": "rejected"}).status_code == 422
    decided = people.alice.post(there, data={"state": "rejected", "decision": "复核无误"})
    assert decided.status_code == 303
    with app.app_context():
        row = db.session.scalars(sa.select(Complaint)).one()
        assert (row.state, row.decision, row.entry_id is not None) == (
            ComplaintState.REJECTED,
            "复核无误",
            True,
        )
        with pytest.raises(Conflict), transaction():
            complaints.decide(db.session.get_one(AwardSeason, 1), row, ComplaintState.UPHELD, "x", LI)


def test_complaints_end_and_are_throttled(app: Flask, people: People) -> None:
    season_id = published_season(app)
    answers = [complain(people.nobody).status_code for _ in range(6)]  # type: ignore[attr-defined]
    assert answers == [303] * 5 + [422]
    with app.app_context():
        with transaction():
            season = db.session.get_one(AwardSeason, season_id)
            season.state_since = clock.now() - timedelta(days=15)
        with pytest.raises(Refused), transaction():
            complaints.receive(season, "孙", "1", "x", "", LI)
    assert people.nobody.get("/8th/awards/complain").status_code == 404


def test_the_directory_shows_medals_and_finds_winners(app: Flask, people: People) -> None:
    """V5: filter “award winner”, and the medals on the exhibitor's sheet."""
    with app.app_context(), transaction():
        expo = the_fair()
        firms = [
            make_exhibitor(expo, name, State.CONTRACTED)[0]
            for name in ("星河家居有限公司", "明月灯饰有限公司")
        ]
        directory.publish(expo, LI)
        directory.fill_up(expo)
        found = entries.entry(expo, firms[0].id)
        assert found is not None
        winner_id, winner_number = firms[0].id, found.number
    before = text_of(people.nobody, "/8th/directory")
    assert "Award winners" not in before
    season_id = published_season(app)
    with app.app_context(), transaction():
        row = db.session.scalars(
            sa.select(AwardEntry).where(AwardEntry.season_id == season_id, AwardEntry.number == "A-01")
        ).one()
        row.exhibitor_id = winner_id
    page = text_of(people.nobody, "/8th/directory?winner=1")
    assert ("星河" in page, "明月" in page) == (True, False)
    sheet = text_of(people.nobody, f"/8th/directory/{winner_number}")
    assert "Gold" in sheet
    assert PRODUCT in sheet
