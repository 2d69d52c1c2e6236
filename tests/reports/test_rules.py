"""Figures as documents."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from exhibitions.gates.rules.setup import Named, Setup
from exhibitions.reports.queries.attendance import gate_names


def test_two_gates_of_one_name_stay_two_lines() -> None:
    """The lines by gate add up to the visits only if none hides another."""
    gates: dict[int, Any] = {
        number: SimpleNamespace(id=number, name=Named(name, ""))
        for number, name in ((3, "正门"), (4, "正门"), (5, "东门"))
    }
    setup = cast(Setup, SimpleNamespace(gates=gates))
    assert gate_names(setup) == {3: "正门 (3)", 4: "正门 (4)", 5: "东门"}
