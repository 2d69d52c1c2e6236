"""E7 and O10: reporting a day on the phone, and what the organiser sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.exhibitors.handlers.figures import remind_silent, reminder
from exhibitions.exhibitors.models import DailyFigure, Exhibitor, FiguresFreeze, FiguresMove
from exhibitions.exhibitors.queries import figures as queries
from exhibitions.exhibitors.rules.figures import Conversion, Figures
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import figures as service
from exhibitions.exhibitors.service.figures import Said
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import visitor_days
from exhibitions.mail.models import Mail
from tests.asked import counted
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo
from tests.people import People

ZONE = ZoneInfo("Asia/Shanghai")
DESK = "/desk/8th/sales-figures"


@dataclass
class Stand:
    """A fair of three days with two exhibitors under contract, a prospect, and a clock that tests set."""

    app: Flask
    days: tuple[date, ...]
    ids: list[int]
    tokens: list[str]
    numbers: list[str]
    set_clock: Callable[[date, int, int], None]

    def page(self, token: str, rest: str = "") -> str:
        return f"/8th/exhibitor/{token}/figures{rest}"

    def live(self) -> list[DailyFigure]:
        with self.app.app_context():
            return list(queries.live(db.session.get_one(Expo, 1)))


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The clock of a test, at 15:00 of the fair's first day. People sign in by it: whatever the hour at which the test
    runs, their sessions are fresh."""
    first = datetime.combine(clock.today("Asia/Shanghai"), time(15, 0), ZONE)
    moment = [first]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    monkeypatch.setattr(clock, "today", lambda zone: moment[0].astimezone(ZoneInfo(zone)).date())
    return moment


@pytest.fixture
def people(moment: list[datetime], people: People) -> People:
    """The same people, signed in by that clock."""
    return people


@pytest.fixture
def stand(app: Flask, moment: list[datetime], people: People) -> Stand:
    del people

    def set_clock(day: date, hour: int, minute: int = 0) -> None:
        moment[0] = datetime.combine(day, time(hour, minute), ZONE)

    with app.app_context(), transaction():
        expo = db.session.scalars(sa.select(Expo).where(Expo.slug == "8th")).one()
        made = [make_exhibitor(expo, name, State.CONTRACTED) for name in ("星河家居", "北方玩具")]
        made.append(make_exhibitor(expo, "未定公司", State.INTERESTED))
        days = visitor_days(expo)
        ids = [one[0].id for one in made]
        tokens = [one[2] for one in made]
        numbers = [one[0].number for one in made]
    set_clock(days[0], 15)
    return Stand(app, days, ids, tokens, numbers, set_clock)


def figures(stand: Stand) -> list[tuple[int, int | None, int | None, int | None]]:
    return [(row.exhibitor_id, row.sales, row.intents, row.intents_amount) for row in stand.live()]


def test_a_day_is_reported_corrected_and_the_old_is_kept(stand: Stand, client: FlaskClient) -> None:
    page = stand.page(stand.tokens[0])
    assert "not reported" in client.get(page, headers={"Accept-Language": "en"}).text
    typed = {"sales": "１３８，１２０.00", "intents": "3", "intents_amount": "12.5万", "currency": "CNY"}
    assert client.post(page, data={**typed, "day": str(stand.days[0])}).status_code == 303
    assert figures(stand) == [(stand.ids[0], 13_812_000, 3, 12_500_000)]
    stand.set_clock(stand.days[0], 18, 0)
    assert client.post(page, data={**typed, "sales": "0", "day": str(stand.days[0])}).status_code == 303
    assert figures(stand) == [(stand.ids[0], 0, 3, 12_500_000)]
    # A second click is one report.
    assert client.post(page, data={**typed, "sales": "0", "day": str(stand.days[0])}).status_code == 303
    with stand.app.app_context():
        rows = db.session.scalars(sa.select(DailyFigure).order_by(DailyFigure.id)).all()
        assert [(row.sales, row.replaced_at is None, row.person_id is not None) for row in rows] == [
            (13_812_000, False, True),
            (0, True, True),
        ]
        told = db.session.scalars(sa.select(Entry.action).where(Entry.action.like("exhibitors.figures%")))
        assert set(told) == {"exhibitors.figures_reported", "exhibitors.figures_corrected"}


def test_who_has_no_contract_reports_nothing_and_counts_in_nothing_e2(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    page, day = stand.page(stand.tokens[2]), str(stand.days[0])
    later = client.get(page)
    assert later.status_code == 200
    assert "合同生效后" in later.get_data(as_text=True)
    assert client.post(page, data={"sales": "5", "currency": "CNY", "day": day}).status_code == 409
    assert client.post(f"{page}/nothing", data={"day": day}).status_code == 409
    at_desk = people.dora.post(f"/desk/8th/sales-figures/{stand.numbers[2]}", data={"sales": "5", "day": day})
    assert at_desk.status_code in (409, 422)
    assert figures(stand) == []
    # Who reported and then called the contract off is no exhibitor any more; O10 still opens.
    client.post(stand.page(stand.tokens[0]), data={"sales": "5", "currency": "CNY", "day": day})
    with stand.app.app_context(), transaction():
        db.session.get_one(Exhibitor, stand.ids[0]).state = State.CANCELLED
    assert figures(stand) == []
    assert people.dora.get("/desk/8th/sales-figures").status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        *({}, {"visitors": "20"}, {"sales": "-5"}, {"sales": "1,2"}, {"sales": "很多"}, {"sales": "1.234"}),
        *({"intents": "0", "intents_amount": "5"}, {"intents": "3.5"}, {"sales": "1", "currency": "XYZ"}),
    ],
)
def test_what_is_no_report_comes_back(stand: Stand, client: FlaskClient, typed: dict[str, str]) -> None:
    answer = client.post(
        stand.page(stand.tokens[0]), data={"day": str(stand.days[0]), "currency": "CNY", **typed}
    )
    assert answer.status_code == 422
    assert stand.live() == []


def test_before_15_00_and_on_other_days_nothing_is_taken(stand: Stand, client: FlaskClient) -> None:
    stand.set_clock(stand.days[0], 14, 59)
    page = stand.page(stand.tokens[0])
    said = {"sales": "5", "currency": "CNY"}
    assert client.post(page, data={**said, "day": str(stand.days[0])}).status_code == 422
    assert client.post(page + "/nothing", data={"day": str(stand.days[0])}).status_code == 303
    stand.set_clock(stand.days[0], 15, 0)
    assert client.post(page, data={**said, "day": str(stand.days[1])}).status_code == 422
    assert client.post(page, data={**said, "day": "2020-01-01"}).status_code == 404
    assert client.get(page + "?day=x").status_code == 404
    assert stand.live() == []
    stand.set_clock(stand.days[2] + timedelta(days=3), 9, 0)
    assert client.post(page, data={**said, "day": str(stand.days[1])}).status_code == 303


def test_nothing_today_is_zero_and_never_silence(stand: Stand, client: FlaskClient) -> None:
    assert client.post(stand.page(stand.tokens[0], "/nothing")).status_code == 303
    (row,) = stand.live()
    assert (row.sales, row.contracts, row.intents, row.visitors) == (0, 0, 0, None)
    assert (
        "nothing that day" in client.get(stand.page(stand.tokens[0]), headers={"Accept-Language": "en"}).text
    )
    assert "not reported" in client.get(stand.page(stand.tokens[1]), headers={"Accept-Language": "en"}).text


def test_a_hundred_times_yesterday_is_asked_about_and_taken(stand: Stand, client: FlaskClient) -> None:
    page = stand.page(stand.tokens[0])
    client.post(page, data={"sales": "10", "currency": "CNY", "day": str(stand.days[0])})
    stand.set_clock(stand.days[1], 16, 0)
    client.post(
        page,
        data={"sales": "1000", "currency": "CNY", "day": str(stand.days[1])},
        headers={"Accept-Language": "en"},
    )
    assert "Please check" in client.get(page, headers={"Accept-Language": "en"}).text
    assert [row.sales for row in stand.live()] == [1_000, 100_000]


def test_currencies_are_kept_apart(stand: Stand, client: FlaskClient) -> None:
    page = stand.page(stand.tokens[0])
    for currency, sales in (("CNY", "100"), ("USD", "7"), ("KRW", "5000")):
        client.post(page, data={"sales": sales, "currency": currency, "day": str(stand.days[0])})
    assert [(row.currency, row.sales) for row in stand.live()] == [
        ("CNY", 10_000),
        ("USD", 700),
        ("KRW", 5_000),
    ]
    refused = client.post(page, data={"sales": "5.5", "currency": "KRW", "day": str(stand.days[0])})
    assert refused.status_code == 422


def test_50_an_intent_that_was_signed_moves(stand: Stand, client: FlaskClient) -> None:
    page = stand.page(stand.tokens[0])
    client.post(
        page, data={"intents": "1", "intents_amount": "200", "currency": "CNY", "day": str(stand.days[0])}
    )
    stand.set_clock(stand.days[2], 16, 0)
    moved = {"move-currency": "CNY", "move-intent_amount": "200", "move-contract_amount": "150"}
    day = {"day": str(stand.days[2])}
    assert client.post(page + "/signed", data={**moved, **day}).status_code == 303
    assert client.post(page + "/signed", data={**moved, **day}).status_code == 422
    assert client.post(page + "/signed", data={**moved, **day, "move-intent_amount": "x"}).status_code == 422
    with stand.app.app_context():
        (row,) = db.session.scalars(sa.select(FiguresMove)).all()
        assert (row.day, row.intent_amount, row.contract_amount) == (stand.days[2], 20_000, 15_000)
    assert figures(stand) == [(stand.ids[0], None, 1, 20_000)]


def test_a_person_sees_only_its_own_company(stand: Stand, client: FlaskClient) -> None:
    client.post(
        stand.page(stand.tokens[0]), data={"sales": "777", "currency": "CNY", "day": str(stand.days[0])}
    )
    assert "777" not in client.get(stand.page(stand.tokens[1])).text
    assert client.get(stand.page("wrong")).status_code == 404


def report(stand: Stand, client: FlaskClient, which: int, sales: str) -> None:
    client.post(
        stand.page(stand.tokens[which]), data={"sales": sales, "currency": "CNY", "day": str(stand.days[0])}
    )


def test_o10_shows_who_is_silent_and_both_bases(stand: Stand, client: FlaskClient, people: People) -> None:
    report(stand, client, 0, "100")
    page = people.alice.get(DESK + f"?day={stand.days[0]}", headers={"Accept-Language": "en"}).text
    assert "1 of 2" in page
    assert "50.0 % of all exhibitors, 100.0 % of those that reported" in page
    assert "“Majority” may not be said" in page
    assert "北方玩具" in page
    assert "未定公司" not in page
    assert "¥100.00" in page
    picture = people.alice.get(DESK + "/days.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "星河家居" not in picture.text
    assert people.alice.get(DESK + "/days.svg?currency=XX").status_code == 404
    reports = people.alice.get(DESK + "?show=reported&day=all").text
    assert "星河家居" in reports
    assert people.alice.get(DESK + "?show=outliers").status_code == 200
    assert people.alice.get(DESK + "?show=x").status_code == 404


def test_o10_hides_amounts_and_numbers_of_companies_from_the_desk(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    report(stand, client, 0, "12345")
    page = people.bob.get(DESK + "?show=reported&day=all").text
    assert "星河家居" not in page
    silent = people.bob.get(DESK + f"?day={stand.days[0]}").text
    assert "北方玩具" in silent
    assert not re.search(r"tel:\+86", silent)
    assert "****" in silent
    for method, rest in (
        ("post", "/remind"),
        ("get", "/freeze"),
        ("get", "/export"),
        ("get", f"/{stand.numbers[0]}"),
    ):
        assert getattr(people.bob, method)(DESK + rest).status_code == 403


def test_the_office_enters_by_phone_and_sees_every_correction(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    report(stand, client, 0, "100")
    page = f"{DESK}/{stand.numbers[0]}"
    typed = {"sales": "90", "currency": "CNY", "day": str(stand.days[0])}
    assert people.alice.post(page, data=typed).status_code == 303
    shown = people.alice.get(page).text
    assert re.search(r"<s class=\"soft\">¥100.00</s>\s*¥90.00", shown)
    assert people.alice.get(f"{DESK}/E999").status_code == 404
    assert people.alice.post(page, data={**typed, "sales": "x"}).status_code == 422


def test_the_freeze_keeps_a_digest_and_ends_all_changes(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    report(stand, client, 0, "100")
    organiser = people.alice
    assert organiser.post(f"{DESK}/freeze").status_code == 303
    assert organiser.post(f"{DESK}/freeze").status_code == 303
    with stand.app.app_context():
        (row,) = db.session.scalars(sa.select(FiguresFreeze)).all()
        assert row.data["totals"]["CNY"]["sales"] == 10_000
        assert row.data["participation"] == {"exhibitors": 2, "reported": 1, "with_deal": 1}
        digest = row.sha256
    assert digest in organiser.get(DESK).text
    assert (
        client.post(
            stand.page(stand.tokens[0]), data={"sales": "5", "currency": "CNY", "day": str(stand.days[0])}
        ).status_code
        == 422
    )
    assert [row.sales for row in stand.live()] == [10_000]


def test_the_export_asks_why_and_is_noted(stand: Stand, client: FlaskClient, people: People) -> None:
    report(stand, client, 0, "100")
    organiser = people.alice
    assert organiser.post(f"{DESK}/export").status_code == 422
    file = organiser.post(f"{DESK}/export", data={"reason": "年报"})
    assert "星河家居" in file.text
    assert "100.00" in file.text
    with stand.app.app_context():
        entry = db.session.scalars(
            sa.select(Entry).where(Entry.action == "exhibitors.figures_exported")
        ).one()
        assert entry.after == {"rows": 1}


def mails(stand: Stand) -> list[str]:
    with stand.app.app_context():
        return list(db.session.scalars(sa.select(Mail.key).where(Mail.template == service.REMINDER)))


def test_the_silent_are_reminded_once_at_16_30_and_again_when_asked(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    report(stand, client, 0, "100")
    # By hand before 16:30: that is not the reminder of 16:30.
    stand.set_clock(stand.days[0], 15, 30)
    assert people.alice.post(f"{DESK}/remind?day={stand.days[0]}").status_code == 303
    for hour, minute, expected in ((16, 29, 1), (16, 30, 2), (16, 40, 2)):
        stand.set_clock(stand.days[0], hour, minute)
        with stand.app.app_context():
            remind_silent(Running())  # type: ignore[arg-type]
        assert len(mails(stand)) == expected
    assert people.alice.post(f"{DESK}/remind?day={stand.days[0]}").status_code == 303
    assert len(mails(stand)) == 3


def test_a_correction_below_what_was_moved_is_refused(stand: Stand) -> None:
    """Case 50: no sum is ever below zero."""
    with stand.app.app_context():
        expo, one = db.session.get_one(Expo, 1), db.session.get_one(Exhibitor, stand.ids[0])
        with transaction():
            service.report(expo, one, stand.days[0], Said(Figures(intents=1, intents_amount=200)), SYSTEM)
            service.convert(expo, one, Conversion(one.id, stand.days[0], "CNY", 200, 150), SYSTEM)
        with pytest.raises(Refused), transaction():
            service.report(expo, one, stand.days[0], Said(Figures(intents=0)), SYSTEM)
    (left,) = stand.live()
    assert left.intents == 1


def test_all_days_show_a_dash_where_nobody_has_reported(
    stand: Stand, client: FlaskClient, people: People
) -> None:
    """W83: zero and silence are never mixed, and a field left empty is no zero to the exhibitor either (W34)."""
    report(stand, client, 0, "100")
    page = people.alice.get(f"{DESK}?day=all", headers={"Accept-Language": "en"}).text
    assert "¥0.00" not in page
    assert "–" in page
    assert "¥0.00" not in client.get(stand.page(stand.tokens[0]), headers={"Accept-Language": "en"}).text


class Running:
    """A job's run, as the handler sees it."""

    def transaction(self) -> object:
        return transaction()


def test_a_reminder_leads_to_the_day_and_loses_its_sense(stand: Stand, client: FlaskClient) -> None:
    with stand.app.test_request_context():
        person = queries.callers(db.session.get_one(Expo, 1), stand.ids)[stand.ids[1]]
        arguments: dict[str, int | str] = {"expo_id": 1, "person_id": person.id, "day": str(stand.days[0])}
        message = reminder(arguments, "zh")
        link = re.search(r"https?://[^/]+(/8th/exhibitor/\S+)", message.text)
        assert link
        assert client.get(link[1]).status_code == 200
    client.post(stand.page(stand.tokens[1], "/nothing"))
    with stand.app.test_request_context(), pytest.raises(Refused):
        reminder(arguments, "zh")


def test_questions_do_not_grow_with_reports(stand: Stand, people: People) -> None:
    def asked() -> int:
        with counted(stand.app) as found:
            assert people.alice.get(DESK + "?day=all&show=reported").status_code == 200
        return len(found)

    def more(count: int) -> None:
        with stand.app.app_context(), transaction():
            expo = db.session.get_one(Expo, 1)
            for _ in range(count):
                exhibitor = make_exhibitor(expo, f"公司{_}", State.CONTRACTED)[0]
                service.report(expo, exhibitor, stand.days[0], Said(Figures(sales=5)), SYSTEM)

    more(2)
    few = asked()
    more(20)
    assert asked() <= few


def test_another_fair_has_its_own_figures(stand: Stand, people: People) -> None:
    with stand.app.app_context():
        other_id = make_expo("9th", 9)
    with stand.app.app_context(), transaction():
        other = db.session.get_one(Expo, other_id)
        number = make_exhibitor(other, "外展公司", State.CONTRACTED)[0].number
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Exhibitor)) == 4
    assert people.alice.get(f"{DESK}/{number}").status_code == 404
    assert "外展公司" not in people.alice.get(DESK).text


def test_two_people_of_a_company_never_overwrite_each_other_unknowingly(
    stand: Stand, client: FlaskClient
) -> None:
    """The same page is open on two phones; the second is told what the first has sent (ux.md B7)."""
    page = stand.page(stand.tokens[0])
    report(stand, client, 0, "100")
    mark = re.search(r'name="_opened" value="([^"]+)"', client.get(page).text)
    assert mark
    typed = {"currency": "CNY", "day": str(stand.days[0]), "_opened": mark[1]}
    assert client.post(page, data={**typed, "sales": "200"}).status_code == 303
    answer = client.post(page, data={**typed, "sales": "300"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "Changed meanwhile" in answer.text
    assert [row.sales for row in stand.live()] == [20_000]
