"""Deeds on one season at the same moment: one after the other, and each sees what the one before left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask

from exhibitions.awards.models import (
    AwardEntry,
    AwardResult,
    AwardSeason,
    Conflict,
    ResultLine,
)
from exhibitions.awards.rules.states import EntryState, SeasonState
from exhibitions.awards.service import (
    assigning,
    certificates,
    conflicts,
    deliberating,
    entering,
    jurors,
    locking,
    moving_season,
    publishing_result,
    samples,
    screening,
    setting_up,
    tabled,
    turning,
)
from exhibitions.awards.service.jurors import Wanted
from exhibitions.awards.service.setting_up import CategoryFacts
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from tests.awards.jury import make_jury
from tests.awards.making import make_entry, make_season
from tests.awards.resulting import LI, judged_season, the_fair
from tests.engines import both_engines, on_postgresql
from tests.people import People

S = SeasonState
Deed = Callable[[Expo, AwardSeason, AwardEntry], object]


DEEDS: dict[str, Deed] = {
    "a category": lambda _, season, __: setting_up.save_category(
        season, None, CategoryFacts("Z", "新", ""), SYSTEM
    ),
    "a rule": lambda _, season, __: setting_up.save_rules(season, lambda rules: rules, SYSTEM),
    "a step": lambda expo, season, _: moving_season.move(
        expo, season, S.SCORED, LI, "back", sees_results=True
    ),
    "a disqualification": lambda _, season, entry: screening.disqualify(season, entry, "copied", LI),
    "a mistake undone": lambda _, season, entry: tabled.reinstate(season, entry, "not copied", LI),
    "a withdrawal": lambda _, season, entry: entering.withdraw(season, entry, "", LI),
    "a sample": lambda _, __, entry: samples.receive(entry, "shelf 3", LI),
    "a juror": lambda expo, season, _: jurors.save(expo, season, None, Wanted("Sun"), LI),
    "the conflicts": lambda expo, season, _: conflicts.search(expo, season, LI),
    "a round": lambda expo, season, _: assigning.close_round(expo, season, "1", LI),
    "the minute": lambda _, season, __: deliberating.save_minute(season, "", "x", LI),
    "the lock": lambda _, season, __: locking.lock(season, ["Zhao"], LI),
    "the moment": lambda _, season, __: publishing_result.set_moment(season, None, LI),
    "the certificates": lambda _, season, __: certificates.save_words(season, {"title_zh": "证书"}, LI),
}


def do(app: Flask, season_id: int, deed: Deed) -> bool:
    """Carry a deed out in its own transaction; whether it was not refused."""
    with app.app_context():
        try:
            with transaction() as session:
                season = session.get_one(AwardSeason, season_id)
                expo = session.get_one(Expo, season.expo_id)
                entry = session.scalars(
                    sa.select(AwardEntry).where(AwardEntry.season_id == season_id).order_by(AwardEntry.id)
                ).first()
                assert entry is not None
                # What stood before the wait is known already, and must not count.
                assert season.state
                assert entry.state
                deed(expo, season, entry)
        except Refused:
            return False
        return True


@contextmanager
def held(app: Flask, season_id: int) -> Iterator[None]:
    """Somebody else is in the middle of a deed on the season."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction() as session:
            turning.hold(session.get_one(AwardSeason, season_id))
            begun.set()
            assert over.wait(60)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold)
        assert begun.wait(30)
        try:
            yield
        finally:
            over.set()
            other.result(60)


@on_postgresql
def test_every_deed_on_a_season_waits_for_the_one_before(app: Flask, people: People) -> None:
    """Season, rules, entries, jurors, assignments, result: one lock for all of them, and none of them blocks another for ever."""
    with app.app_context(), transaction():
        season_id = judged_season().id
    with ThreadPoolExecutor(len(DEEDS)) as pool:
        with held(app, season_id):
            acts = {name: pool.submit(do, app, season_id, deed) for name, deed in DEEDS.items()}
            threading.Event().wait(1.5)
            assert [name for name, act in acts.items() if act.done()] == []
        for act in acts.values():
            act.result(60)


@on_postgresql
def test_a_juror_waits_for_nobody(app: Flask, people: People) -> None:
    """The office may be in the middle of a deed: sheets are saved, sent, recused from, and interests declared."""
    jury = make_jury(app)
    seat, marks = jury.first, {"mark1": "90", "mark2": "80.5"}
    with held(app, jury.season_id), ThreadPoolExecutor(1) as pool:

        def judge() -> list[int]:
            browser = jury.browser(seat, declared=False)
            said = {"answer": "some", "companies": "A-01轻工有限公司"}
            answers = [
                browser.post(f"{seat.home}/interests", data=said),
                browser.post(seat.sheet("A-02"), data=marks),
                browser.post(seat.sheet("A-03", "/recuse"), data={"reason": "my brother's firm"}),
            ]
            return [answer.status_code for answer in answers]

        assert pool.submit(judge).result(30) == [303, 303, 303]
    with app.app_context():
        assert db.session.scalars(sa.select(Conflict)).first() is not None


def at_once(app: Flask, season_id: int, *deeds: Deed) -> list[bool]:
    """Whether each of these deeds was done; all begin together."""
    start = threading.Barrier(len(deeds))

    def begin(deed: Deed) -> bool:
        start.wait()
        return do(app, season_id, deed)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(begin, deeds))


@both_engines
def test_a_step_back_and_the_lock_leave_no_result_in_an_open_season(app: Flask, people: People) -> None:
    for _ in range(5):
        with app.app_context(), transaction():
            season_id = judged_season().id
        done = at_once(app, season_id, DEEDS["a step"], DEEDS["the lock"])
        with app.app_context():
            season = db.session.get_one(AwardSeason, season_id)
            rows = db.session.scalars(sa.select(AwardResult).where(AwardResult.season_id == season_id)).all()
            assert sorted(done) == [False, True]
            assert (season.state, len(rows)) in ((S.LOCKED, 1), (S.SCORED, 0))


@both_engines
def test_who_is_disqualified_while_the_result_is_locked_is_in_it_or_out_of_it(
    app: Flask, people: People
) -> None:
    for _ in range(5):
        with app.app_context(), transaction():
            season_id = judged_season().id
        at_once(app, season_id, DEEDS["a disqualification"], DEEDS["the lock"])
        with app.app_context():
            entry = db.session.scalars(
                sa.select(AwardEntry).where(AwardEntry.season_id == season_id, AwardEntry.number == "A-01")
            ).one()
            line = db.session.scalars(sa.select(ResultLine).where(ResultLine.entry_id == entry.id)).one()
            assert (entry.state, line.medal) in ((EntryState.JUDGED, "G"), (EntryState.DISQUALIFIED, ""))


@both_engines
def test_an_entry_that_is_added_while_judging_opens_is_screened_or_refused(
    app: Flask, people: People
) -> None:
    """What the deed asks of the season is asked after the wait: nothing comes in behind the jury's back."""
    with app.app_context(), transaction():
        season = make_season(the_fair(), state=S.SCREENING)
        season.rules = judged_season().rules
        make_entry(season, "A-01")
        season_id = season.id

    def open_judging(expo: Expo, season: AwardSeason, _: AwardEntry) -> None:
        moving_season.move(expo, season, S.JUDGING, LI, sees_results=True)

    def change(_: Expo, season: AwardSeason, entry: AwardEntry) -> None:
        screening.reopen(season, entry, "look again", LI)

    done = at_once(app, season_id, open_judging, change)
    with app.app_context():
        state = db.session.get_one(AwardSeason, season_id).state
        entry = db.session.scalars(sa.select(AwardEntry).where(AwardEntry.season_id == season_id)).one()
    assert sorted(done) == [False, True]
    assert (state, entry.state) in (
        (S.JUDGING, EntryState.SCREENED_OK),
        (S.SCREENING, EntryState.SUBMITTED),
    )
