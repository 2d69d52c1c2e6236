"""A whole award judged again from its result file (300 entries, nine jurors, six criteria), with and without levelling; the
pages of one of these jurors, who has 40 of the entries; and its certificates drawn."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.awards.models import Assignment, AwardEntry, AwardSeason
from exhibitions.awards.rules import certificate_words, result_file
from exhibitions.awards.rules.judging import decide
from exhibitions.awards.rules.states import AssignmentState
from exhibitions.awards.service.certificate_drawing import certificates_pdf
from exhibitions.core.db import db, transaction
from exhibitions.core.garbage import settle
from tests.awards.jury import Jury, Seat, make_jury
from tests.awards.making import make_juror, make_sheet
from tests.conftest import settings_for
from tests.factories import make_expo

_ENTRIES, _JURORS, _CRITERIA = 300, 9, 6
_GOAL = 1.0
_QUEUE, _PAGE_MS, _TURNS = 40, 60, 15
_CERTIFICATES, _CERTIFICATES_GOAL = 68, 10.0


def measure(short: bool) -> Iterator[Figure]:
    """Reading, judging and hashing, as the command does; the best of three."""
    entries = 30 if short else _ENTRIES
    for normalise in ("none", "spread"):
        content = json.dumps(_file(entries, normalise)).encode()
        yield Figure(
            f"result of {entries} entries, {_JURORS} jurors, levelled: {normalise}",
            "",
            min(_seconds(content) for _ in range(3)),
            "s",
            goal=_GOAL,
            least=True,
            note=f"{len(content) >> 10} kB",
        )
    yield from _pages(short)
    yield from _drawn(short)


def _pages(short: bool) -> Iterator[Figure]:
    """J1 and J2 of a juror with 40 entries, half of them sent, while all the others have sent theirs."""
    entries = 45 if short else _ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/bench.db", Path(folder)))
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():
            db.create_all()
            make_expo()
        jury = make_jury(app, [f"E-{number:03}" for number in range(entries)], load=_QUEUE)
        _sent_by_others(jury)
        browser = jury.browser(jury.first)
        settle()
        for name, path in (("J1", jury.first.home), ("J2", _first_sheet(jury.first))):
            spent, wall = _milliseconds(browser, path, 3 if short else _TURNS)
            yield Figure(
                f"{name}: {_QUEUE} entries of {entries}, {_JURORS} jurors",
                "SQLite",
                spent,
                "ms",
                goal=_PAGE_MS,
                least=True,
                note=f"of the processor, median; wall {wall:.0f} ms",
            )
        with app.app_context():
            db.engine.dispose()


def _first_sheet(seat: Seat) -> str:
    return seat.sheet(min(seat.tasks))


def _sent_by_others(jury: Jury) -> None:
    with jury.app.app_context(), transaction() as session:
        season = session.get_one(AwardSeason, jury.season_id)
        entries = session.query(AwardEntry).all()
        for number in range(3, _JURORS + 1):
            juror = make_juror(season, f"J{number:02}")
            for entry in entries:
                make_sheet(entry, juror, {"innovation": "80", "craft": "75.5"})
        for number, task in enumerate(jury.first.tasks.values()):
            if number % 2:
                session.get_one(Assignment, task).state = AssignmentState.SUBMITTED


def _milliseconds(browser: FlaskClient, path: str, times: int) -> tuple[float, float]:
    """Of the processor and by the wall, which holds what others do on the machine."""
    spent, walls = [], []
    for _ in range(times + 1):
        began, worked = time.perf_counter(), time.process_time()
        assert browser.get(path).status_code == 200
        spent.append((time.process_time() - worked) * 1000)
        walls.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[1:]), statistics.median(walls[1:])


def _drawn(short: bool) -> Iterator[Figure]:
    """All certificates of an award as one file."""
    number = 7 if short else _CERTIFICATES
    began = time.process_time()
    size = _certificates(number)
    yield Figure(
        f"{number} certificates as one PDF",
        "",
        time.process_time() - began,
        "s",
        goal=_CERTIFICATES_GOAL,
        least=True,
        note=f"{size >> 10} kB",
    )


def _certificates(number: int) -> int:
    """The size of a PDF with so many certificates, fonts and all."""
    out = BytesIO()
    certificates_pdf(out, [_certificate(place) for place in range(number)], "bench")
    return len(out.getvalue())


def _certificate(place: int) -> tuple[dict[str, Any], str, str]:
    winner = certificate_words.Winner(
        f"A-{place:02}",
        "GSB"[place % 3],
        (("金奖", "Gold"), ("银奖", "Silver"), ("铜奖", "Bronze"))[place % 3],
        (f"便携式保温茶具 {place} 型", f"Portable tea set {place}"),
        (f"大连星河轻工制品有限公司第{place}分公司", f"Galaxy Light Industry, branch {place}"),
        ("家居日用", "Household"),
    )
    words = certificate_words.words(
        {"signatories": "评审委员会主任 王明"},
        winner,
        award=("第八届轻工博览会产品评选", "Product award of the 8th fair"),
        organiser=("大连市轻工业联合会", "Dalian Light Industry Federation"),
        fair=("第八届轻工博览会", "8th fair"),
        number=certificate_words.serial("PX", 2016, place),
        today=date(2016, 8, 22),
    )
    code = certificate_words.new_code()
    return words, code, f"https://fair.example.org/certificates/{code}"


def _seconds(content: bytes) -> float:
    began = time.process_time()
    file = result_file.read(content)
    result_file.document(file, decide(file))
    return time.process_time() - began


def _file(entries: int, normalise: str) -> dict[str, Any]:
    return {
        "format": "exhibitions-award-result",
        "version": 1,
        "rules": {
            "criteria": [
                {"code": f"c{index}", "weight": weight}
                for index, weight in enumerate((30, 20, 15, 15, 10, 10))
            ],
            "normalise": normalise,
            "levels": [
                {"medal": medal, "at_least": bound} for medal, bound in (("G", 85), ("S", 80), ("B", 75))
            ],
            "cap": 0.3,
            "tie_chain": ["weightiest_criterion", "median", "range", "lowest_mark"],
        },
        "entries": [
            {
                "entry": f"E{index:03}",
                "category": f"K{index % 6}",
                "place": f"P{index % 14}",
                "company": f"C{index // 2}",
            }
            for index in range(entries)
        ],
        "sheets": [
            {
                "entry": f"E{entry:03}",
                "juror": f"J{juror}",
                "scores": {
                    f"c{index}": 60 + (entry * 7 + juror * 13 + index * 5) % 40 for index in range(_CRITERIA)
                },
            }
            for entry in range(entries)
            for juror in range(_JURORS)
        ],
    }
