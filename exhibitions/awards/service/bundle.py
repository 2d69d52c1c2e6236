"""The result as a ZIP: the sealed JSON, tables for people, and the check sums of all (awards.md §3.6).

`flask awards recompute result.json` reproduces it. Equal results give equal bytes: the archive bears no time.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.judging import Outcome, decide
from exhibitions.awards.rules.lines import shown
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.rules.rounds import printed
from exhibitions.awards.rules.rule_set import normal
from exhibitions.awards.rules.tally import summary, tallies
from exhibitions.core.shares import percent, share
from exhibitions.core.sheets.writing import csv_chunks

RESULT, SUMS = "result.json", "SHA256SUMS"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
Rows = Iterable[Sequence[str | int | None]]


@lru_cache(maxsize=4)
def bundle(sealed: bytes) -> bytes:
    """The ZIP of a sealed result file.

    Kept for the last few, for anybody may ask for a published one as often as he likes, and it never changes.
    """
    file = result_file.read(sealed)
    outcome = decide(file)
    parts = {
        RESULT: sealed,
        "ranking.csv": _csv(_ranking(file, outcome)),
        "marks.csv": _csv(_marks(file)),
        "tally.csv": _csv(_tally(file, outcome)),
        "summary.csv": _csv(_summary(file, outcome)),
    }
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in parts.items())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, SUMS: sums.encode()}.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def wrong_sums(parts: Mapping[str, bytes]) -> list[str]:
    """The names of an archive's files that are not those whose check sums lie beside them, or whose file is missing."""
    listed = (line.split("  ", 1) for line in parts.get(SUMS, b"").decode("utf-8", "replace").splitlines())
    sums = {name: digest for digest, name in (pair for pair in listed if len(pair) == 2)}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items() if name != SUMS}
    return sorted(name for name in {*sums, *found} if sums.get(name) != found.get(name))


def _csv(rows: Rows) -> bytes:
    return b"".join(csv_chunks(rows))


def _ranking(file: ResultFile, outcome: Outcome) -> Rows:
    entries = {each.entry: each for each in file.entries}
    yield [
        "rank",
        "entry",
        "category",
        "product",
        "company",
        "place",
        "n",
        "raw_mean",
        "score",
        "medal",
        "flags",
    ]
    for line in outcome.lines:
        entry = entries[line.entry]
        yield [
            line.rank,
            line.entry,
            line.category,
            entry.product,
            entry.company,
            entry.place,
            line.n,
            "" if line.raw is None else shown(line.raw),
            "" if line.score is None else printed(file.rules, line.score),
            line.medal or "",
            " ".join(line.flags),
        ]


def _marks(file: ResultFile) -> Rows:
    codes = list(
        dict.fromkeys(
            each.code
            for criteria in (file.rules.criteria, *(own.criteria or () for own in file.categories))
            for each in criteria
        )
    )
    yield ["round", "entry", "juror", "state", "eliminated", *codes]
    for sheet in file.sheets:
        marks = [sheet.scores.get(code) for code in codes]
        yield [
            sheet.round or file.first_round,
            sheet.entry,
            sheet.juror,
            sheet.state.value,
            "1" if sheet.eliminated else "",
            *("" if mark is None else normal(mark) for mark in marks),
        ]


def _tally(file: ResultFile, outcome: Outcome) -> Rows:
    for name, found in tallies(file, outcome).items():
        yield [name, "rank", *found.medals, "total", "share"]
        for row in found.rows:
            yield [row.name, row.rank, *row.counts, row.total, percent(row.share)]
        yield ["total", "", *found.counts, found.total, ""]
        yield []


def _summary(file: ResultFile, outcome: Outcome) -> Rows:
    said = summary(file, outcome)
    yield ["", "", "presented", "awarded", "share"]
    yield ["all", "", said.presented, said.awarded, percent(said.share)]
    for key, rows in (("category", said.by_category), ("place", said.by_place)):
        for name, presented, won in rows:
            yield [key, name, presented, won, percent(share(won, presented))]
