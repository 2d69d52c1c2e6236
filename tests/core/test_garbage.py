"""What is loaded is left alone by the collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from exhibitions.core.garbage import settle


@pytest.fixture
def as_python_starts() -> Iterator[None]:
    """The collector as it is by default; the tests themselves run settled (tests.conftest)."""
    before = gc.get_threshold()
    gc.unfreeze()
    gc.set_threshold(700, 10, 10)
    yield
    gc.unfreeze()
    settle()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("as_python_starts")
def test_what_is_loaded_is_looked_at_no_more() -> None:
    settle()
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold() == (20_000, 10, 10)
    assert gc.isenabled()
