"""E9: a company enters a product in its centre; what jurors see of it, and what never leaves."""

from __future__ import annotations

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.awards.forms.entering import MOST_SENT
from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent, EntryFile
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries import published
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import entering, locking, pictures, publishing_result
from exhibitions.awards.views import entry_letters
from exhibitions.companies.models import Company as RegisterCompany
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.pictures import drawn_anew
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import directory
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from tests.awards.entering import (
    COMPANY,
    FILLED,
    Company,
    change_season,
    open_season,
    telling_jpeg,
    the_expo,
)
from tests.awards.making import make_entry
from tests.awards.resulting import LI, judged_season
from tests.engines import both_engines
from tests.exhibiting import make_company
from tests.people import People

CLOSES = datetime(2031, 7, 31, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.fixture
def company(app: Flask, people: People) -> Company:
    del people
    return Company(app)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


@both_engines
def test_a_product_is_entered_from_draft_to_number(app: Flask, people: People) -> None:
    del people
    company = Company(app)
    season = open_season(app)
    assert "Enter product" in company.get()
    path = company.begin(season)
    assert company.begin(season) == path, "a second click goes on with the empty draft (B7)"
    company.post(path, product_zh="竹纤维餐具")
    assert company.entry().state is EntryState.DRAFT, "a draft may lack what it likes"
    check = company.get(f"{path}/check")
    assert "Choose a category" in check
    assert "Add a picture of the product" in check
    photo = (io.BytesIO(telling_jpeg()), "a.jpg")
    makers = "大连理工大学，大连\n沈阳木业, 沈阳"
    location = company.post(path, then="check", **{**FILLED, "pictures": photo, "makers": makers})
    assert location.endswith("/check")
    company.submit(path)
    entry = company.entry()
    assert entry.state is EntryState.SUBMITTED
    assert re.fullmatch(r"A\d{3}", entry.number or "")
    assert [(each.company, each.place) for each in entry.makers] == [
        ("大连理工大学", "大连"),
        ("沈阳木业", "沈阳"),
    ]
    assert entry.declared_at is not None
    assert (entry.company_zh, entry.place) == (COMPANY, "大连")
    page = company.get(path)
    assert "Entry submitted" in page
    assert str(entry.number) in page


def test_without_the_statement_of_truth_nothing_is_submitted(app: Flask, company: Company) -> None:
    path = company.fill(open_season(app))
    assert "Confirm the statement" in company.post(f"{path}/check", 422)
    assert company.entry().state is EntryState.DRAFT


class TestDeadline:
    """Issue 5, demand 2: to the second, in the fair's zone."""

    def test_the_last_second_is_in_time(
        self, app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = company.fill(open_season(app, opens_at=None, closes_at=CLOSES))
        at(monkeypatch, CLOSES)
        company.submit(path)
        assert company.entry().state is EntryState.SUBMITTED

    def test_the_next_second_is_late_and_the_draft_is_kept(
        self, app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        season = open_season(app, opens_at=None, closes_at=CLOSES)
        path = company.fill(season)
        at(monkeypatch, CLOSES + timedelta(seconds=1))
        page = company.submit(path, 422)
        assert "The deadline was 2031-07-31 23:59:59; this came at 2031-08-01 00:00:00 and is late." in page
        assert company.entry().state is EntryState.DRAFT
        company.post(path, **FILLED)
        assert "is late" not in company.get(path)
        location = company.post(f"/{season}/enter")
        assert location.endswith("/awards"), "nothing is begun any more"

    def test_what_came_in_time_is_in_time_however_long_it_waits_for_its_turn(
        self, app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The moment counts at which the request came, not the one at which its turn to write came."""
        path = company.fill(open_season(app, opens_at=None, closes_at=CLOSES))
        at(monkeypatch, CLOSES)
        # Its turn to write comes nine seconds later.
        monkeypatch.setattr(
            entering, "lock_season", lambda season: at(monkeypatch, CLOSES + timedelta(seconds=9))
        )
        company.submit(path)
        assert company.entry().state is EntryState.SUBMITTED


@both_engines
def test_a_company_enters_no_more_than_the_award_allows(app: Flask, people: People) -> None:
    del people
    company, other = Company(app), Company(app, "北方木业有限公司")
    season = open_season(app, most_entries=2)
    drafts = [company.fill(season, product_zh=f"产品{number}") for number in range(3)]
    for path in drafts[:2]:
        company.submit(path)
    assert "may enter 2 products" in company.submit(drafts[2], 422)
    assert company.post(f"/{season}/enter").endswith("/awards")
    other.enter(season)
    company.post(f"{drafts[0]}/withdraw")
    company.submit(drafts[2])
    with app.app_context():
        numbers = db.session.scalars(sa.select(AwardEntry.number)).all()
        assert len({number for number in numbers if number}) == 4


def test_place_and_names_stay_as_they_were_at_entry(app: Flask, company: Company) -> None:
    """§3.4 step 15: the region is frozen at entry."""
    number = company.enter(open_season(app))
    with app.app_context(), transaction() as session:
        row = session.get_one(RegisterCompany, company.company_id)
        row.region, row.name_zh = "沈阳", "改名有限公司"
    entry = company.entry(number)
    assert (entry.company_zh, entry.place) == (COMPANY, "大连")
    # The centre itself goes by the name of today.
    page = company.get(f"/entries/{number}").partition("<h1>")[2]
    assert "Dalian" in page
    assert "改名" not in page


class TestBlind:
    """§3.6: blind code instead of the company, file metadata stripped."""

    def test_the_preview_names_the_company_nowhere(self, app: Flask, company: Company) -> None:
        path = company.fill(open_season(app))
        page = company.get(f"{path}/check")
        seen = page[page.index("seen-entry") :]
        seen = seen[: seen.index("</section>")]
        assert "竹纤维餐具" in seen
        assert "九十天内降解" in seen
        for word in ("星河", "星海", "Dalian", "大连"):
            assert word not in seen
        assert "▇▇" in seen

    def test_an_open_award_shows_whose_it_is(self, app: Flask, company: Company) -> None:
        path = company.fill(open_season(app, is_blind=False))
        page = company.get(f"{path}/check")
        seen = page[page.index("seen-entry") :]
        assert "大连星河家居有限公司" in seen
        assert "星河家居研制" in seen

    def test_pictures_carry_neither_place_nor_camera_nor_words(self, app: Flask, company: Company) -> None:
        number = company.enter(open_season(app))
        page = company.get(f"/entries/{number}")
        address = re.search(r'src="[^"]*/awards(/entries/\d+/files/\d+)"', page)
        assert address
        with company.browser.get(f"{company.base}{address.group(1)}") as answer:
            assert answer.status_code == 200
            content, named = answer.data, answer.headers["Content-Disposition"]
        with Image.open(io.BytesIO(content)) as picture:
            assert not picture.getexif()
            assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for word in (b"Exif", b"SecretCamera", b"Xinghe", COMPANY.encode()):
            assert word not in content
        assert "picture-1.jpg" in named
        with app.app_context():
            kept = db.session.scalars(sa.select(StoredFile).join(EntryFile)).one()
            assert kept.name == "picture-1.jpg"

    def test_a_hostile_file_is_refused_in_words_and_nothing_is_kept(
        self, app: Flask, company: Company
    ) -> None:
        path = company.begin(open_season(app))
        script = (io.BytesIO(b"<svg onload=alert(1)>"), "x.png")
        page = company.post(path, 422, **{**FILLED, "pictures": script})
        assert "This is no PNG, JPEG or WebP picture that can be read" in page
        assert 'value="竹纤维餐具"' in page, "nothing typed is lost"
        paper = (io.BytesIO(b"%PDF-1.4 no end"), "x.pdf")
        assert "no PDF, JPG or PNG" in company.post(path, 422, **{**FILLED, "papers": paper})
        assert company.entry().files == []
        assert company.entry().product_zh == ""

    def test_at_most_eight_pictures_and_the_same_one_once(self, app: Flask, company: Company) -> None:
        path = company.begin(open_season(app))
        same = telling_jpeg()
        company.post(
            path, **{**FILLED, "pictures": [(io.BytesIO(same), "a.jpg"), (io.BytesIO(same), "b.jpg")]}
        )
        assert len(company.entry().files) == 1
        many = [(io.BytesIO(telling_jpeg()), f"{n}.jpg") for n in range(8)]
        assert "at most 8 pictures" in company.post(path, 422, **{**FILLED, "pictures": many})
        assert len(company.entry().files) == 1


def with_product(app: Flask, company: Company) -> int:
    """A product with a picture in the directory entry of the company; its row."""
    with app.app_context(), transaction() as session:
        exhibitor = session.get_one(Exhibitor, company.exhibitor_id)
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        directory.save(
            the_expo(), exhibitor, directory.Words(name_zh=COMPANY), SYSTEM, clock.today("Asia/Shanghai")
        )
        kept = files.write(picture.getvalue())
        return directory.add_product(
            the_expo(), exhibitor, ("实木门", "Door"), SYSTEM, picture=(kept, "image/png")
        ).id


def test_a_product_of_the_directory_is_taken_over_with_its_picture(app: Flask, company: Company) -> None:
    product = with_product(app, company)
    path = company.begin(open_season(app))
    assert "实木门 · Door" in company.get(path)
    company.post(path, product=product)
    entry = company.entry()
    assert (entry.product_zh, entry.product_en) == ("实木门", "Door")
    assert len(entry.files) == 1


class TestWhoMay:
    def test_another_companys_entry_is_not_there(self, app: Flask, company: Company) -> None:
        season = open_season(app)
        path = company.fill(season)
        other = Company(app, "北方木业有限公司")
        other.get(path, 404)
        other.get(f"{path}/check", 404)
        other.post(path, 404, **FILLED)
        other.post(f"{path}/check", 404, declared="y")
        other.post(f"{path}/withdraw", 404)
        file_id = company.entry().files[0].id
        other.get(f"{path}/files/{file_id}", 404)
        own = other.begin(season)
        other.get(f"{own}/files/{file_id}", 404)
        company.get("/entries/9223372036854775807", 404)

    def test_who_only_scans_leads_may_not_see_entries(self, app: Flask, company: Company) -> None:
        with app.app_context(), transaction() as session:
            person = session.get_one(ExhibitorPerson, company.person_id)
            person.role = PersonRole.LEAD_SCANNER
        company.get(status=403)

    def test_an_application_that_is_not_admitted_enters_nothing(self, app: Flask, company: Company) -> None:
        with app.app_context(), transaction() as session:
            session.get_one(Exhibitor, company.exhibitor_id).state = State.SUBMITTED
        assert company.post(f"/{open_season(app)}/enter").endswith("/awards")
        assert "as soon as the organiser has admitted" in company.get()


def test_the_tasks_name_the_award_while_it_is_open(app: Flask, company: Company) -> None:
    """E4: award entry is a task with its due date."""
    home = company.base.removesuffix("/awards")

    def tasks() -> str:
        return (
            company.browser.get(home).text.partition('aria-labelledby="tasks"')[2].partition("</section>")[0]
        )

    assert "Award entry" not in tasks()
    season = open_season(app)
    assert "Award entry" in tasks()
    number = company.enter(season)
    line = tasks().partition("Award entry")[2].partition("</li>")[0]
    assert "Done" in line
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.RETURNED
    assert "In progress" in tasks().partition("Award entry")[2].partition("</li>")[0]
    change_season(app, season, state=SeasonState.JUDGING)
    assert "Award entry" not in tasks()


def test_a_submitted_entry_is_read_only(app: Flask, company: Company) -> None:
    number = company.enter(open_season(app))
    company.post(f"/entries/{number}", 422, **{**FILLED, "product_zh": "别的"})
    assert company.entry(number).product_zh == "竹纤维餐具"
    file_id = company.entry(number).files[0].id
    company.post(f"/entries/{number}/files/{file_id}/remove", 409)
    assert len(company.entry(number).files) == 1


def test_the_result_is_told_only_once_it_is_public(app: Flask, company: Company) -> None:
    """AW-39: as entrant no."""
    season = open_season(app)
    number = company.enter(season)
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.AWARDED
    change_season(app, season, state=SeasonState.EMBARGOED)
    pages = company.get() + company.get(f"/entries/{number}")
    assert "Won a medal" not in pages
    assert "Passed screening" in pages
    change_season(app, season, state=SeasonState.PUBLISHED)
    assert "Won a medal" in company.get()


def test_after_the_lock_a_withdrawal_is_a_note(app: Flask, company: Company) -> None:
    """AW-36."""
    season = open_season(app)
    number = company.enter(season)
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.AWARDED
    change_season(app, season, state=SeasonState.LOCKED)
    for _click in range(2):
        company.post(f"/entries/{number}/withdraw", reason="不参加了")
        page = company.get()
        assert "Your withdrawal is noted. The result is locked, so it stays as it is." in page
        assert "The entry is withdrawn" not in page
    assert company.entry(number).state is EntryState.AWARDED
    assert deeds_of(app, number)[-2:] == ["submitted", "withdrawal_noted"], "noted once"
    page = company.get(f"/entries/{number}")
    assert "Your withdrawal is noted since" in page
    assert "不参加了" in page
    assert "Withdraw entry" not in page


def test_a_draft_goes_also_after_the_lock(app: Flask, company: Company) -> None:
    """AW-36 speaks of what the result names; a draft is in none."""
    season = open_season(app)
    path = company.fill(season)
    change_season(app, season, state=SeasonState.LOCKED)
    company.post(f"{path}/withdraw")
    assert company.entry().state is EntryState.WITHDRAWN
    assert "The entry is withdrawn." in company.get()


@both_engines
def test_who_sends_at_once_gets_no_place_too_many_and_no_code_twice(app: Flask, people: People) -> None:
    """The company's limit and the free codes hang on the others: one at a time is let in."""
    del people
    company = Company(app)
    season = open_season(app, most_entries=2)
    paths = [company.fill(season, product_zh=f"产品{number}") for number in range(5)]
    start = threading.Barrier(len(paths))

    def send(path: str) -> int:
        browser = app.test_client()
        start.wait()
        return browser.post(f"{company.base}{path}/check", data={"declared": "y"}).status_code

    with ThreadPoolExecutor(len(paths)) as pool:
        statuses = list(pool.map(send, paths))
    assert sorted(statuses) == [303, 303, 422, 422, 422]
    with app.app_context():
        sent = sa.select(AwardEntry.number).where(AwardEntry.state == EntryState.SUBMITTED)
        numbers = db.session.scalars(sent).all()
    assert len(numbers) == len(set(numbers)) == 2


def test_an_answer_takes_no_place_more(app: Flask, company: Company) -> None:
    """The office lowered the limit meanwhile: what was entered is in."""
    season = open_season(app, most_entries=2)
    numbers = [company.enter(season, product_zh=f"产品{number}") for number in range(2)]
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, numbers[0]).state = EntryState.RETURNED
    change_season(app, season, most_entries=1)
    company.submit(f"/entries/{numbers[0]}")
    assert company.entry(numbers[0]).state is EntryState.SUBMITTED


def test_what_became_part_of_the_company_counts_with_it(app: Flask, company: Company) -> None:
    """The limit, the drafts and the tasks are the company's, also where it stood on the list twice."""
    season = open_season(app, most_entries=1)
    other = Company(app, "星河家居（大连）有限公司")
    number = other.enter(season)
    draft = company.fill(season)
    with app.app_context(), transaction() as session:
        gone = session.get_one(Exhibitor, other.exhibitor_id)
        gone.merged_into_id, gone.company_id = company.exhibitor_id, None
        session.get_one(RegisterCompany, other.company_id).merged_into_id = company.company_id
    assert "may enter 1 products" in company.submit(draft, 422)
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.RETURNED
        rows = queries.returned(the_expo(), session.get_one(Exhibitor, company.exhibitor_id))
        assert [row.id for row, _until in rows] == [number]


def test_the_offices_entries_of_a_merged_company_count_with_it(app: Flask, company: Company) -> None:
    season = open_season(app, most_entries=1)
    with app.app_context(), transaction() as session:
        gone = make_company("星河旧名有限公司")
        gone.merged_into_id = company.company_id
        make_entry(session.get_one(AwardSeason, season), "A900", company_id=gone.id)
    assert company.post(f"/{season}/enter").endswith("/awards")
    assert "may enter 1 products" in company.get()


def test_a_medal_is_shown_at_the_company_that_the_winner_became_part_of(app: Flask, company: Company) -> None:
    """V5."""
    other = Company(app, "星河旧名有限公司")
    with app.app_context():
        with transaction():
            season = judged_season()
            locking.lock(season, ["Zhao"], LI)
        with transaction():
            publishing_result.publish(season, LI)
        with transaction() as session:
            winner = published.winners(the_expo(), [season])[0]
            winner.entry.exhibitor_id = other.exhibitor_id
            session.get_one(Exhibitor, other.exhibitor_id).merged_into_id = company.exhibitor_id
        medals = published.winning_exhibitors(the_expo())
        assert [each.entry.id for each in medals[company.exhibitor_id]] == [winner.entry.id]
        assert other.exhibitor_id not in medals


class TestWhatIsDrawn:
    """Pictures cost time: nothing is drawn that an entry cannot hold, nor while others wait for their turn to write."""

    @pytest.fixture
    def drawn(self, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
        """For each picture that was drawn whether it was inside of a transaction."""
        seen: list[bool] = []

        def watched(content: bytes) -> tuple[bytes, str]:
            seen.append(bool(db.session().info.get("writing")))
            return drawn_anew(content)

        monkeypatch.setattr("exhibitions.awards.service.pictures.drawn_anew", watched)
        return seen

    def test_nine_pictures_are_counted_and_none_is_drawn(
        self, app: Flask, company: Company, drawn: list[bool]
    ) -> None:
        path = company.begin(open_season(app))
        many = [(io.BytesIO(telling_jpeg()), f"{n}.jpg") for n in range(9)]
        assert "at most 8 pictures" in company.post(path, 422, **{**FILLED, "pictures": many})
        papers = [(io.BytesIO(telling_jpeg()), f"{n}.jpg") for n in range(6)]
        assert "at most 5 papers" in company.post(path, 422, **{**FILLED, "papers": papers})
        assert drawn == []

    def test_nothing_is_drawn_for_what_is_submitted(
        self, app: Flask, company: Company, drawn: list[bool]
    ) -> None:
        number = company.enter(open_season(app))
        drawn.clear()
        photo = (io.BytesIO(telling_jpeg()), "a.jpg")
        company.post(f"/entries/{number}", 422, **{**FILLED, "pictures": photo})
        assert drawn == []

    def test_the_picture_of_the_directory_is_drawn_before_the_transaction_and_once(
        self, app: Flask, company: Company, drawn: list[bool]
    ) -> None:
        product = with_product(app, company)
        path = company.begin(open_season(app))
        for words in ("一", "二", "三"):
            company.post(path, product=product, innovation_zh=words)
        assert drawn == [False]
        assert len(company.entry().files) == 1


def test_as_many_large_files_as_the_page_promises_are_read(app: Flask, company: Company) -> None:
    """Eight pictures of 5 MB and five papers of 20 MB are more than other pages take; what is above is said in words."""
    path = company.begin(open_season(app))
    papers = [b"%PDF-1.4" + mark * (18 * 1024 * 1024) + b"%%EOF" for mark in (b"1", b"2")]
    # Made by hand: what the client would spool to a disk stays in memory.
    head = b'--x\r\nContent-Disposition: form-data; name="papers"; filename="a.pdf"\r\n\r\n'
    body = b"".join(head + paper + b"\r\n" for paper in papers) + b"--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    assert company.browser.post(f"{company.base}{path}", data=body, content_type=kind).status_code == 303
    assert len(company.entry().files) == 2
    assert 8 * 5 + 5 * 20 <= MOST_SENT // 1024**2 < 150
    larger = {"CONTENT_LENGTH": str(MOST_SENT + 1)}
    answer = company.browser.post(f"{company.base}{path}", content_type=kind, environ_overrides=larger)
    assert answer.status_code == 413


def test_a_file_is_not_taken_off_once_the_entry_is_submitted_meanwhile(app: Flask, company: Company) -> None:
    """The state is asked when nobody can change it any more, not before."""
    number = company.enter(open_season(app))
    with app.app_context():
        stale = db.session.get_one(AwardEntry, number)
        file_id = stale.files[0].id
        db.session.commit()
        sa.orm.attributes.set_committed_value(stale, "state", EntryState.DRAFT)
        with pytest.raises(Conflict), transaction():
            pictures.remove_own(stale, file_id, SYSTEM)
    assert len(company.entry(number).files) == 1


def test_the_preview_shows_the_place_that_jurors_will_read(app: Flask, company: Company) -> None:
    """E9: jurors see exactly what the preview shows."""
    path = company.fill(open_season(app, is_blind=False))

    def seen(page: str) -> str:
        return page[page.index("seen-entry") :].partition("<ul")[0]

    before = seen(company.get(f"{path}/check"))
    assert "Dalian" in before
    with app.app_context(), transaction() as session:
        session.get_one(RegisterCompany, company.company_id).region = "沈阳"
    assert "Shenyang" in seen(company.get(f"{path}/check"))
    company.submit(path)
    after = seen(company.get(path))
    assert "Shenyang" in after


def deeds_of(app: Flask, number: int) -> list[str]:
    with app.app_context():
        found = sa.select(EntryEvent.deed).where(EntryEvent.entry_id == number).order_by(EntryEvent.id)
        return list(db.session.scalars(found))


def test_saving_a_draft_is_no_deed_and_correcting_is_one_a_sitting(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page saves after each pause of the typing: history and audit tell what was done, not each pause."""
    path = company.begin(open_season(app))
    number = int(path.rpartition("/")[2])
    for word in ("竹", "竹纤维", "竹纤维餐具"):
        company.post(path, product_zh=word)
    assert deeds_of(app, number) == ["started"]
    assert company.entry().product_zh == "竹纤维餐具"
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.RETURNED
    for word in ("一", "二", "三"):
        company.post(path, product_zh=word)
    assert deeds_of(app, number) == ["started", "saved"]
    at(monkeypatch, clock.now() + timedelta(hours=1))
    company.post(path, product_zh="四")
    assert deeds_of(app, number) == ["started", "saved", "saved"]


def test_another_category_in_an_answer_draws_another_code(app: Flask, company: Company) -> None:
    season = open_season(app)
    number = company.enter(season)
    first = company.entry(number).number
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.RETURNED
    company.post(f"/entries/{number}", **{**FILLED, "category": "B"})
    company.submit(f"/entries/{number}")
    assert (company.entry(number).number or "").startswith("B")
    assert company.entry(number).number != first


def test_deadlines_are_told_to_the_second(app: Flask, company: Company) -> None:
    """Issue 5, demand 2: to the second, so that nobody reads 23:59 and comes in the last minute."""
    season = open_season(app, opens_at=None, closes_at=CLOSES, screening_until=CLOSES + timedelta(days=7))
    path = company.fill(season)
    for page in (company.get(), company.get(path)):
        assert "23:59:59" in page
    company.submit(path)
    number = int(path.rpartition("/")[2])
    with app.app_context(), transaction() as session:
        session.get_one(AwardEntry, number).state = EntryState.RETURNED
    assert "23:59:59" in company.get(path)
    with app.app_context():
        said = entry_letters.letter("awards.entry_returned", {"entry_id": number}, "zh")
        assert "23:59:59" in said.text


def test_everybody_is_told_the_same_deadline(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The public page and the company's agree about the last second."""
    season = open_season(app, opens_at=None, closes_at=CLOSES)

    def open_to_everybody() -> bool:
        with app.app_context():
            return [each.id for each in published.open_seasons(the_expo())] == [season]

    at(monkeypatch, CLOSES + timedelta(microseconds=900_000))
    assert open_to_everybody()
    assert "/enter" in company.get()
    at(monkeypatch, CLOSES + timedelta(seconds=1))
    assert not open_to_everybody()
    assert "/enter" not in company.get()
