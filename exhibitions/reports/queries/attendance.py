"""Attendance of a fair, and the names that its figures stand under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from exhibitions.gates.queries.figures import attendance
from exhibitions.gates.rules.setup import Setup

__all__ = ["attendance", "gate_names"]


def gate_names(setup: Setup) -> Mapping[int, str]:
    """The gates' names as files have them: the Chinese one where there is one; with the gate's number where two share it."""
    names = {gate.id: gate.name.text("zh") for gate in setup.gates.values()}
    times = Counter(names.values())
    return {gate_id: name if times[name] == 1 else f"{name} ({gate_id})" for gate_id, name in names.items()}
