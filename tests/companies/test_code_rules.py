"""spec exhibitors-stands §2.6: credit codes with both check characters, food production licences, numbers of offices."""

from __future__ import annotations

import pytest

from exhibitions.companies.rules.codes import (
    CodeFault,
    checked_code,
    credit_code,
    fault_of,
    food_licence,
    is_organisation_code,
    normal_code,
)
from exhibitions.companies.rules.roles import (
    checked_contact_email,
    checked_contact_phone,
    checked_name,
    checked_names,
    checked_office_phone,
    office_phone,
)
from exhibitions.core.errors import Refused


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341L", "91210200MA0ABCDE63", "91210200744370215R"]
)
def test_the_codes_of_the_spec_are_right(code: str) -> None:
    assert credit_code(code) == code


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", CodeFault.LENGTH),
        ("9111000060003734", CodeFault.LENGTH),
        ("91110000600037341LL", CodeFault.LENGTH),
        ("9111000060003734IL", CodeFault.SIGN),
        ("91110000600037341Z", CodeFault.SIGN),
        ("9111000O600037341L", CodeFault.SIGN),
        ("91 1000060003734中L", CodeFault.SIGN),
        # The 17th character is that of GB 11714, the 18th that of GB 32100: one wrong digit breaks one or both.
        ("91110000600037342L", CodeFault.ORGANISATION),
        ("91110000600037341M", CodeFault.CHECK),
        ("91120000600037341L", CodeFault.CHECK),
    ],
)
def test_what_is_wrong_with_a_code(code: str, fault: CodeFault) -> None:
    assert fault_of(code) is fault


@pytest.mark.parametrize(
    "typed",
    [
        "91210200ma0abcde63",
        "９１２１０２００ＭＡ０ＡＢＣＤＥ６３",
        " 91210200 MA0ABCDE 63\u3000",
        "91210200-MA0ABCDE6-3",
        "91210200－MA0ABCDE6—3",
        "\u200b91210200MA0ABCDE63\u202c",
    ],
)
def test_every_spelling_is_one_code(typed: str) -> None:
    """E-7: lower case, full width, blanks and dashes are taken; upper case and half width are kept."""
    assert normal_code(typed) == credit_code(typed) == "91210200MA0ABCDE63"


def test_a_register_of_villages_begins_with_a_letter() -> None:
    """GB 32100: the first two places are letters for some registers (N2, an economic collective)."""
    body = "N2210200MA0ABCDE6"
    assert [sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code(body + sign)] == ["J"]


@pytest.mark.parametrize(("code", "right"), [("MA0ABCDE6", True), ("744370215", True), ("744370214", False)])
def test_the_organisation_code_has_a_check_of_its_own(code: str, *, right: bool) -> None:
    assert is_organisation_code(code) is right


def test_the_checks_ten_and_eleven_are_written_x_and_0() -> None:
    """GB 11714: 11 − Σ mod 11; 10 is X and 11 is 0."""
    assert is_organisation_code("00000000" + "0")
    assert is_organisation_code("00000005" + "1")
    assert is_organisation_code("00000006" + "X")


def test_who_has_a_code_and_who_is_asked_for_it() -> None:
    """Foreign firms have none; a prospect may lack it, an application may not; no country yet with a code is China's."""
    assert checked_code("", "CN") is checked_code("", "KR") is checked_code(" ", "KR", applying=True) is None
    assert checked_code("91210200ma0abcde63", "") == "91210200MA0ABCDE63"
    for typed, country, applying, code in (
        ("", "CN", True, "credit_code_missing"),
        ("91210200MA0ABCDE63", "KR", False, "credit_code_foreign"),
        ("91210200MA0ABCDE63", "HK", True, "credit_code_foreign"),
        ("91110000600037342L", "CN", False, "credit_code_invalid"),
    ):
        with pytest.raises(Refused) as refusal:
            checked_code(typed, country, applying=applying)
        assert refusal.value.code == code


def test_a_food_production_licence_ends_in_a_check_digit() -> None:
    """`SC` and 14 digits by ISO 7064 MOD 11,10; its worked case is 0794 with 5."""
    body = "1013505820079"
    licences = [f"SC{body}{last}" for last in range(10)]
    right = [licence for licence in licences if food_licence(licence)]
    assert len(right) == 1
    assert food_licence(f" sc {body}－{right[0][-1]} ") == right[0]
    assert food_licence("ＳＣ" + right[0][2:]) == right[0]
    assert [food_licence(each) for each in ("", "SC", right[0][2:], right[0] + "0", "QS" + right[0][2:])] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0411-8480 1234", "+8641184801234"),
        ("（0411）84801234", "+8641184801234"),
        ("+86 411 84801234", "+8641184801234"),
        ("010-65001234", "+861065001234"),
        ("400-810-1234", "+864008101234"),
        ("138 0013 8000", "+8613800138000"),
        ("+82 2 1234 5678", "+82212345678"),
        ("84801234", None),
        ("41184801234", None),
        ("0411-84801234-808", None),
        ("anna", None),
    ],
)
def test_numbers_of_offices(typed: str, kept: str | None) -> None:
    assert office_phone(typed) == kept


def test_what_is_checked_of_names_and_contacts() -> None:
    assert checked_names(" 大连\u200b 星河 ", "") == ("大连 星河", "")
    assert checked_name("Ａ" * 300) == "A" * 200
    assert (checked_office_phone(" "), checked_contact_phone(""), checked_contact_email("")) == (
        "",
        None,
        None,
    )
    assert checked_contact_phone("13800138000") == checked_office_phone("+8613800138000") == "+8613800138000"
    assert checked_contact_email(" A@Example.COM ") == "a@example.com"
    for check, code in (
        (lambda: checked_names(" ", "\u200b"), "name_missing"),
        (lambda: checked_names("=1+1", ""), "name_formula"),
        (lambda: checked_names("\u0301", "\u200b\ufe0f"), "name_missing"),
        (lambda: checked_office_phone("12"), "phone_invalid"),
        (lambda: checked_contact_phone("12"), "phone_invalid"),
        (lambda: checked_contact_email("a@b"), "email_invalid"),
    ):
        with pytest.raises(Refused) as refusal:
            check()
        assert refusal.value.code == code
