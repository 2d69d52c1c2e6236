"""docs/access.md says what the code does."""

from pathlib import Path

from flask import Flask

from exhibitions.cli.access import table


def test_the_table_of_access_is_the_code(app: Flask) -> None:
    written = (Path(__file__).parents[2] / "docs" / "access.md").read_text()
    assert written == table(app), "flask access --write"
