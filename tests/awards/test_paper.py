"""The paper jury: numbered sheets with a code that a reader reads, two readings by two persons, differences, scans."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from exhibitions.audit.models import Entry
from exhibitions.awards.models import Assignment, AwardSeason, Ballot, PaperSheet, Sheet, Typing
from exhibitions.awards.queries import paper as queries
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.queries.paper import Paper, Stage
from exhibitions.awards.rules.paper import Content, Printed, differences, lines_of, sheet_number, typed
from exhibitions.awards.rules.rule_set import Anchor, Criterion, Round, RoundKind, RuleSet
from exhibitions.awards.rules.sheet_entry import sheet_hash
from exhibitions.awards.rules.states import AssignmentState, SeasonState, SheetSource
from exhibitions.awards.service import paper as service
from exhibitions.awards.service import reopening
from exhibitions.awards.service.paper_drawing import sheets_pdf
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_entry, make_juror, make_season
from tests.awards.office import Office, make_office, root
from tests.factories import make_expo

RULES = RuleSet(
    criteria=(
        Criterion(
            code="look",
            weight=Decimal(60),
            name_zh="外观设计",
            name_en="Design",
            max=Decimal(10),
            step=Decimal("0.5"),
            anchors=(Anchor(mark=Decimal(10), text_zh="国际一流", text_en="World class"),),
        ),
        Criterion(code="use", weight=Decimal(40), name_zh="实用性", max=Decimal(10), required=False),
    )
)
BY = Actor("user", None, "Alice")
ready = pytest.mark.skipif(
    (shutil.which("zbarimg") is None or shutil.which("pdftotext") is None) and not os.environ.get("CI"),
    reason="zbarimg and pdftotext are not on this machine",
)


@pytest.fixture
def expo(context: None) -> Expo:
    return db.session.get_one(Expo, make_expo())


@pytest.fixture
def season(expo: Expo) -> AwardSeason:
    with transaction():
        found = make_season(expo, state=SeasonState.JUDGING, rules=RULES)
        first, second = (make_juror(found, code) for code in ("J01", "J02"))
        second.language = "en"
        for place, number in enumerate(("A001", "A002")):
            entry = make_entry(found, number)
            assign(entry, first, position=place)
            assign(entry, second, position=place)
    return found


@pytest.fixture
def office(app: Flask, expo: Expo) -> Office:
    return make_office(app)


def printed(expo: Expo, season: AwardSeason, juror_id: int | None = None) -> list[Printed]:
    with transaction():
        return service.print_sheets(expo, season, ROUND, juror_id, BY)


def sheet(season: AwardSeason, number: str) -> Paper:
    db.session.expire_all()
    found = queries.paper_numbered(season, number)
    assert found is not None
    return found


def type_it(office: Office, name: str, where: str, look: str, **more: str) -> Any:
    return getattr(office, name).post(where, data={"mark:look": look, **more})


@ready
class TestPdf:
    def test_every_page_says_its_number_and_the_code_is_read(
        self, expo: Expo, season: AwardSeason, tmp_path: Path
    ) -> None:
        file = tmp_path / "sheets.pdf"
        sheets = printed(expo, season)
        sheets_pdf(str(file), sheets, "sheets")  # type: ignore[arg-type]
        text = subprocess.run(
            ["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True
        ).stdout
        pages = text.split("\f")[:-1]
        assert [each.entry for each in sheets] == ["A001", "A002", "A001", "A002"]
        assert len(pages) == 4
        for page, each in zip(pages, sheets, strict=True):
            assert each.number in page
            assert each.entry in page
        assert "评分表" in pages[0]
        assert "外观设计" in pages[0]
        assert "国际一流" in pages[0]
        assert "0–10 步长 0.5" in pages[0]
        assert "A001轻工有限公司" not in text, "the sheet is blind: no company"
        assert "Score sheet" in pages[2]
        assert "World class" in pages[2]
        subprocess.run(["pdftoppm", "-r", "110", "-png", file, tmp_path / "page"], check=True)
        for image, each in zip(sorted(tmp_path.glob("page*.png")), sheets, strict=True):
            read = subprocess.run(
                ["zbarimg", "-q", "--raw", image], check=True, capture_output=True, text=True
            )
            assert read.stdout.strip() == each.number

    def test_a_long_rubric_goes_on_over_the_page(self, tmp_path: Path) -> None:
        anchors = tuple(Anchor(mark=Decimal(each), text_zh="评分说明" * 12) for each in range(4))
        long = RuleSet(
            criteria=tuple(
                Criterion(code=f"c{each}", weight=Decimal(5), name_zh=f"评分项{each}", anchors=anchors)
                for each in range(20)
            )
        )
        one = Printed("zh", "P1-0001", "评选", "J01 王", "1", "A001", "类", "产品" * 60, lines_of(long, "zh"))
        file = tmp_path / "long.pdf"
        sheets_pdf(str(file), [one], "long")  # type: ignore[arg-type]
        text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True)
        pages = text.stdout.split("\f")[:-1]
        assert len(pages) > 2
        assert all("P1-0001" in page for page in pages)
        assert sum("评委签名" in page for page in pages) == 1
        assert all(f"评分项{each}" in text.stdout for each in range(20))
        assert f"第 {len(pages)} 页，共 {len(pages)} 页" in pages[-1]


class TestNumbers:
    def test_a_sheet_keeps_its_number_when_it_is_printed_again(self, expo: Expo, season: AwardSeason) -> None:
        first = [each.number for each in printed(expo, season)]
        assert first == [sheet_number(season.id, each) for each in (1, 2, 3, 4)]
        assert [each.number for each in printed(expo, season)] == first
        with transaction():
            assign(make_entry(season, "A003"), sheet(season, first[0]).juror, position=9)
        assert printed(expo, season, sheet(season, first[0]).juror.id)[-1].number.endswith("0005")

    def test_only_what_is_left_to_judge_is_printed(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            for row in db.session.scalars(sa.select(Assignment)):
                row.state = AssignmentState.SUBMITTED
        with pytest.raises(Refused):
            printed(expo, season)

    def test_no_number_is_given_twice_whatever_is_gone(self, expo: Expo, season: AwardSeason) -> None:
        """Somebody has the paper with that number in hand."""
        first = printed(expo, season)
        with transaction():
            db.session.delete(sheet(season, first[0].number).row)
            assign(make_entry(season, "A003"), make_juror(season, "J03"))
        numbers = [each.number for each in printed(expo, season)]
        assert len(set(numbers)) == len(numbers)
        assert not {first[0].number} & set(numbers)

    def test_a_blind_sheet_names_no_company(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            season.is_blind = True
            assign(
                make_entry(season, "A009", product_zh="河口瓷业电水壶", company_zh="河口瓷业有限公司"),
                make_juror(season, "J09"),
            )
        (one,) = [each for each in printed(expo, season) if each.entry == "A009"]
        assert "河口瓷业" not in one.product
        assert "电水壶" in one.product

    def test_what_is_opened_again_is_printed_under_a_new_number(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        old = printed(expo, season)[0].number
        where = f"{root(expo, season)}/paper/"
        for name in ("alice", "zhou"):
            type_it(office, name, where + old, "8")
        with transaction():
            reopening.reopen(expo, season, sheet(season, old).place, "评委填错", BY)
        new = printed(expo, season)[0].number
        assert new != old
        assert sheet(season, old).stage is Stage.COUNTS, "until the new one is typed"
        for name in ("alice", "zhou"):
            type_it(office, name, where + new, "6")
        assert (sheet(season, old).stage, sheet(season, new).stage) == (Stage.REPLACED, Stage.COUNTS)
        (_, _, last) = sheet(season, new).place.sheets
        assert (last.marks, last.submitted_at is not None) == ({"look": "6"}, True)

    def test_the_list_has_pages_and_says_how_many_there_are(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            row = make_juror(season, "J03")
            for number in range(60):
                assign(make_entry(season, f"B{number:03}"), row, position=number)
        numbers = [each.number for each in printed(expo, season)]
        where = f"{root(expo, season)}/paper"
        first = office.alice.get(where).get_data(as_text=True)
        second = office.alice.get(f"{where}?page=2").get_data(as_text=True)
        assert "64" in first
        shown = [numbers[0] in first, numbers[-1] in first, numbers[0] in second, numbers[-1] in second]
        assert shown == [True, False, False, True]

    def test_p22_the_hash_of_marks_stands_in_no_trail(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        number = printed(expo, season)[0].number
        for name in ("alice", "zhou"):
            type_it(office, name, f"{root(expo, season)}/paper/{number}", "8")
        (made,) = sheet(season, number).place.sheets
        assert made.hash
        assert all(made.hash not in str(each) for each in db.session.scalars(sa.select(Entry.after)))

    def test_the_office_fetches_them_as_one_file(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        answer = office.alice.post(f"{root(expo, season)}/paper/print", data={"round": ROUND, "juror": ""})
        assert answer.data.startswith(b"%PDF-")
        number = sheet_number(season.id, 1)
        found = office.alice.post(f"{root(expo, season)}/paper/find", data={"number": number.lower()})
        assert found.headers["Location"].endswith(number)
        assert office.alice.post(f"{root(expo, season)}/paper/find", data={"number": "P9"}).status_code == 303


class TestTyping:
    @pytest.fixture
    def where(self, expo: Expo, season: AwardSeason) -> str:
        return f"{root(expo, season)}/paper/{printed(expo, season)[0].number}"

    def test_two_persons_who_read_the_same_make_it_count(
        self, expo: Expo, season: AwardSeason, office: Office, where: str
    ) -> None:
        number = where.rpartition("/")[2]
        assert type_it(office, "alice", where, "８．５", comment="好 产品").status_code == 303
        assert sheet(season, number).row.settled_at is None
        assert type_it(office, "alice", where, "8.5").status_code == 303
        assert sheet(season, number).turns == 1, "the same person is the same reading"
        type_it(office, "zhou", where, "8.50")
        found = sheet(season, number)
        (made,) = found.place.sheets
        assert (made.source, made.marks, made.submitted_at is not None) == (
            SheetSource.PAPER,
            {"look": "8.5"},
            True,
        )
        assert made.hash == sheet_hash({"look": "8.5"}, eliminated=False)
        assert found.place.state is AssignmentState.SUBMITTED
        type_it(office, "awa", where, "1")
        assert len(sheet(season, number).place.sheets) == 1

    def test_a_reading_is_seen_by_its_typist_alone(
        self, expo: Expo, season: AwardSeason, office: Office, where: str
    ) -> None:
        type_it(office, "alice", where, "7.5", comment="暗记")
        assert 'value="7.5"' in office.alice.get(where).get_data(as_text=True)
        for name in ("zhou", "awa"):
            page = getattr(office, name).get(where).get_data(as_text=True)
            assert 'value="7.5"' not in page
            assert "暗记" not in page

    def test_differences_are_listed_and_settled_with_a_reason(
        self, expo: Expo, season: AwardSeason, office: Office, where: str
    ) -> None:
        number = where.rpartition("/")[2]
        type_it(office, "alice", where, "7.5", comment="好")
        type_it(office, "zhou", where, "1.5", comment="好", eliminated="y")
        assert sheet(season, number).row.settled_at is None
        assert office.alice.get(f"{where}/settle").status_code == 403
        assert office.zhou.post(f"{where}/settle").status_code == 403
        page = office.awa.get(f"{where}/settle").get_data(as_text=True)
        assert page.count('<fieldset class="field"') == 2
        assert "7.5" in page
        assert "1.5" in page
        chosen = {"mark:look": "1", "eliminated": "1", "reason": "纸上是 7.5"}
        for wrong in ({"reason": " "}, {"eliminated": ""}, {"mark:look": "9"}):
            assert office.awa.post(f"{where}/settle", data=chosen | wrong).status_code == 422
        assert sheet(season, number).place.sheets == []
        assert office.awa.post(f"{where}/settle", data=chosen).status_code == 303
        (made,) = sheet(season, number).place.sheets
        assert (made.marks, made.eliminated, made.reason) == ({"look": "7.5"}, False, "纸上是 7.5")
        seen = db.session.scalars(sa.select(Entry.action)).all()
        assert "awards.paper_seen" in seen
        assert "awards.paper_settled" in seen

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"mark:look": "11"}, "11"),
            ({"mark:look": "7.3"}, "0.5"),
            ({"mark:look": "seven"}, "88.5"),
            ({}, "field-error"),
            ({"mark:look": "7", "comment": "x" * 2001}, "field-error"),
        ],
    )
    def test_marks_off_the_scale_are_named(
        self,
        expo: Expo,
        season: AwardSeason,
        office: Office,
        where: str,
        values: dict[str, str],
        sentence: str,
    ) -> None:
        answer = office.alice.post(where, data=values)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
        assert db.session.scalars(sa.select(Typing)).all() == []

    def test_aw03_a_required_mark_may_be_blank_on_paper(
        self, expo: Expo, season: AwardSeason, office: Office, where: str
    ) -> None:
        for name in ("alice", "zhou"):
            getattr(office, name).post(where, data={"mark:use": "6"})
        (made,) = sheet(season, where.rpartition("/")[2]).place.sheets
        assert made.marks == {"use": "6"}

    def test_one_of_link_and_paper_counts(
        self, expo: Expo, season: AwardSeason, office: Office, where: str
    ) -> None:
        found = sheet(season, where.rpartition("/")[2])
        with transaction():
            found.place.state = AssignmentState.SUBMITTED
        type_it(office, "alice", where, "7")
        assert db.session.scalars(sa.select(Typing)).all() == []

    @pytest.mark.parametrize("state", [SeasonState.DELIBERATING, SeasonState.LOCKED])
    def test_not_once_deliberation_has_begun(
        self, expo: Expo, season: AwardSeason, state: SeasonState
    ) -> None:
        found = sheet(season, printed(expo, season)[0].number)
        with transaction():
            season.state = state
        with transaction(), pytest.raises(Conflict):
            service.type_in(expo, season, found, Content({"look": "7"}), BY)

    def test_who_has_no_account_types_nothing_twice(self, expo: Expo, season: AwardSeason) -> None:
        found = sheet(season, printed(expo, season)[0].number)
        with transaction():
            service.type_in(expo, season, found, Content({"look": "7"}), BY)
        with transaction(), pytest.raises(Refused) as refused:
            service.type_in(expo, season, found, Content({"look": "7"}), BY)
        assert refused.value.code == "same_person"
        assert db.session.scalars(sa.select(Sheet)).all() == []


class TestOrders:
    """A ranking round on paper: one sheet a juror, a box for the place of every entry (§3.4 step 13)."""

    @pytest.fixture
    def ranking(self, expo: Expo) -> AwardSeason:
        with transaction():
            found = make_season(
                expo, state=SeasonState.JUDGING, rules=RuleSet(rounds=(Round(kind=RoundKind.RANKING),))
            )
            people = [make_juror(found, code) for code in ("J01", "J02")]
            for place, number in enumerate(("A001", "A002", "A003")):
                entry = make_entry(found, number)
                for juror in people:
                    assign(entry, juror, position=place)
        return found

    @pytest.fixture
    def where(self, expo: Expo, ranking: AwardSeason) -> str:
        return f"{root(expo, ranking)}/paper/{printed(expo, ranking)[0].number}"

    def places(self, *typed: str) -> dict[str, str]:
        return {f"place:A{number:03}": text for number, text in enumerate(typed, 1)}

    def ballots(self) -> list[Ballot]:
        db.session.expire_all()
        return list(db.session.scalars(sa.select(Ballot).order_by(Ballot.version)))

    def test_two_persons_who_read_the_same_make_it_count(
        self, expo: Expo, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        number = where.rpartition("/")[2]
        assert office.alice.post(where, data=self.places("2", "１", "2")).status_code == 303
        assert self.ballots() == []
        assert office.zhou.post(where, data=self.places("2", "1", "2")).status_code == 303
        (made,) = self.ballots()
        assert (made.order, made.submitted_at is not None) == ([["A002"], ["A001", "A003"]], True)
        assert {each.state for each in sheet(ranking, number).places} == {AssignmentState.SUBMITTED}
        assert sheet(ranking, number).stage is Stage.COUNTS
        (counted,) = case_of(ranking).file.ballots
        assert counted.order == (("A002",), ("A001", "A003"))
        left = printed(expo, ranking)
        assert [each.juror[:3] for each in left] == ["J02"], "who has sent an order needs no sheet"

    @pytest.mark.parametrize(
        "wrong", [("1", "2", ""), ("0", "1", "2"), ("1", "2", "4"), ("one", "2", "3"), ("1.5", "2", "3")]
    )
    def test_places_that_cannot_be_are_named(
        self, ranking: AwardSeason, office: Office, where: str, wrong: tuple[str, ...]
    ) -> None:
        answer = office.alice.post(where, data=self.places(*wrong))
        assert answer.status_code == 422
        assert "field-error" in answer.get_data(as_text=True)
        assert db.session.scalars(sa.select(Typing)).all() == []

    def test_differences_are_settled_with_a_reason(
        self, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        office.alice.post(where, data=self.places("1", "2", "3"))
        office.zhou.post(where, data=self.places("1", "3", "2"))
        page = office.awa.get(f"{where}/settle").get_data(as_text=True)
        assert page.count('<fieldset class="field"') == 2
        assert "A002" in page
        chosen = {"place:A002": "2", "place:A003": "2", "reason": "纸上 A002 为 3"}
        assert office.awa.post(f"{where}/settle", data=chosen | {"place:A003": ""}).status_code == 422
        assert office.awa.post(f"{where}/settle", data=chosen).status_code == 303
        (made,) = self.ballots()
        assert made.order == [["A001"], ["A003"], ["A002"]]

    def test_an_entry_that_was_recused_is_no_part_of_it(
        self, expo: Expo, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        number = where.rpartition("/")[2]
        with transaction():
            sheet(ranking, number).places[1].state = AssignmentState.RECUSED
        assert "place:A002" not in office.alice.get(where).get_data(as_text=True)
        for name in ("alice", "zhou"):
            getattr(office, name).post(where, data={"place:A001": "2", "place:A003": "1"})
        (made,) = self.ballots()
        assert made.order == [["A003"], ["A001"]]

    def test_with_another_entry_there_is_a_newer_sheet(
        self, expo: Expo, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        number = where.rpartition("/")[2]
        assert printed(expo, ranking)[0].number == number
        with transaction():
            assign(make_entry(ranking, "A004"), sheet(ranking, number).juror, position=3)
        newer = printed(expo, ranking)[0]
        assert (newer.number != number, len(newer.lines)) == (True, 4)
        office.alice.post(where, data=self.places("1", "2", "3"))
        assert db.session.scalars(sa.select(Typing)).all() == []
        assert sheet(ranking, number).stage is Stage.REPLACED

    def test_one_of_link_and_paper_counts(
        self, expo: Expo, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        with transaction():
            for place in sheet(ranking, where.rpartition("/")[2]).places:
                place.state = AssignmentState.SUBMITTED
        office.alice.post(where, data=self.places("1", "2", "3"))
        assert db.session.scalars(sa.select(Typing)).all() == []

    def test_an_order_that_is_opened_again_is_printed_and_counts_anew(
        self, expo: Expo, ranking: AwardSeason, office: Office, where: str
    ) -> None:
        for name in ("alice", "zhou"):
            getattr(office, name).post(where, data=self.places("1", "2", "3"))
        with transaction():
            reopening.reopen(expo, ranking, sheet(ranking, where.rpartition("/")[2]).place, "x", BY)
        new = printed(expo, ranking)[0].number
        for name in ("alice", "zhou"):
            getattr(office, name).post(f"{root(expo, ranking)}/paper/{new}", data=self.places("3", "2", "1"))
        assert [each.submitted_at is not None for each in self.ballots()] == [True, False, True]
        (counted,) = case_of(ranking).file.ballots
        assert counted.order == (("A003",), ("A002",), ("A001",))

    @ready
    def test_the_paper_has_a_box_for_every_entry(
        self, expo: Expo, ranking: AwardSeason, tmp_path: Path
    ) -> None:
        file = tmp_path / "orders.pdf"
        sheets = printed(expo, ranking)
        sheets_pdf(str(file), sheets, "sheets")  # type: ignore[arg-type]
        text = subprocess.run(
            ["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True
        ).stdout
        pages = text.split("\f")[:-1]
        assert len(pages) == 2
        for page, each in zip(pages, sheets, strict=True):
            assert each.number in page
            assert all(entry in page for entry in ("A001", "A002", "A003", "排序表", "名次"))
            assert "不予授奖" not in page


class TestScan:
    def test_it_is_kept_and_shown_to_who_may_see_marks_alone(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        where = f"{root(expo, season)}/paper/{printed(expo, season)[0].number}/scan"
        scan = FileStorage(io.BytesIO(b"%PDF-1.7 marks"), "评分表.pdf")
        assert office.alice.post(where, data={"scan": scan}).status_code == 303
        assert office.alice.get(f"{where}/file").status_code == 403
        with office.awa.get(f"{where}/file") as answer:
            assert answer.data == b"%PDF-1.7 marks"
        row = db.session.scalars(sa.select(PaperSheet).where(PaperSheet.file_id.is_not(None))).one()
        assert office.alice.get(f"/desk/8th/files/{row.file_id}").status_code in (403, 404)
        assert office.awa.get(f"{where[:-9]}0002/scan/file").status_code == 404

    @pytest.mark.parametrize("content", [b"MZ\x90", b"<svg onload=alert(1)>", b""])
    def test_only_a_pdf_or_a_picture(
        self, expo: Expo, season: AwardSeason, office: Office, content: bytes
    ) -> None:
        where = f"{root(expo, season)}/paper/{printed(expo, season)[0].number}/scan"
        office.alice.post(where, data={"scan": FileStorage(io.BytesIO(content), "x.pdf")})
        office.alice.post(where, data={})
        db.session.expire_all()
        assert set(db.session.scalars(sa.select(PaperSheet.file_id))) == {None}


MARKS = st.dictionaries(st.sampled_from(["look", "use"]), st.sampled_from(["1", "7.5", "10"]))
CONTENTS = st.builds(Content, MARKS, st.booleans(), st.sampled_from(["", "好 产品", "好产品"]))


@given(CONTENTS, CONTENTS)
def test_readings_differ_both_ways_alike(one: Content, other: Content) -> None:
    mine, theirs = list(differences(RULES, one, other)), list(differences(RULES, other, one))
    assert [each.name for each in mine] == [each.name for each in theirs]
    assert list(differences(RULES, one, one)) == []
    if one.marks != other.marks or one.eliminated != other.eliminated:
        assert mine


def test_an_empty_sheet_may_still_be_against_an_award() -> None:
    content, wrong = typed(RULES, {"eliminated": "y"})
    assert (content.eliminated, wrong) == (True, {})
