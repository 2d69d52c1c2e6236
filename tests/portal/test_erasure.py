"""P9: who is erased is gone from rows, files, links, mails, audit and disk; figures stay as they were."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.accounts import queries as accounts
from exhibitions.audit.models import Erasure
from exhibitions.badges import queries as badge_queries
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.signing import hash_link_token
from exhibitions.files.models import StoredFile
from exhibitions.gates.queries.figures import attendance
from exhibitions.jobs.commands.running import drain
from exhibitions.portal.service import persons
from exhibitions.visitors import queries
from exhibitions.visitors import service as visitors
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries.everywhere import known_by
from exhibitions.visitors.rules.registration import Channel
from tests.engines import both_engines
from tests.people import People
from tests.portal.known_person import (
    COMPANY,
    EMAIL,
    NAME,
    PHONE,
    STAFF,
    Traces,
    dump,
    fair,
    held,
    held_on_disk,
    leave_traces,
    scan,
)

pytestmark = both_engines


def figures(app: Flask) -> object:
    """What is counted of the fair: registrations by state, class and region, visits and visitors."""
    with app.app_context():
        columns = (Registration.state, Registration.class_id, Registration.region, Registration.visit_day)
        rows = db.session.execute(sa.select(*columns, sa.func.count()).group_by(*columns).order_by(*columns))
        counted = attendance(fair())
        return [tuple(row) for row in rows], queries.count_alive(fair()), repr(counted)


def erase(app: Flask, made: Traces) -> None:
    with app.app_context():
        row = db.session.get_one(Registration, made.registration_id)
        with transaction():
            assert persons.erase_person([(fair(), row)], STAFF) == 1
        drain()


def test_p9_the_six_canaries_are_gone_everywhere_and_totals_stay(
    app: Flask, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = leave_traces(app, tmp_path)
    scan(app, made, clock.now(), verdict="first_today", admitted=True)
    assert len(held(dump(app))) == 6, "else this test proves nothing"
    assert held_on_disk(tmp_path)
    before = figures(app)
    erase(app, made)
    assert held(dump(app)) == []
    assert held_on_disk(tmp_path) == {}
    assert figures(app) == before
    logged = capsys.readouterr()
    assert held(logged.err + logged.out) == []
    with app.app_context():
        assert accounts.live_link(visitors.LINK, hash_link_token(made.link), clock.now()) is None
        badge = badge_queries.current_badge(fair(), HOLDER, made.registration_id)
        assert badge is not None
        assert badge.cancelled_at is not None
        note = db.session.scalars(sa.select(Erasure)).one()
        assert note.sealed_probe is None
        assert note.files_done_at is not None


def test_p9_files_that_named_the_person_have_expired_or_are_gone(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """The list of others that nobody of the erased stands in stays what it was."""
    made = leave_traces(app, tmp_path)
    erase(app, made)
    with app.app_context():
        rows = db.session.scalars(sa.select(StoredFile)).all()
        alive = {row.name for row in rows if row.expires_at is None or row.expires_at > clock.now()}
    assert not alive & {"a.csv", "b.csv", "visitors.csv"}
    assert {"c.csv", "before.json"} <= alive
    left = [path for path in made.paths if Path(path).exists()]
    assert len(left) < len(made.paths)


def test_p9_the_same_address_registers_as_a_new_person(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    erase(app, made)
    with app.app_context():
        trade = badge_queries.class_by_key(fair(), "trade")
        assert trade is not None
        with transaction():
            person = visitors.Person(NAME, COMPANY, PHONE, EMAIL)
            ready = visitors.prepare(fair(), trade, person, visitors.Entry(Channel.DESK))
            again = visitors.register(ready, STAFF)
        assert again.id != made.registration_id
        assert queries.came_back(fair()) == {}
        assert [each.registration.id for each in known_by(None, EMAIL, None)] == [again.id]


def test_p9_a_scanner_that_syncs_later_brings_nothing_back(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """The scan of before the erasure counts; the answer names nobody, and a scan of afterwards is refused."""
    made = leave_traces(app, tmp_path)
    earlier = clock.now()
    erase(app, made)
    late = scan(app, made, earlier, verdict="first_today", admitted=True)
    assert late["status"] in {"stored", "review"}
    assert held(repr(late)) == []
    assert held(dump(app)) == []
    now = scan(app, made, clock.now() + timedelta(seconds=1))
    assert now["admitted"] is False
    assert now["verdict"] == "cancelled"


def test_p9_two_clicks_at_once_erase_once(app: Flask, people: People, tmp_path: Path) -> None:
    """The other click has committed after this one had read the row."""
    made = leave_traces(app, tmp_path)
    with app.app_context():
        with transaction():
            row = db.session.get_one(Registration, made.registration_id)
            done = sa.update(Registration).where(Registration.id == row.id).values(erased_at=clock.now())
            db.session.execute(done, execution_options={"synchronize_session": False})
            assert row.erased_at is None, "as it was read"
            assert persons.erase_person([(fair(), row)], STAFF) == 0
        assert db.session.scalars(sa.select(Erasure)).all() == []


def test_p9_who_cancelled_and_came_again_stays_one_visitor(app: Flask, people: People) -> None:
    """V-6: two registrations of one person are told by the name; what they were stays when it goes."""
    with app.app_context():
        trade = badge_queries.class_by_key(fair(), "trade")
        assert trade is not None
        numbers = []
        for last in (False, False, True):
            with transaction():
                person = visitors.Person(NAME, COMPANY, PHONE, EMAIL)
                ready = visitors.prepare(fair(), trade, person, visitors.Entry(Channel.DESK))
                numbers.append(visitors.register(ready, STAFF).id)
                if not last:
                    row = db.session.get_one(Registration, numbers[-1])
                    visitors.cancel(fair(), row, STAFF)
        same = queries.came_back(fair())
        assert same == {numbers[1]: numbers[0], numbers[2]: numbers[0]}
        for number in numbers:
            with transaction():
                persons.erase_person([(fair(), db.session.get_one(Registration, number))], STAFF)
            assert queries.came_back(fair()) == same


def test_an_erasure_twice_is_one(app: Flask, people: People, tmp_path: Path) -> None:
    made = leave_traces(app, tmp_path)
    erase(app, made)
    with app.app_context():
        row = db.session.get_one(Registration, made.registration_id)
        with transaction():
            assert persons.erase_person([(fair(), row)], STAFF) == 0
        assert db.session.scalar(sa.select(sa.func.count(Erasure.id))) == 1
