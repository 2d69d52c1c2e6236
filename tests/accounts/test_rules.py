"""What a password must be, how long a session lasts, who may be taken away (ASVS 6.2, 6.5, 7.3; A1): pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from exhibitions.accounts.rules import PASSWORD_SHORTEST, SESSION_LENGTH, check_password, codes, session_ends
from exhibitions.accounts.rules.passwords import is_guessable
from exhibitions.accounts.rules.roles import (
    check_an_administrator_stays,
    check_may_invite_again,
    check_not_oneself,
)
from exhibitions.accounts.rules.sessions import device_words, idle_before, is_confirmed, is_due
from exhibitions.core.errors import Forbidden, Refused

NOW = datetime(2026, 8, 19, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 7, "password_length"),
        ("ab-3" * 32 + "x", "password_length"),
        ("Password", "password_common"),
        ("Eva@Example.org", "password_common"),
        ("abababab", "password_common"),
        ("known-to-all-thieves", "password_common"),
        ("轻工博览会二〇二六", ""),
        ("ab-3" * 32, ""),
    ],
)
def test_passwords(password: str, code: str) -> None:
    assert _code(password) == code


def _code(password: str) -> str:
    try:
        check_password(password, "eva@example.org", {"known-to-all-thieves"})
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "password1",
        "Password123!",
        "qwertyuiop",
        "12345678",
        "123123123",
        "1q2w3e4r",
        "1qaz2wsx",
        "qwerty123",
        "iloveyou1",
        "admin2026",
        "admin123",
        "welcome1",
        "exhibition2026",
        "Expo2026!",
        "p@ssw0rd",
        "passw0rd",
        "woaini520",
        "woaini1314",
        "5201314520",
        "abcd1234",
        "1234qwer",
        "asdfghjkl",
        "zxcvbnm123",
        "q1w2e3r4t5",
        "letmein1",
        "football1",
        "19880808",
        "20260819",
        "aaaa1111",
        "11223344",
        "qazwsxedc",
        "dalian2026",
        "evaeva88",
        "87654321",
        "147258369",
        "Minecraft2026!",
        "butterfly",
        "spiderman1",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    """ASVS 6.2.4, 6.2.11: words, walks, dates, the product's words, and these put together."""
    assert is_guessable(password, "eva@example.org")


def test_not_one_of_the_three_thousand_commonest_is_taken() -> None:
    """ASVS 6.2.4: those of the right length, in the order of how often they were met, with a year or a sign behind."""
    long_enough = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= PASSWORD_SHORTEST]
    assert len(long_enough) > 3000
    for word in long_enough[:3000]:
        assert is_guessable(word)
        assert is_guessable(word.upper())
        assert is_guessable(f"{word}2026!") or not word[-1].isalpha()


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "Tr0ub4dor&3x",
        "moss-umbrella-9",
        "今天天气不错呀八点",
        "kV7#pLw2",
        "butterfly elephant mountain",
        "x" * 4 + "yz-8" * 16,
    ],
)
def test_what_nobody_tries_first_is_taken(password: str) -> None:
    """ASVS 6.2.5, 6.2.9: pass-phrases and long passwords need no digits or signs."""
    assert not is_guessable(password, "eva@example.org")


def test_a_session_ends_by_itself() -> None:
    assert session_ends(NOW) - NOW == SESSION_LENGTH == timedelta(hours=12)
    assert NOW - idle_before(NOW) == timedelta(hours=2)


def test_use_is_noted_every_five_minutes_and_confirming_holds_for_fifteen() -> None:
    assert [is_due(NOW, NOW + timedelta(seconds=s)) for s in (299, 300)] == [False, True]
    assert [is_confirmed(NOW, NOW + timedelta(seconds=s)) for s in (899, 900)] == [True, False]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", "Safari · Mac"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile MicroMessenger/8.0.49", "WeChat · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_devices_are_called_by_their_names(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_codes_of_an_app_by_the_vectors_of_rfc_6238() -> None:
    """The last six digits of appendix B, for SHA-1."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        moment = datetime.fromtimestamp(seconds, UTC)
        assert codes.matching_step(secret, code, moment, 0) == seconds // 30


def test_a_code_is_good_one_step_early_or_late_and_once() -> None:
    secret = codes.new_secret()
    at = [pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * n)) for n in (-2, -1, 0, 1, 2)]
    found = [codes.matching_step(secret, code, NOW, 0) for code in at]
    step = int(NOW.timestamp()) // 30
    assert found == [None, step - 1, step, step + 1, None]
    assert codes.matching_step(secret, at[2], NOW, step) is None
    assert [codes.matching_step(secret, bad, NOW, 0) for bad in ("", "abc", "１２３４５６")] == [None] * 3


def test_recovery_codes_are_random_and_found_however_they_are_typed() -> None:
    made = codes.new_recovery_codes()
    assert len(set(made)) == 10
    typed = made[0].upper().replace("-", " ")
    assert codes.hash_recovery_code(typed) == codes.hash_recovery_code(made[0])
    assert codes.spaced("ABCDEFGH") == "ABCD EFGH"
    assert codes.app_address("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "eva@example.org", "fair").startswith(
        "otpauth://totp/fair:eva%40example.org?"
    )


def test_the_last_administrator_stays() -> None:
    check_an_administrator_stays(1, [1, 2])
    with pytest.raises(Refused, match="last_administrator"):
        check_an_administrator_stays(1, [1])


def test_nobody_disables_oneself() -> None:
    check_not_oneself(1, 2)
    check_not_oneself(1, None)
    with pytest.raises(Refused, match="own_account"):
        check_not_oneself(1, 1)


def test_who_was_invited_by_others_too_is_invited_again_by_an_administrator() -> None:
    check_may_invite_again(can_sign_in=False, has_roles_elsewhere=False, is_administrator=False)
    check_may_invite_again(can_sign_in=False, has_roles_elsewhere=True, is_administrator=True)
    with pytest.raises(Forbidden, match="invited_elsewhere"):
        check_may_invite_again(can_sign_in=False, has_roles_elsewhere=True, is_administrator=False)
    with pytest.raises(Refused, match="not_invited"):
        check_may_invite_again(can_sign_in=True, has_roles_elsewhere=False, is_administrator=True)
