"""Who may not judge what: interests that the product finds by itself, and what an interest means (awards.md §3.3, AW-34)."""

from __future__ import annotations

import enum
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from exhibitions.awards.rules.states import ConflictDecision, ConflictKind, ConflictSource
from exhibitions.companies.rules.doubles import alike_key, mail_domain, name_key
from exhibitions.core.errors import N_
from exhibitions.core.sameness import same_key

FORMER_YEARS = 3
"""A former employer counts for so long after the juror left it."""
LONGEST_NAME = 200
"""So much of a name is stored."""
OF_ITSELF = frozenset({ConflictKind.SELF, ConflictKind.EMPLOYER, ConflictKind.FORMER_EMPLOYER})
"""Found by the product these refuse at once; a mail domain in common is only worth a look."""
DECLARABLE = (
    ConflictKind.EMPLOYER,
    ConflictKind.FORMER_EMPLOYER,
    ConflictKind.FAMILY,
    ConflictKind.BUSINESS,
    ConflictKind.ADVISOR,
    ConflictKind.COMPETITOR,
    ConflictKind.DECLARED,
)
"""What a juror declares or somebody objects."""

KINDS: Mapping[ConflictKind, str] = {
    ConflictKind.SELF: N_("Is the entrant"),
    ConflictKind.EMPLOYER: N_("Works for the entrant"),
    ConflictKind.FORMER_EMPLOYER: N_("Worked for the entrant"),
    ConflictKind.FAMILY: N_("Family"),
    ConflictKind.BUSINESS: N_("Supplier or customer"),
    ConflictKind.ADVISOR: N_("Advisor"),
    ConflictKind.COMPETITOR: N_("Competitor"),
    ConflictKind.MAIL_DOMAIN: N_("Same mail domain"),
    ConflictKind.DECLARED: N_("Another interest"),
}
"""The words for each, as message ids."""
SOURCES: Mapping[ConflictSource, str] = {
    ConflictSource.AUTO: N_("Found by comparing"),
    ConflictSource.DECLARED: N_("Declared by the juror"),
    ConflictSource.CHALLENGE: N_("Objection"),
}


class Verdict(enum.IntEnum):
    """What an interest means for a juror and an entry, the gravest last."""

    FREE = 0
    FLAGGED = 1
    WAITING = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Former:
    """An earlier employer and the juror's last day there; None where the day is not known."""

    company: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class JurorFacts:
    """What is compared of a juror."""

    code: str
    employer: str = ""
    former: tuple[Former, ...] = ()
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is compared of an entry: all names of its company and of joint makers, their mail domains, who is its contact."""

    number: str
    companies: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    contact_email: str = ""
    contact_phone: str = ""


class Interest(NamedTuple):
    """An interest that comparing found. One that is not `sure` is worth a look and refuses nothing by itself.

    `company` is what it was found in on the entry's side, `evidence` what of the juror was compared with it.
    """

    kind: ConflictKind
    company: str
    sure: bool = True
    evidence: str = ""

    @property
    def same(self) -> tuple[ConflictKind, str, str]:
        """By this an interest is the same again: it is another one where either side is called otherwise."""
        return same_interest(self.kind, self.company, self.evidence)


def same_interest(kind: ConflictKind, company: str, evidence: str) -> tuple[ConflictKind, str, str]:
    """By this a stored interest is the one that comparing finds (`Interest.same`)."""
    return kind, name_key(company[:LONGEST_NAME]), name_key(evidence[:LONGEST_NAME])


def within_years(until: date, day: date, years: int = FORMER_YEARS) -> bool:
    """Whether `day` is at most so many years after `until`, to the day: the anniversary itself still counts.

    Of 29 February it is 28 February where the year has no other.
    """
    year = until.year + years
    last = min(until.day, monthrange(year, until.month)[1])
    return day <= date(year, until.month, last)


def interests(juror: JurorFacts, entry: EntryFacts, day: date) -> Iterator[Interest]:
    """What a juror has to do with an entry as far as names and addresses tell it, on the day when judging opens (AW-34).

    Names of companies are compared without legal form, blanks and marks: 大连甲厂 is 大连甲厂有限公司. Free mail providers
    (163.com, qq.com, gmail.com …) say nothing. A former employer whose last day is not known counts as within the years.
    """
    if by := _same_person(juror, entry):
        yield Interest(ConflictKind.SELF, entry.companies[0] if entry.companies else "", evidence=by)
    if (found := _named(juror.employer, entry.companies)) is not None:
        yield Interest(ConflictKind.EMPLOYER, *found, juror.employer)
    for former in juror.former:
        found = _named(former.company, entry.companies)
        if found is not None and (former.until is None or within_years(former.until, day)):
            yield Interest(ConflictKind.FORMER_EMPLOYER, *found, former.company)
    domain = mail_domain(juror.email)
    if domain and domain in entry.domains:
        yield Interest(ConflictKind.MAIL_DOMAIN, domain, evidence=domain)


def _same_person(juror: JurorFacts, entry: EntryFacts) -> str:
    """By which of mail address and phone, "" by neither; a name alone says nothing, many are called 王敏."""
    ways = (
        ("email", juror.email, entry.contact_email),
        ("phone", juror.phone, entry.contact_phone),
    )
    return next((way for way, mine, theirs in ways if mine and same_key(mine) == same_key(theirs)), "")


def _named(employer: str, companies: Iterable[str]) -> tuple[str, bool] | None:
    """The company that the employer is, and whether that is sure: alike but for 厂 or a remark in brackets is not."""
    known = [company for company in companies if company.strip()]
    if not employer.strip():
        return None
    same = next((each for each in known if name_key(each) == name_key(employer)), None)
    if same is not None:
        return same, True
    alike = next((each for each in known if alike_key(each) == alike_key(employer)), None)
    return None if alike is None else (alike, False)


def first_decision(interest: Interest) -> ConflictDecision:
    """What an interest that was found begins with: upheld where it refuses of itself, else open."""
    certain = interest.sure and interest.kind in OF_ITSELF
    return ConflictDecision.UPHELD if certain else ConflictDecision.OPEN


def verdict(source: ConflictSource, decision: ConflictDecision) -> Verdict:
    """What a conflict means. What people say (declared, objected) keeps the entry away until it is decided; what only
    comparing found is flagged while it is open.
    """
    if decision is ConflictDecision.UPHELD:
        return Verdict.REFUSED
    if decision is ConflictDecision.DISMISSED:
        return Verdict.FREE
    return Verdict.FLAGGED if source is ConflictSource.AUTO else Verdict.WAITING
