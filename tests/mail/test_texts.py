"""The words of messages: places from a fixed list, names as text, a fair's own words, and back (P19, GHSA pretix)."""

import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.mail.models import MailText
from exhibitions.mail.rules.texts import Words, check_words, fill, message_of, places_in, wechat_text
from exhibitions.mail.service import texts
from tests.people import People
from tests.visitors.registering import add, fair

PAGE = "/desk/8th/mail/texts/visitors.badge_link"
OWN = {
    "subject_zh": "入场码 {fair}",
    "body_zh": "{name} 您好\n{link}\n热线：{hotline}",
    "subject_en": "Code {fair}",
    "body_en": "Dear {name}\n{link}",
}


def test_places_are_filled_once_and_a_name_is_text() -> None:
    values = {"name": "{link} <b>", "link": "https://x", "hotline": ""}
    assert fill("{name}: {link}", values) == "{link} <b>: https://x"
    assert fill("{name.__class__} {0} %s {link!r}", values) == "{name.__class__} {0} %s {link!r}"


def test_a_line_whose_places_are_all_empty_is_left_out() -> None:
    values = {"hotline": "", "venue": "", "name": "王敏"}
    assert fill("A\nHotline: {hotline}\n{venue} {hotline}\n{name} {venue}\n", values) == "A\n王敏 \n"


def test_a_value_brings_no_lines_but_what_the_organiser_adds() -> None:
    values = {"name": "a\r\nBcc: x", "message": "one\ntwo"}
    assert fill("{name}|{message}", values) == "a Bcc: x|one\ntwo"


def test_a_chat_text_begins_with_the_subject() -> None:
    message = message_of(
        Words("关于{fair}", "\n{name}\n"), {"fair": "第八届", "name": "王敏"}, "https://leave"
    )
    assert wechat_text(message) == "关于第八届\n\n王敏"
    assert message.unsubscribe_url == "https://leave"


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (Words("{name}", "{link}"), "place_in_subject", "name"),
        (Words("s", "{link} {password}"), "place_unknown", "password"),
        (Words("s", "{} {link}"), "place_unknown", ""),
        (Words("s", "nothing"), "place_missing", "link"),
    ],
)
def test_a_wrong_place_is_refused_by_its_name(words: Words, code: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_words(words, ("name", "link"), ("link",))
    assert (refusal.value.code, refusal.value.params["name"]) == (code, name)
    check_words(Words("{fair}", "{name}{link}{name}"), ("name", "link"), ("link",))


@given(st.text(), st.dictionaries(st.text(max_size=8), st.text()))
def test_no_text_breaks_the_filling(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    assert filled.count("\n") <= text.count("\n") + sum(value.count("\n") for value in values.values())
    assert len(places_in(text)) <= text.count("{")


def test_every_kind_has_whole_words_in_both_languages(app: Flask, people: People) -> None:
    add(app)
    with app.app_context():
        assert len(texts.kinds) == 22
        for kind in texts.kinds.values():
            for lang in texts.LANGUAGES:
                words = texts.words_of(fair().id, kind.name, lang)
                check_words(words, kind.places, kind.needed)
                shown = wechat_text(message_of(words, kind.sample(fair().id)[lang]))
                assert "{" not in shown
                assert len(shown) < 600
                assert ("您好" in shown) == (lang == "zh")


def test_without_anybody_registered_the_preview_hints_at_what_comes(app: Flask, people: People) -> None:
    page = people.alice.get(PAGE + "?lang=en").text
    assert "Number: …" in page


def test_every_kind_of_message_opens_with_its_places_named(people: People) -> None:
    kinds = re.findall(r'href="(/desk/8th/mail/texts/[^"?]+)"', people.alice.get("/desk/8th/mail/texts").text)
    assert len(kinds) >= 7
    for kind in kinds:
        assert people.alice.get(kind).status_code == 200, kind


def test_own_words_are_seen_with_the_first_real_record_saved_and_set_back(app: Flask, people: People) -> None:
    add(app, "<b>王敏</b>")
    assert "With the first real record" in people.alice.get(PAGE + "?lang=en").text
    seen = people.alice.post(PAGE, data={**OWN, "preview": "1"})
    assert seen.status_code == 200
    assert "&lt;b&gt;王敏&lt;/b&gt; 您好" in seen.text
    assert "0411-1234 5678" in seen.text
    with app.app_context():
        assert db.session.query(MailText).count() == 0
    assert people.alice.post(PAGE, data=OWN).status_code == 303
    assert "Of your own" in people.alice.get("/desk/8th/mail/texts?lang=en").text
    with app.app_context():
        assert texts.words_of(fair().id, "visitors.badge_link", "en").body == "Dear {name}\n{link}"
    assert people.alice.post(f"{PAGE}/reset").status_code == 303
    with app.app_context():
        assert "Dear" not in texts.words_of(fair().id, "visitors.badge_link", "en").body


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("body_en", "{link} {secret}", "{secret} is not filled in this message"),
        ("body_zh", "没有链接", "Put {link} into the text"),
        ("subject_en", "{name}", "{name} cannot stand in a subject"),
        ("body_zh", "", "Write a text"),
        ("subject_zh", "长" * 121, "At most 120 characters"),
    ],
)
def test_wrong_words_are_refused_beside_their_field(
    people: People, field: str, typed: str, sentence: str
) -> None:
    answer = people.alice.post(f"{PAGE}?lang=en", data={**OWN, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-error"' in answer.text


def test_words_that_are_the_products_own_follow_it(app: Flask, people: People) -> None:
    with app.app_context():
        usual = {lang: texts.words_of(fair().id, "visitors.badge_link", lang) for lang in texts.LANGUAGES}
    same = {f"{part}_{lang}": getattr(usual[lang], part) for lang in usual for part in ("subject", "body")}
    people.alice.post(PAGE, data=same)
    with app.app_context():
        row = db.session.query(MailText).one()
        assert (row.subject_zh, row.body_zh, row.subject_en, row.body_en) == ("", "", "", "")


def test_a_kind_that_is_none_is_not_found_and_the_desk_may_not(people: People) -> None:
    assert people.alice.get("/desk/8th/mail/texts/nonsense").status_code == 404
    assert people.bob.get(PAGE).status_code == 403


def test_a_fairs_words_go_into_its_document_and_back(app: Flask, people: People) -> None:
    people.alice.post(PAGE, data=OWN)
    with app.app_context():
        number = fair().id
        kept = texts.dump_setup(number)
        assert kept[0]["body_en"] == OWN["body_en"]
    people.alice.post(f"{PAGE}/reset")
    with app.app_context():
        from_document = [*kept, {"kind": "of.tomorrow", "body_en": "x"}]
        with transaction():
            texts.load_setup(number, from_document)
        assert texts.words_of(number, "visitors.badge_link", "en").body == OWN["body_en"]
        assert db.session.query(MailText).count() == 1
