"""docs/security.md names what exists, and says of every number of ASVS 5.0 that applies how it stands."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = (ROOT / "docs" / "security.md").read_text()
LEVEL_1 = [
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.2.4",
    "1.2.5",
    "1.3.1",
    "1.3.2",
    "1.5.1",
    "2.1.1",
    "2.2.1",
    "2.2.2",
    "2.3.1",
    "3.2.1",
    "3.2.2",
    "3.3.1",
    "3.4.1",
    "3.4.2",
    "3.5.1",
    "3.5.2",
    "3.5.3",
    "4.1.1",
    "5.2.1",
    "5.2.2",
    "5.3.1",
    "5.3.2",
    "6.1.1",
    "6.2.1",
    "6.2.2",
    "6.2.3",
    "6.2.4",
    "6.2.5",
    "6.2.6",
    "6.2.7",
    "6.2.8",
    "6.3.1",
    "6.3.2",
    "6.4.1",
    "6.4.2",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.2.4",
    "7.4.1",
    "7.4.2",
    "8.1.1",
    "8.2.1",
    "8.2.2",
    "8.3.1",
    "9.1.1",
    "9.1.2",
    "9.1.3",
    "9.2.1",
    "11.3.1",
    "11.3.2",
    "11.4.1",
    "12.1.1",
    "12.2.1",
    "12.2.2",
    "13.4.1",
    "14.2.1",
    "14.3.1",
    "15.1.1",
    "15.2.1",
    "15.3.1",
]
LEVEL_2 = [
    "1.1.1",
    "1.1.2",
    "1.2.9",
    "1.3.3",
    "1.3.4",
    "1.3.5",
    "1.3.6",
    "1.3.7",
    "1.3.9",
    "1.3.10",
    "1.3.11",
    "1.4.2",
    "1.4.3",
    "1.5.2",
    "2.1.2",
    "2.1.3",
    "2.2.3",
    "2.3.2",
    "2.3.3",
    "2.3.4",
    "2.4.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.4.3",
    "3.4.4",
    "3.4.5",
    "3.4.6",
    "3.5.4",
    "3.5.5",
    "3.7.1",
    "3.7.2",
    "4.1.2",
    "4.1.3",
    "4.2.1",
    "5.1.1",
    "5.2.3",
    "5.4.1",
    "5.4.2",
    "5.4.3",
    "6.1.2",
    "6.1.3",
    "6.2.9",
    "6.2.10",
    "6.2.11",
    "6.2.12",
    "6.3.3",
    "6.3.4",
    "6.4.3",
    "6.4.4",
    "6.5.1",
    "6.5.2",
    "6.5.3",
    "6.5.4",
    "6.5.5",
    "6.6.2",
    "6.6.3",
    "7.1.1",
    "7.1.2",
    "7.3.1",
    "7.3.2",
    "7.4.3",
    "7.4.4",
    "7.4.5",
    "7.5.1",
    "7.5.2",
    "7.6.2",
    "8.1.2",
    "8.2.3",
    "8.4.1",
    "9.2.2",
    "9.2.3",
    "9.2.4",
    "11.1.1",
    "11.1.2",
    "11.2.1",
    "11.2.2",
    "11.2.3",
    "11.3.3",
    "11.4.2",
    "11.4.3",
    "11.4.4",
    "11.5.1",
    "11.6.1",
    "12.1.2",
    "12.3.1",
    "12.3.2",
    "13.1.1",
    "13.2.1",
    "13.2.2",
    "13.2.3",
    "13.2.4",
    "13.2.5",
    "13.3.1",
    "13.3.2",
    "13.4.2",
    "13.4.3",
    "13.4.4",
    "13.4.5",
    "14.1.1",
    "14.1.2",
    "14.2.2",
    "14.2.3",
    "14.2.4",
    "14.3.2",
    "14.3.3",
    "15.1.2",
    "15.1.3",
    "15.2.2",
    "15.2.3",
    "15.3.2",
    "15.3.3",
    "15.3.4",
    "15.3.5",
    "15.3.6",
    "15.3.7",
    "16.1.1",
    "16.2.1",
    "16.2.2",
    "16.2.3",
    "16.2.4",
    "16.2.5",
    "16.3.1",
    "16.3.2",
    "16.3.3",
    "16.3.4",
    "16.4.1",
    "16.4.2",
    "16.4.3",
    "16.5.1",
    "16.5.2",
    "16.5.3",
]
# First cells of table rows that are numbers of the checklist; 1.2.3, 1.2.4 in one cell are several.
NUMBERS = [
    number
    for cell in re.findall(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \|", DOCUMENT, re.MULTILINE)
    for number in cell.split(", ")
]
GAPS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \|", DOCUMENT, re.MULTILINE)
PLACES = sorted(
    set(re.findall(r"(?<![\w/])((?:tests|exhibitions|static|docs|deploy)/[\w./-]*\w(?:::\w+)?)", DOCUMENT))
)


@lru_cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_number_that_applies_is_there_once() -> None:
    assert sorted(number for number in LEVEL_1 if NUMBERS.count(number) != 1) == []
    assert sorted(number for number in LEVEL_2 if NUMBERS.count(number) != 1) == []


def test_the_counts_are_those_of_the_tables() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS) == 217
    for level, numbers in (("1", LEVEL_1), ("2", LEVEL_2)):
        gaps = [number for number, its in GAPS if its == level]
        assert set(gaps) <= set(numbers)
        said = f"| {level} | {len(numbers)} | {len(numbers) - len(gaps)} | {len(gaps)} |"
        assert said in DOCUMENT, said


def test_there_is_something_to_look_for() -> None:
    assert len(PLACES) > 150


@pytest.mark.parametrize("place", PLACES)
def test_what_is_named_exists(place: str) -> None:
    path, _, name = place.partition("::")
    assert (ROOT / path).exists()
    assert not name or name in functions_of(ROOT / path)


def test_tests_are_named_whole() -> None:
    """A file of tests alone proves nothing that could be missed: each row of the checklist names functions."""
    rows = re.findall(r"^\| \d+\.\d+\.\d+ \|.*$", DOCUMENT, re.MULTILINE)
    assert [row for row in rows if re.search(r"`tests/[\w/]+\.py`", row)] == []
