"""Questions about jurors' interests: what is stored, and what comparing finds now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from exhibitions.awards.models import AwardEntry, AwardSeason, Conflict, Juror
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.conflicts import (
    EntryFacts,
    Interest,
    JurorFacts,
    Verdict,
    first_decision,
    interests,
    same_interest,
    verdict,
)
from exhibitions.awards.rules.states import ConflictDecision, ConflictKind, ConflictSource
from exhibitions.companies.models import Company, CompanyContact
from exhibitions.companies.rules.doubles import mail_domain, name_key, site_domain
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import LARGEST_NUMBER


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands between a juror and an entry, the gravest of all that is known, and why."""

    verdict: Verdict
    kind: ConflictKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A stored conflict with whom and what it is about."""

    conflict: Conflict
    juror: Juror
    entry: AwardEntry | None
    verdict: Verdict


Key = tuple[int, int, tuple[ConflictKind, str, str]]
"""Juror, entry and `Interest.same`: by this what comparing finds is the same again."""
Pairs = Mapping[tuple[int, int], Standing]


def conflicts(season: AwardSeason) -> list[Row]:
    """Every stored conflict, the open ones first, then by juror."""
    entry = aliased(AwardEntry)
    found = (
        sa.select(Conflict, Juror, entry)
        .join(Juror, Juror.id == Conflict.juror_id)
        .outerjoin(entry, entry.id == Conflict.entry_id)
        .where(Conflict.season_id == season.id)
        .order_by(Juror.code, Conflict.id)
    )
    rows = [
        Row(conflict, juror, about, verdict(conflict.source, conflict.decision))
        for conflict, juror, about in db.session.execute(found)
    ]
    order = (Verdict.WAITING, Verdict.FLAGGED, Verdict.REFUSED, Verdict.FREE)
    return sorted(rows, key=lambda row: order.index(row.verdict))


def conflict_of(season: AwardSeason, conflict_id: int) -> Row | None:
    """The conflict with this number, if it is this season's."""
    if conflict_id > LARGEST_NUMBER:
        return None
    return next((row for row in conflicts(season) if row.conflict.id == conflict_id), None)


def found_now(
    expo: Expo,
    season: AwardSeason,
    jurors: Sequence[Juror],
    entries: Sequence[AwardEntry],
    facts: Mapping[int, EntryFacts],
) -> Iterator[tuple[Juror, AwardEntry, Interest]]:
    """What comparing finds at this moment between these jurors and entries (AW-34); `facts` are the entries'."""
    day = jury.judging_day(expo, season)
    for juror in jurors:
        mine = JurorFacts(juror.code, juror.employer, jury.formers(juror), juror.email, juror.phone)
        for entry in entries:
            for interest in interests(mine, facts[entry.id], day):
                yield juror, entry, interest


def entry_facts(entries: Sequence[AwardEntry]) -> Mapping[int, EntryFacts]:
    """What is compared of entries: the names of the moment of entry and those of the register now, all mail domains."""
    ids = {entry.company_id for entry in entries if entry.company_id}
    register = {row.id: row for row in db.session.scalars(sa.select(Company).where(Company.id.in_(ids)))}
    mails: dict[int, set[str]] = {number: set() for number in ids}
    contacts = sa.select(CompanyContact.company_id, CompanyContact.email).where(
        CompanyContact.company_id.in_(ids), CompanyContact.email.is_not(None)
    )
    for company_id, email in db.session.execute(contacts):
        mails[company_id].add(mail_domain(email or ""))
    return {
        entry.id: _facts(entry, register.get(entry.company_id or 0), mails.get(entry.company_id or 0, set()))
        for entry in entries
    }


def _facts(entry: AwardEntry, company: Company | None, domains: set[str]) -> EntryFacts:
    names = [entry.company_zh, entry.company_en, *(maker.company for maker in entry.makers)]
    found = domains | {mail_domain(entry.contact_email)}
    if company is not None:
        names += [company.name_zh, company.name_en]
        # A firm's site on a provider's own domain says no more than a mail address there.
        found |= {mail_domain(f"@{company.domain}"), mail_domain(f"@{site_domain(company.website)}")}
    return EntryFacts(
        str(entry.number),
        tuple(dict.fromkeys(name for name in names if name)),
        frozenset(found - {""}),
        entry.contact_email,
        entry.contact_phone,
    )


def standing(
    expo: Expo, season: AwardSeason, jurors: Sequence[Juror], entries: Sequence[AwardEntry]
) -> Pairs:
    """What stands between these jurors and entries: what was declared and decided, and what comparing finds now.

    An interest that comparing finds and nobody has decided yet counts at once, whether it was stored or not. What somebody
    decided about one holds for the two names that were compared, and for no other.
    """
    facts = entry_facts(entries)
    said, decided = _stored(season, entries, facts)
    auto = (
        (
            (juror.id, entry.id),
            Standing(verdict(ConflictSource.AUTO, first_decision(found)), found.kind, found.company),
        )
        for juror, entry, found in found_now(expo, season, jurors, entries, facts)
        if (juror.id, entry.id, found.same) not in decided
    )
    pairs: dict[tuple[int, int], Standing] = {}
    for pair, means in (*said, *auto):
        if means.verdict > (pairs[pair].verdict if pair in pairs else Verdict.FREE):
            pairs[pair] = means
    return pairs


def _stored(
    season: AwardSeason, entries: Sequence[AwardEntry], facts: Mapping[int, EntryFacts]
) -> tuple[list[tuple[tuple[int, int], Standing]], set[Key]]:
    """What people said and decided about each pair, and which of the interests that comparing finds are decided.

    What was stored by comparing alone says nothing here: comparing says now what holds of it.
    """
    said, decided = [], set()
    for row in conflicts(season):
        about = row.conflict
        if is_undecided(about):
            continue
        for entry in entries:
            if is_about(about, entry, facts[entry.id]):
                means = Standing(row.verdict, about.kind, about.reason or about.company)
                said.append(((about.juror_id, entry.id), means))
                if about.source is ConflictSource.AUTO:
                    decided.add((about.juror_id, entry.id, same_as(about)))
    return said, decided


def is_undecided(row: Conflict) -> bool:
    """Whether comparing alone has found it, and nobody has decided it yet. An account that is gone takes no dismissal along."""
    is_found = row.source is ConflictSource.AUTO and row.user_id is None
    return is_found and row.decision is not ConflictDecision.DISMISSED


def same_as(row: Conflict) -> tuple[ConflictKind, str, str]:
    """By this a stored conflict is the interest that comparing finds."""
    return same_interest(row.kind, row.company, row.evidence)


def is_about(row: Conflict, entry: AwardEntry, facts: EntryFacts) -> bool:
    """Whether a conflict is about this entry, by itself or by the company that made it, alone or with others."""
    if row.entry_id is not None:
        return row.entry_id == entry.id
    return any(name_key(row.company) == name_key(name) for name in facts.companies)
