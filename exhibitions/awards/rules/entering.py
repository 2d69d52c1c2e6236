"""Until when a product may be entered, how many, what an entry lacks, its blind code, and what jurors do not see of it.

Moments are aware and judged by the whole second: what comes within the last second is in time, the next one is late.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from exhibitions.awards.rules.states import LOCKED, EntryState, SeasonState
from exhibitions.awards.rules.telling_names import is_mere_word, pattern_of, telling_names
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.regions import region_key

MOST_PICTURES = 8
MOST_PAPERS = 5
MOST_MAKERS = 5
LONGEST_NAME = 100
LONGEST_TEXT = 1_500
LONGEST_REASON = 1_000
TAKING = frozenset({SeasonState.OPEN})
"""The season takes what companies enter."""
SCREENING = frozenset({SeasonState.OPEN, SeasonState.SCREENING})
"""The office screens, and companies answer what was returned."""
UNCOUNTED = frozenset({EntryState.DRAFT, EntryState.REJECTED, EntryState.WITHDRAWN})
"""Entries that take none of a company's places."""
_OUTSIDE = frozenset(
    {EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED, EntryState.REJECTED, EntryState.WITHDRAWN}
)
_HIDDEN = "▇▇"
_HOME = "CN"
_FIRST_NUMBERS = 999
_LONGEST_PREFIX = 8


class Season(Protocol):
    """What the rules ask of a season."""

    @property
    def state(self) -> SeasonState:
        """How far it has come."""

    @property
    def opens_at(self) -> datetime | None:
        """From when products can be entered."""

    @property
    def closes_at(self) -> datetime | None:
        """Until when, the second itself included."""

    @property
    def screening_until(self) -> datetime | None:
        """Until when a returned entry can be answered."""


class Located(Protocol):
    """What the register says of where a company is."""

    @property
    def country(self) -> str:
        """Its country, in two letters."""

    @property
    def statistics_country(self) -> str:
        """The country under which it counts, where that is another one."""

    @property
    def region(self) -> str:
        """Its province or city, as a key of core.regions."""


def place_of(company: Located) -> str:
    """Where a company is, as a key of core.regions: its city or province, abroad its country."""
    country = company.statistics_country or company.country
    return company.region if country == _HOME else region_key(country)


def whole_second(moment: datetime) -> datetime:
    """The moment without the parts of its second."""
    return moment.replace(microsecond=0)


def is_over(until: datetime | None, now: datetime) -> bool:
    """Whether `now` is at least one second after `until`; nothing ends where no end was set."""
    return until is not None and whole_second(now) > whole_second(until)


def is_open(season: Season, now: datetime) -> bool:
    """Whether a product can be entered now."""
    begun = season.opens_at is None or now >= season.opens_at
    return season.state in TAKING and begun and not is_over(season.closes_at, now)


def check_open(season: Season, now: datetime, zone: str) -> None:
    """Refuse what comes before the award opens or one second after it closed; the sentence names both moments."""
    if season.state is SeasonState.DRAFT or (season.opens_at is not None and now < season.opens_at):
        raise Conflict("entry_early", N_("This award does not take entries yet."))
    if is_over(season.closes_at, now) and season.closes_at is not None:
        raise _late(season.closes_at, now, zone)
    if season.state not in TAKING:
        raise Conflict("entry_closed", N_("This award takes no entries any more. Your draft is kept."))


def check_answer(season: Season, now: datetime, zone: str) -> None:
    """Refuse the answer to a returned entry once the screening is over, to the second."""
    if is_over(season.screening_until, now) and season.screening_until is not None:
        raise _late(season.screening_until, now, zone)
    if season.state not in SCREENING:
        raise Conflict(
            "answer_closed", N_("Screening is over: a returned entry cannot be answered any more.")
        )


def check_office(season: Season, now: datetime, reason: str) -> None:
    """Whether the office may enter a product: after the deadline only with a reason, and never once judging has begun."""
    if season.state not in SCREENING:
        raise Conflict("entry_closed_office", N_("Entries can be added only before judging begins."))
    if is_over(season.closes_at, now) and not reason.strip():
        raise Refused("late_reason", N_("The deadline is over: say why this entry is still taken"))


def check_screening(season: Season) -> None:
    """Whether entries are still screened and moved."""
    if season.state not in SCREENING:
        raise Conflict("screening_over", N_("Judging has begun: entries are not screened or moved any more."))


def check_unlocked(season: Season) -> None:
    """Whether an entry can still fall out: a locked result stays as it is (AW-36)."""
    if season.state in LOCKED:
        raise Conflict("result_locked", N_("The result is locked: an entry cannot be taken out any more."))


def falls_out(state: EntryState, season: SeasonState) -> bool:
    """Whether a withdrawal takes the entry out; of what a locked result names it is only noted (AW-36)."""
    return season not in LOCKED or state in _OUTSIDE


def check_limit(most: int | None, others: int) -> None:
    """Refuse an entry when the company has `others` in this season already and may have `most`."""
    if most is not None and others >= most:
        raise Refused(
            "entries_full",
            N_(
                "A company may enter %(most)s products in this award; this one has entered %(count)s already."
            ),
            most=most,
            count=others,
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, at which field of the form, as an English message id."""

    field: str
    sentence: str


class Facts(Protocol):
    """What is asked of an entry before it can be submitted."""

    @property
    def category_id(self) -> int | None:
        """Its category."""

    @property
    def product_zh(self) -> str:
        """The product in Chinese."""

    @property
    def product_en(self) -> str:
        """The product in English."""

    @property
    def innovation_zh(self) -> str:
        """What is new, in Chinese."""

    @property
    def innovation_en(self) -> str:
        """What is new, in English."""

    @property
    def contact_phone(self) -> str:
        """How whom to ask is called."""

    @property
    def contact_email(self) -> str:
        """Where whom to ask is written to."""


def gaps(entry: Facts, pictures: int) -> list[Gap]:
    """What is missing before an entry with so many pictures can be submitted, in the order of the form."""
    asked = (
        ("category", entry.category_id is not None, N_("Choose a category")),
        (
            "product_zh",
            bool(entry.product_zh or entry.product_en),
            N_("Enter the product's name, in one language at least"),
        ),
        (
            "innovation_zh",
            bool(entry.innovation_zh or entry.innovation_en),
            N_("Say what is new about it, in one language at least"),
        ),
        ("pictures", pictures > 0, N_("Add a picture of the product")),
        (
            "contact_email",
            bool(entry.contact_email or entry.contact_phone),
            N_("Say whom we can ask: an e-mail address or a mobile number"),
        ),
    )
    return [Gap(field, sentence) for field, there, sentence in asked if not there]


_BY_OFFICE = frozenset({"category", "product_zh"})


def check_named(entry: Facts) -> None:
    """Refuse to let an entry go on, by the office too, that has no category or no name; the rest can follow on its page."""
    for gap in gaps(entry, pictures=0):
        if gap.field in _BY_OFFICE:
            raise Refused(f"entry_gap_{gap.field}", gap.sentence)


def check_pictures(count: int) -> None:
    """Refuse one more picture than an entry may have; `count` is how many there would be."""
    if count > MOST_PICTURES:
        raise Refused("pictures_many", N_("An entry has at most %(most)s pictures"), most=MOST_PICTURES)


def check_papers(count: int) -> None:
    """Refuse one more paper than an entry may have; `count` is how many there would be."""
    if count > MOST_PAPERS:
        raise Refused("papers_full", N_("An entry has at most %(most)s papers"), most=MOST_PAPERS)


def prefix_of(category: str) -> str:
    """The beginning of the blind codes of a category."""
    return category.strip().upper()[:_LONGEST_PREFIX]


def blind_code(category: str, taken: Collection[str], draw: Callable[[int], int]) -> str:
    """A code like A017 that nobody has: by lot among the free numbers, so that it tells neither company nor order.

    `draw` gives a number from 0 up to but without what it is given. Half of the numbers always stay free: codes grow by a
    digit before it could be guessed what is left.
    """
    prefix, known = prefix_of(category), set(taken)
    most = _FIRST_NUMBERS
    used = sum(each.startswith(prefix) and each[len(prefix) :].isdigit() for each in known)
    while used * 2 >= most:
        most = most * 10 + 9
    width = len(str(most))
    free = [code for each in range(1, most + 1) if (code := f"{prefix}{each:0{width}d}") not in known]
    return free[draw(len(free))]


def covered(text: str, names: Iterable[str]) -> str:
    """The text as a blind juror reads it: the company's names are covered, whatever their case and blanks."""
    for name in telling_names(names):

        def hidden(found: re.Match[str], name: str = name) -> str:
            return found.group() if is_mere_word(name, found.group()) else _HIDDEN

        text = pattern_of(name).sub(hidden, text)
    return text


def _late(until: datetime, now: datetime, zone: str) -> Conflict:
    place = ZoneInfo(zone)
    until_words, came = (f"{each.astimezone(place):%Y-%m-%d %H:%M:%S}" for each in (until, now))
    return Conflict(
        "entry_late",
        N_("The deadline was %(until)s; this came at %(came)s and is late. What you wrote is kept."),
        until=until_words,
        came=came,
    )
