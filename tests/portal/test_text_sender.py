"""A2: the sender of text messages, its state, and a test that says in words what the provider said."""

from collections.abc import Iterator

import pytest
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.core.db import db
from exhibitions.mail.models import Mail
from exhibitions.mail.service import texting
from tests.mail.provider import Provider, breaks, later, refuse
from tests.people import People

SENDER = "/desk/mail/sender"
CANARY = "13900007777"


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    found = Provider()
    texting.configure(found)
    yield found
    texting.configure(None)


def tried(people: People, phone: str = CANARY) -> str:
    answer = people.dora.post(f"{SENDER}/test-text?lang=en", data={"phone": phone}, follow_redirects=True)
    return answer.text


def test_without_a_sender_the_page_is_as_before(people: People) -> None:
    page = people.dora.get(f"{SENDER}?lang=en").text
    assert "No sender of text messages is built in." in page
    assert "Send a test text message" not in page
    assert "nothing was sent" in tried(people)


def test_its_state_is_shown(people: People, provider: Provider) -> None:
    page = people.dora.get(f"{SENDER}?lang=en").text
    assert "fake" in page
    assert "People decide, so that nobody gets it twice" in page
    provider.drops_repeats = True
    assert "the provider drops what comes twice" in people.dora.get(f"{SENDER}?lang=en").text
    provider.name = texting.SANDBOX
    assert "Sandbox: nothing leaves" in people.dora.get(f"{SENDER}?lang=en").text
    assert "Nobody gets it." in tried(people)


def test_the_test_goes_to_the_number_and_is_kept_nowhere(
    app: Flask, people: People, provider: Provider, capfd: pytest.CaptureFixture[str]
) -> None:
    """P19: neither outbox nor audit nor log holds the number."""
    page = tried(people, "139 0000 7777")
    assert "The provider has taken the test (1 part)" in page
    assert [phone for phone, *_ in provider.taken] == [f"+86{CANARY}"]
    with app.app_context():
        assert db.session.query(Mail).count() == 0
        entry = db.session.query(Entry).filter_by(action="mail.text_tested").one()
        assert CANARY not in f"{entry.before} {entry.after} {entry.reason}"
    out, err = capfd.readouterr()
    assert CANARY not in out + err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refuse(), "The provider refused the number"),
        (refuse("text"), "The provider refused the text"),
        (later("access"), "did not accept the access data"),
        (later("credit"), "is used up"),
        (later("busy"), "asked to come back later"),
        (later("unreachable"), "cannot be reached"),
        (breaks(RuntimeError("x")), "broke off"),
    ],
)
def test_what_goes_wrong_is_said_in_words(
    people: People, provider: Provider, answer: object, said: str
) -> None:
    provider.answers.append(answer)  # type: ignore[arg-type]
    assert said in tried(people)


@pytest.mark.parametrize(
    ("phone", "said"), [("", "Enter your mobile number"), ("12", "Enter a mobile number like")]
)
def test_what_is_no_number_is_said_at_the_field(
    people: People, provider: Provider, phone: str, said: str
) -> None:
    answer = people.dora.post(f"{SENDER}/test-text?lang=en", data={"phone": phone})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert provider.asked == 0


def test_it_is_not_for_flooding_a_phone(people: People, provider: Provider) -> None:
    codes = [people.dora.post(f"{SENDER}/test-text", data={"phone": CANARY}).status_code for _ in range(11)]
    assert codes == [303] * 10 + [429]


def test_only_the_administrator(people: People, provider: Provider) -> None:
    assert people.alice.post(f"{SENDER}/test-text", data={"phone": CANARY}).status_code == 403
    assert people.nobody.post(f"{SENDER}/test-text", data={"phone": CANARY}).status_code == 401
    assert provider.asked == 0
