"""To whom a place that was given and came free again is offered first (exhibitors-stands.md §2.3).

Who comes earlier in the order is asked first: somebody without a stand whom it suits, or somebody who has one and named this
one as a better wish. Who gave it up, or had it offered since and let it go, is not asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from exhibitions.stands.rules.wishes import Applicant, Offer, fits


@dataclass(frozen=True)
class InLine:
    """An applicant at its place in the order; `has` are the numbers of the stands it holds or has."""

    applicant: Applicant
    has: tuple[str, ...] = ()


def is_wanted(one: InLine, offer: Offer) -> bool:
    """Whether the free place would be an offer: it suits somebody without a stand, or is a better wish than what one has."""
    wishes = one.applicant.wishes
    if not one.has:
        return offer.number in wishes or fits(one.applicant, offer)
    if offer.number not in wishes:
        return False
    return all(
        number not in wishes or wishes.index(number) > wishes.index(offer.number) for number in one.has
    )


def offered_to(offer: Offer, line: Iterable[InLine], declined: Collection[int]) -> InLine | None:
    """The first of the line, which is in its order, to whom the place is offered; None where nobody wants it."""
    found = (one for one in line if one.applicant.id not in declined and is_wanted(one, offer))
    return next(found, None)
