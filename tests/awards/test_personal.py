"""P6, P9 and awards.md §3.6: who judged, entered or complained is known for five years at most; the result stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import (
    AwardEntry,
    Complaint,
    Declaration,
    Deliberation,
    EntryEvent,
    Juror,
    Sheet,
)
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.service import personal
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.somebody import Somebody
from exhibitions.portal.service import retention
from tests.awards.entering import the_expo
from tests.awards.making import make_entry, make_juror, make_season, make_sheet
from tests.engines import both_engines
from tests.people import People

NAME, PHONE, EMAIL = "欧阳鹤鸣", "+8613977700123", "heming.ouyang@canary.example"
WHO = Somebody.of(NAME, PHONE, EMAIL)


def fill() -> tuple[int, str]:
    """The person as contact, juror and complainant of a locked season; the juror's row and the token of the link."""
    expo, now = the_expo(), clock.now()
    season = make_season(expo, state=SeasonState.LOCKED)
    entry = make_entry(
        season, "A017", contact_name=NAME, contact_phone=PHONE, contact_email=EMAIL, reason=f"请{NAME}补充"
    )
    make_entry(season, "A018", contact_name="赵刚", contact_email="zhao@example.org")
    juror = make_juror(
        season,
        "J01",
        name=NAME,
        phone=PHONE,
        email=EMAIL,
        former=[{"company": "星河", "until": "2020-01-01"}],
    )
    make_sheet(entry, juror, "88", comment="很好", note="私人")
    make_sheet(entry, make_juror(season, "J02"), "90", comment="好")
    here = {"expo_id": expo.id, "season_id": season.id}
    db.session.add_all(
        [
            Declaration(
                expo_id=expo.id, juror_id=juror.id, round="1", has_none=False, text="曾任顾问", at=now
            ),
            Deliberation(**here, members=f"{NAME}，赵刚", minute=f"{NAME}发言", changed_at=now),
            Complaint(**here, number=1, from_name=NAME, contact=EMAIL, text="不公", received_at=now),
            EntryEvent(expo_id=expo.id, entry_id=entry.id, at=now, deed="returned", text=f"请{NAME}补充"),
        ]
    )
    db.session.flush()
    return juror.id, accounts.mint_link(LINK, juror.id, expo_id=expo.id)


@both_engines
def test_an_erased_person_is_gone_and_the_marks_stay(app: Flask, people: People) -> None:
    del people
    with app.app_context():
        with transaction():
            juror_id, token = fill()
        kinds = [row.kind for row in personal.seen(WHO)]
        assert kinds == ["award_entry", "award_juror", "award_complaint"]
        copy = str(personal.export_person(WHO))
        assert all(word in copy for word in (NAME, "很好", "曾任顾问", "不公", "星河"))
        assert "赵刚" not in copy
        with transaction():
            assert personal.erase_person(WHO, SYSTEM) == 3
        db.session.expire_all()
        assert personal.seen(WHO) == []
        assert accounts.take_link(LINK, token) is None
        juror = db.session.get_one(Juror, juror_id)
        assert (juror.code, juror.name, juror.employer, juror.former) == ("J01", "", "", [])
        sheets = db.session.scalars(sa.select(Sheet).order_by(Sheet.id)).all()
        assert [(each.marks, each.comment) for each in sheets] == [
            ({"score": "88"}, ""),
            ({"score": "90"}, "好"),
        ]
        assert NAME not in "".join(db.session.scalars(sa.select(EntryEvent.text)))
        reasons = db.session.scalars(sa.select(AwardEntry.reason).order_by(AwardEntry.id)).all()
        assert reasons == ["请…补充", ""], "what the company reads of it names nobody either"
        minutes = db.session.scalars(sa.select(Deliberation)).one()
        assert minutes.members == "…，赵刚"
        contacts = db.session.scalars(sa.select(AwardEntry.contact_name).order_by(AwardEntry.id)).all()
        assert contacts == ["", "赵刚"]


@both_engines
def test_after_five_years_nobody_of_the_award_is_told_any_more(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """awards.md §3.6: retention 5 years."""
    del people
    with app.app_context():
        with transaction():
            fill()
        due = {line.kind.value: line for line in retention.lines()}["awards"]
        assert (due.months, due.due) == (60, 0)
        later = clock.now() + timedelta(days=61 * 31)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert {line.kind.value: line.due for line in retention.lines()}["awards"] > 0
        while True:
            with transaction():
                if not personal.expire(the_expo()):
                    break
        assert personal.told(the_expo()) == 0
        assert personal.seen(WHO) == []
        assert set(db.session.scalars(sa.select(AwardEntry.reason))) == {""}
        assert [each.marks for each in db.session.scalars(sa.select(Sheet).order_by(Sheet.id))] == [
            {"score": "88"},
            {"score": "90"},
        ]
