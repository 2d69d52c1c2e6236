"""Messages to many companies: for what, and what may be filled in (P20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from exhibitions.core.errors import N_
from exhibitions.mail.rules import many
from exhibitions.mail.rules.many import Purpose
from exhibitions.mail.rules.texts import Words

MAILING = "exhibitors.mailing"
MAILING_TEST = "exhibitors.mailing_test"
PLACES = ("name", "company", "fair", "days", "venue", "hotline", "page")
PLACE_WORDS: dict[str, str] = {
    "name": N_("Name of the contact person"),
    "company": N_("Company"),
    "fair": N_("Name of the fair"),
    "days": N_("First to last day of the fair"),
    "venue": N_("Venue"),
    "hotline": N_("Hotline"),
    "page": N_("The company's own pages, or the public page to apply"),
}
PURPOSE_TEXTS: dict[Purpose, str] = {
    Purpose.SERVICE: N_("About the company's own part in the fair"),
    Purpose.MARKETING: N_("Invitation to exhibit and news"),
}


@dataclass(frozen=True)
class Reach:
    """Who of those chosen gets a message, and why the others do not; the parts sum to `companies`."""

    companies: int = 0
    by_mail: int = 0
    no_address: int = 0
    bounced: int = 0
    unsubscribed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """All of it by name."""
        return asdict(self)


def check(words: Mapping[str, Words]) -> None:
    """Raise `Refused` unless there are a subject and a text in one language at least, with known places alone."""
    many.check(words, PLACES)
