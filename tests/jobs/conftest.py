"""Jobs of the tests' own, which no other test sees."""

from collections.abc import Iterator

import pytest

from exhibitions.jobs import service


@pytest.fixture(autouse=True)
def own_kinds() -> Iterator[None]:
    """The table of names as it was before the test."""
    before = dict(service.KINDS)
    yield
    service.KINDS.clear()
    service.KINDS.update(before)
