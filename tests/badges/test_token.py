"""The code on a badge and the number under it (design.md §5, check-in.md rows 1, 2 and C15)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibitions.badges.rules import base45, number, token
from exhibitions.badges.rules.token import Claims, Token, TypedNumber, Unreadable, parse_code
from exhibitions.core import qr, signing

# A shared machine pauses now and then; these tests judge no time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

PRIVATE = bytes(range(32))
PUBLIC = signing.public_key_of(PRIVATE)
CLAIMS = Claims(
    key_number=5,
    fair=0x010203,
    badge=482_139_057,
    class_number=7,
    first_day=3,
    days=2,
    issue=0xA1B2C3D4,
    version=1,
)
claims = st.builds(
    Claims,
    version=st.just(1),
    key_number=st.integers(0, 31),
    fair=st.integers(0, 2**24 - 1),
    badge=st.integers(0, 2**40 - 1),
    class_number=st.integers(0, 255),
    first_day=st.integers(0, 255),
    days=st.integers(0, 255),
    issue=st.integers(0, 2**32 - 1),
)


def sign(message: bytes) -> bytes:
    return signing.sign(PRIVATE, message)


def code_of(some: Claims = CLAIMS) -> str:
    return token.issue(some, sign)[1]


def test_the_bytes_lie_exactly_as_the_design_says() -> None:
    """Version 3 bits and key number 5, fair 3, badge 5, class 1, first day 1, days 1, issue 4."""
    assert token.encode(CLAIMS).hex() == "25" + "010203" + "001cbcdbb1" + "07" + "03" + "02" + "a1b2c3d4"
    assert token.signed_message(token.encode(CLAIMS)) == b"badge-v1" + token.encode(CLAIMS)


@given(claims)
def test_claims_survive_the_way_through_the_code(some: Claims) -> None:
    signature, code = token.issue(some, sign)
    assert token.decode(token.encode(some)) == some
    assert parse_code(code) == Token(some, signature)
    assert signing.verify(PUBLIC, token.signed_message(token.encode(some)), signature)


@given(claims)
def test_the_code_has_121_characters_that_a_qr_packs_best(some: Claims) -> None:
    code = code_of(some)
    assert len(code) == 121
    assert code[0] == "B"
    assert set(code) <= set(base45.ALPHABET)
    assert not code.endswith(" ")


def test_the_code_fits_the_qr_and_each_issue_has_its_own_picture() -> None:
    assert qr.rows(code_of()) != qr.rows(code_of(replace(CLAIMS, issue=1)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"key_number": 32},
        {"key_number": -1},
        {"version": 8},
        {"fair": 2**24},
        {"badge": 2**40},
        {"class_number": 256},
        {"first_day": 256},
        {"days": -1},
        {"issue": 2**32},
    ],
)
def test_a_number_that_does_not_fit_its_field_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"fit|bits"):
        token.encode(replace(CLAIMS, **wrong))


def test_claims_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16"):
        token.decode(bytes(15))


def full_width(text: str) -> str:
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    "written",
    [
        lambda code: code + "\r\n",
        lambda code: "\t" + code + "\n",
        lambda code: "  " + code + "  ",
        lambda code: code[:60] + "\r\n" + code[60:],
        str.lower,
        full_width,
        lambda code: full_width(code.lower()),
    ],
    ids=["crlf", "tab", "blanks around", "broken over lines", "small", "full width", "full width small"],
)
def test_a_code_is_read_as_meant_however_it_comes(written: object) -> None:
    """C15: upper-case, trailing newline, full-width; CR, LF and TAB are stripped."""
    code = code_of()
    assert parse_code(written(code)) == parse_code(code)  # type: ignore[operator]
    assert isinstance(parse_code(code), Token)
    read = parse_code(written(code))  # type: ignore[operator]
    assert isinstance(read, Token)
    assert read.text == code


def test_a_blank_inside_is_data() -> None:
    code = next(code for issue in range(2000) if " " in (code := code_of(replace(CLAIMS, issue=issue))))
    assert isinstance(parse_code(code), Token)
    assert parse_code(code.replace(" ", "")) == Unreadable()
    assert parse_code(code.replace(" ", "  ")) == Unreadable()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "B",
        "B" * 120,
        "B" * 122,
        "B" + ":" * 120,
        "X" + code_of()[1:],
        code_of()[:-1],
        code_of() + "0",
        code_of()[:50] + "\0" + code_of()[51:],
        code_of()[:50] + "码" + code_of()[51:],
        "B" * 100_000,
        "https://example.org/badge/1",
        "\ud800" * 121,
        "ſ" * 121,
    ],
)
def test_what_is_no_code_is_unreadable(text: str) -> None:
    """check-in.md row 1: empty, NUL, over-long, other alphabets are `unknown`."""
    assert parse_code(text) == Unreadable()


def test_another_version_is_not_of_this_system() -> None:
    assert parse_code(code_of(replace(CLAIMS, version=2))) == Unreadable()


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert isinstance(parse_code(text), Token | TypedNumber | Unreadable)


@given(st.text(alphabet=base45.ALPHABET, min_size=120, max_size=120))
def test_no_text_of_the_alphabet_makes_the_reader_fail(text: str) -> None:
    read = parse_code("B" + text)
    assert isinstance(read, Unreadable) or (isinstance(read, Token) and read.text == "B" + text)


def test_every_changed_character_is_unreadable_or_forged() -> None:
    """check-in.md row 2: nothing but the very code passes."""
    code = code_of()
    for at in range(1, 121):
        read = parse_code(code[:at] + ("0" if code[at] != "0" else "1") + code[at + 1 :])
        if isinstance(read, Token):
            assert not signing.verify(PUBLIC, token.signed_message(token.encode(read.claims)), read.signature)


# The examples of RFC 9285 §4.3 and §4.4.
@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base45_is_that_of_the_rfc(raw: bytes, text: str) -> None:
    assert base45.encode(raw) == text
    assert base45.decode(text) == raw


@given(st.binary(max_size=200))
def test_base45_is_reversible(raw: bytes) -> None:
    assert base45.decode(base45.encode(raw)) == raw


@pytest.mark.parametrize("text", [":::", "GGW", "A", "BB8A", "bb8", "::", "Ü00"])
def test_base45_that_no_bytes_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="base45"):
        base45.decode(text)


@given(st.text(alphabet=base45.ALPHABET, max_size=30))
def test_base45_has_one_text_for_each_meaning(text: str) -> None:
    try:
        raw = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(raw) == text


def test_numbers_are_random_and_never_start_like_a_mobile_number() -> None:
    numbers = {number.new_number() for _ in range(2000)}
    assert len(numbers) > 1990
    assert {len(str(n)) for n in numbers} == {9}
    assert {str(n)[0] for n in numbers} == set("23456789")


@pytest.mark.parametrize(
    "typed",
    [
        "482 139 057-9",
        "4821390579",
        " 482-139-057-9\n",
        "４８２　１３９　０５７－９",
        "482.139.057 9",
        "482\u00a0139\u2009057—9",
    ],
)
def test_typed_numbers_are_read_as_meant(typed: str) -> None:
    """C15: full-width digits typed by hand; the typed number has its own check character."""
    assert number.shown(482_139_057) == "482 139 057-9"
    assert parse_code(typed) == TypedNumber(482_139_057)
    assert number.parse(typed) == 482_139_057


@pytest.mark.parametrize(
    "typed", ["138 0013 8000", "+86 138 0013 8000", "010-1234-5678", "48213905", "4821390579 x", ""]
)
def test_telephone_numbers_and_other_texts_are_no_badge_numbers(typed: str) -> None:
    assert parse_code(typed) == Unreadable()
    assert number.parse(typed) is None


@given(st.integers(number.LOWEST, number.HIGHEST), st.integers(0, 9), st.integers(0, 9))
def test_every_single_wrong_digit_is_found(badge: int, at: int, digit: int) -> None:
    """ISO 7064 Mod 11,10."""
    ten = number.with_check(badge)
    wrong = ten[:at] + str(digit) + ten[at + 1 :]
    assert parse_code(wrong) == (TypedNumber(badge) if wrong == ten else Unreadable(wrong_check=True))


@given(st.integers(number.LOWEST, number.HIGHEST))
def test_shown_numbers_are_read_back(badge: int) -> None:
    assert number.parse(number.shown(badge)) == badge
    assert parse_code(number.shown(badge)) == TypedNumber(badge)


def test_an_over_long_number_is_none() -> None:
    assert number.digits_of("4" * 65) is None
    assert number.parse("4821390573") is None
