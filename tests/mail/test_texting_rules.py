"""How many parts a text message takes (GSM 03.38: 160 and 153, 70 and 67), and what may be sent."""

import pytest

from exhibitions.core.errors import Refused
from exhibitions.mail.rules import doubts_of
from exhibitions.mail.rules.texting import RefusedForGood, TryLater, is_number, parts_of, parts_of_preview
from exhibitions.mail.rules.texts import Words, check_words, message_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # An escaped letter takes two places and is not torn: 76 fit into a part of 153.
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("长" * 70, 1),
        ("长" * 71, 2),
        ("长" * 134, 2),
        ("长" * 135, 3),
        ("a" * 69 + "长", 1),
        ("a" * 70 + "长", 2),
        # Beyond the BMP: two places each, 33 in a part of 67.
        ("𠮷" * 35, 1),
        ("𠮷" * 66, 2),
        ("𠮷" * 67, 3),
    ],
)
def test_parts(text: str, parts: int) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "phone", ["", "13800138000", "+0123456789", "+86 13800138000", "+86138001380001234", "+1234567"]
)
def test_what_is_no_number(phone: str) -> None:
    assert not is_number(phone)


def test_a_number() -> None:
    assert is_number("+8613800138000")


def test_reasons() -> None:
    assert [RefusedForGood().why, TryLater().why, TryLater("credit").why] == ["number", "busy", "credit"]


def test_people_decide_sooner_where_a_repeat_would_arrive() -> None:
    assert [doubts_of(by_sms=a, drops_repeats=b) for a in (False, True) for b in (False, True)] == [
        2,
        2,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("short", "code"),
    [
        ("{link} {other}", "place_in_short"),
        ("{link} {message}", "place_in_short"),
        ("come", "short_missing"),
        ("", None),
        ("{link}", None),
    ],
)
def test_places_of_a_text_message(short: str, code: str | None) -> None:
    words = Words("s", "{link}", short)
    if code is None:
        check_words(words, ("link", "message"), ("link",))
        return
    with pytest.raises(Refused) as refusal:
        check_words(words, ("link", "message"), ("link",))
    assert refusal.value.code == code


def test_it_is_one_line_without_idle_ends() -> None:
    values = {"fair": "Expo", "link": "https://x/1", "hotline": ""}
    message = message_of(Words("s", "b", "{fair}: {link}\nQuestions? {hotline}"), values)
    assert message.short == "Expo: https://x/1"


def test_a_preview_counts_the_link_in_full() -> None:
    assert (parts_of("a" * 100 + "…"), parts_of_preview("a" * 100 + "…")) == (2, 1)
    assert parts_of_preview("a" * 140 + "…") == 2
