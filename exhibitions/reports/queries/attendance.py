"""Attendance of a fair, and the names that its figures stand under."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.gates.queries.figures import attendance
from exhibitions.gates.rules.setup import Setup

__all__ = ["attendance", "gate_names"]


def gate_names(setup: Setup) -> Mapping[int, str]:
    """The gates' names as files have them: the Chinese one where there is one."""
    return {gate.id: gate.name.text("zh") for gate in setup.gates.values()}
