"""J1 without script: the declaration of interests, the queue, and what a blind jury reads."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import (
    Assignment,
    AwardEntry,
    AwardSeason,
    Conflict,
    Declaration,
    EntryMaker,
    JudgingRound,
    Juror,
    RuleVersion,
)
from exhibitions.awards.rules.rule_set import Criterion, Level, RuleSet, canonical
from exhibitions.awards.rules.states import (
    AssignmentState,
    ConflictDecision,
    ConflictKind,
    ConflictSource,
    EntryState,
)
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from tests.asked import counted
from tests.awards.jury import (
    MARKS,
    Jury,
    change,
    declare_none,
    make_jury,
    pages_of,
    said,
    seen_of,
    send,
    typed,
)
from tests.awards.making import assign, make_entry, make_juror
from tests.people import People


def test_nothing_is_shown_before_interests_are_declared(jury: Jury) -> None:
    browser = jury.browser(jury.first, declared=False)
    page = browser.get(jury.first.home)
    assert "First say whether you have an interest" in page.text
    assert "Score next" not in page.text
    assert browser.get(jury.first.sheet("A-01")).location == jury.first.home
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=typed("mark:innovation", "80"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "undeclared")
    assert jury.sheets(jury.first, "A-01") == []


def test_a_declaration_without_interest_opens_every_entry(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    page = browser.get(jury.first.home)
    assert "0 of 3 scored" in page.text
    assert {jury.state(jury.first, entry) for entry in jury.first.tasks} == {"accepted"}
    with jury.app.app_context():
        found = db.session.scalars(sa.select(Declaration)).one()
        assert (found.juror_id, found.has_none) == (jury.first.id, True)
    # Once a round: a second one changes nothing.
    assert browser.get(f"{jury.first.home}/interests").status_code == 303


def test_declared_entries_and_companies_are_recused(jury: Jury) -> None:
    """Conflict rows with source declared; a company that nothing was found of stays open for the office."""
    browser = jury.browser(jury.first, declared=False)
    with jury.app.app_context():
        entry = db.session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one().id
    declared = {
        "answer": "some",
        "entries": str(entry),
        "companies": "a-02轻工有限公司\n\n星河家具",
        "text": "My brother works there.",
    }
    assert browser.post(f"{jury.first.home}/interests", data=declared).status_code == 303
    states = {number: jury.state(jury.first, number) for number in jury.first.tasks}
    assert states == {"A-01": "recused", "A-02": "recused", "A-03": "accepted"}
    assert {jury.state(jury.second, number) for number in jury.second.tasks} == {"assigned"}
    with jury.app.app_context():
        found = db.session.scalars(sa.select(Conflict).order_by(Conflict.id)).all()
        rows = [(each.entry_id, each.company, each.kind, each.source, each.decision) for each in found]
    by_juror = (ConflictKind.DECLARED, ConflictSource.DECLARED)
    assert rows == [
        (entry, "", *by_juror, ConflictDecision.UPHELD),
        (None, "a-02轻工有限公司", *by_juror, ConflictDecision.UPHELD),
        (None, "星河家具", *by_juror, ConflictDecision.OPEN),
    ]
    page = browser.get(jury.first.home)
    assert "0 of 1 scored" in page.text
    assert page.text.count("Recused") == 2
    assert browser.get(jury.first.sheet("A-01")).location == jury.first.home


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose one of the two"),
        ({"answer": "some"}, "Name at least one entry or company"),
        ({"answer": "none", "companies": "星河"}, "You chose “No” and named something"),
        ({"answer": "some", "entries": "99999"}, "is not a valid choice"),
        ({"answer": "some", "companies": "\n".join(["x" * 10] * 51)}, "At most 50 companies"),
    ],
)
def test_a_declaration_that_says_nothing_is_refused_in_words(
    jury: Jury, typed: dict[str, str], sentence: str
) -> None:
    browser = jury.browser(jury.first, declared=False)
    page = browser.post(f"{jury.first.home}/interests", data=typed)
    assert page.status_code == 422
    assert sentence in page.text or "Not a valid choice" in page.text
    with jury.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Declaration.id))) == 0


def test_an_upheld_interest_shuts_the_entry(jury: Jury) -> None:
    """AW-34: whoever found it; a draft that is already there can be neither changed nor sent."""
    browser = jury.browser(jury.first)
    browser.post(jury.first.sheet("A-02"), data={**MARKS, "save": "y"})
    page = browser.get(jury.first.sheet("A-02", "/check"))
    with jury.app.app_context(), transaction() as session:
        juror = session.get_one(Juror, jury.first.id)
        session.add(
            Conflict(
                expo_id=juror.expo_id,
                season_id=juror.season_id,
                juror_id=juror.id,
                company="A-02 light-industry",
                kind=ConflictKind.EMPLOYER,
                source=ConflictSource.CHALLENGE,
                decision=ConflictDecision.UPHELD,
                at=clock.now(),
            )
        )
    assert browser.get(jury.first.sheet("A-02")).location == jury.first.home
    assert browser.post(jury.first.sheet("A-02", "/check"), data={"seen": seen_of(page)}).status_code == 303
    answer = browser.post(jury.first.sheet("A-02", "/fields"), json=typed("note", "x"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "recused")
    assert jury.state(jury.first, "A-02") == "in_progress"


@pytest.mark.parametrize("declared", ["河口瓷业", "海湾釉料厂"])
def test_a_declared_company_is_known_without_its_legal_form_and_as_a_joint_maker(
    jury: Jury, declared: str
) -> None:
    """AW-34: an interest in who made it, under whatever form of the name, takes the entry out of the queue."""
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        entry.company_zh = "河口瓷业有限公司"
        session.add(EntryMaker(expo_id=entry.expo_id, entry_id=entry.id, company="海湾釉料厂"))
    browser = jury.browser(jury.first, declared=False)
    browser.post(
        f"{jury.first.home}/interests", data={"answer": "some", "companies": declared, "text": "顾问"}
    )
    with jury.app.app_context():
        place = db.session.get_one(Assignment, jury.first.tasks["A-01"])
        assert place.state is AssignmentState.RECUSED


def test_an_empty_queue_says_so(jury: Jury) -> None:
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(Assignment).values(state=AssignmentState.WITHDRAWN))
    browser = jury.browser(jury.first, declared=False)
    assert "No entries are assigned to you yet." in browser.get(jury.first.home).text


def test_a_season_without_a_round_has_nothing_to_judge(app: Flask, people: People) -> None:
    del people
    jury = make_jury(app)
    with app.app_context(), transaction() as session:
        session.execute(sa.text("DELETE FROM award_rounds"))
    browser = jury.browser(jury.first, declared=False)
    assert "No entries are assigned to you yet." in browser.get(jury.first.home).text


def test_the_queue_leads_on_and_counts(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    assert f'href="{jury.first.sheet("A-01")}">Score next' in re.sub(
        r"\s+", " ", browser.get(jury.first.home).text
    )
    sent = send(browser, jury.first, "A-01", MARKS)
    page = browser.get(sent.location)
    assert "Score of A-01 sent." in page.text
    assert "1 of 3 scored" in page.text
    assert f'href="{jury.first.sheet("A-02")}">Score next' in re.sub(r"\s+", " ", page.text)
    browser.post(jury.first.sheet("A-03"), data={"mark1": "50", "save": "y"})
    assert list(re.findall(r"</svg>(\w+)</span>", browser.get(jury.first.home).text)) == [
        "Sent",
        "Open",
        "Draft",
    ]


def test_entries_that_are_gone_are_no_longer_counted(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    with jury.app.app_context(), transaction() as session:
        gone = sa.update(AwardEntry).where(AwardEntry.number == "A-02")
        session.execute(gone.values(state=EntryState.WITHDRAWN))
    assert "0 of 2 scored" in browser.get(jury.first.home).text
    assert browser.get(jury.first.sheet("A-02")).status_code == 404


def test_the_rules_and_the_end_are_said_in_words(jury: Jury) -> None:
    page = jury.browser(jury.first, language="zh").get(jury.first.home)
    assert "评审" in page.text
    english = said(jury.browser(jury.second).get(jury.second.home))
    assert "mean of its jurors" in english
    assert "An entry needs at least 3 sheets." in english
    assert "Closes in" in english


def test_a_long_queue_asks_as_little_as_a_short_one(jury: Jury) -> None:
    """J1 and J2: as many questions for 43 entries as for three."""
    browser = jury.browser(jury.first)

    def asked(path: str) -> int:
        with counted(jury.app) as found:
            assert browser.get(path).status_code == 200
        assert len(set(found)) == len(found)
        return len(found)

    few = [asked(jury.first.home), asked(jury.first.sheet("A-01"))]
    with jury.app.app_context(), transaction() as session:
        season, juror = session.get_one(AwardSeason, jury.season_id), session.get_one(Juror, jury.first.id)
        others = [make_juror(season, f"K{at}") for at in range(3)]
        for at in range(40):
            entry = make_entry(season, f"B-{at:02}")
            for each in (juror, *others):
                assign(entry, each, position=10 + at)
    many = [asked(jury.first.home), asked(jury.first.sheet("A-01"))]
    assert many == few
    assert max(many) <= 10


def test_a_juror_who_declared_elsewhere_is_not_asked_again(jury: Jury) -> None:
    declare_none(jury, jury.first)
    page = jury.browser(jury.first, declared=False).get(jury.first.home)
    assert "Score next" in page.text


def test_a_blind_jury_reads_no_name_of_those_who_made_it(jury: Jury) -> None:
    """E9: what the company saw in its preview is what the jury reads: names are covered in every text of a blind season."""
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        entry.product_en, entry.innovation_en = (
            "Kettle of Rivermouth Porcelain",
            "Rivermouth Porcelain made it.",
        )
        entry.company_en, entry.brand = "Rivermouth Porcelain", "Seastar"
    browser = jury.browser(jury.first)
    pages = [jury.first.home, *(jury.first.sheet("A-01", end) for end in ("", "/check", "/recuse"))]
    for page in pages:
        text = browser.get(page).text
        assert "Kettle of" in text, page
        assert "Rivermouth" not in text, page


def test_no_page_of_an_entry_opens_before_the_declaration_or_after_a_recusal(jury: Jury) -> None:
    """Neither for reading nor for recusing: who has an interest says so in the declaration."""
    browser = jury.browser(jury.first, declared=False)
    for end in ("", "/check", "/recuse"):
        assert browser.get(jury.first.sheet("A-01", end)).status_code == 303, end
    browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "too early"})
    assert jury.state(jury.first, "A-01") == "assigned"
    declare_none(jury, jury.first)
    browser.post(jury.first.sheet("A-01", "/recuse"), data={"reason": "mine"})
    assert browser.get(jury.first.sheet("A-01", "/recuse")).location == jury.first.home


def test_a_text_in_one_language_alone_is_read_without_marks_of_the_page(jury: Jury) -> None:
    """A product, text, criterion or medal that has no English is shown as it is, in pages, labels, choices and refusals."""
    rules = RuleSet(
        criteria=(Criterion(code="craft", weight=Decimal(100), name_zh="工艺"),),
        levels=(Level(medal="G", at_least=Decimal(85), name_zh="金奖"),),
    )
    with jury.app.app_context(), transaction() as session:
        entry = session.scalars(sa.select(AwardEntry).where(AwardEntry.number == "A-01")).one()
        entry.product_en = entry.innovation_en = ""
        entry.product_zh, entry.innovation_zh, entry.company_zh = "河口瓷壶", "河口首创。\n第二行", "河口"
        session.execute(sa.update(RuleVersion).values(rules=canonical(rules).decode()))
        session.execute(sa.update(AwardSeason).values(rules=canonical(rules).decode()))
    browser = jury.browser(jury.first, declared=False)
    pages = {"interests": browser.get(f"{jury.first.home}/interests")}
    browser.post(f"{jury.first.home}/interests", data={"answer": "none"})
    pages["queue"] = browser.get(jury.first.home)
    pages["sheet"] = browser.get(jury.first.sheet("A-01"))
    pages["refused"] = browser.post(jury.first.sheet("A-01"), data={"mark1": "101"})
    pages["recuse"] = browser.get(jury.first.sheet("A-01", "/recuse"))
    for name, page in pages.items():
        assert "&lt;span" not in page.text, name
        assert "河口" not in page.text, name
    assert '<span lang="zh">▇▇瓷壶</span>' in pages["queue"].text
    assert '<span lang="zh">▇▇首创。\n第二行</span>' in pages["sheet"].text
    answer = browser.post(jury.first.sheet("A-01", "/fields"), json=typed("mark:craft", "101"))
    assert (
        answer.get_json()["refused"]["mark:craft"] == "101 is not a mark for “工艺”: it goes from 0 to 100."
    )


def test_an_employer_that_is_corrected_after_the_drawing_shuts_the_entry_at_once(jury: Jury) -> None:
    """AW-34: the own house is not judged, though nobody has searched for interests again."""
    browser = jury.browser(jury.first)
    answer = browser.post(jury.first.sheet("A-02", "/fields"), json=typed("mark:craft", "80"))
    assert answer.status_code == 200
    change(jury, Juror, jury.first.id, employer="A-02轻工")
    answer = browser.post(jury.first.sheet("A-02", "/fields"), json=typed("mark:craft", "90"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "recused")
    assert browser.post(jury.first.sheet("A-02"), data=MARKS).status_code == 422
    assert jury.sheets(jury.first, "A-02")[0].marks == {"craft": "80"}
    answer = browser.post(jury.first.sheet("A-03", "/fields"), json=typed("mark:craft", "90"))
    assert answer.status_code == 200


def test_the_round_that_is_open_is_the_jurors_round(jury: Jury) -> None:
    """An earlier round that was opened again, though a later one was opened and closed since."""
    with jury.app.app_context(), transaction() as session:
        season = session.get_one(AwardSeason, jury.season_id)
        now = clock.now()
        session.add(
            JudgingRound(expo_id=season.expo_id, season_id=season.id, round="2", opened_at=now, closed_at=now)
        )
    browser = jury.browser(jury.first)
    assert "0 of 3 scored" in browser.get(jury.first.home).text
    jury.change_round(closed_at=clock.now())
    browser.post(f"{jury.first.home}/code", data={"code": jury.first.code})
    # All are closed: the last one is where a juror reads what was sent.
    assert "No entries are assigned to you yet." in browser.get(jury.first.home).text


def test_blind_judging_names_no_company(jury: Jury) -> None:
    browser = jury.browser(jury.first)
    names = ("轻工有限公司", "Light Industry", "牌子")
    with jury.app.app_context(), transaction() as session:
        session.execute(sa.update(AwardEntry).values(brand="牌子"))
    for page in pages_of(jury.first, browser):
        main = page.text.split("<main")[-1]
        assert not [
            name for name in names if name in main.replace("大连市轻工业联合会", "").replace(ORGANISER, "")
        ]
    change(jury, AwardSeason, jury.season_id, is_blind=False)
    assert "A-01 Light Industry" in browser.get(jury.first.sheet("A-01")).text


ORGANISER = "Dalian Light Industry Federation"
