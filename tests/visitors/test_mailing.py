"""Messages to many: to whom, who is left out and why, tried out, sent once each, cut off, stopped (O6, P20, F13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos.models import Expo
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.mail import service as mail
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules.texts import Words
from exhibitions.visitors.models import Consent, Mailing, Registration, VisitReminder
from exhibitions.visitors.queries import mailing as queries
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules import mailing as rules
from exhibitions.visitors.rules.mailing import Purpose, Reach, State, check, check_moment, words_in
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.rules.registration import State as RegistrationState
from exhibitions.visitors.service import mailing as service
from exhibitions.visitors.service.telling import leave_link, set_reminder
from tests.engines import both_engines
from tests.mail.smtp_server import Behaviour, smtp_server
from tests.people import People
from tests.visitors.registering import add, at_once, fair

MANY = "/desk/8th/mail/many"
WORDS = {
    "subject_zh": "馆内安排：{fair}",
    "body_zh": "{name} 您好\n{link}",
    "subject_en": "In the halls: {fair}",
    "body_en": "Dear {name}\n{link}",
}


def agree(registration_id: int, *, ended: bool = False) -> None:
    """A consent to marketing, inside a transaction."""
    db.session.add(
        Consent(
            expo_id=fair().id,
            registration_id=registration_id,
            purpose="marketing",
            version=1,
            language="zh",
            channel=Channel.ONLINE,
            given_at=clock.now(),
            withdrawn_at=clock.now() if ended else None,
        )
    )


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("s={search}", ["王3"]),
        ("has=email", ["王0", "王1", "王2", "王4"]),
        ("printed=no&has=phone&ids={first}", ["王0"]),
        ("group={first}", ["王0"]),
    ],
)
def test_all_that_match_are_never_more_than_the_list_shows(
    app: Flask, crowd: People, query: str, who: list[str]
) -> None:
    """A message keeps some filters; whoever is found by another is picked by name, not replaced by everybody."""
    search = (
        crowd.alice.post("/desk/8th/visitors/search", data={"q": "王3"}).headers["Location"].split("s=")[1]
    )
    with app.app_context():
        first = db.session.scalars(sa.select(Registration.id).order_by(Registration.id)).first()
    query = query.format(search=search, first=first)
    told = crowd.alice.post(f"{MANY}/start?{query}", data={"all": "1"})
    assert told.status_code == 303
    with app.app_context():
        chosen = db.session.scalars(sa.select(Mailing)).one().chosen
        names = sa.select(Registration.name).where(Registration.id.in_(chosen["ids"]))
        assert sorted(db.session.scalars(names)) == who


def test_what_a_message_can_keep_stays_a_filter(crowd: People) -> None:
    told = crowd.alice.post(f"{MANY}/start?class=trade&status=registered", data={"all": "1"})
    assert told.headers["Location"].endswith(f"{MANY}/new?class=trade&status=registered")


def test_nobody_and_too_many_are_not_written_to(
    app: Flask, crowd: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_CHOSEN", 2)
    for data, said in (
        ({}, "Tick somebody first"),
        ({"all": "1"}, "2 people at most for a message; here are 4"),
    ):
        answer = crowd.alice.post(f"{MANY}/start?has=email&lang=en", data=data, follow_redirects=True)
        assert said in answer.text
    with app.app_context():
        assert db.session.scalars(sa.select(Mailing)).all() == []


@pytest.fixture
def crowd(app: Flask, people: People) -> People:
    """Five people: two with an address, one whose address is dead, one with a phone alone, one who has cancelled."""
    numbers = [
        add(app, f"王{n}", f"+861380013800{n}", email=email)
        for n, email in enumerate(
            ["a@example.org", "b@example.org", "dead@example.org", None, "gone@example.org"]
        )
    ]
    with app.app_context(), transaction() as session:
        session.add(Bounce(address="dead@example.org", problem="bounced", at=clock.now()))
        session.get_one(Registration, numbers[4]).state = RegistrationState.CANCELLED
        session.get_one(Registration, numbers[1]).language = "en"
        agree(numbers[0])
        agree(numbers[1], ended=True)
        agree(numbers[3])
    return people


def draft(people: People, **changes: str) -> str:
    """Write a message to many; gives the path of its page."""
    answer = people.alice.post(f"{MANY}/new", data={"purpose": "service", **WORDS, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def one() -> Mailing:
    db.session.rollback()
    return db.session.scalars(sa.select(Mailing).execution_options(populate_existing=True)).one()


def outbox(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.query(Mail).filter(Mail.template == letters.MAILING).order_by(Mail.id)
        return [(mail.recipient, mail.state.value) for mail in rows]


def page(people: People, path: str) -> str:
    answer = people.alice.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


@contextmanager
def server(app: Flask, how: Behaviour) -> Iterator[None]:
    with smtp_server(how) as port, app.app_context():
        before = mail.account()
        mail.configure(
            mail.Account(before.outbox, "127.0.0.1", port, security="none", timeout=2.0, patience=5.0)
        )
        try:
            yield
        finally:
            mail.configure(before)


@both_engines
def test_before_sending_it_is_said_who_is_reached_and_who_is_not(app: Flask, crowd: People) -> None:
    seen = page(crowd, draft(crowd))
    assert "Send to 4 people" in seen
    assert "2 people have no address that works: show the list" in seen
    assert "王0 您好" in seen
    assert "Dear 王0" in seen
    assert "{name}" not in seen
    with app.app_context():
        assert queries.reach(fair(), {}, Purpose.SERVICE) == Reach(4, 2, 1, 1, 0, 0)
        assert queries.reach(fair(), {}, Purpose.MARKETING) == Reach(2, 1, 1, 0, 1, 1)
        assert queries.reach(fair(), {"class_key": "public"}, Purpose.SERVICE) == Reach()
    names = page(crowd, f"{MANY}/1/without-address")
    assert "王2" in names
    assert "王3" in names
    assert "138****8003" in names
    assert "王0" not in names


@both_engines
def test_everybody_gets_one_and_who_has_no_address_is_to_be_told(app: Flask, crowd: People) -> None:
    how = Behaviour()
    path = draft(crowd)
    with server(app, how):
        assert crowd.alice.post(f"{path}/send").status_code == 303
        assert crowd.alice.post(f"{path}/send").status_code == 409
        drain()
    # P20: one recipient each, nobody else's address anywhere, and nothing to unsubscribe from.
    assert [recipients for _, recipients, _ in how.accepted] == [
        ["TO:<a@example.org>"],
        ["TO:<b@example.org>"],
    ]
    first, second = how.messages()
    assert b"b@example.org" not in how.accepted[0][2]
    assert "王0 您好" in str(first.get_content())
    assert "Dear 王1" in str(second.get_content())
    assert first["List-Unsubscribe"] is None
    assert sorted(outbox(app)) == [
        ("", "no_address"),
        ("", "no_address"),
        ("a@example.org", "sent"),
        ("b@example.org", "sent"),
    ]
    with app.app_context():
        assert (one().state, one().counts["done"]) == (State.SENT, 4)
    seen = page(crowd, path)
    assert "4 of 4 messages are in the outbox." in seen
    assert page(crowd, "/desk/8th/mail?box=untold&batch=mailing-1").count("No address") >= 2


@both_engines
def test_marketing_goes_to_who_agrees_now_and_can_be_left_by_one_click(app: Flask, crowd: People) -> None:
    how = Behaviour()
    path = draft(crowd, purpose="marketing")
    assert "Left out: unsubscribed" in page(crowd, path)
    with server(app, how):
        crowd.alice.post(f"{path}/send")
        drain()
    (message,) = how.messages()
    assert message["To"] == "a@example.org"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message["List-Unsubscribe"].strip(" <>")
    assert url in str(message.get_content())
    leave = url.removeprefix("http://localhost")
    assert "You get news" in crowd.nobody.get(f"{leave}?lang=en").text
    with app.app_context():
        first = db.session.query(Registration.id).filter_by(name="王0").scalar()
        assert queries.agrees_now(fair().id, first)
    answer = crowd.nobody.post(leave, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with app.app_context():
        assert not queries.agrees_now(fair().id, first)
    assert crowd.nobody.post(leave).status_code == 200
    assert crowd.nobody.post(f"{leave}/again").status_code == 200
    with app.app_context():
        assert queries.agrees_now(fair().id, first)
        kept = queries.marketing_of(fair().id, [first])
        assert [row.withdrawn_at is None for row in kept] == [False, True]


def test_one_click_needs_no_token_of_a_form(app: Flask, crowd: People) -> None:
    """RFC 8058: mail programs send the post without cookies; every other form keeps its token."""
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context(), transaction():
        person = db.session.query(Registration).filter_by(name="王0").one()
        token = leave_link(person)
    assert (
        crowd.nobody.post(f"/8th/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}).status_code
        == 200
    )
    assert crowd.alice.post(f"{MANY}/start").status_code == 400


def test_who_leaves_while_it_waits_gets_none(app: Flask, crowd: People) -> None:
    path = draft(crowd, purpose="marketing")
    crowd.alice.post(f"{path}/send")
    with app.app_context():
        with transaction():
            assert service.send_portion(fair(), one())
            for consent in db.session.query(Consent).filter_by(purpose="marketing"):
                consent.withdrawn_at = clock.now()
        drain()
    assert outbox(app)[0] == ("a@example.org", "withdrawn")


@both_engines
def test_cut_off_anywhere_it_goes_on_and_nobody_gets_two(
    app: Flask, crowd: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F13: the worker dies after the first of them; the next one takes up where it stood."""
    monkeypatch.setattr(service, "PORTION", 1)
    path = draft(crowd)
    crowd.alice.post(f"{path}/send")
    with app.app_context():
        with transaction():
            assert service.send_portion(fair(), one())
        assert one().counts["done"] == 1
        with pytest.raises(RuntimeError, match="cut"):
            _cut_off()
        drain()
        assert one().counts["done"] == 4
    recipients = [recipient for recipient, _ in outbox(app) if recipient]
    assert recipients == ["a@example.org", "b@example.org"]


def _cut_off() -> None:
    with transaction():
        service.send_portion(fair(), one())
        raise RuntimeError("cut")


def test_it_can_be_planned_and_stopped(app: Flask, crowd: People) -> None:
    path = draft(crowd)
    soon = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00")
    assert crowd.alice.post(f"{path}/send", data={"send_at": soon}).status_code == 303
    assert "Planned" in page(crowd, path)
    with app.app_context():
        assert drain() == 0
        assert db.session.query(Job).filter_by(name=service.SEND).one().run_after > clock.now() + timedelta(
            days=1
        )
        planned = one().send_at
        assert planned is not None
        assert planned.hour == 1
    assert crowd.alice.post(f"{path}/stop").status_code == 303
    assert crowd.alice.post(f"{path}/stop").status_code == 409
    with app.app_context():
        with transaction() as session:
            session.execute(sa.update(Job).values(run_after=clock.now()))
        drain()
        assert one().state is State.STOPPED
    assert outbox(app) == []


def test_stopping_holds_back_what_has_not_left(app: Flask, crowd: People) -> None:
    path = draft(crowd)
    crowd.alice.post(f"{path}/send")
    with app.app_context(), transaction():
        while service.send_portion(fair(), one_here()):
            pass
    answer = crowd.alice.post(f"{path}/stop?lang=en", follow_redirects=True)
    assert "Stopped. 2 messages were held back." in answer.text
    with app.app_context():
        drain()
    assert sorted(state for recipient, state in outbox(app) if recipient) == ["withdrawn", "withdrawn"]


@both_engines
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            lambda expo, row: service.stop(expo, row, SYSTEM),
            service.send_portion,
        ),
        (
            service.send_portion,
            lambda expo, row: service.stop(expo, row, SYSTEM),
        ),
    ],
)
def test_nothing_leaves_after_it_was_stopped(
    app: Flask,
    crowd: People,
    first: Callable[[Expo, Mailing], object],
    second: Callable[[Expo, Mailing], object],
) -> None:
    """F13: whoever comes second waits for the first, and finds what was done."""
    crowd.alice.post(f"{draft(crowd)}/send")
    _one_behind_the_other(app, first, second)
    with app.app_context():
        assert one().state is State.STOPPED
    assert {state for recipient, state in outbox(app) if recipient} <= {"withdrawn"}


@both_engines
def test_the_words_of_what_is_sent_stay(app: Flask, crowd: People) -> None:
    draft(crowd)
    words = {"zh": Words("别的", "别的"), "en": Words("", "")}
    with pytest.raises(Conflict):
        _one_behind_the_other(
            app,
            lambda expo, row: service.send(expo, row, None, SYSTEM),
            lambda expo, row: service.write(expo, row, Purpose.SERVICE, words, {}, SYSTEM),
        )
    with app.app_context():
        assert one().subject_zh == WORDS["subject_zh"]


def _one_behind_the_other(
    app: Flask, first: Callable[[Expo, Mailing], object], second: Callable[[Expo, Mailing], object]
) -> None:
    """Do `second` while `first` is done but not yet kept; raises what `second` raises."""
    begun, done = Event(), Event()

    def one_side() -> None:
        with app.app_context(), transaction():
            first(fair(), one_here())
            begun.set()
            done.wait(1)

    def other_side() -> None:
        begun.wait(10)
        try:
            with app.app_context(), transaction():
                second(fair(), one_here())
        finally:
            done.set()

    with ThreadPoolExecutor(2) as pool:
        for side in [pool.submit(one_side), pool.submit(other_side)]:
            side.result()


def one_here() -> Mailing:
    return db.session.scalars(sa.select(Mailing)).one()


def test_a_test_goes_to_its_writer_alone(app: Flask, crowd: People) -> None:
    how = Behaviour()
    path = draft(crowd)
    assert "No sender is set up" in crowd.alice.post(f"{path}/test?lang=en", follow_redirects=True).text
    with app.app_context():
        drain()
    with server(app, how):
        answer = crowd.alice.post(f"{path}/test?lang=en", follow_redirects=True)
        assert "alice@example.org" in answer.text
        drain()
    (message,) = how.messages()
    assert message["To"] == "alice@example.org"
    assert message["Subject"].startswith("[Test] In the halls")
    assert outbox(app) == []
    with app.app_context():
        assert one().state is State.DRAFT


def test_people_are_picked_in_the_list(app: Flask, crowd: People) -> None:
    answer = crowd.alice.post(f"{MANY}/start", data={"id": ["1", "4", "x", "99999"]})
    assert answer.location == f"{MANY}/1/edit"
    assert "Write the words first." in page(crowd, f"{MANY}/1")
    assert "picked one by one" in page(crowd, f"{MANY}/1/edit")
    assert crowd.alice.post(f"{MANY}/1/edit", data={"purpose": "service", **WORDS}).status_code == 303
    assert "Send to 2 people" in page(crowd, f"{MANY}/1")
    everybody = crowd.alice.post(f"{MANY}/start?class=trade&status=registered", data={"all": "1"})
    assert everybody.location == f"{MANY}/new?class=trade&status=registered"
    assert '<option selected value="trade">' in page(crowd, everybody.location)


@pytest.mark.parametrize(
    ("typed", "sentence", "field"),
    [
        ({"body_zh": "{token}"}, "{token} is not filled in this message", "body_zh"),
        ({"subject_en": "{name}"}, "{name} cannot stand in a subject", "subject_en"),
        ({"body_en": ""}, "In each language, write both subject and text or neither", "subject_zh"),
        (dict.fromkeys(WORDS, ""), "Write a subject and a text in one language at least", "subject_zh"),
        ({"purpose": "spam"}, "Not a valid choice", "purpose"),
    ],
)
def test_wrong_words_are_refused(people: People, typed: dict[str, str], sentence: str, field: str) -> None:
    answer = people.alice.post(f"{MANY}/new?lang=en", data={"purpose": "service", **WORDS, **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("when", ["2020-01-01T09:00", "2999-01-01T09:00", "soon"])
def test_a_wrong_moment_is_refused_and_nothing_is_sent(app: Flask, crowd: People, when: str) -> None:
    path = draft(crowd)
    assert crowd.alice.post(f"{path}/send", data={"send_at": when}).status_code == 422
    with app.app_context():
        assert one().state is State.DRAFT


def test_nobody_reached_is_said(app: Flask, crowd: People) -> None:
    path = draft(crowd, class_key="public", day="", region="-")
    assert "Nobody would get this message." in page(crowd, path)
    assert crowd.alice.post(f"{path}/send").status_code == 409


def test_a_draft_is_changed_or_thrown_away_and_a_sent_one_is_neither(app: Flask, crowd: People) -> None:
    path = draft(crowd)
    assert (
        crowd.alice.post(
            f"{path}/edit", data={"purpose": "service", **WORDS, "state": "registered"}
        ).status_code
        == 303
    )
    assert "Registered" in page(crowd, path)
    crowd.alice.post(f"{path}/send")
    assert crowd.alice.get(f"{path}/edit").location == path
    assert crowd.alice.post(f"{path}/remove").status_code == 409
    second = draft(crowd)
    assert crowd.alice.post(f"{second}/remove").status_code == 303
    assert crowd.alice.get(second).status_code == 404
    assert crowd.alice.get(f"{MANY}/{2**70}").status_code == 404
    with app.app_context(), pytest.raises(Refused), transaction():
        service.write(fair(), one(), Purpose.SERVICE, service.words_of(one()), {}, SYSTEM)


def test_who_may_not_send(crowd: People) -> None:
    path = draft(crowd)
    for who, code in ((crowd.bob, 403), (crowd.charlie, 404), (crowd.nobody, 303)):
        assert [who.get(MANY).status_code, who.post(f"{path}/send").status_code] == [code, code]


def test_a_message_that_is_gone_ends_its_job(app: Flask, crowd: People) -> None:
    path = draft(crowd)
    crowd.alice.post(f"{path}/send")
    with app.app_context():
        with transaction() as session:
            session.delete(one_here())
        drain()
        assert db.session.query(Job).filter_by(name=service.SEND).one().error_code == "mailing_gone"
    job = crowd.alice.get("/desk/8th/jobs/1")
    assert job.status_code == 200


@both_engines
def test_the_reminder_set_twice_at_once_is_one(app: Flask, crowd: People) -> None:
    def choose(_: int) -> None:
        with app.app_context(), transaction():
            set_reminder(fair(), rules.REMIND_DAYS[0], SYSTEM)

    at_once(choose, 8)
    with app.app_context():
        assert db.session.query(VisitReminder).one().days_before == rules.REMIND_DAYS[0]


def test_the_other_language_stands_in() -> None:
    words = {"zh": Words("标题", "正文"), "en": Words("", "")}
    assert words_in(words, "en") == words_in(words, "zh") == Words("标题", "正文")
    check(words)
    now = clock.now()
    check_moment(now + timedelta(days=1), now)
