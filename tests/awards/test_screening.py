"""O12, entries: the list, screening, moves, samples, and what the office adds (awards.md §3.3)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.accounts.models import User
from exhibitions.awards import handlers as award_handlers
from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import entry_moves, many
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos import service as expo_service
from exhibitions.expos.rules import Role
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail.models import Mail
from exhibitions.mail.service import minters
from exhibitions.mail.service.telling import words_of
from tests.awards.entering import COMPANY, FILLED, Company, change_season, open_season, telling_jpeg, the_expo
from tests.awards.making import make_entry, make_season
from tests.engines import both_engines
from tests.exhibiting import make_company
from tests.people import People


class Office:
    """The award office on the pages of a season."""

    def __init__(self, app: Flask, browser: FlaskClient, season_id: int) -> None:
        self.app, self.browser, self.season_id = app, browser, season_id
        self.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.base = f"/desk/8th/awards/{season_id}/entries"

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.browser.get(f"{self.base}{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: Any = 303, **data: Any) -> str:
        answer = self.browser.post(f"{self.base}{path}", data=data)
        assert answer.status_code == status, answer.text
        return answer.text

    def entry(self, number: int) -> AwardEntry:
        with self.app.app_context():
            return db.session.scalars(
                sa.select(AwardEntry)
                .options(sa.orm.joinedload(AwardEntry.category))
                .where(AwardEntry.id == number)
            ).one()

    def mails(self) -> list[tuple[str, str]]:
        with self.app.app_context():
            rows = db.session.scalars(sa.select(Mail).where(Mail.template.startswith("awards.")))
            return [(row.template, row.recipient) for row in rows.all()]


@pytest.fixture
def company(app: Flask, people: People) -> Company:
    del people
    return Company(app)


@pytest.fixture
def office(app: Flask, people: People) -> Office:
    return Office(app, people.alice, open_season(app))


@both_engines
def test_returned_answered_and_passed_with_a_letter_each_time(app: Flask, people: People) -> None:
    company, office = Company(app), Office(app, people.alice, open_season(app))
    number = company.enter(office.season_id)
    code = company.entry(number).number
    page = office.get(f"/{number}")
    assert str(code) in page
    assert COMPANY in page
    assert "Say why" in office.post(f"/{number}", 422, deed="return", reason=" ")
    office.post(f"/{number}", deed="return", checks=["own"], reason="请补充检测报告")
    assert company.entry(number).state is EntryState.RETURNED
    page = company.get(f"/entries/{number}")
    assert "请补充检测报告" in page
    company.post(f"/entries/{number}", **{**FILLED, "innovation_en": "Now with a test report."})
    company.submit(f"/entries/{number}")
    assert company.entry(number).number == code, "the answer keeps its code"
    office.post(f"/{number}", deed="accept", checks=["complete", "own", "nonsense"])
    entry = company.entry(number)
    assert entry.state is EntryState.SCREENED_OK
    assert entry.checks == {"complete": True, "own": True}
    assert office.mails() == [
        ("awards.entry_returned", "chen@example.org"),
        ("awards.entry_accepted", "chen@example.org"),
    ]
    with app.app_context():
        deeds = db.session.scalars(sa.select(EntryEvent.deed).order_by(EntryEvent.id)).all()
    assert deeds[-4:] == ["returned", "saved", "answered", "accepted"]


def test_the_letter_says_what_to_correct_and_opens_no_centre_to_a_stranger(
    app: Flask, office: Office, company: Company
) -> None:
    """The contact's address was typed: only who acts in the centre under it gets a link of the own."""
    number = company.enter(office.season_id)
    office.post(f"/{number}", deed="return", reason="请补充检测报告")
    with app.app_context():
        mail = db.session.scalars(sa.select(Mail).where(Mail.template == "awards.entry_returned")).one()
        with transaction():
            token = minters[mail.template](mail.arguments)
        assert token == ""
        said = words_of(mail, token)
    assert "请补充检测报告" in said.text
    assert "竹纤维餐具" in said.text
    assert "/exhibitor/" not in said.text


def test_a_late_answer_is_late_to_the_second(
    app: Flask, office: Office, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = clock.now().replace(microsecond=0) + timedelta(days=3)
    change_season(app, office.season_id, screening_until=until, closes_at=until - timedelta(days=2))
    number = company.enter(office.season_id)
    office.post(f"/{number}", deed="return", reason="请补充")
    change_season(app, office.season_id, state=SeasonState.SCREENING)
    monkeypatch.setattr(clock, "now", lambda: until + timedelta(seconds=1))
    assert "is late" in company.submit(f"/entries/{number}", 422)
    monkeypatch.setattr(clock, "now", lambda: until)
    company.submit(f"/entries/{number}")
    assert company.entry(number).state is EntryState.SUBMITTED


def test_what_failed_is_told_and_can_be_screened_again(app: Flask, office: Office, company: Company) -> None:
    number = company.enter(office.season_id)
    office.post(f"/{number}", deed="reject", reason="不属于本类别")
    page = company.get(f"/entries/{number}")
    assert "Failed screening" in page
    assert "不属于本类别" in page
    office.post(f"/{number}", deed="reopen", reason="复议")
    assert company.entry(number).state is EntryState.SUBMITTED


def test_a_move_draws_a_code_of_the_other_category_and_notes_both(
    app: Flask, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    before = company.entry(number).number
    office.post(f"/{number}", 422, deed="move", category="A")
    office.post(f"/{number}", 422, deed="move", category="Z")
    office.post(f"/{number}", deed="move", category="B", reason="更适合")
    entry = office.entry(number)
    assert entry.category is not None
    assert entry.category.code == "B"
    assert (entry.number or "").startswith("B")
    page = office.get(f"/{number}")
    assert f"{before} → {entry.number}. 更适合" in page
    change_season(app, office.season_id, state=SeasonState.JUDGING)
    assert "Judging has begun" in office.post(f"/{number}", 422, deed="move", category="A")


def test_a_sample_comes_and_goes(office: Office, company: Company) -> None:
    number = company.enter(office.season_id)
    office.post(f"/{number}", 422, deed="receive", place="3号柜")
    office.post(f"/{number}", deed="accept")
    office.post(f"/{number}", deed="receive", place="3号柜")
    entry = office.entry(number)
    assert (entry.state, entry.sample_place) == (EntryState.SAMPLE_RECEIVED, "3号柜")
    office.post(f"/{number}", deed="receive", place="库房")
    assert office.entry(number).sample_place == "库房"
    office.post(f"/{number}", deed="give_back")
    assert office.entry(number).sample_returned_at is not None
    office.post(f"/{number}", 422, deed="give_back")


def test_disqualified_at_the_table_only_while_the_result_is_open(
    app: Flask, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    office.post(f"/{number}", deed="accept")
    change_season(app, office.season_id, state=SeasonState.LOCKED)
    assert "The result is locked" in office.post(f"/{number}", 422, deed="disqualify", reason="缺样品")
    change_season(app, office.season_id, state=SeasonState.JUDGING)
    office.post(f"/{number}", 422, deed="disqualify", reason="")
    office.post(f"/{number}", deed="disqualify", reason="缺样品")
    assert office.entry(number).state is EntryState.DISQUALIFIED
    assert "Disqualified" in office.get(f"/{number}")


def test_ticked_ones_pass_together_and_the_others_are_told(
    app: Flask, office: Office, company: Company
) -> None:
    first, second = company.enter(office.season_id), company.enter(office.season_id, product_zh="二")
    draft = company.fill(office.season_id, product_zh="三")
    office.post("/many", deed="accept", id=[first, second, draft.rpartition("/")[2], "x", 10**18])
    states = [office.entry(each).state for each in (first, second)]
    assert states == [EntryState.SCREENED_OK] * 2
    page = office.get()
    assert "2 entries passed screening." in page
    assert "1 stays as it is" in page


def test_thousands_pass_as_a_job_begun_once_whose_page_is_shown(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ux.md §9: what takes longer than a page waits is a job; a second click finds the same one."""
    monkeypatch.setattr(many, "AT_ONCE", 2)
    monkeypatch.setattr(award_handlers, "PORTION", 2)
    with app.app_context(), transaction() as session:
        season = session.get_one(AwardSeason, office.season_id)
        for number in range(4):
            make_entry(season, f"A10{number}", state=EntryState.SUBMITTED, contact_email="a@example.org")
        make_entry(season, "A104", state=EntryState.RETURNED)
        make_entry(season, "A105", state=EntryState.SUBMITTED, product_zh="", product_en="")
    locations = [office.browser.post(f"{office.base}/many", data={"all": "1"}).location for _ in range(2)]
    assert locations[0] == locations[1]
    assert "/jobs/" in locations[0]
    with app.app_context():
        drain(names={many.ACCEPT})
        job = db.session.scalars(sa.select(Job).where(Job.name == many.ACCEPT)).one()
        assert job.result == {"passed": 4, "stayed": 2}
        accepted = sa.select(sa.func.count()).where(AwardEntry.state == EntryState.SCREENED_OK)
        assert db.session.scalar(accepted) == 4
    assert len(office.mails()) == 4
    change_season(app, office.season_id, state=SeasonState.JUDGING)
    office.post("/many", all="1")
    assert "Judging has begun" in office.get()


def test_the_office_takes_a_returned_entry_as_answered(app: Flask, office: Office) -> None:
    """A company without a centre answers by mail: no dead end, and no letter of refusal."""
    office.post("/add", company="无名工坊", category="B", product_zh="木碗")
    with app.app_context():
        number = db.session.scalars(sa.select(AwardEntry.id)).one()
    office.post(f"/{number}", 422, deed="answer")
    office.post(f"/{number}", deed="return", reason="请补充检测报告")
    assert "Take as answered" in office.get(f"/{number}")
    office.post(f"/{number}", deed="answer", reason="邮件补来")
    entry = office.entry(number)
    assert (entry.state, entry.reason) == (EntryState.SUBMITTED, "")
    page = office.get(f"/{number}")
    assert "Returned award entry answered by the office" in page
    assert "邮件补来" in page
    assert "awards.entry_rejected" not in [template for template, _to in office.mails()]
    office.post(f"/{number}", deed="accept")


def test_nothing_goes_to_the_jury_without_category_or_name(
    app: Flask, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    assert "Choose a category" in office.post(f"/{number}/edit", 422, **{**FILLED, "category": ""})
    nameless = {**FILLED, "product_zh": "", "product_en": ""}
    assert "in one language at least" in office.post(f"/{number}/edit", 422, **nameless)
    assert office.entry(number).product_zh == "竹纤维餐具"
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).category_id = None
    assert "Choose a category" in office.post(f"/{number}", 422, deed="accept")
    assert office.entry(number).state is EntryState.SUBMITTED


def test_what_failed_is_not_screened_again_above_the_limit(
    app: Flask, office: Office, company: Company
) -> None:
    change_season(app, office.season_id, most_entries=1)
    first = company.enter(office.season_id)
    office.post(f"/{first}", deed="reject", reason="不属于本类别")
    second = company.enter(office.season_id, product_zh="二")
    assert "may enter 1 products" in office.post(f"/{first}", 422, deed="reopen", reason="复议")
    assert office.entry(first).state is EntryState.REJECTED
    office.post(f"/{second}", deed="accept")
    office.post(f"/{second}", deed="reopen", reason="再看")
    assert office.entry(second).state is EntryState.SUBMITTED, "what is in takes no place more"


@pytest.mark.parametrize(
    ("codes", "number"),
    [(("A1", "A"), "A1017"), (("appliances-kitchen", "appliances-other"), "APPLIANC001")],
)
def test_a_move_between_categories_alike_draws_another_code(
    app: Flask, people: People, codes: tuple[str, str], number: str
) -> None:
    """The code that the jury of the other category reads is a new one, whatever the two are called."""
    with app.app_context(), transaction():
        season = make_season(the_expo(), state=SeasonState.OPEN, categories=codes)
        entry_id = make_entry(season, number, category=codes[0], state=EntryState.SUBMITTED).id
        office = Office(app, people.alice, season.id)
    office.post(f"/{entry_id}", deed="move", category=codes[1])
    assert office.entry(entry_id).number != number
    assert f"{number} → {office.entry(entry_id).number}" in office.get(f"/{entry_id}")


def test_the_history_tells_a_published_result_in_the_readers_words(
    app: Flask, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    change_season(app, office.season_id, state=SeasonState.PUBLISHED)
    with app.app_context(), transaction() as session:
        row = session.get_one(AwardEntry, number)
        row.state = EntryState.SCREENED_OK
        for to, deed in (
            (EntryState.JUDGED, "result"),
            (EntryState.AWARDED, "result"),
            (EntryState.REVOKED, "revoked"),
        ):
            entry_moves.follow(row, to, SYSTEM, deed=deed)
    office.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    history = office.get(f"/{number}").partition('id="history"')[2]
    assert "已撤销" in history
    assert "参评产品评选结果" in history
    for raw in ("revoked", "result"):
        assert raw not in history.partition("</section>")[0]


class TestAdding:
    def test_for_a_company_of_the_register_with_its_place(self, app: Flask, office: Office) -> None:
        with app.app_context(), transaction():
            number = make_company("北方木业有限公司", region="沈阳").number
        office.post("/add", 422, company=number, category="A", contact_phone="abc", product_zh="门")
        page = office.post("/add", 422, company=number, product_zh="门")
        assert "Choose a category" in page
        office.post("/add", company=number, category="A", product_zh="实木门", place="大连")
        with app.app_context():
            entry = db.session.scalars(sa.select(AwardEntry)).one()
            assert (entry.company_zh, entry.place) == ("北方木业有限公司", "沈阳")
            assert entry.state is EntryState.SUBMITTED
            assert entry.number

    def test_for_any_name_with_the_place_that_was_typed(self, app: Flask, office: Office) -> None:
        office.post("/add", 422, category="A", product_zh="门")
        office.post("/add", company="无名工坊", category="B", product_zh="木碗", place="辽宁省大连市")
        with app.app_context():
            entry = db.session.scalars(sa.select(AwardEntry)).one()
            assert (entry.company_zh, entry.place, entry.company_id) == ("无名工坊", "大连", None)

    def test_after_the_deadline_for_a_reason_that_is_noted(self, app: Flask, office: Office) -> None:
        change_season(app, office.season_id, closes_at=clock.now() - timedelta(seconds=2))
        said = {"company": "无名工坊", "category": "A", "product_zh": "木碗"}
        assert "say why this entry is still taken" in office.post("/add", 422, **said)
        office.post("/add", **said, reason="快递延误")
        with app.app_context():
            assert db.session.scalars(sa.select(EntryEvent.text)).all() == ["快递延误"]


def test_the_office_corrects_words_and_files_before_judging(
    app: Flask, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    office.post(f"/{number}/edit", **{**FILLED, "product_en": "Bowl"})
    assert office.entry(number).product_en == "Bowl"
    office.post(f"/{number}/files", papers=(io.BytesIO(telling_jpeg()), "x.jpg"))
    assert "Paper 1" in office.get(f"/{number}")
    assert "This is no PNG" in office.post(f"/{number}/files", 422, pictures=(io.BytesIO(b"x"), "x.jpg"))
    change_season(app, office.season_id, state=SeasonState.JUDGING)
    office.post(f"/{number}/edit", 422, **{**FILLED, "product_en": "Cup"})
    office.post(f"/{number}/files", 422, pictures=(io.BytesIO(telling_jpeg()), "x.jpg"))
    file_id = company.entry(number).files[0].id
    office.post(f"/{number}/files/{file_id}/remove", 409)


class TestList:
    def test_it_is_searched_by_name_pinyin_and_number_and_filtered(
        self, app: Flask, office: Office, company: Company
    ) -> None:
        number = company.enter(office.season_id)
        code = company.entry(number).number or ""
        with app.app_context(), transaction():
            season = db.session.get_one(AwardSeason, office.season_id)
            make_entry(season, "B900", category="B", place="沈阳", product_zh="陶瓷杯")
        for text in ("竹纤维", "zhuxianwei", "zxwcj", "xinghe", code, code.lower()):
            answer = office.browser.post(f"{office.base}/search", data={"q": text})
            page = office.browser.get(answer.location).text
            assert "竹纤维餐具" in page, text
            assert "陶瓷杯" not in page, text
        assert "竹纤维餐具" not in office.get("?category=B")
        assert "竹纤维餐具" not in office.get("?place=沈阳")
        assert "陶瓷杯" in office.get("?place=沈阳&stage=accepted&sort=-submitted")
        assert "No entries match" in office.get("?stage=returned")

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_export_takes_the_filter_and_no_contact(
        self, app: Flask, office: Office, company: Company, kind: str
    ) -> None:
        company.enter(office.season_id)
        answer = office.browser.post(f"{office.base}/export/{kind}?stage=submitted")
        assert answer.status_code == 200
        if kind == "csv":
            assert "竹纤维餐具" in answer.text
            assert "chen@example.org" not in answer.text
            other = office.browser.post(f"{office.base}/export/{kind}?stage=returned")
            assert "竹纤维餐具" not in other.text

    def test_no_filter_tells_a_result_before_it_is_public(
        self, app: Flask, office: Office, company: Company
    ) -> None:
        """P22, AW-39: as staff no."""
        number = company.enter(office.season_id)
        with app.app_context(), transaction() as session:
            row = session.get_one(AwardEntry, number)
            row.state = EntryState.AWARDED
            session.add(
                EntryEvent(
                    expo_id=row.expo_id,
                    entry_id=row.id,
                    at=clock.now(),
                    deed="awarded-gold",
                    state_before=EntryState.JUDGED,
                    state_after=EntryState.AWARDED,
                )
            )
        change_season(app, office.season_id, state=SeasonState.EMBARGOED)
        assert "竹纤维餐具" not in office.get("?stage=medal")
        assert "竹纤维餐具" in office.get("?stage=judged")
        page = office.get(f"/{number}")
        assert "Won a medal" not in page
        assert "awarded-gold" not in page
        csv = office.browser.post(f"{office.base}/export/csv").text
        assert "Won a medal" not in csv
        change_season(app, office.season_id, state=SeasonState.PUBLISHED)
        assert "竹纤维餐具" in office.get("?stage=medal")


def test_who_only_looks_changes_nothing_and_reads_no_full_contact(
    app: Flask, people: People, office: Office, company: Company
) -> None:
    number = company.enter(office.season_id)
    with app.app_context(), transaction():
        charlie = db.session.scalars(sa.select(User).where(User.email == "charlie@example.org")).one()
        expo_service.grant_role(the_expo(), charlie.id, Role.VIEWER)
    viewer = Office(app, people.charlie, office.season_id)
    answer = viewer.browser.get(f"{viewer.base}/{number}")
    if answer.status_code == 200:
        assert "chen@example.org" not in answer.text
    for path in (f"/{number}", "/many", "/add", f"/{number}/edit", f"/{number}/files"):
        viewer.post(path, 403, deed="accept")
    assert company.entry(number).state is EntryState.SUBMITTED


def test_an_entry_of_another_season_is_not_there(app: Flask, office: Office, company: Company) -> None:
    number = company.enter(office.season_id)
    other = Office(app, office.browser, open_season(app))
    other.get(f"/{number}", 404)
    other.post(f"/{number}", 404, deed="accept")
    office.get("/9223372036854775807", 404)
