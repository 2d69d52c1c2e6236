"""A fair with gates, and the four people of tests.people."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.gates.fair import Device, GateFair, make_gate_fair
from tests.people import People, make_people


@pytest.fixture
def fair(app: Flask) -> GateFair:
    return make_gate_fair(app)


@pytest.fixture
def gate_a(fair: GateFair) -> Device:
    return fair.device("A")


@pytest.fixture
def desk(app: Flask, fair: GateFair) -> People:
    """The people at this fair; its gates must be made first."""
    return make_people(app)
