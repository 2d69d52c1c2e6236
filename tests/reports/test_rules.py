"""Figures as documents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from exhibitions.gates.rules.counting import Tally
from exhibitions.gates.rules.setup import Named, Setup
from exhibitions.reports.queries.attendance import gate_names
from exhibitions.reports.rules.documents import by_region


def test_two_gates_of_one_name_stay_two_lines() -> None:
    """The lines by gate add up to the visits only if none hides another."""
    gates: dict[int, Any] = {
        number: SimpleNamespace(id=number, name=Named(name, ""))
        for number, name in ((3, "正门"), (4, "正门"), (5, "东门"))
    }
    setup = cast(Setup, SimpleNamespace(gates=gates))
    assert gate_names(setup) == {3: "正门 (3)", 4: "正门 (4)", 5: "东门"}


def test_regions_stand_in_the_order_of_their_distance() -> None:
    """ux.md §10: home city, provinces by number, Hong Kong, Macao and Taiwan, abroad by number, unknown last."""
    counted = {"KR": 9, "": 90, "HK": 1, "山东": 5, "DE": 20, "somewhere": 3, "大连": 2, "辽宁": 4, "北京": 7}
    found = by_region({key: Tally(visits, visits) for key, visits in counted.items()}, "大连市")
    assert [key for key, _ in found] == ["大连", "北京", "山东", "辽宁", "HK", "DE", "KR", "somewhere", ""]
