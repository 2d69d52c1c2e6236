"""O12, the jury: jurors and the panels they sit on (awards.md §3.3)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import (
    Assignment,
    AwardSeason,
    Panel,
    Sheet,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import (
    AssignmentState,
)
from exhibitions.awards.service import jurors
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.asked import counted
from tests.awards.making import assign, make_entry, make_juror, make_season, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, draw, entry, juror, queues
from tests.factories import make_expo

pytestmark = pytest.mark.usefixtures("context")


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
