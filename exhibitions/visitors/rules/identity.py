"""Numbers of identity papers, where the police order real names: which are right, how they are masked, when they go."""

from __future__ import annotations

import enum
import re
from datetime import date, timedelta

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from exhibitions.core.contact import clean_code
from exhibitions.core.errors import N_, Refused

MOST_DAYS = 365
KEY = 1
"""The number of the key that seals a new identity number."""
_OTHER = re.compile(r"[A-Z0-9]{5,20}")


class IdentityKind(enum.StrEnum):
    """Papers by which a person is known."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    PERMIT = "permit"


def checked_identity(kind: IdentityKind, text: str) -> str:
    """The number as it is kept: capitals and digits only. Raises `Refused` when it is missing or cannot be right.

    A Chinese resident number has 18 characters with a day of birth and a check character (GB 11643).
    """
    number = "".join(letter for letter in clean_code(text).upper() if letter not in " -\u3000")
    if not number:
        raise Refused("identity_missing", N_("Enter the number of the paper"))
    wrong = Refused("identity_wrong", N_("This number cannot be right. Compare it with the paper"))
    if kind is not IdentityKind.RESIDENT:
        if not _OTHER.fullmatch(number):
            raise wrong
        return number
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise wrong
    try:
        ric.get_birth_date(number)
    except ValidationError:
        raise wrong from None
    if ric.calc_check_digit(number) != number[-1]:
        raise wrong
    return number


def masked_identity(number: str) -> str:
    """A number for those who need not know it: the first character, five stars, the last three (P11): E*****123."""
    return f"{number[:1]}*****{number[-3:]}" if len(number) > 6 else "*****"


def erase_on(last_day: date, days: int) -> date:
    """The first day on which the numbers of a fair must be gone: `days` full days after its last open day."""
    return last_day + timedelta(days=days + 1)


def is_due(today: date, last_day: date | None, days: int) -> bool:
    """Whether the numbers of a fair are to be erased on this day of the fair; a fair without open days keeps none."""
    return last_day is None or today >= erase_on(last_day, days)


def check_order(number: str, authority: str, ordered_on: date | None, days: int, today: date) -> None:
    """Refuse an order of the police that does not say its number, who gave it and when, or keeps numbers too long."""
    if not number or not authority or ordered_on is None:
        raise Refused(
            "order_incomplete",
            N_(
                "Enter the number of the order, the authority that gave it and its date. Without them real names are not asked"
            ),
        )
    if ordered_on > today:
        raise Refused("order_future", N_("The order cannot be younger than today"))
    if not 0 <= days <= MOST_DAYS:
        raise Refused("order_days", N_("Enter 0 to %(most)s days"), most=MOST_DAYS)
