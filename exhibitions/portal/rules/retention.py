"""How long each kind of personal data is kept, and when its term is over (P6, F20)."""

from __future__ import annotations

import calendar
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exhibitions.core.errors import N_


class Kind(enum.StrEnum):
    """A kind of data that goes by a term of its own."""

    VISITORS = "visitors"
    EXHIBITORS = "exhibitors"
    ACCOUNTS = "accounts"
    CONTRACTS = "contracts"
    AWARDS = "awards"
    SCANS = "scans"
    MAILS = "mails"
    SIGN_INS = "sign_ins"


@dataclass(frozen=True)
class Term:
    """What a kind is called, from when its term runs, what happens at its end (English message ids), and how many
    months it has by default and at most.
    """

    label: str
    begins: str
    ends: str
    months: int
    most: int = 120


TERMS: Mapping[Kind, Term] = {
    Kind.VISITORS: Term(
        N_("Visitors' names, contacts, companies and answers; VIP guests; contacts of invitations"),
        N_("last day of the fair"),
        N_("Erased; counts by class, region, day and hour stay"),
        12,
    ),
    Kind.EXHIBITORS: Term(
        N_(
            "People of exhibitors, staff badges, talks, signatures and photos; drafts never sent; bank rows put aside"
        ),
        N_("last day of the fair"),
        N_("Erased; companies, contracts and figures stay"),
        24,
    ),
    Kind.ACCOUNTS: Term(
        N_("Bank statements, proofs of payment, and who receives invoices"),
        N_("last day of the fair"),
        N_("Erased; what was booked stays"),
        120,
        most=360,
    ),
    Kind.CONTRACTS: Term(
        N_("Scans of stamped contracts, with the signatures and seals on them"),
        N_("last day of the fair"),
        N_("Deleted; the order, and when its copy came back, stay"),
        120,
        most=360,
    ),
    Kind.AWARDS: Term(
        N_("Jurors, contacts of award entries, minutes and complaints"),
        N_("last day of the fair"),
        N_("Erased; marks under codes, medals and certificates stay"),
        60,
    ),
    Kind.SCANS: Term(
        N_("Who scanned, who stood where, and unknown codes"),
        N_("last day of the next edition"),
        N_("Made anonymous; figures stay"),
        6,
    ),
    Kind.MAILS: Term(N_("Messages: to whom and when"), N_("day of sending"), N_("Deleted"), 12, most=12),
    Kind.SIGN_INS: Term(N_("Sessions and personal links that have ended"), N_("their end"), N_("Deleted"), 6),
}


@dataclass(frozen=True)
class Fixed:
    """What ends by a rule of the product itself: its name, its term and what happens, as English message ids."""

    label: str
    term: str
    ends: str


FIXED: tuple[Fixed, ...] = (
    Fixed(
        N_("Uploaded lists of visitors"),
        N_("24 hours after the import"),
        N_("Deleted; row numbers and reasons stay"),
    ),
    Fixed(
        N_("Uploaded lists of companies"),
        N_("24 hours after the import"),
        N_("Deleted; row numbers and reasons stay"),
    ),
    Fixed(N_("What it takes to part merged companies"), N_("30 days after merging"), N_("Deleted")),
    Fixed(N_("Exports and printed badges as files"), N_("24 hours"), N_("Deleted")),
    Fixed(
        N_("Numbers and addresses left for the opening"),
        N_("when told; 14 days after the opening at the latest"),
        N_("Deleted"),
    ),
    Fixed(N_("Background work"), N_("90 days after its end"), N_("Deleted; it names no visitor")),
    Fixed(
        N_("Audit trail"),
        N_("as long as the installation"),
        N_("Cannot be changed; its personal values are sealed and end with the person"),
    ),
    Fixed(N_("Server log"), N_("as the server is set up"), N_("Names nobody")),
)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month where it has no such day.

    So a year after 29 February 2028 is 28 February 2029: never later than promised.
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def is_due(begins: date | None, months: int, today: date) -> bool:
    """Whether a term that began on that day is over: from the day after its last day on. None has not begun."""
    return begins is not None and today > months_later(begins, months)


def months_of(kind: Kind, chosen: Mapping[str, int]) -> int:
    """The months that hold for a kind: what the organisation has said, within the bounds, or the default."""
    term = TERMS[kind]
    return min(max(chosen.get(kind.value, term.months), 1), term.most)
