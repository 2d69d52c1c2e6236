"""V2, V4 and O6 where a sender of text messages is set up: the link by phone, who is told how, how one leaves (P19, P20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.jobs.commands.running import drain
from exhibitions.mail import service as mail
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import State
from exhibitions.mail.service import texting
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Mailing, Registration, Reminder
from exhibitions.visitors.queries import mailing as reaching
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.mailing import Purpose, Reach
from exhibitions.visitors.service import reminders
from tests.mail.provider import Provider, refuse
from tests.people import People
from tests.visitors.registering import PHONE, add, change_fair, fair, register
from tests.visitors.test_mailing import MANY, WORDS, agree

FIND = "/8th/find-badge"
LINK = re.compile(r"/8th/badge/[\w-]{20,}")
SHORT = {"short_zh": "{fair}：请看 {link}", "short_en": "{fair}: see {link}"}


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    found, account = Provider(), mail.account()
    texting.configure(found)
    yield found
    texting.configure(None)
    mail.configure(account)


def sent(app: Flask) -> None:
    with app.app_context():
        drain()


def test_who_registers_with_a_number_gets_the_link_by_text_message(
    app: Flask, people: People, provider: Provider
) -> None:
    """V2: the personal link, in one line, and it opens the badge."""
    register(people.nobody)
    sent(app)
    ((phone, text, _),) = provider.taken
    assert phone == PHONE
    assert "您的入场码" in text
    assert "\n" not in text
    link = LINK.search(text)
    assert link is not None
    assert people.nobody.get(link[0]).status_code == 200


def test_the_number_finds_the_badge_and_nothing_tells_who_is_known(
    app: Flask, people: People, provider: Provider
) -> None:
    """V4: the same answer, the same page, an entry either way; only a known number gets something."""
    add(app, email="a@example.org")
    answers = [people.nobody.post(FIND, data={"contact": each}) for each in ("13800138000", "13900139000")]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, f"{FIND}/sent")] * 2
    page = people.nobody.get(f"{FIND}/sent?lang=en").text
    assert "If these details are registered" in page
    assert "text message" in page
    sent(app)
    # It goes where it was asked for, though an address is known.
    assert [(phone, bool(LINK.search(text))) for phone, text, _ in provider.taken] == [(PHONE, True)]


def test_asked_by_address_it_goes_there(app: Flask, people: People, provider: Provider) -> None:
    add(app, email="a@example.org")
    with app.app_context():
        mail.configure(mail.Account(outbox=mail.account().outbox, server="127.0.0.1"))
        people.nobody.post(FIND, data={"contact": "a@example.org"})
        row = db.session.scalars(sa.select(Mail)).one()
        assert (row.recipient, row.by_sms) == ("a@example.org", False)


def test_twice_in_ten_minutes_is_one_text_message(app: Flask, people: People, provider: Provider) -> None:
    add(app)
    for _ in range(2):
        people.nobody.post(FIND, data={"contact": "13800138000"})
    sent(app)
    assert len(provider.taken) == 1


def test_a_number_and_a_network_have_their_limits(app: Flask, people: People, provider: Provider) -> None:
    codes = [people.nobody.post(FIND, data={"contact": "13800138000"}).status_code for _ in range(6)]
    assert codes == [303] * 5 + [429]
    # Other numbers by ever new browsers, all from one address.
    codes = []
    for n in range(300):
        people.nobody.delete_cookie("device")
        codes.append(people.nobody.post(FIND, data={"contact": f"139{n:08}"}).status_code)
    assert (codes[0], codes[-1]) == (303, 429)


def test_past_the_limit_of_a_network_people_register_without_a_text_message(
    app: Flask, people: People, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exhibitions.visitors.views.registration._TEXTS_OF_A_NETWORK", "1 per hour")
    register(people.nobody)
    register(people.nobody, phone="139 0013 9000", form_key="another")
    sent(app)
    assert [phone for phone, *_ in provider.taken] == [PHONE]


def test_without_a_sender_nothing_is_new(app: Flask, people: People) -> None:
    """No words of it on any page, and who has a number alone is told by people."""
    add(app)
    people.nobody.post(FIND, data={"contact": "13800138000"})
    with app.app_context():
        assert db.session.query(Mail).count() == 0
    assert "Your badge waits at the fair" in people.nobody.get(f"{FIND}/sent?lang=en").text
    assert "Text message, Chinese" not in people.alice.get(f"{MANY}/new?lang=en").text
    assert "Text message" not in people.alice.get("/desk/8th/mail/texts/visitors.approved?lang=en").text


def test_the_office_renews_a_link_by_text_message(app: Flask, people: People, provider: Provider) -> None:
    number = add(app)
    page = people.alice.post(f"/desk/8th/visitors/{number}/link?lang=en", follow_redirects=True).text
    assert "A new one is sent by text message." in page
    sent(app)
    assert len(provider.taken) == 1


@pytest.mark.parametrize("name", [name for name in letters.WORDS if name != letters.OPENING])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_letter_has_its_line(
    app: Flask, people: People, provider: Provider, name: str, lang: str
) -> None:
    """The words of the product fit into two parts, with the link of the person's own where there is one."""
    number = add(app)
    with app.app_context():
        state = next(iter(letters.WRITTEN_TO[name]))
        with transaction() as session:
            row = session.get_one(Registration, number)
            row.state, row.language = state, lang
            service.telling.tell(row, name)
        drain()
        ((_, text, _),) = provider.taken
        assert bool(LINK.search(text)) is (name not in letters.WITHOUT_LINK)
        assert "{" not in text
        assert db.session.scalars(sa.select(Mail)).one().parts <= 2


def test_who_left_a_number_is_told_when_registration_opens(
    app: Flask, people: People, provider: Provider
) -> None:
    """The wish is forgotten then; a number that takes nothing stays for the office."""
    change_fair(app, registration_opens_at=clock.now() + timedelta(days=1))
    with app.app_context(), transaction() as session:
        reminders.ask(fair(), PHONE, None, "zh")
        reminders.ask(fair(), "+8613900139000", None, "zh")
        session.add(Bounce(address="+8613900139000", problem="number_refused", at=clock.now()))
    change_fair(app, registration_opens_at=clock.now() - timedelta(minutes=1))
    with app.app_context():
        with transaction():
            assert reminders.tell(fair()) == 1
        with transaction():
            assert reminders.tell(fair()) == 0
        drain()
        assert [(phone, "预登记已开放" in text) for phone, text, _ in provider.taken] == [(PHONE, True)]
        assert db.session.scalars(sa.select(Reminder.phone)).all() == ["+8613900139000"]


@pytest.fixture
def crowd(app: Flask, people: People) -> People:
    """An address, a dead address with a number, a number alone, a dead number."""
    add(app, "王0", None, email="a@example.org")
    add(app, "王1", "+8613800138001", email="dead@example.org")
    add(app, "王2", "+8613800138002")
    add(app, "王3", "+8613800138003")
    with app.app_context(), transaction() as session:
        for address in ("dead@example.org", "+8613800138003"):
            session.add(Bounce(address=address, problem="bounced", at=clock.now()))
        mail.configure(mail.Account(outbox=mail.account().outbox, server="127.0.0.1"))
    return people


def written(people: People, **changes: str) -> str:
    """A draft; the path of its page."""
    answer = people.alice.post(f"{MANY}/new", data={"purpose": "service", **WORDS, **SHORT, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_a_message_to_many_says_how_many_go_as_text_messages(
    app: Flask, provider: Provider, crowd: People
) -> None:
    page = crowd.alice.get(f"{written(crowd)}?lang=en").text
    assert "By text message" in page
    assert "1 part" in page
    with app.app_context():
        found = db.session.scalars(sa.select(Mailing)).one()
        reach = reaching.reach(fair(), found.chosen, Purpose.SERVICE, service.mailing.ways_of(found))
        assert reach == Reach(people=4, by_mail=1, by_sms=2, no_address=1)
        rows = reaching.without_address(fair(), {}, Purpose.SERVICE, service.mailing.ways_of(found))
        assert [row.name for row in rows] == ["王3"]
        assert reaching.reach(fair(), {}, Purpose.SERVICE, reaching.Ways(mail=False, text=True)) == Reach(
            people=4, by_mail=1, by_sms=2, no_address=1
        )


def test_a_message_to_many_leaves_once_each(app: Flask, provider: Provider, crowd: People) -> None:
    """P20: one recipient each; nobody without words for it gets a text message."""
    path = written(crowd)
    crowd.alice.post(f"{path}/send")
    with app.app_context():
        mail.configure(mail.Account(outbox=mail.account().outbox, server="127.0.0.1", port=1))
        drain()
        assert sorted(phone for phone, *_ in provider.taken) == ["+8613800138001", "+8613800138002"]
        states = {row.recipient: row.state for row in db.session.scalars(sa.select(Mail))}
        assert states[""] is State.NO_ADDRESS


def test_without_words_for_it_people_are_told_as_before(
    app: Flask, provider: Provider, crowd: People
) -> None:
    path = written(crowd, short_zh="", short_en="")
    assert "By text message" not in crowd.alice.get(f"{path}?lang=en").text
    crowd.alice.post(f"{path}/send")
    sent(app)
    assert provider.taken == []


def test_advertising_carries_the_link_to_leave_and_stops(
    app: Flask, people: People, provider: Provider
) -> None:
    """P20: it goes to who agreed, can be left without signing in by a POST alone, and the next one stays away."""
    first, _second = add(app), add(app, "李", "+8613900139000")
    with app.app_context(), transaction():
        agree(first)
    people.alice.post(f"{written(people, purpose='marketing')}/send")
    sent(app)
    ((phone, text, _),) = provider.taken
    assert phone == PHONE
    leave = re.search(r"退订：\S+(/8th/unsubscribe/[\w-]+)", text)
    assert leave is not None
    assert people.nobody.get(f"{leave[1]}?lang=en").text.count("You get news and invitations from us.") == 1
    with app.app_context():
        assert reaching.agrees_now(fair().id, first)
    assert "no news" in people.nobody.post(f"{leave[1]}?lang=en").text
    again = people.alice.post(f"{written(people, purpose='marketing')}/send")
    assert again.status_code == 409
    assert len(provider.taken) == 1


@pytest.mark.parametrize(
    ("changes", "said", "field"),
    [
        ({"short_zh": "{message}"}, "{message} is not filled in a text message", "short_zh"),
        ({"short_en": "x" * 201}, "At most 200 characters", "short_en"),
    ],
)
def test_words_that_cannot_be_filled_are_refused_at_their_field(
    people: People, provider: Provider, changes: dict[str, str], said: str, field: str
) -> None:
    data = {"purpose": "service", **WORDS, **SHORT, **changes}
    page = people.alice.post(f"{MANY}/new?lang=en", data=data)
    assert page.status_code == 422 or page.status_code == 200
    assert said in page.text
    assert f'id="{field}-error"' in page.text


def test_a_dead_number_is_said_on_the_record(app: Flask, people: People, provider: Provider) -> None:
    number = add(app)
    page = f"/desk/8th/visitors/{number}?lang=en"
    assert "takes no text messages" not in people.alice.get(page).text
    provider.answers.append(refuse())
    people.nobody.post(FIND, data={"contact": "13800138000"})
    sent(app)
    assert "This number takes no text messages." in people.alice.get(page).text


def test_an_erased_person_has_no_number_in_the_outbox(app: Flask, people: People, provider: Provider) -> None:
    """P9, also for what was written to the number and not about the person."""
    number = add(app)
    with app.app_context():
        with transaction():
            mail.send(letters.OPENING, "", "zh", {"expo_id": 1}, key="o", expo_id=fair().id, phone=PHONE)
        row = queries.registration_of(fair(), number)
        assert row is not None
        with transaction():
            service.erase_person(db.session.get_one(Registration, number))
        assert [
            each.recipient for each in db.session.scalars(sa.select(Mail)) if "138" in each.recipient
        ] == []


def test_the_outbox_shows_the_masked_number_and_the_parts(
    app: Flask, people: People, provider: Provider
) -> None:
    """B12."""
    register(people.nobody)
    sent(app)
    page = people.alice.get("/desk/8th/mail?box=sent&lang=en").text
    assert "138****8000" in page
    assert "13800138000" not in page
    assert "Text message" in page
    with app.app_context():
        number = db.session.scalars(sa.select(Mail.id)).one()
    page = people.alice.get(f"/desk/8th/mail/{number}?lang=en").text
    assert "138****8000" in page
    assert re.search(r"Text message · \d part", page)
