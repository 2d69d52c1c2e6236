"""What a password must be and how long a session lasts, without application or database (ASVS 6.2, 7.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from exhibitions.accounts.rules import SESSION_LENGTH, check_password, session_ends
from exhibitions.core.errors import Refused


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 7, "password_length"),
        ("ab-3" * 32 + "x", "password_length"),
        ("Password", "password_common"),
        ("Eva@Example.org", "password_common"),
        ("abababab", "password_common"),
        ("轻工博览会二〇二六", ""),
        ("ab-3" * 32, ""),
    ],
)
def test_passwords(password: str, code: str) -> None:
    assert _code(password) == code


def _code(password: str) -> str:
    try:
        check_password(password, "eva@example.org")
    except Refused as refusal:
        return refusal.code
    return ""


def test_a_session_ends_by_itself() -> None:
    now = datetime(2026, 8, 19, 9, tzinfo=UTC)
    assert session_ends(now) - now == SESSION_LENGTH == timedelta(hours=12)
