"""design.md §2: no table with personal columns is forgotten when a person is handed out, erased or kept too long."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from exhibitions.core.db import db
from exhibitions.portal.rules.holdings import PERSONAL, PLAIN, End
from exhibitions.portal.service import company_people, persons

ROOMS = Path(__file__).resolve().parents[2] / "exhibitions"
_WORDS = (sa.String, sa.Text, sa.JSON, sa.LargeBinary)


def columns_of_words() -> Iterator[tuple[str, str]]:
    """Every column that can hold words or bytes; values of enums are a list of our own."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            is_enum = isinstance(column.type, sa.Enum)
            if isinstance(column.type, _WORDS) and not is_enum and not column.name.endswith(("_zh", "_en")):
                yield table.name, column.name


def test_every_column_of_words_is_said_to_be_personal_or_not(app: Flask) -> None:
    """Add a new column to portal/rules/holdings.py: to PERSONAL with its end, or to PLAIN."""
    known = {(table, column) for held in (PERSONAL, PLAIN) for table in held for column in held[table]}
    found = set(columns_of_words())
    assert len(found) > 80
    assert sorted(found - known) == []
    assert sorted(known - found) == [], "these columns are gone"


def test_no_column_is_both() -> None:
    assert [name for name in PERSONAL if set(PERSONAL[name]) & set(PLAIN.get(name, ()))] == []


def room_of(table: str) -> str:
    """The room whose models make this table."""
    for mapper in db.Model.registry.mappers:  # type: ignore[attr-defined]
        if mapper.local_table.name == table:
            return str(mapper.class_.__module__.split(".")[1])
    raise LookupError(table)


def offers(room: str, verb: str) -> bool:
    """Whether a room offers a verb in its service."""
    folder = ROOMS / room
    names = ["service"] if (folder / "service.py").exists() or (folder / "service").is_dir() else []
    names += [f"service.{path.stem}" for path in (folder / "service").glob("*.py") if path.stem != "__init__"]
    modules = (importlib.import_module(f"exhibitions.{room}.{name}") for name in names)
    return any(hasattr(module, verb) for module in modules)


def test_every_room_with_personal_columns_ends_them(app: Flask) -> None:
    """`erase_person` or, for what is sealed, the end of its key; `expire` where a term ends it."""
    for table, columns in PERSONAL.items():
        room, ends = room_of(table), set(columns.values())
        if End.ERASED in ends or End.ACCOUNT in ends:
            assert any(offers(room, verb) for verb in ("erase_person", "erase_person_key", "expire")), table
        if End.SEALED in ends:
            assert offers(room, "erase_person_key"), table
        if End.TERM in ends:
            assert any(offers(room, verb) for verb in ("expire", "expire_files", "close_erasure")), table


def test_the_walk_knows_every_room_that_is_not_walked_by_another(app: Flask) -> None:
    """Rooms below visitors are walked by it; those beside and above are in the list (a new one must be added)."""
    walked_by_visitors = {"accounts", "badges", "mail"}
    by_account = {"jobs", "expos"}
    named = {room.name for walk in (persons.ROOMS, company_people.ROOMS) for room in walk}
    rooms = {room_of(table) for table in PERSONAL}
    assert rooms - named - walked_by_visitors - by_account == set()
