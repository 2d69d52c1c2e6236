"""Cases of awards written shortly, and the two ways to judge them: the rules themselves and the public command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import msgspec
from click.testing import CliRunner

from exhibitions.awards import commands
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.judging import Unjudgeable, decide

THRESHOLDS = [
    {"medal": "GG", "at_least": 92},
    {"medal": "G", "at_least": 85},
    {"medal": "S", "at_least": 82},
    {"medal": "B", "at_least": 80},
]
"""The medals of the worked cases, unless a case says otherwise."""


def quotas(**places: int) -> list[dict[str, Any]]:
    """Medals by number, the best first."""
    return [{"medal": medal, "places": number} for medal, number in places.items()]


def sheets(marks: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Sheets of jurors J1, J2 … with one mark an entry; None is a juror without a sheet."""
    return [
        {"entry": entry, "juror": f"J{index}", "scores": {"score": mark}}
        for entry, given in marks.items()
        for index, mark in enumerate(given, 1)
        if mark is not None
    ]


def a_file(marks: Mapping[str, Sequence[Any]] | None = None, **parts: Any) -> dict[str, Any]:
    """A result file; `rules` are added to the thresholds of the worked cases, other parts take their place."""
    marks = marks or {}
    return (
        {
            "format": "exhibitions-award-result",
            "version": 1,
            "entries": [{"entry": entry} for entry in marks],
            "sheets": sheets(marks),
        }
        | parts
        | {"rules": {"levels": THRESHOLDS} | parts.get("rules", {})}
    )


def of_scores(scores: Sequence[Any], **parts: Any) -> dict[str, Any]:
    """A file in which one juror gave each entry E01, E02 … exactly its score."""
    marks = {f"E{index:02}": [score] for index, score in enumerate(scores, 1)}
    return a_file(marks, **parts | {"rules": {"quorum": 1} | parts.get("rules", {})})


class Refusal(Exception):
    """A case that was not judged; the text is what people read."""


@dataclass(frozen=True)
class Found:
    """A recomputed result."""

    document: dict[str, Any]

    def line(self, entry: str) -> dict[str, Any]:
        line: dict[str, Any] = next(each for each in self.document["ranking"] if each["entry"] == entry)
        return line

    def score(self, entry: str) -> Decimal | None:
        score = self.line(entry)["score"]
        return None if score is None else Decimal(str(score))

    def medals(self) -> dict[str, str]:
        """The medals by entry, without those that have none."""
        return {each["entry"]: each["medal"] for each in self.document["ranking"] if each["medal"]}

    def ranks(self) -> dict[str, int | None]:
        return {each["entry"]: each["rank"] for each in self.document["ranking"]}


class Judge(Protocol):
    """Judges a file, or raises Refusal."""

    def __call__(self, file: dict[str, Any]) -> Found: ...


def by_rules(file: dict[str, Any]) -> Found:
    """Judge by calling the rules."""
    content = result_file.read(msgspec.json.encode(file))
    try:
        outcome = decide(content)
    except Unjudgeable as error:
        raise Refusal(
            "\n".join(each.refusal.message % each.refusal.params for each in error.problems)
        ) from error
    return Found(result_file.document(content, outcome))


def by_command(folder: Path) -> Judge:
    """Judge by `flask awards recompute FILE --json`, as anybody with the file would."""

    def judge(file: dict[str, Any]) -> Found:
        path = folder / "result.json"
        path.write_bytes(msgspec.json.encode(file))
        done = CliRunner().invoke(commands.awards, ["recompute", str(path), "--json"])
        if done.exit_code:
            raise Refusal(done.stderr)
        return Found(json.loads(done.stdout, parse_float=Decimal))

    return judge
