"""Numbers of stands that people type: which one is meant, and what to say of one that is not on the plan."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.stands.models import Stand
from exhibitions.stands.rules.plan import nearest_number, normal_number


def unknown(expo: Expo, number: str, *, published: bool = False) -> Refused:
    """The sentence for a number that no stand of the plan has, with the nearest one; of the published plan alone."""
    return _refusal(number, _numbers(expo, published=published))


def check_published(expo: Expo, numbers: Sequence[str]) -> None:
    """Raise `Refused` for the first number that no stand of the published plan has.

    Before a plan is published nobody can know the numbers: whatever is wished is taken then, and the office reads it.
    """
    known = _numbers(expo, published=True)
    for number in numbers:
        if known and normal_number(number) not in known:
            raise _refusal(number, known)


def _refusal(number: str, known: frozenset[str]) -> Refused:
    number = number.strip()[:40]
    nearest = nearest_number(number, known)
    if not nearest:
        return Refused("stand_unknown", N_("There is no stand %(number)s on the plan"), number=number)
    return Refused(
        "stand_unknown",
        N_("There is no stand %(number)s on the plan. The nearest one is %(other)s"),
        number=number,
        other=nearest,
    )


def _numbers(expo: Expo, *, published: bool) -> frozenset[str]:
    found = sa.select(Stand.number).where(Stand.expo_id == expo.id, Stand.retired_at.is_(None))
    if published:
        found = found.where(Stand.published_at.is_not(None))
    return frozenset(db.session.scalars(found))
