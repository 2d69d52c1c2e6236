"""O12, the jury: jurors, interests, the drawing, progress without marks, invitations, reopening (awards.md §3.3, P22)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from exhibitions.accounts.models import PersonalLink
from exhibitions.audit.models import Entry
from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
    Conflict,
    JudgingRound,
    Juror,
    Panel,
    Sheet,
)
from exhibitions.awards.queries import assigning as drawing
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    SeasonState,
)
from exhibitions.awards.service import assigning, conflicts, inviting_jurors, jurors, reopening
from exhibitions.awards.service.juror_access import check_code
from exhibitions.awards.views import jury_letters
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Forbidden, Refused
from exhibitions.expos.models import Expo
from exhibitions.mail.models import Mail
from tests.asked import counted
from tests.awards.making import ROUND, assign, make_entry, make_juror, make_season, make_sheet
from tests.awards.office import Office, make_office, root
from tests.engines import both_engines
from tests.factories import make_expo

BY = Actor("user", None, "Alice")
pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def expo(context: None) -> Expo:
    return db.session.get_one(Expo, make_expo())


@pytest.fixture
def season(expo: Expo) -> AwardSeason:
    with transaction():
        found = make_season(expo, state=SeasonState.JUDGING, categories=("A", "B"), jurors_per_entry=3)
        for number in range(1, 5):
            make_entry(found, f"A{number:03}")
        for number in range(1, 5):
            make_juror(found, f"J{number:02}")
    return found


@pytest.fixture
def office(app: Flask, expo: Expo) -> Office:
    return make_office(app)


def juror(season: AwardSeason, code: str) -> Juror:
    return next(each for each in jury.jurors(season, left=True) if each.code == code)


def entry(season: AwardSeason, number: str) -> Any:
    return next(each for each in jury.entries_to_judge(season) if each.number == number)


def draw(expo: Expo, season: AwardSeason, *, anew: bool = False, seed: str = "seed") -> int:
    mark = drawing.preview(expo, season, ROUND, seed, anew=anew).mark
    with transaction():
        return assigning.apply(expo, season, ROUND, seed, mark, anew=anew, by=BY)


def queues(season: AwardSeason) -> dict[str, list[str]]:
    db.session.expire_all()
    codes = {each.id: each.code for each in jury.jurors(season, left=True)}
    found: dict[str, list[str]] = {}
    for place in jury.assignments(season, ROUND):
        if place.state not in jury.GONE:
            found.setdefault(codes[place.juror_id], []).append(str(place.entry.number))
    return found


def deeds() -> list[str]:
    return list(db.session.scalars(sa.select(Entry.action).order_by(Entry.id)))


class TestJurors:
    def test_a_juror_is_appointed_changed_and_leaves(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        where = f"{root(expo, season)}/jury"
        sent = {
            "name": "王教授",
            "employer": "大连甲厂有限公司",
            "former": "沈阳乙厂 2024-05-31\n丙研究所，2020/1/2\n丁公司",
            "email": "Wang@univ.example",
            "phone": "13900000001",
            "language": "zh",
            "term_until": "2027-12-31",
            "has_agreed": "y",
        }
        assert office.alice.post(f"{where}/new", data=sent).status_code == 303
        row = juror(season, "J05")
        assert (row.name, row.email, row.phone) == ("王教授", "wang@univ.example", "+8613900000001")
        assert [(each.company, each.until) for each in jury.formers(row)] == [
            ("沈阳乙厂", date(2024, 5, 31)),
            ("丙研究所", date(2020, 1, 2)),
            ("丁公司", None),
        ]
        assert row.agreement_at is not None
        page = office.alice.get(f"{where}/{row.id}").get_data(as_text=True)
        assert "沈阳乙厂 2024-05-31" in page
        assert office.alice.post(f"{where}/{row.id}", data=sent | {"title": "院长"}).status_code == 303
        with transaction():
            place = assign(entry(season, "A001"), row)
            sheet = make_sheet(entry(season, "A002"), row, "88")
        assert office.alice.post(f"{where}/{row.id}/leave", data={"reason": " "}).status_code == 303
        db.session.expire_all()
        assert juror(season, "J05").left_at is None
        office.alice.post(f"{where}/{row.id}/leave", data={"reason": "病假"})
        db.session.expire_all()
        assert juror(season, "J05").left_at is not None
        assert db.session.get_one(Assignment, place.id).state is AssignmentState.WITHDRAWN
        assert db.session.get_one(Sheet, sheet.id).submitted_at is not None
        office.alice.post(f"{where}/{row.id}/back")
        db.session.expire_all()
        assert juror(season, "J05").left_at is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"former": "大连甲厂 2024-02-31"},
            {"former": "2024-02-01"},
            {"email": "nobody"},
            {"phone": "12"},
            {"email": "j01@jury.example"},
            {"language": "xx"},
        ],
    )
    def test_bad_input_is_a_sentence(
        self, expo: Expo, season: AwardSeason, office: Office, wrong: dict[str, str]
    ) -> None:
        sent = {"name": "王", "language": "zh"} | wrong
        answer = office.alice.post(f"{root(expo, season)}/jury/new", data=sent)
        assert answer.status_code == 422
        assert "field-error" in answer.get_data(as_text=True)
        assert len(jury.jurors(season)) == 4

    def test_who_may_and_who_may_not(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        for path in ("jury", "jury/interests", "assignments", "paper"):
            for name, status in (("alice", 200), ("awa", 200), ("chen", 200), ("bob", 403), ("charlie", 404)):
                got = getattr(office, name).get(f"{root(expo, season)}/{path}").status_code
                assert got == status, (path, name)
        for path in ("jury/new", "assignments/drawing"):
            assert office.chen.get(f"{root(expo, season)}/{path}").status_code == 403

    def test_another_fairs_juror_is_not_found(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        ninth = make_expo("9th", 9)
        with transaction():
            other = make_season(db.session.get_one(Expo, ninth))
        path = f"/desk/9th/awards/{other.id}/jury/{juror(season, 'J01').id}"
        assert office.dora.get(path).status_code == 404
        assert office.dora.get(f"/desk/9th/awards/{season.id}/jury").status_code == 404

    def test_the_list_asks_the_same_for_many(
        self, app: Flask, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        def asked() -> int:
            with counted(app) as few:
                office.alice.get(f"{root(expo, season)}/jury")
                office.alice.get(f"{root(expo, season)}/assignments")
            return len(few)

        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
        asked()
        before = asked()
        with transaction():
            for number in range(10, 30):
                one = make_juror(season, f"J{number}")
                assign(make_entry(season, f"A{number:03}"), one)
        asked()
        assert asked() <= before


class TestPanels:
    def test_a_panel_has_a_president_from_its_middle(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        first, second, third, _ = jury.jurors(season)
        where = f"{root(expo, season)}/jury/panels/{season.categories[0].id}"
        outside = {"members": [first.id, second.id], "president": third.id}
        assert office.alice.post(where, data=outside).status_code == 422
        assert office.alice.post(where, data={**outside, "president": second.id}).status_code == 303
        (panel,) = db.session.scalars(sa.select(Panel))
        assert panel.president_id == second.id
        draw(expo, season)
        assert set(queues(season)) == {"J01", "J02"}
        office.alice.post(where, data={"president": 0})
        db.session.expire_all()
        assert db.session.scalars(sa.select(Panel)).all() == []

    def test_categories_without_a_panel_are_judged_by_the_panel_for_all(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        people = jury.jurors(season)
        with transaction():
            jurors.set_panel(expo, season, None, [people[3].id], None, BY)
            jurors.set_panel(expo, season, season.categories[1], [people[0].id], None, BY)
        members = jury.panel_members(season, jury.jurors(season))
        assert members[season.categories[0].id] == {people[3].id}
        assert members[season.categories[1].id] == {people[0].id}


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
            assert conflicts.search(expo, season, BY) == (0, 0)
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
        assert "同名不同企业" in office.chen.get(f"{root(expo, season)}/jury/interests").get_data(
            as_text=True
        )

    def test_what_holds_no_more_goes_unless_somebody_decided_it(
        self, expo: Expo, season: AwardSeason
    ) -> None:
        with transaction():
            juror(season, "J01").employer = "A001轻工有限公司"
            assert conflicts.search(expo, season, BY) == (1, 0)
            assert conflicts.search(expo, season, BY) == (0, 0)
            juror(season, "J01").employer = "别处"
            assert conflicts.search(expo, season, BY) == (0, 1)

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


class TestDrawing:
    def test_it_is_shown_and_carried_out(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments/drawing"
        page = office.alice.get(f"{where}?seed=2026").get_data(as_text=True)
        assert jury.assignments(season, ROUND) == []
        mark = re.search(r'name="mark" value="(\w+)"', page)
        assert mark is not None
        sent = {"seed": "2026", "mark": mark[1]}
        assert office.alice.post(where, data=sent).status_code == 303
        found = queues(season)
        assert sorted(len(queue) for queue in found.values()) == [3, 3, 3, 3]
        assert db.session.get_one(AwardSeason, season.id).seed == "2026"
        assert "awards.drawn" in deeds()
        office.alice.post(where, data=sent)
        assert queues(season) == found

    def test_what_changed_meanwhile_is_not_drawn(self, expo: Expo, season: AwardSeason) -> None:
        mark = drawing.preview(expo, season, ROUND, "seed").mark
        with transaction():
            make_entry(season, "A009")
        with transaction(), pytest.raises(Stale):
            assigning.apply(expo, season, ROUND, "seed", mark, anew=False, by=BY)

    @pytest.mark.parametrize("seed", ["", " ", "x" * 65])
    def test_a_seed_is_needed(self, expo: Expo, season: AwardSeason, seed: str) -> None:
        with transaction(), pytest.raises(Refused):
            assigning.apply(expo, season, ROUND, seed, "x", anew=False, by=BY)

    @both_engines
    def test_a_later_entry_moves_no_other(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        before = queues(season)
        with transaction():
            make_entry(season, "A009", category="B")
        assert draw(expo, season) == 3
        after = queues(season)
        assert {code: [n for n in queue if n != "A009"] for code, queue in after.items()} == before

    def test_a_recused_entry_goes_to_another(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        code, queue = next(iter(queues(season).items()))
        place = jury.place_of(season, ROUND, juror(season, code), entry(season, queue[0]))
        assert place is not None
        with transaction():
            place.state = AssignmentState.RECUSED
        assert draw(expo, season) == 1
        assert queue[0] not in queues(season)[code]
        assert sum(queue[0] in each for each in queues(season).values()) == 3

    def test_anew_gives_back_what_nobody_has_begun(self, expo: Expo, season: AwardSeason) -> None:
        draw(expo, season)
        code, queue = next(iter(queues(season).items()))
        place = jury.place_of(season, ROUND, juror(season, code), entry(season, queue[0]))
        assert place is not None
        with transaction():
            place.state = AssignmentState.IN_PROGRESS
        draw(expo, season, anew=True, seed="another")
        assert queue[0] in queues(season)[code]

    def test_lacking_jurors_and_a_short_quorum_are_named(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            season.jurors_per_entry = 6
        page = office.alice.get(f"{root(expo, season)}/assignments/drawing").get_data(as_text=True)
        assert "A001" in page
        assert drawing.preview(expo, season, ROUND, "seed").drawn.lacking["A001"] == 2
        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
        lines = jury.matrix(season, ROUND, 3)
        assert {line.entry.number: line.short for line in lines} == {
            "A001": 2,
            "A002": 3,
            "A003": 3,
            "A004": 3,
        }


class TestByHand:
    def test_one_entry_is_given_and_taken(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments"
        sent = {"juror": str(juror(season, "J01").id), "entry": "A001"}
        assert office.alice.post(f"{where}/give", data=sent).status_code == 303
        (place,) = jury.assignments(season, ROUND)
        office.alice.post(f"{where}/give", data=sent)
        assert len(jury.assignments(season, ROUND)) == 1
        office.alice.post(f"{where}/{place.id}/take", data={"reason": ""})
        db.session.expire_all()
        assert jury.assignments(season, ROUND)[0].state is AssignmentState.ASSIGNED
        office.alice.post(f"{where}/{place.id}/take", data={"reason": "换评委"})
        db.session.expire_all()
        assert jury.assignments(season, ROUND)[0].state is AssignmentState.WITHDRAWN
        draw(expo, season)
        assert "A001" not in queues(season)["J01"], "the lots never give back what was taken by hand"
        office.alice.post(f"{where}/give", data=sent)
        assert "A001" in queues(season)["J01"]
        assert office.alice.post(f"{where}/give", data={**sent, "entry": "X"}).status_code == 404
        assert office.alice.post(f"{where}/give", data={**sent, "juror": "0"}).status_code == 404

    def test_the_load_is_a_limit_and_who_left_gets_nothing(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            season.most_load = 1
            assigning.add(expo, season, ROUND, juror(season, "J01"), entry(season, "A001"), BY)
            jurors.leave(expo, season, juror(season, "J02"), "x", BY)
        for code, reason in (("J01", "load"), ("J02", "juror_left")):
            with transaction(), pytest.raises(Refused) as refused:
                assigning.add(expo, season, ROUND, juror(season, code), entry(season, "A002"), BY)
            assert refused.value.code == reason

    def test_a_sent_sheet_is_not_taken_by_hand(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        place = db.session.get_one(Assignment, sheet.assignment_id)
        with transaction(), pytest.raises(Stale):
            assigning.remove(expo, season, place, "x", BY)


class TestProgress:
    def test_p22_states_are_shown_and_no_mark(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "87.125", comment="暗香")
        for name in ("alice", "awa", "chen"):
            for path in ("assignments", "jury", f"assignments/{sheet.assignment_id}", "paper"):
                page = getattr(office, name).get(f"{root(expo, season)}/{path}").get_data(as_text=True)
                assert "87.125" not in page, (name, path)
                assert "暗香" not in page, (name, path)
        assert "1/1" in office.alice.get(f"{root(expo, season)}/assignments").get_data(as_text=True)

    def test_rounds_open_and_close(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        where = f"{root(expo, season)}/assignments"
        assert office.alice.post(f"{where}/close-round", data={"round": ROUND}).status_code == 303
        db.session.expire_all()
        assert db.session.scalars(sa.select(JudgingRound.closed_at)).one() is not None
        until = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        for wrong in ("nonsense", "2020-01-01T09:00"):
            office.alice.post(f"{where}/open-round", data={"round": ROUND, "closes_at": wrong})
            db.session.expire_all()
            assert db.session.scalars(sa.select(JudgingRound.closed_at)).one() is not None
        office.alice.post(f"{where}/open-round", data={"round": ROUND, "closes_at": until})
        db.session.expire_all()
        row = db.session.scalars(sa.select(JudgingRound)).one()
        assert row.closed_at is None
        assert row.closes_at is not None
        with transaction():
            season.state = SeasonState.SCORED
        with transaction(), pytest.raises(Refused):
            assigning.open_round(expo, season, ROUND, None, BY)


class TestInvitations:
    def test_the_link_goes_by_mail_and_the_code_is_shown_once(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        row = juror(season, "J01")
        where = f"{root(expo, season)}/jury"
        assert office.alice.post(f"{where}/invite", data={}).headers["Location"].endswith("/jury")
        answer = office.alice.post(f"{where}/invite", data={"id": [str(row.id)]})
        page = office.alice.get(answer.headers["Location"]).get_data(as_text=True)
        found = re.search(r"<strong>(\d{6})</strong>", page)
        assert found is not None
        db.session.expire_all()
        row = juror(season, "J01")
        assert check_code(row, found[1])
        assert found[1] not in row.code_hash
        again = office.alice.get(answer.headers["Location"]).get_data(as_text=True)
        assert found[1] not in again
        (mail,) = db.session.scalars(sa.select(Mail).where(Mail.template == inviting_jurors.INVITATION))
        assert (mail.recipient, found[1] in str(mail.arguments)) == ("j01@jury.example", False)
        new = office.alice.post(f"{where}/{row.id}/code")
        assert new.status_code == 303
        db.session.expire_all()
        assert not check_code(juror(season, "J01"), found[1])

    def test_who_leaves_has_no_link(self, app: Flask, expo: Expo, season: AwardSeason) -> None:
        row = juror(season, "J01")
        with transaction():
            inviting_jurors.new_link(row)
            jurors.leave(expo, season, row, "x", BY)
        link = db.session.scalars(sa.select(PersonalLink).where(PersonalLink.kind == jury.LINK)).one()
        assert link.revoked_at is not None
        with transaction(), pytest.raises(Stale):
            inviting_jurors.invite(expo, season, [row], BY)

    def test_a_new_invitation_closes_the_links_of_before(self, expo: Expo, season: AwardSeason) -> None:
        row = juror(season, "J01")
        with transaction():
            inviting_jurors.new_link(row)
            inviting_jurors.invite(expo, season, [row], BY)
        links = db.session.scalars(sa.select(PersonalLink.revoked_at).where(PersonalLink.kind == jury.LINK))
        assert None not in set(links)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_letters_say_what_is_to_do(
        self, app: Flask, expo: Expo, season: AwardSeason, lang: str
    ) -> None:
        row = juror(season, "J01")
        with transaction():
            place = assign(entry(season, "A001"), row)
        arguments: dict[str, int | str] = {
            "expo_id": expo.id,
            "juror_id": row.id,
            "round": ROUND,
            "token": "TOKEN",
        }
        with app.test_request_context(), force_locale(lang):
            for render in (jury_letters.invitation, jury_letters.reminder):
                letter = render(arguments, lang)
                assert f"http://localhost/{expo.slug}/jury/TOKEN" in letter.text
                assert "<" not in letter.text + letter.subject
            with transaction():
                place.state = AssignmentState.SUBMITTED
            with pytest.raises(Refused):
                jury_letters.reminder(arguments, lang)
            with transaction():
                row.left_at = clock.now()
            with pytest.raises(Refused):
                jury_letters.invitation(arguments, lang)

    def test_only_who_has_open_work_is_reminded_and_once_a_day(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
            make_sheet(entry(season, "A001"), juror(season, "J02"), "80")
        for _ in range(2):
            office.alice.post(f"{root(expo, season)}/assignments/remind", data={"round": ROUND})
        mails = db.session.scalars(sa.select(Mail.recipient).where(Mail.template == inviting_jurors.REMINDER))
        assert list(mails) == ["j01@jury.example"]
        with transaction():
            assigning.close_round(expo, season, ROUND, BY)
        with transaction(), pytest.raises(Stale):
            inviting_jurors.remind(expo, season, ROUND, BY)


class TestReopening:
    def test_the_old_version_is_kept_and_the_deed_logged(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
        where = f"{root(expo, season)}/assignments/{sheet.assignment_id}/reopen"
        assert office.alice.post(where, data={"reason": "x"}).status_code == 403
        office.chen.post(where, data={"reason": " "})
        db.session.expire_all()
        place = db.session.get_one(Assignment, sheet.assignment_id)
        assert place.state is AssignmentState.SUBMITTED
        office.chen.post(where, data={"reason": "评委填错"})
        db.session.expire_all()
        place = db.session.get_one(Assignment, sheet.assignment_id)
        assert place.state is AssignmentState.IN_PROGRESS
        old, new = place.sheets
        assert (old.marks, old.submitted_at is not None) == ({"score": "88"}, True)
        assert (new.version, new.marks, new.submitted_at) == (2, {"score": "88"}, None)
        assert "awards.sheet_reopened" in deeds()
        logged = db.session.scalars(sa.select(Entry.after).order_by(Entry.id.desc()).limit(1)).one()
        assert "88" not in str({key: value for key, value in (logged or {}).items() if key != "hash"})

    def test_never_once_locked_nor_while_closed(self, expo: Expo, season: AwardSeason) -> None:
        with transaction():
            sheet = make_sheet(entry(season, "A001"), juror(season, "J01"), "88")
            assigning.close_round(expo, season, ROUND, BY)
        place = db.session.get_one(Assignment, sheet.assignment_id)
        with transaction(), pytest.raises(Stale) as refused:
            reopening.reopen(expo, season, place, "x", BY)
        assert refused.value.code == "round_closed_reopen"
        with transaction():
            season.state = SeasonState.LOCKED
        with transaction(), pytest.raises(Stale) as refused:
            reopening.reopen(expo, season, place, "x", BY)
        assert refused.value.code == "result_locked"
