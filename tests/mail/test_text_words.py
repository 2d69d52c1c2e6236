"""The words of a text message: asked for where a sender is set up, seen with their parts, kept apart from the mail's."""

from collections.abc import Iterator

import pytest
from flask import Flask

from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.mail.models import MailText
from exhibitions.mail.rules.texting import MOST_PARTS, parts_of_preview
from exhibitions.mail.rules.texts import message_of
from exhibitions.mail.service import texting, texts
from tests.mail.provider import Provider
from tests.mail.test_texts import OWN, PAGE
from tests.people import People
from tests.visitors.registering import add, change_fair, fair

SHORT = {"short_zh": "{fair} {link}", "short_en": "{fair} {link}"}


@pytest.fixture
def provider(app: Flask) -> Iterator[Provider]:
    found = Provider()
    texting.configure(found)
    yield found
    texting.configure(None)


def test_every_kind_has_a_line_of_two_parts_at_most(app: Flask, people: People) -> None:
    add(app)
    with app.app_context():
        for kind in texts.kinds.values():
            for lang in texts.LANGUAGES:
                words = texts.words_of(fair().id, kind.name, lang)
                short = message_of(words, kind.sample(fair().id)[lang]).short
                assert "{" not in short
                assert 1 <= parts_of_preview(short) <= 2, (kind.name, lang, short)


def test_own_words_are_seen_with_their_parts_and_kept(app: Flask, people: People, provider: Provider) -> None:
    page = people.alice.get(f"{PAGE}?lang=en").text
    assert "As a text message" in page
    assert "1 part" in page or "2 parts" in page
    seen = people.alice.post(
        f"{PAGE}?lang=en", data={**OWN, **SHORT, "short_zh": "长" * 80 + "{link}", "preview": "1"}
    )
    assert "2 parts" in seen.text
    assert people.alice.post(PAGE, data={**OWN, **SHORT}).status_code == 303
    with app.app_context():
        assert texts.words_of(fair().id, "visitors.badge_link", "en").short == "{fair} {link}"
    # Saved without a sender, what was written for text messages stays.
    texting.configure(None)
    assert people.alice.post(PAGE, data={**OWN, "subject_en": "Other"}).status_code == 303
    with app.app_context():
        row = db.session.query(MailText).one()
        assert (row.subject_en, row.short_en) == ("Other", "{fair} {link}")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("short_zh", "没有链接", "Put {link} into the text message"),
        ("short_en", "{link} {agreements}", "{agreements} is not filled in a text message"),
        ("short_en", "", "Write a text message"),
        ("short_zh", "长" * 201, "At most 200 characters"),
    ],
)
def test_wrong_words_are_refused_beside_their_field(
    people: People, provider: Provider, field: str, typed: str, sentence: str
) -> None:
    answer = people.alice.post(f"{PAGE}?lang=en", data={**OWN, **SHORT, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text


def test_what_takes_too_many_parts_is_refused(app: Flask, people: People, provider: Provider) -> None:
    """Counted with the first real record, because a long name of the fair is paid for as well."""
    change_fair(app, name_zh="会" * 190)
    answer = people.alice.post(
        f"{PAGE}?lang=en", data={**OWN, **SHORT, "short_zh": "{fair}{fair}" + "长" * 100 + "{link}"}
    )
    assert answer.status_code == 422
    assert f"at most {MOST_PARTS} are sent" in answer.text
    assert 'id="short_zh-error"' in answer.text


def test_the_document_of_a_fair_carries_them(app: Flask, people: People) -> None:
    with app.app_context():
        one = {"kind": "visitors.badge_link", "short_zh": "{link} 入场"}
        with transaction():
            texts.load_setup(fair().id, [one])
        assert texts.dump_setup(fair().id)[0]["short_zh"] == "{link} 入场"
        with pytest.raises(Refused, match="short_missing"), transaction():
            texts.load_setup(fair().id, [{"kind": "visitors.badge_link", "short_en": "no link"}])
