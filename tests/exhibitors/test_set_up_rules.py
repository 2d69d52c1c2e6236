"""What of the way a fair takes exhibitors goes from one edition to the next."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from exhibitions.exhibitors.rules.nomenclature import MOST_LINES
from exhibitions.exhibitors.rules.set_up_document import ExhibitingSetUp, lasting


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({}, {}),
        (
            {"due": {"fascia": "2026-08-01"}, "arrival_from": "9", "stands_empty_from": "10", "quota": 3},
            {"quota": 3},
        ),
        (
            {"choosing": {"opens_at": "1", "closes_at": "2", "closed": [], "worked": [], "days": 5}},
            {"choosing": {"days": 5}},
        ),
        ({"choosing": None}, {"choosing": None}),
    ],
)
def test_days_and_moments_belong_to_one_edition(data: dict[str, Any], kept: dict[str, Any]) -> None:
    """§2.4: deadlines are those of one edition; what the fair always does stays as it was, the given data too."""
    before = repr(data)
    assert lasting(data) == kept
    assert repr(data) == before


def test_a_document_names_no_more_categories_than_a_page_keeps() -> None:
    """What the set-up page does not show it would take away when it is saved."""
    lines = [{"code": str(number), "name_zh": "茶"} for number in range(MOST_LINES + 1)]
    assert len(msgspec.convert({"categories": lines[1:]}, ExhibitingSetUp).categories) == MOST_LINES
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"categories": lines}, ExhibitingSetUp)
