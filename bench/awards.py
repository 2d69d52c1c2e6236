"""A whole award judged again from its result file: 300 entries, nine jurors, six criteria, with and without levelling."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.judging import decide

_ENTRIES, _JURORS, _CRITERIA = 300, 9, 6
_GOAL = 1.0


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
