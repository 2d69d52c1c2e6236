"""The fair as a document: round trip, refusals that name the place, the two commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from exhibitions.badges import queries as badges
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, Gate, Zone
from exhibitions.expos.rules import UnitRole
from exhibitions.expos.rules.setup import UnitFacts
from exhibitions.portal.rules.mistakes import in_words
from exhibitions.portal.service import document
from tests.engines import both_engines
from tests.factories import make_expo

DOCS = Path(__file__).resolve().parents[2] / "docs" / "expo-document.md"


@pytest.fixture
def fair(app: Flask, context: None) -> Expo:
    make_expo()
    found = expos.expo_by_slug("8th")
    assert found is not None
    with transaction():
        for role in UnitRole:
            expo_service.save_unit(
                found, None, UnitFacts(role=role, name_zh=f"单位𠮷{role}", name_en="O'Brien & Co")
            )
    return found


@both_engines
def test_export_import_export_gives_the_same_document(fair: Expo) -> None:
    first = document.write(fair)
    with transaction():
        copy = document.create(document.read(first.encode()), "copy")
    second = document.write(copy)
    assert second == first.replace('"slug": "8th"', '"slug": "copy"', 1)
    assert copy.published_at is None
    assert copy.code != fair.code


@both_engines
def test_importing_twice_makes_one_fair(fair: Expo) -> None:
    read = document.read(document.write(fair).encode())
    for _ in range(2):
        with pytest.raises(Conflict) as refused, transaction():
            document.create(read)
        assert refused.value.code == "slug_taken"
    assert len(expos.all_expos()) == 1


def test_an_import_joins_its_series_unless_the_edition_is_there(fair: Expo) -> None:
    raw = json.loads(document.write(fair))
    raw["fair"]["facts"]["edition"] = 9
    with transaction():
        ninth = document.create(document.read(json.dumps(raw).encode()), "9th")
        copy = document.create(document.read(document.write(fair).encode()), "copy")
    assert ninth.series_id == fair.series_id
    assert copy.series_id != fair.series_id


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    *steps, last, value = path

    def change(raw: dict[str, Any]) -> None:
        there: Any = raw
        for step in steps:
            there = there[step]
        there[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_set("format", "something"), "format"),
        (_set("version", 2), "version"),
        (_set("surprise", 1), "the document"),
        (_set("fair", "gates", 0, "surprise", 1), "fair.gates[0]"),
        (_set("fair", "facts", "edition", "eight"), "fair.facts.edition"),
        (_set("fair", "facts", "edition", 0), "fair.facts.edition"),
        (_set("fair", "facts", "edition", 10**40), "fair.facts.edition"),
        (_set("fair", "facts", "name_zh", "长" * 201), "fair.facts.name_zh"),
        (_set("fair", "facts", "name_zh", "a\u202eb"), "fair.facts"),
        (_set("fair", "facts", "name_zh", "a\x00b"), "fair.facts"),
        (_set("fair", "facts", "timezone", "Asia/Dalian"), "fair.facts"),
        (
            _set("fair", "facts", "registration_opens_at", "2026-08-01T00:00:00"),
            "fair.facts.registration_opens_at",
        ),
        (_set("fair", "facts", "capacity", -1), "fair.facts.capacity"),
        (_set("fair", "days", 1, "date", "2026-02-30"), "fair.days[1].date"),
        (_set("fair", "days", 1, "official_from", None), "fair.days[1]"),
        (_set("fair", "days", 1, "official_to", "08:00:00"), "fair.days[1]"),
        (_set("fair", "days", 1, "doors", 0, "door_to", "02:00:00"), "fair.days[1]"),
        (_set("fair", "days", 1, "doors", 0, "door_from", "25:00:00"), "fair.days[1].doors[0].door_from"),
        (_set("fair", "days", 1, "doors", 0, "last_admission", "23:00:00"), "fair.days[1]"),
        (_set("fair", "days", 1, "doors", 0, "class_key", "ghost"), "fair.days[1].doors[0].class_key"),
        (_set("fair", "halls", 0, "code", "a b"), "fair.halls[0]"),
        (_set("fair", "zones", 1, "code", "main"), "fair.zones[1]"),
        (_set("fair", "zones", 1, "hall", "77"), "fair.zones[1]"),
        (_set("fair", "gates", 2, "zone", "nowhere"), "fair.gates[2]"),
        (_set("fair", "gates", 2, "class_keys", ["ghost"]), "fair.gates[2].class_keys"),
        (_set("fair", "gates", 2, "anti_passback", "maybe"), "fair.gates[2].anti_passback"),
        (_set("fair", "units", 0, "name_zh", None), "fair.units[0].name_zh"),
        (_set("fair", "units", [{"role": "host", "name_en": "x"}] * 201), "fair.units"),
        (_set("badge_classes", 1, "number", 1), "badge_classes"),
        (_set("badge_classes", 1, "colour", "red"), "badge_classes[1].colour"),
        (_set("series", {}), "series"),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    fair: Expo, change: Callable[[dict[str, Any]], None], place: str
) -> None:
    raw = json.loads(document.write(fair))
    change(raw)
    with pytest.raises(Refused) as refused, transaction():
        document.create(document.read(json.dumps(raw).encode()), "copy")
    assert refused.value.params["place"] == place
    assert expos.expo_by_slug("copy") is None
    assert len(expos.all_expos()) == 1


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (("format", "x"), "format: exhibitions-fair is expected, not 'x'."),
        (("version", 2), "version: 1 is expected, not 2."),
        (("surprise", 1), "the document: there is no field surprise here."),
        (("fair", []), "fair: a group of fields in braces { } is expected, not a list in brackets [ ]."),
        (("fair", {}), "fair: the field facts is missing."),
        (("slug", "x" * 41), "slug: at most 40 characters are expected."),
        (("fair", "facts", "edition", 0), "fair.facts.edition: a whole number from 1 is expected."),
        (("fair", "facts", "edition", 10**40), "fair.facts.edition: a whole number up to 9999 is expected."),
        (("fair", "facts", "country", "cn"), "fair.facts.country: two capital letters like CN is expected."),
        (
            ("fair", "facts", "registration_opens_at", "2026-08-01T00:00:00"),
            "fair.facts.registration_opens_at: a moment with an offset like 2016-07-01T00:00:00+08:00 is expected.",
        ),
        (
            ("fair", "days", 1, "official_from", "09:00"),
            "fair.days[1].official_from: an hour like 09:00:00 is expected.",
        ),
        (
            ("fair", "days", 1, "official_from", "09:00:00Z"),
            "fair.days[1].official_from: an hour like 09:00:00 is expected.",
        ),
        (
            ("fair", "days", 1, "official_from", 9),
            "fair.days[1].official_from: an hour like 09:00:00 or null is expected, not a whole number.",
        ),
        (
            ("fair", "days", 1, "date", "2026-02-30"),
            "fair.days[1].date: a day that exists like 2016-08-19 is expected.",
        ),
        (
            ("fair", "gates", 0, "anti_passback", "maybe"),
            "fair.gates[0].anti_passback: one of off, warn, refuse is expected, not 'maybe'.",
        ),
        (
            ("fair", "units", [{"role": "host", "name_en": "x"}] * 201),
            "fair.units: at most 200 entries are expected.",
        ),
        (("fair", "halls", 0, "code", ""), "fair.halls[0].code: at least 1 characters are expected."),
    ],
)
def test_a_mistake_is_said_in_words(fair: Expo, path: tuple[Any, ...], sentence: str) -> None:
    """Which field, and what is expected there: nobody has to know what a decoder calls things."""
    raw = json.loads(document.write(fair))
    _set(*path)(raw)
    with pytest.raises(Refused) as refused:
        document.read(json.dumps(raw).encode())
    assert refused.value.message % refused.value.params == sentence


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Integer value out of range", "the number is too large"),
        ("Expected `str` matching regex 'x'", "another form is expected"),
        ("Invalid enum value 3", "another value is expected, not 3"),
        ("Expected `newer` or so", 'Expected "newer" or so'),
    ],
)
def test_words_of_a_decoder_that_nobody_knows_yet_are_still_a_sentence(message: str, words: str) -> None:
    assert in_words(message, "field") == words


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe{\x00",
        b"PK\x03\x04 a spreadsheet",
        b"<html><body>sign in</body></html>",
        b'{"format": NaN}',
        b'{"slug": "\xed\xa0\x80"}',
        b'{"slug": "\\ud800"}',
    ],
)
def test_what_is_no_json_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        document.read(raw)
    assert refused.value.code in ("document_unreadable", "document_wrong")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 500_000, "document_wrong"),
        (b'{"fair":' * 100_000, "document_wrong"),
        (b'{"surprise":' + b"[" * 500_000, "document_wrong"),
        (b" " * (document.MOST_BYTES + 1), "document_large"),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        document.read(raw)
    assert refused.value.code == code


def test_the_commands(app: Flask, fair: Expo, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    written = runner.invoke(args=["expos", "export", "8th"])
    assert written.exit_code == 0
    file = tmp_path / "fair.json"
    file.write_bytes(b"\xef\xbb\xbf" + written.output.encode())
    again = runner.invoke(args=["expos", "import", str(file)])
    assert (again.exit_code, again.output) == (1, "Error: There is already a fair with the address 8th.\n")
    made = runner.invoke(args=["expos", "import", str(file), "--slug", "copy"])
    assert (made.exit_code, made.output) == (0, "copy is made. It is not public yet.\n")
    assert runner.invoke(args=["expos", "export", "copy"]).output == written.output.replace(
        '"8th"', '"copy"', 1
    )


def test_the_commands_refuse_with_a_sentence(app: Flask, fair: Expo, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    missing = runner.invoke(args=["expos", "export", "nowhere"])
    assert (missing.exit_code, missing.output) == (1, "Error: There is no fair with the address nowhere.\n")
    file = tmp_path / "fair.json"
    file.write_text(document.write(fair).replace('"edition": 8', '"edition": "8"'))
    wrong = runner.invoke(args=["expos", "import", str(file), "--slug", "copy"])
    assert (wrong.exit_code, wrong.output) == (
        1,
        "Error: fair.facts.edition: a whole number is expected, not text in quotes.\n",
    )
    file.write_text(document.write(fair))
    bad = runner.invoke(args=["expos", "import", str(file), "--slug", "desk"])
    assert (bad.exit_code, bad.output) == (
        1,
        "Error: The address desk is used by the product. Choose another.\n",
    )


def test_the_example_of_the_documentation_imports(app: Flask, context: None) -> None:
    example = DOCS.read_text().split("```json\n", 1)[1].split("```", 1)[0]
    with transaction():
        expo = document.create(document.read(example.encode()))
    assert json.loads(document.write(expo)) == json.loads(example)
    zones = db.session.query(Zone).filter_by(expo_id=expo.id).count()
    gates = db.session.query(Gate).filter_by(expo_id=expo.id).count()
    assert (zones, gates, len(badges.classes(expo))) == (1, 1, 2)
