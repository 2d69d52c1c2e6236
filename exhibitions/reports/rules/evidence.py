"""The facts behind published figures as one file: the same facts give the same bytes, and the bytes the same figures (§1.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from exhibitions.reports.rules.facts import AreaFact, AreaKind, Facts, PartFact, Role, StandFact, Use

FORMAT = "exhibition-evidence-1"


def evidence(facts: Facts) -> bytes:
    """The facts as UTF-8 JSON, a row a line and the rows in an order of their own, whatever the order of the facts."""
    head = json.dumps({"format": FORMAT, "host": facts.host})
    rows = [_line("stand", one) for one in facts.stands]
    rows += [_line("area", one) for one in facts.areas]
    rows += [_line("part", one) for one in facts.parts]
    return "\n".join([head, *sorted(rows), ""]).encode()


def _line(kind: str, fact: Any) -> str:
    return json.dumps({"row": kind, **asdict(fact)}, sort_keys=True, ensure_ascii=False, default=_text)


def _text(value: object) -> str:
    # 9 and 9.00 are one area; the exponent form of `normalize` would be another way to write ten.
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def read_evidence(content: bytes) -> Facts:
    """The facts of such a file; computing from them gives the figures to the last digit."""
    head, *lines = [json.loads(line) for line in content.decode().split("\n") if line]
    found: dict[str, list[Any]] = {"stand": [], "area": [], "part": []}
    for line in lines:
        kind = line.pop("row")
        found[kind].append(_KINDS[kind](line))
    return Facts(head["host"], tuple(found["stand"]), tuple(found["area"]), tuple(found["part"]))


def _stand(line: Mapping[str, Any]) -> StandFact:
    split = tuple((country, Decimal(area)) for country, area in line["split"])
    areas = {name: Decimal(line[name]) for name in ("area", "upper")}
    return StandFact(**{**line, **areas, "use": Use(line["use"]), "split": split})


def _area(line: Mapping[str, Any]) -> AreaFact:
    return AreaFact(**{**line, "area": Decimal(line["area"]), "kind": AreaKind(line["kind"])})


def _part(line: Mapping[str, Any]) -> PartFact:
    return PartFact(**{**line, "role": Role(line["role"])})


_KINDS: dict[str, Callable[[Mapping[str, Any]], Any]] = {"stand": _stand, "area": _area, "part": _part}


def digest(content: bytes) -> str:
    """The SHA-256 of a file, in hexadecimals."""
    return hashlib.sha256(content).hexdigest()
