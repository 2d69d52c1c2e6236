"""P9: which rows of an uploaded file are about the person who is erased."""

from __future__ import annotations

import pytest

from exhibitions.visitors.rules.probing import Probe, is_about


@pytest.mark.parametrize(
    ("cells", "about"),
    [
        (["王敏", " Wang.Min@Example.ORG "], True),
        (["王敏", "138 0013 8000"], True),
        (["王敏", "+86-138-0013-8000"], True),
        (["王敏", "13800138001", "min@example.org"], False),
        ([], False),
    ],
)
def test_a_cell_tells_by_number_or_address_alone(cells: list[str], about: bool) -> None:
    assert is_about(cells, Probe("+8613800138000", "wang.min@example.org")) is about


def test_who_has_neither_is_in_no_row() -> None:
    assert Probe().is_empty
    assert not is_about(["王敏", ""], Probe())
