"""Interests of jurors: found, declared, decided, and what they take from a juror (AW-34)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
    Conflict,
)
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.casework import case_of
from exhibitions.awards.queries.conflicts import standing
from exhibitions.awards.rules.conflicts import Verdict
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    SeasonState,
)
from exhibitions.awards.service import assigning, conflicts
from exhibitions.awards.service.conflicts import Search
from exhibitions.companies import service as companies
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Forbidden, Refused
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, deeds, draw, entry, juror, queues

pytestmark = pytest.mark.usefixtures("context")


class TestInterests:
    def test_aw34_the_employer_is_refused_and_never_drawn(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工"
        draw(expo, season)
        assert "A001" not in queues(season).get("J01", [])
        with transaction(), pytest.raises(Refused) as refused:
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
        assert refused.value.code == "conflict"

    def test_aw34_a_mail_domain_is_flagged_free_mail_is_not(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            juror(season, "J01").email, juror(season, "J02").email = "a@jia.example", "b@163.com"
            entry(season, "A001").contact_email = "sales@jia.example"
            entry(season, "A002").contact_email = "sales@163.com"
            conflicts.search(expo, season, BY)
        (row,) = db.session.scalars(sa.select(Conflict))
        assert (row.kind, row.decision) == (ConflictKind.MAIL_DOMAIN, ConflictDecision.OPEN)
        with transaction():
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
        found = drawing.preview(expo, season, ROUND, "seed")
        assert [tuple(pair) for pair in found.flagged] == [("J01", "A001")]

    def test_a_former_employer_counts_on_the_day_of_judging(self, expo: Expo, season: AwardSeason) -> None:
        day = jury.judging_day(expo, season)
        with transaction():
            juror(season, "J01").former = [
                {"company": "A001轻工", "until": day.replace(year=day.year - 3).isoformat()},
                {"company": "A002轻工", "until": (day.replace(year=day.year - 3) - timedelta(1)).isoformat()},
            ]
            conflicts.search(expo, season, BY)
        (row,) = db.session.scalars(sa.select(Conflict))
        assert (row.entry_id, row.kind) == (entry(season, "A001").id, ConflictKind.FORMER_EMPLOYER)

    def test_what_refuses_of_itself_is_dismissed_by_the_award_office_with_a_reason_alone(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工有限公司"
        assert office.alice.post(f"{root(expo, season)}/jury/interests/search").status_code == 303
        (row,) = db.session.scalars(sa.select(Conflict))
        where = f"{root(expo, season)}/jury/interests/{row.id}"
        dismissed = {"decision": "dismissed", "reason": "同名不同企业"}
        assert office.alice.post(where, data=dismissed).status_code == 422
        assert office.awa.post(where, data=dismissed | {"reason": " "}).status_code == 422
        assert office.awa.post(where, data={"reason": "x"}).status_code == 422
        db.session.expire_all()
        assert db.session.get_one(Conflict, row.id).decision is ConflictDecision.UPHELD
        assert office.awa.post(where, data=dismissed).status_code == 303
        assert "awards.conflict_decided" in deeds()
        with transaction():
            assert conflicts.search(expo, season, BY) == Search()
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
        assert "同名不同企业" in office.chen.get(f"{root(expo, season)}/jury/interests").get_data(
            as_text=True
        )

    def test_what_holds_no_more_goes_unless_somebody_decided_it(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工有限公司"
            assert conflicts.search(expo, season, BY) == Search(new=1)
            assert conflicts.search(expo, season, BY) == Search()
            juror(season, "J01").employer = "别处"
            assert conflicts.search(expo, season, BY) == Search(gone=1)

    def test_what_is_declared_waits_and_is_upheld_with_the_sheet(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        where = f"{root(expo, season)}/jury/interests"
        noted = {
            "juror": str(juror(season, "J01").id),
            "kind": "family",
            "source": "declared",
            "entry": "",
            "company": "A001轻工",
            "reason": "配偶在该公司任职",
        }
        assert office.alice.post(f"{where}/new", data=noted | {"company": ""}).status_code == 422
        assert office.alice.post(f"{where}/new", data=noted | {"kind": "self"}).status_code == 422
        assert office.alice.post(f"{where}/new", data=noted).status_code == 303
        with transaction():
            db.session.delete(db.session.get_one(Assignment, sheet.assignment_id))
        with transaction(), pytest.raises(Refused) as refused:
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
        assert refused.value.code == "conflict_open"
        draw(expo, season)
        assert "A001" not in queues(season).get("J01", [])
        with transaction():
            again = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        (row,) = db.session.scalars(sa.select(Conflict))
        with transaction():
            taken = conflicts.decide(
                expo, season, row, ConflictDecision.UPHELD, "属实", is_award_office=False, by=BY
            )
        assert taken == 1
        state = db.session.get_one(Assignment, again.assignment_id).state
        assert state is AssignmentState.RECUSED, "AW-05: counts neither as zero nor in n"

    def test_after_the_lock_nothing_is_decided(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            row = conflicts.note(
                expo,
                season,
                juror(season, "J01"),
                entry=entry(season, "A001"),
                company="",
                kind=ConflictKind.ADVISOR,
                source=ConflictSource.CHALLENGE,
                reason="顾问",
                by=BY,
            )
            season.state = SeasonState.LOCKED
        with transaction(), pytest.raises(Stale):
            conflicts.decide(expo, season, row, ConflictDecision.UPHELD, "x", is_award_office=True, by=BY)

    def test_forbidden_to_the_organiser(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工有限公司"
            conflicts.search(expo, season, BY)
        (row,) = db.session.scalars(sa.select(Conflict))
        with transaction(), pytest.raises(Forbidden):
            conflicts.decide(expo, season, row, ConflictDecision.DISMISSED, "x", is_award_office=False, by=BY)

    def test_what_was_only_alike_is_found_anew_once_it_is_certain(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        """A corrected employer is another interest: the open one of before hides nothing."""
        with transaction():
            juror(season, "J01").employer = "大连甲"
            entry(season, "A001").company_zh = "大连甲厂"
            conflicts.search(expo, season, BY)
        (row,) = db.session.scalars(sa.select(Conflict))
        assert row.decision is ConflictDecision.OPEN
        with transaction():
            juror(season, "J01").employer = "大连甲厂有限公司"
        draw(expo, season)
        assert "A001" not in queues(season).get("J01", [])
        with transaction():
            assert conflicts.search(expo, season, BY) == Search(new=1, gone=1)
        (row,) = db.session.scalars(sa.select(Conflict))
        assert row.decision is ConflictDecision.UPHELD

    def test_a_dismissal_holds_for_the_names_that_were_compared_alone(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工有限公司"
            conflicts.search(expo, season, BY)
        (row,) = db.session.scalars(sa.select(Conflict))
        with transaction():
            conflicts.decide(
                expo, season, row, ConflictDecision.DISMISSED, "同名", is_award_office=True, by=BY
            )
            juror(season, "J01").employer = "A001 Light Industry"
        means = standing(expo, season, [juror(season, "J01")], [entry(season, "A001")])
        assert [each.verdict for each in means.values()] == [Verdict.REFUSED]
        with transaction():
            juror(season, "J01").employer = "A001轻工"
        assert standing(expo, season, [juror(season, "J01")], [entry(season, "A001")]) == {}, (
            "only the form differs"
        )

    def test_a_corrected_employer_takes_what_the_juror_judges(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        """AW-34 after the drawing: saving compares anew, and says what it took."""
        row = juror(season, "J01")
        with transaction():
            sheet = make_sheet(entry(season, "A001"), row, "88")
            other = assign(entry(season, "A002"), row)
        sent = {"name": row.name, "employer": "A001轻工", "email": row.email, "language": "zh"}
        page = office.alice.post(f"{root(expo, season)}/jury/{row.id}", data=sent, follow_redirects=True)
        assert page.status_code == 200
        db.session.expire_all()
        assert db.session.get_one(Assignment, sheet.assignment_id).state is AssignmentState.RECUSED
        assert db.session.get_one(Assignment, other.id).state is AssignmentState.ASSIGNED
        (found,) = db.session.scalars(sa.select(Conflict))
        assert (found.kind, found.decision) == (ConflictKind.EMPLOYER, ConflictDecision.UPHELD)
        with transaction():
            season.state = SeasonState.LOCKED
        sent["employer"] = "A002轻工"
        assert office.alice.post(f"{root(expo, season)}/jury/{row.id}", data=sent).status_code == 303
        db.session.expire_all()
        assert db.session.get_one(Assignment, other.id).state is AssignmentState.ASSIGNED, "AW-33"

    def test_a_corrected_company_takes_its_entries_from_its_people(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        with transaction():
            company = companies.add(CompanyFacts(name_zh="大连旧名有限公司"), BY)
            entry(season, "A001").company_id = company.id
            juror(season, "J01").employer = "大连新名"
            place = assign(entry(season, "A001"), juror(season, "J01"))
            companies.change(company, CompanyFacts(name_zh="大连新名有限公司"), BY)
        db.session.expire_all()
        assert db.session.get_one(Assignment, place.id).state is AssignmentState.RECUSED

    def test_what_was_upheld_and_then_dismissed_is_given_back_with_its_score(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            row = conflicts.note(
                expo,
                season,
                juror(season, "J01"),
                entry=entry(season, "A001"),
                company="",
                kind=ConflictKind.ADVISOR,
                source=ConflictSource.CHALLENGE,
                reason="顾问",
                by=BY,
            )
            conflicts.decide(expo, season, row, ConflictDecision.UPHELD, "属实", is_award_office=False, by=BY)
        where = f"{root(expo, season)}/assignments/{sheet.assignment_id}"
        assert "give-back" in office.alice.get(where).get_data(as_text=True)
        office.alice.post(f"{where}/back", data={"reason": "撤回"})
        db.session.expire_all()
        assert db.session.get_one(Assignment, sheet.assignment_id).state is AssignmentState.RECUSED
        with transaction():
            conflicts.decide(
                expo, season, row, ConflictDecision.DISMISSED, "不实", is_award_office=False, by=BY
            )
        office.alice.post(f"{where}/back", data={"reason": " "})
        db.session.expire_all()
        assert db.session.get_one(Assignment, sheet.assignment_id).state is AssignmentState.RECUSED
        assert office.alice.post(f"{where}/back", data={"reason": "查明不实"}).status_code == 303
        db.session.expire_all()
        assert db.session.get_one(Assignment, sheet.assignment_id).state is AssignmentState.SUBMITTED
        assert "awards.given_back" in deeds()
        (counted,) = case_of(season).file.sheets
        assert str(counted.scores["score"]) == "88"

    def test_a_choice_of_entries_is_plain_text(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        with transaction():
            entry(season, "A001").product_en = ""
        page = office.alice.get(f"{root(expo, season)}/jury/interests/new?lang=en").get_data(as_text=True)
        assert "&lt;span" not in page
