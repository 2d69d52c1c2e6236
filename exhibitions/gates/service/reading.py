"""Questions 1 to 3: is it a code of this system, is it signed, is it for this fair?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from exhibitions.badges.queries import public_keys
from exhibitions.badges.rules import token
from exhibitions.core import signing
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.queries.scans import BadgeRow
from exhibitions.gates.rules.decision import READ, Reading
from exhibitions.gates.rules.setup import Named, Setup

UNKNOWN = Reading("unknown")
FORGED = Reading("forged")
# A click has no code, and nothing to be wrong with it.
READ_NOTHING = Reading(READ)


@dataclass(frozen=True, slots=True)
class Read:
    """What a code turned out to be: the answer to questions 1 to 3, and the badge where there is one."""

    reading: Reading
    badge: BadgeRow | None = None


def number_in(parsed: token.Code, setup: Setup) -> int | None:
    """The number of the badge of this fair that the code names, if it names one."""
    if isinstance(parsed, token.TypedNumber):
        return parsed.number
    if isinstance(parsed, token.Token) and parsed.claims.fair == setup.fair_code:
        return parsed.claims.badge
    return None


def judge(
    parsed: token.Code,
    setup: Setup,
    badges: Mapping[int, BadgeRow],
    fairs: Mapping[int, Named],
    language: str,
) -> Read:
    """Answer questions 1 to 3 from the fair's badges by number and the other fairs' names by code.

    A known badge's code is compared with the stored one in constant time; only another one is verified: the same badge
    with an older class or day on it is good, because the server's record decides.
    """
    if isinstance(parsed, token.Unreadable):
        return Read(UNKNOWN)
    badge = badges.get(number_in(parsed, setup) or 0)
    if isinstance(parsed, token.TypedNumber):
        return Read(UNKNOWN) if badge is None else Read(Reading(READ), badge)
    if badge is not None and _is_stored_code(parsed, badge, setup):
        return Read(Reading(READ), badge)
    if not _is_signed(parsed, setup):
        return Read(FORGED)
    if parsed.claims.fair != setup.fair_code:
        fair = fairs.get(parsed.claims.fair)
        return Read(Reading("other_fair", fair.text(language) if fair else ""))
    return Read(UNKNOWN) if badge is None else Read(Reading(READ), badge)


def fairs_named_in(parsed: Iterable[token.Code], setup: Setup) -> dict[int, Named]:
    """The names of the other fairs of this installation that the codes claim to be for."""
    codes = {p.claims.fair for p in parsed if isinstance(p, token.Token)} - {setup.fair_code}
    if not codes:
        return {}
    found = sa.select(Expo.code, Expo.name_zh, Expo.name_en).where(Expo.code.in_(codes))
    return {code: Named(zh, en) for code, zh, en in db.session.execute(found)}


def _is_stored_code(parsed: token.Token, badge: BadgeRow, setup: Setup) -> bool:
    stored = token.Claims(
        key_number=badge.key_number,
        fair=setup.fair_code,
        badge=badge.number,
        class_number=badge.class_number,
        first_day=badge.first_day,
        days=badge.days,
        issue=badge.issue,
    )
    return parsed.claims == stored and signing.same(parsed.signature, badge.signature)


def _is_signed(parsed: token.Token, setup: Setup) -> bool:
    number = parsed.claims.key_number
    # A key may be younger than the set-up in memory.
    key = setup.keys.get(number) or public_keys().get(number)
    return key is not None and signing.verify(
        key, token.signed_message(token.encode(parsed.claims)), parsed.signature
    )
