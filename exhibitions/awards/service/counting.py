"""The tally and the figures of a locked result, with revoked awards left out and said so (awards.md §3.4 step 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exhibitions.awards.models import AwardEntry, AwardResult, AwardSeason
from exhibitions.awards.queries import casework
from exhibitions.awards.rules import press
from exhibitions.awards.rules.case import Entry
from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.rules.result_words import medal_names
from exhibitions.awards.rules.rule_set import medals_of
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.rules.tally import KEYS, Summary, Tally, awarded, summary, tally
from exhibitions.awards.service import reading
from exhibitions.core.regions import region_name


@dataclass(frozen=True, slots=True)
class Counted:
    """A result counted. `locked` medals were given, `revoked` entries lost theirs since; `held` are those that stand."""

    file: ResultFile
    outcome: Outcome
    result: AwardResult
    rows: Mapping[str, AwardEntry]
    medals: Sequence[str]
    held: Sequence[tuple[Entry, str]]
    tallies: dict[str, Tally]
    summary: Summary
    revoked: Sequence[AwardEntry]

    @property
    def locked(self) -> int:
        """How many medals the locked result gave."""
        return sum(self.outcome.medals.values())


def count(season: AwardSeason) -> Counted:
    """The tally of the locked result. Raises `Conflict` while nothing is locked."""
    file, outcome, result = reading.locked_result(season)
    rows = casework.rows_of(season)
    medals = medals_of(file.rules, [each.levels or () for each in file.categories])
    given = awarded(file, outcome)
    revoked = [rows[each.entry] for each, _ in given if rows[each.entry].state is EntryState.REVOKED]
    numbers = {str(row.number) for row in revoked}
    held = [(each, medal) for each, medal in given if each.entry not in numbers]
    return Counted(
        file,
        outcome,
        result,
        rows,
        medals,
        held,
        {name: tally(medals, [(key(each), medal) for each, medal in held]) for name, key in KEYS.items()},
        summary(file, outcome, numbers),
        revoked,
    )


def figures(counted: Counted, home: str = "") -> press.Figures:
    """The figures of a report: all, by medal, and of the place with the key `home`."""
    numbers = Counter(medal for _, medal in counted.held)
    return press.Figures(
        presented=counted.summary.presented,
        total=len(counted.held),
        medals=press.medal_rows(
            medal_names(counted.file), {medal: numbers[medal] for medal in counted.medals}
        ),
        home=(region_name(home, "zh"), region_name(home, "en")) if home else ("", ""),
        of_home=sum(each.place == home for each, _ in counted.held),
    )


def report_sentences(counted: Counted, home: str) -> tuple[str, str]:
    """The sentence of a report about the whole fair, in Chinese and in English."""
    found = figures(counted, home)
    return press.sentence_zh(found), press.sentence_en(found)


def press_texts(season: AwardSeason, counted: Counted, home: str) -> tuple[str, str]:
    """The text for the press in Chinese and in English."""
    found, rows = figures(counted, home), counted.rows
    first = counted.medals[0] if counted.medals else ""
    best = [rows[each.entry] for each, medal in counted.held if medal == first]
    return (
        press.text_zh(
            season.name_zh or season.name_en,
            season.organiser_zh or season.organiser_en,
            found,
            [(row.product_zh or row.product_en, row.company_zh or row.company_en) for row in best],
        ),
        press.text_en(
            season.name_en or season.name_zh,
            season.organiser_en or season.organiser_zh,
            found,
            [(row.product_en or row.product_zh, row.company_en or row.company_zh) for row in best],
        ),
    )
