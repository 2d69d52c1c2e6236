"""A season under judging with two jurors, for tests of their own pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import Assignment, Declaration, JudgingRound, Juror, Sheet
from exhibitions.awards.queries.jury import LINK
from exhibitions.awards.rules.rule_set import Anchor, Criterion, RuleSet
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.service import juror_access
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.awards.making import ROUND, assign, make_entry, make_juror, make_season

RUBRIC = RuleSet(
    criteria=(
        Criterion(
            code="innovation",
            weight=Decimal(60),
            name_zh="创新性",
            name_en="Innovation",
            anchors=(Anchor(mark=Decimal(90), text_zh="首创", text_en="First of its kind"),),
        ),
        Criterion(code="craft", weight=Decimal(30), name_zh="工艺", name_en="Craft", step=Decimal("0.5")),
        Criterion(code="look", weight=Decimal(10), name_zh="外观", name_en="Look", required=False),
    )
)

MARKS = {"mark1": "90", "mark2": "80.5", "mark3": ""}
CANARY = "73.19"
"""A mark that stands nowhere by chance."""
PARTS = ("", "/check", "/recuse", "/fields", "/pictures/1")
"""The pages of one entry."""


@dataclass(frozen=True)
class Seat:
    """A juror: number of row, the link's token, the code, and the assignments by entry."""

    id: int
    token: str
    code: str
    tasks: Mapping[str, int]

    @property
    def home(self) -> str:
        return f"/8th/jury/{self.token}"

    def sheet(self, entry: str, rest: str = "") -> str:
        return f"{self.home}/entries/{self.tasks[entry]}{rest}"


@dataclass
class Jury:
    """Two jurors who both judge every entry."""

    app: Flask
    first: Seat
    second: Seat
    season_id: int

    def browser(self, seat: Seat, *, declared: bool = True, language: str = "en") -> FlaskClient:
        """A browser on which the juror typed the code; with `declared` no interest was declared as well."""
        client = self.app.test_client()
        client.set_cookie("lang", language)
        entered = client.post(f"{seat.home}/code", data={"code": seat.code})
        assert entered.status_code == 303, entered.text
        if declared:
            client.post(f"{seat.home}/interests", data={"answer": "none"})
        return client

    def change_round(self, **values: Any) -> None:
        with self.app.app_context(), transaction() as session:
            session.execute(sa.update(JudgingRound).values(**values))

    def sheets(self, seat: Seat, entry: str) -> list[Sheet]:
        with self.app.app_context():
            found = sa.select(Sheet).where(Sheet.assignment_id == seat.tasks[entry]).order_by(Sheet.version)
            return list(db.session.scalars(found))

    def state(self, seat: Seat, entry: str) -> str:
        with self.app.app_context():
            return str(db.session.get_one(Assignment, seat.tasks[entry]).state)


def make_jury(
    app: Flask,
    entries: Sequence[str] = ("A-01", "A-02", "A-03"),
    *,
    rules: RuleSet = RUBRIC,
    load: int | None = None,
    **more: Any,
) -> Jury:
    """The fair's season with these entries; all of them, or the first `load`, are assigned to both jurors."""
    with app.app_context(), transaction() as session:
        expo = session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()
        season = make_season(expo, state=SeasonState.JUDGING, rules=rules, **more)
        made = {number: make_entry(season, number) for number in entries}
        seats = []
        for code in ("J01", "J02"):
            juror = make_juror(season, code)
            tasks = {
                number: assign(entry, juror, position=at).id
                for at, (number, entry) in enumerate(list(made.items())[:load])
            }
            token = accounts.mint_link(LINK, juror.id, expo_id=expo.id)
            seats.append(Seat(juror.id, token, juror_access.new_code(juror), tasks))
        return Jury(app, seats[0], seats[1], season.id)


def declare_none(jury: Jury, *seats: Seat) -> None:
    """These jurors have declared no interest, as rows."""
    with jury.app.app_context(), transaction() as session:
        for seat in seats:
            juror = session.get_one(Juror, seat.id)
            session.add(
                Declaration(
                    expo_id=juror.expo_id, juror_id=seat.id, round=ROUND, has_none=True, at=clock.now()
                )
            )


def seen_of(page: TestResponse) -> str:
    """What the check page says was shown."""
    found = re.search(r'name="seen"\s+value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text
    return found[1]


def send(browser: FlaskClient, seat: Seat, entry: str, marks: Mapping[str, str]) -> TestResponse:
    """Fill the sheet, go through its check page, and send it, as without script."""
    checked = browser.post(seat.sheet(entry), data=dict(marks))
    assert checked.status_code == 303, checked.text
    page = browser.get(checked.location)
    return browser.post(seat.sheet(entry, "/check"), data={"seen": seen_of(page)})


def said(page: TestResponse) -> str:
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def change(jury: Jury, row: type[Any], number: int, **values: Any) -> None:
    """Set values of one row, past every rule."""
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(row).where(row.id == number).values(**values))


def typed(field: str, value: str, *, ago_ms: float = 0, sent_at: float = 1e12) -> dict[str, Any]:
    """What a device hands in for one field that was typed so long before."""
    return {"sent_at": sent_at, "changes": [{"field": field, "value": value, "at": sent_at - ago_ms}]}


def pages_of(seat: Seat, browser: FlaskClient) -> list[TestResponse]:
    """Every page that a juror can open, as this browser gets it."""
    paths = [seat.home, f"{seat.home}/interests", f"{seat.home}/order"]
    paths += [seat.sheet(entry, end) for entry in seat.tasks for end in ("", "/check", "/recuse", "/fields")]
    return [browser.get(path, follow_redirects=True) for path in paths]
