"""Messages to many: for what, to whom, and when a reminder before the visit is due (P20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exhibitions.core.errors import N_
from exhibitions.mail.rules import many
from exhibitions.mail.rules.many import STATE_TEXTS, Purpose, State, check_moment, words_in
from exhibitions.mail.rules.texts import Words
from exhibitions.visitors.rules.letters import FAIR_PLACES, PERSON_PLACES

__all__ = ["STATE_TEXTS", "Purpose", "State", "check_moment", "words_in"]

MARKETING = "marketing"
PLACES = (*PERSON_PLACES, "link", *FAIR_PLACES)
MOST_CHOSEN = 5000
"""So many people at most can be picked one by one."""
REMIND_DAYS = (1, 2, 3, 7)
_REMIND_FROM = time(9)


PURPOSE_TEXTS: dict[Purpose, str] = {
    Purpose.SERVICE: N_("About the visit"),
    Purpose.MARKETING: N_("Advertising and news"),
}


@dataclass(frozen=True)
class Reach:
    """Who of those chosen gets a message, and why the others do not.

    `people` = `by_mail` + `by_sms` + `no_address` + `bounced`; beyond them stand `not_agreed` and `unsubscribed` (marketing alone).
    """

    people: int = 0
    by_mail: int = 0
    no_address: int = 0
    bounced: int = 0
    not_agreed: int = 0
    unsubscribed: int = 0
    by_sms: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """All of it by name; text messages only where some are."""
        return {name: count for name, count in asdict(self).items() if count or name != "by_sms"}


def check(words: Mapping[str, Words]) -> None:
    """Raise `Refused` unless there are a subject and a text in one language at least, with known places alone."""
    many.check(words, PLACES)


def reminded_days(days: Sequence[date], today: date, days_before: int) -> list[date]:
    """The visitors' days whose people are to be reminded today: those that begin within `days_before` days.

    Who was reminded already is not again, so a day on which the server stood still is made up for.
    """
    return [day for day in days if timedelta(0) < day - today <= timedelta(days=days_before)]


def is_reminding_hour(now: datetime, zone: str) -> bool:
    """Whether it is day at the fair: nobody is reminded before nine in the morning."""
    return now.astimezone(ZoneInfo(zone)).time() >= _REMIND_FROM
