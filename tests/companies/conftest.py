"""Dora reads the register in English."""

from __future__ import annotations

import pytest

from tests.people import People


@pytest.fixture
def people(people: People) -> People:
    """The four people; the pages of Dora and Alice are in English."""
    for browser in (people.dora, people.alice):
        browser.set_cookie("lang", "en")
    return people
