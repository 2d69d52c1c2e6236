"""The fair that the machine API is tried on."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.gates.fair import Device, GateFair, make_gate_fair


@pytest.fixture
def fair(app: Flask) -> GateFair:
    return make_gate_fair(app)


@pytest.fixture
def gate_a(fair: GateFair) -> Device:
    return fair.device("A")


@pytest.fixture
def gate_b(fair: GateFair) -> Device:
    return fair.device("B")
