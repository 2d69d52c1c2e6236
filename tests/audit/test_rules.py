"""How values are sealed and what is shown of them."""

import enum
from datetime import date
from decimal import Decimal

import pytest

from exhibitions.audit import rules
from exhibitions.core.signing import SealBrokenError

WHO = ("visitor", 12)


class Colour(enum.Enum):
    RED = "red"


def test_only_the_named_fields_are_sealed_and_come_back() -> None:
    key = rules.new_key()
    sealed = rules.seal_values({"name": "王敏 \ud800", "age": 3}, frozenset({"name"}), key, WHO)
    assert sealed["age"] == 3
    assert sealed["name"].keys() == {"sealed"}  # type: ignore[attr-defined]
    assert rules.open_values(sealed, key, WHO) == {"name": "王敏 \ud800", "age": 3}


def test_a_seal_opens_only_for_its_own_subject() -> None:
    key = rules.new_key()
    sealed = rules.seal_value("x", key, WHO)
    with pytest.raises(SealBrokenError):
        rules.open_value(sealed, key, ("visitor", 13))


def test_without_a_key_nothing_is_kept() -> None:
    assert rules.seal_value("x", None, WHO) == {"erased": True}
    assert rules.open_value({"erased": True}, rules.new_key(), WHO) is None
    assert rules.open_value(rules.seal_value("x", rules.new_key(), WHO), None, WHO) is None


def test_a_plain_value_that_looks_like_an_object_stays_itself() -> None:
    assert rules.open_value({"a": 1}, None, WHO) == {"a": 1}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Colour.RED, "red"),
        ((1, "a"), [1, "a"]),
        ({"d": date(2026, 1, 2)}, {"d": "2026-01-02"}),
        (Decimal("1.50"), "1.50"),
        (True, True),
        (None, None),
    ],
)
def test_values_are_written_as_json_has_them(value: object, kept: object) -> None:
    assert rules.plain(value) == kept


def test_a_value_without_a_form_is_a_fault() -> None:
    with pytest.raises(TypeError, match="object"):
        rules.plain(object())


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-08-19", date(2026, 8, 19)), ("", None), ("x", None), ("0001-01-01", None), ("9999-12-31", None)],
)
def test_days_of_a_filter(text: str, day: date | None) -> None:
    assert rules.day_of(text) == day
