"""What everybody sees of awards: nothing before publication, winners afterwards, complaints in their time (AW-39)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from functools import partial
from html import unescape
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from exhibitions.awards.models import AwardEntry, AwardSeason, Complaint
from exhibitions.awards.queries import casework
from exhibitions.awards.rules.complaint_window import is_open
from exhibitions.awards.rules.judging import Outcome, decide
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.rules.rule_set import Level, RuleSet
from exhibitions.awards.rules.states import ComplaintState, SeasonState
from exhibitions.awards.service import bundle, complaints, locking, publishing_result, revoking
from exhibitions.awards.views import complaint_letters
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.queries import directory as entries
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory
from exhibitions.mail.models import Mail
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
        db.session.scalars(sa.select(AwardSeason)).one().closes_at = clock.now() - timedelta(seconds=1)
    assert 'href="/8th/awards"' not in text_of(people.nobody, "/8th/")


@pytest.mark.parametrize("days", [15, 7, 30])
def test_complaints_are_taken_for_the_days_of_the_season(days: int) -> None:
    moment = clock.now()
    assert is_open(moment, days, moment)
    assert is_open(moment, days, moment + timedelta(days=days, seconds=-1))
    assert not is_open(moment, days, moment + timedelta(days=days))
    assert not is_open(moment, days, moment - timedelta(seconds=1))


def test_the_days_for_complaints_are_said_before_publication_and_kept_after_it(
    app: Flask, people: People
) -> None:
    with app.app_context(), transaction():
        season = judged_season()
        locking.lock(season, ["Zhao"], LI)
        assert season.complaint_days == 15
    there = "/desk/8th/awards/1/deliberation"
    for wrong in ("0", "181", "1.5", ""):
        sent = people.dora.post(f"{there}/moment", data={"publish_at": "", "complaint_days": wrong})
        assert sent.status_code == 422, wrong
    sent = people.dora.post(f"{there}/moment", data={"publish_at": "", "complaint_days": "7"})
    assert sent.status_code == 303
    assert people.dora.post(f"{there}/publish").status_code == 303
    with app.app_context():
        season = db.session.get_one(AwardSeason, 1)
        assert season.complaint_days == 7
        until = season.state_since + timedelta(days=7)
        zone = ZoneInfo(the_fair().timezone)
        with pytest.raises(Refused), transaction():
            complaints.set_days(season, 8, LI)
    page = text_of(people.nobody, "/8th/awards")
    told = page.split("Contest a result")[1].split("</p>")[0]
    assert f"{until.astimezone(zone):%H:%M}" in told
    assert f"{until.astimezone(zone).day} " in told
    with app.app_context(), transaction():
        db.session.get_one(AwardSeason, 1).state_since = clock.now() - timedelta(days=7)
    assert "Contest a result" not in text_of(people.nobody, "/8th/awards")
    assert people.nobody.get("/8th/awards/complain").status_code == 404


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
    page = text_of(people.alice, there)
    assert "评分有误" in page
    # What it is about: the office needs not ask.
    assert "A-02 · Product A-02 · A-02 Light Industry" in re.sub(r"<[^>]+>", "", page)
    assert "Nobody is written to by itself" in page
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


def mails(app: Flask) -> list[tuple[str, str, str]]:
    """Template, address and text of what waits in the outbox, in its order."""
    found = []
    with app.app_context():
        rows = db.session.scalars(sa.select(Mail).where(Mail.template.like("awards.complaint%")))
        for row in rows.all():
            with force_locale(row.lang):
                message = complaint_letters.letter(row.template, row.arguments, row.lang)
            found.append((row.template, row.recipient, f"{message.subject}\n{message.text}"))
    return found


def test_who_complained_gets_mail_when_it_is_received_and_when_it_is_answered(
    app: Flask, people: People
) -> None:
    published_season(app)
    sent = complain(people.nobody, contact=" Sun.Li@Example.org ")
    with app.app_context():
        row = db.session.scalars(sa.select(Complaint)).one()
        reference = f"{db.session.get_one(AwardSeason, 1).year}-1-1"
        # The spelling in which a person is found who asks what is known (P7), and the language that was read.
        assert (row.contact, row.language) == ("sun.li@example.org", "en")
    assert sent.headers["Location"].endswith(f"/complained/{reference}")  # type: ignore[attr-defined]
    ((template, address, text),) = mails(app)
    assert (template, address) == ("awards.complaint_received", "sun.li@example.org")
    assert "We have received your complaint" in text
    assert reference in text
    # Anybody can type anybody's address: nothing of what was typed is sent there.
    assert "评分有误" not in text
    assert "孙丽" not in text
    there = "/desk/8th/awards/1/complaints/1"
    assert "go to sun.li@example.org" in text_of(people.alice, there)
    assert reference in text_of(people.alice, "/desk/8th/awards/1/complaints")
    people.alice.post(there, data={"state": "rejected", "decision": "复核无误\n分数相符"})
    with app.app_context():
        (first, second) = db.session.scalars(sa.select(Mail).order_by(Mail.id)).all()
        # What was not sent by then has lost its sense.
        with pytest.raises(Refused):
            complaint_letters.letter(first.template, first.arguments, "en")
        with force_locale(second.lang):
            text = complaint_letters.letter(second.template, second.arguments, second.lang).text
        assert second.template == "awards.complaint_decided"
        assert "is decided: it is not upheld" in text
        assert "复核无误\n分数相符" in text


def test_who_left_a_number_or_no_address_at_all_gets_no_mail(app: Flask, people: People) -> None:
    published_season(app)
    for contact in ("13800138000", "微信 sunli", "sun@localhost"):
        assert complain(people.nobody, contact=contact).status_code == 303  # type: ignore[attr-defined]
    assert mails(app) == []
    with app.app_context():
        kept = db.session.scalars(sa.select(Complaint.contact).order_by(Complaint.id)).all()
        assert kept == ["+8613800138000", "微信 sunli", "sun@localhost"]


def test_references_of_two_seasons_of_a_year_differ(app: Flask, people: People) -> None:
    published_season(app)
    published_season(app)
    places = [complain(people.nobody, season=number).headers["Location"] for number in ("1", "2")]  # type: ignore[attr-defined]
    assert len(set(places)) == 2


def test_the_number_of_an_entry_stands_with_the_winners(app: Flask, people: People) -> None:
    """The form of a complaint asks for it."""
    published_season(app)
    item = re.search(r"<li>(?:(?!</li>).)*Product A-02.*?</li>", text_of(people.nobody, "/8th/awards"), re.S)
    assert item is not None
    assert "A-02 · Category A" in item[0]
    assert "As on the list of winners" in text_of(people.nobody, "/8th/awards/complain")


def test_filters_bear_the_names_of_the_seasons_that_have_them(app: Flask, people: People) -> None:
    """A code may be called otherwise in another season, and be unknown to the newest."""
    older = (Level(medal="G", at_least=Decimal(90), name_zh="特等奖", name_en="Grand prize"),)
    published_season(app, rules=RuleSet(quorum=2, levels=older))
    newer = (Level(medal="G", at_least=Decimal(90)), Level(medal="M", at_least=Decimal(80), name_en="Merit"))
    published_season(app, rules=RuleSet(quorum=2, levels=newer))
    page = text_of(people.nobody, "/8th/awards")
    options = re.search(r'<select[^>]*name="medal".*?</select>', page, re.S)
    assert options is not None
    assert re.findall(r"<option[^>]*>\s*([^<]*?)\s*</option>", options[0]) == [
        "All",
        "Gold / Grand prize",
        "Merit",
    ]


def test_a_published_archive_is_made_once(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may ask for it as often as he likes, and the sealed bytes never change."""
    season_id = published_season(app)
    judged: list[ResultFile] = []

    def noted(file: ResultFile) -> Outcome:
        judged.append(file)
        return decide(file)

    monkeypatch.setattr(bundle, "decide", noted)
    bundle.bundle.cache_clear()
    contents = {people.nobody.get(f"/8th/awards/{season_id}/results.zip").data for _ in range(3)}
    assert (len(contents), len(judged)) == (1, 1)


def test_publishing_asks_once_for_all_entries(app: Flask, people: People) -> None:
    with app.app_context():
        counts = []
        for size in (2, 12):
            with transaction():
                season = judged_season({f"A-{place:02}": ("90", "91") for place in range(size)})
                locking.lock(season, ["Zhao"], LI)
            db.session.expunge_all()
            season = db.session.get_one(AwardSeason, season.id)
            asked: list[str] = []
            listen = partial(_note, asked)
            sa.event.listen(db.engine, "before_cursor_execute", listen)
            with transaction():
                result = casework.result_of(season)
                assert result is not None
                assert [line.entry.number for line in result.lines]
            sa.event.remove(db.engine, "before_cursor_execute", listen)
            counts.append(len(asked))
        assert counts[0] == counts[1]


def _note(asked: list[str], _connection: object, _cursor: object, statement: str, *_more: object) -> None:
    asked.append(statement)
