"""The result file: a case and its result as JSON that anybody can recompute (docs/result-file.md, awards.md §3.6)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from exhibitions.awards.rules.case import Ballot, Case, Deliberation, Problem, ScoreSheet
from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.lines import Line
from exhibitions.awards.rules.rounds import printed
from exhibitions.awards.rules.rule_set import Name, RuleSet, canonical, fingerprint
from exhibitions.awards.rules.tally import Tally, awarded, summary, tallies
from exhibitions.core.errors import N_, Refused
from exhibitions.core.shares import percent, rounded

MOST_BYTES = 32 * 1024 * 1024
MOST_TIE = 100
"""So many entries of equal score are named at each of them; thousands of equal ones would name each other millions of times."""
_LARGEST, _FINEST = Decimal(10**9), -12
_ONE_PLACE = 1

Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Award(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which award it is; words for people, nothing follows from them."""

    name_zh: Name = ""
    name_en: Name = ""
    organiser: Name = ""
    year: Annotated[int, Meta(ge=1900, le=9999)] | None = None
    legal_basis: Name = ""


class Ranked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a file says of one entry. The score is kept as it is written, so that no digit of it is lost."""

    entry: str
    score: msgspec.Raw
    rank: int | None
    medal: str | None
    flags: tuple[str, ...] = ()


class Stated(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The result that a file states."""

    ranking: tuple[Ranked, ...]
    medals: dict[str, int]


class ResultFile(Case, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A case with its name and, once it was judged, with its result and the hash over both."""

    format: Literal["exhibitions-award-result"]
    version: Literal[1]
    award: Award = Award()
    result: Stated | None = None
    hash: Hash | None = None


def read(content: bytes) -> ResultFile:
    """The file's data. Raises `Refused` with what cannot be read and where, such as `$.sheets[3].scores`."""
    if len(content) > MOST_BYTES:
        raise Refused("file_too_large", N_("The file is larger than %(most)s MB."), most=MOST_BYTES >> 20)
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        found = msgspec.json.decode(content, type=ResultFile)
        json.loads(content, object_pairs_hook=_once)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Refused(
            "file_unreadable", N_("The result file cannot be read: %(error)s"), error=str(error)
        ) from error
    for number in _numbers(found):
        if not number.is_finite() or number.copy_abs() > _LARGEST or _places(number) < _FINEST:
            raise Refused(
                "number_unusable",
                N_("%(number)s is no number that can be judged: at most 1,000,000,000 with twelve decimals."),
                number=f"{number!s:.40}",
            )
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; a name that comes twice would let two readers read two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"the name `{twice:.40}` is there twice in one object")
    return found


def _places(number: Decimal) -> int:
    """The power of ten of the last digit that is not an idle zero."""
    _, digits, exponent = number.as_tuple()
    idle = len(digits) - len("".join(map(str, digits)).rstrip("0")) if number else len(digits)
    return exponent + idle if isinstance(exponent, int) else 0


def _numbers(data: object) -> Iterator[Decimal]:
    match data:
        case Decimal():
            yield data
        case Struct():
            for name in data.__struct_fields__:
                yield from _numbers(getattr(data, name))
        case Mapping():
            for value in data.values():
                yield from _numbers(value)
        case tuple() | list():
            for value in data:
                yield from _numbers(value)


def digest(file: ResultFile, outcome: Outcome) -> str:
    """SHA-256 in hex over the case and its result in one fixed spelling (`canonical`), whatever the order of its parts.

    Covered is all but `result` and `hash` themselves; of the result, what `Ranked` holds and the number of medals.
    """
    first = file.first_round
    content = {
        "format": file.format,
        "version": file.version,
        "award": file.award,
        "rules": file.rules,
        "categories": sorted(file.categories, key=lambda each: each.category),
        "entries": sorted(file.entries, key=lambda each: each.entry),
        "sheets": sorted(
            (_spelled(each, first) for each in file.sheets),
            key=lambda each: (str(each.round), each.entry, each.juror),
        ),
        "ballots": sorted(
            (_ordered(each, first) for each in file.ballots),
            key=lambda each: (str(each.round), each.juror),
        ),
        "deliberation": _deliberation(file.deliberation),
        "ranking": [_ranked(file.rules, line) for line in sorted(outcome.lines, key=lambda each: each.entry)],
        "medals": outcome.medals,
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _spelled(sheet: ScoreSheet, first: str) -> ScoreSheet:
    marks = {code: mark for code, mark in sheet.scores.items() if mark is not None}
    return msgspec.structs.replace(sheet, round=sheet.round or first, scores=marks)


def _ordered(ballot: Ballot, first: str) -> Ballot:
    order = tuple(tuple(sorted(group)) for group in ballot.order if group)
    return msgspec.structs.replace(ballot, round=ballot.round or first, order=order)


def _deliberation(decided: Deliberation) -> Deliberation:
    changes = [
        msgspec.structs.replace(each, signed_by=tuple(sorted(each.signed_by))) for each in decided.overrides
    ]
    return Deliberation(
        second_judging=tuple(sorted(decided.second_judging, key=lambda each: each.entry)),
        casting_votes=tuple(sorted(decided.casting_votes, key=lambda each: each.order)),
        overrides=tuple(sorted(changes, key=lambda each: each.entry)),
    )


def sealed(file: ResultFile, outcome: Outcome) -> bytes:
    """The file as it is published: JSON with the result and the hash over both, LF at the end.

    Decimals are numbers with all their places; what the case leaves out is written with its value.
    """
    first = ("format", "version", "award")
    names = [*first, *(name for name in Case.__struct_fields__ if name not in first)]
    content = {name: getattr(file, name) for name in names} | {
        "result": {
            "ranking": [_ranked(file.rules, line) for line in outcome.lines],
            "medals": outcome.medals,
        },
        "hash": digest(file, outcome),
    }
    raw = msgspec.json.Encoder(decimal_format="number").encode(content)
    return msgspec.json.format(raw, indent=1) + b"\n"


def _ranked(rules: RuleSet, line: Line) -> dict[str, Any]:
    return {
        "entry": line.entry,
        "score": None if line.score is None else number(rules, line.score),
        "rank": line.rank,
        "medal": line.medal,
        "flags": line.flags,
    }


def number(rules: RuleSet, score: Fraction) -> Decimal | str:
    """A score for JSON: a number with the places of the rules; an exact one that has no end as `a/b`."""
    text = printed(rules, score)
    return text if "/" in text else Decimal(text)


def differences(file: ResultFile, outcome: Outcome, found: str) -> list[Problem]:
    """Where the file states another result than its own marks give, or bears another hash; empty where it is true."""
    wrong: list[Problem] = []
    if file.result is not None:
        wrong += _ranking_differs(file.result.ranking, outcome.lines)
        if file.result.medals != outcome.medals:
            wrong.append(
                Problem(
                    "result.medals",
                    Refused(
                        "medals_differ", N_("The numbers of medals are not those that follow from the marks.")
                    ),
                )
            )
    if file.hash is not None and file.hash != found:
        wrong.append(
            Problem(
                "hash",
                Refused(
                    "hash_differs",
                    N_("The file was changed after it was sealed: its content has the hash %(found)s."),
                    found=found,
                ),
            )
        )
    return wrong


def _ranking_differs(stated: Sequence[Ranked], lines: Sequence[Line]) -> Iterator[Problem]:
    by_entry = {each.entry: each for each in stated}
    for line in lines:
        yield from _line_differs(line, by_entry.get(line.entry))
    if [each.entry for each in stated] != [line.entry for line in lines]:
        yield Problem(
            "result.ranking",
            Refused(
                "ranking_differs",
                N_("The ranking does not name every entry once, in the order of the result."),
            ),
        )


def _line_differs(line: Line, stated: Ranked | None) -> Iterator[Problem]:
    same = stated is not None and (
        line.score == _stated(stated.score)
        and (line.rank, line.medal, set(line.flags)) == (stated.rank, stated.medal, set(stated.flags))
    )
    if not same:
        yield Problem(
            "result.ranking",
            Refused(
                "line_differs",
                N_("Entry %(entry)s: the file states another result than follows from the marks."),
                entry=line.entry,
            ),
        )


def _stated(raw: msgspec.Raw) -> Fraction | str | None:
    """A stated score as a number, whether it was written as one, as its text or as `a/b`; other text stays text."""
    text = bytes(raw).decode().strip('"')
    try:
        return None if text == "null" else Fraction(text)
    except (ValueError, ZeroDivisionError):
        return text


def document(file: ResultFile, outcome: Outcome) -> dict[str, Any]:
    """The recomputed result for machines, as docs/result-file.md describes it; scores are `Decimal` or `a/b`."""
    wrong = differences(file, outcome, found := digest(file, outcome))
    counted = summary(file, outcome)
    return {
        "ranking": [
            _ranked(file.rules, line)
            | {
                "category": line.category,
                "n": line.n,
                "raw_mean": _figure(line.raw),
                "value": _figure(line.value),
                "range": _figure(line.range),
                "deviation": _figure(line.deviation),
                "tie": list(line.tie[:MOST_TIE]),
                "steps": [step.message % step.params for step in line.steps],
            }
            for line in outcome.lines
        ],
        "medals": dict(outcome.medals),
        "presented": outcome.presented,
        "most_medals": outcome.most,
        "agreement_prize": list(outcome.agreement_prize),
        "jurors": [
            {
                "juror": each.juror,
                "n": each.n,
                "mean": _figure(each.mean),
                "deviation": _figure(each.spread),
                "difference": _figure(each.difference),
                "spearman": _figure(each.spearman),
            }
            for each in outcome.jurors
        ],
        "open_ties": outcome.open_ties,
        "warnings": [warning.message % warning.params for warning in outcome.warnings],
        "tally": {name: _tally(found) for name, found in tallies(file, outcome).items()},
        "awarded": [
            {
                "medal": medal,
                "entry": each.entry,
                "place": each.place,
                "company": each.company,
                "category": each.category,
            }
            for each, medal in awarded(file, outcome)
        ],
        "summary": {
            "presented": counted.presented,
            "awarded": counted.awarded,
            "share": percent(counted.share, _ONE_PLACE),
            "by_category": [list(row) for row in counted.by_category],
            "by_place": [list(row) for row in counted.by_place],
        },
        "differences": [f"{each.where}: {each.refusal.message % each.refusal.params}" for each in wrong],
        "rules_hash": fingerprint(file.rules, file.categories),
        "hash": found,
    }


def _figure(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, 4)


def _tally(found: Tally) -> dict[str, Any]:
    return {
        "rows": [
            {
                "rank": row.rank,
                "name": row.name,
                "medals": dict(zip(found.medals, row.counts, strict=True)),
                "total": row.total,
                "share": percent(row.share, _ONE_PLACE),
            }
            for row in found.rows
        ],
        "medals": dict(zip(found.medals, found.counts, strict=True)),
        "total": found.total,
    }
