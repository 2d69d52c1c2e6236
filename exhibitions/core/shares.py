"""Shares of a whole, always from counts and never from rounded parts (statistics.md §1.6, cases 45 and 46)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

NONE = "–"
"""What stands where there is nothing to divide by."""


def share(part: Decimal | int, whole: Decimal | int) -> Fraction | None:
    """The exact share; None of a whole of zero."""
    return Fraction(part) / Fraction(whole) if whole else None


def percent(found: Fraction | None, places: int = 1) -> str:
    """A share in percent, rounded half up: 7 of 13 are `53.8 %`; `–` where there is none."""
    if found is None:
        return NONE
    return f"{rounded(found * 100, places):,} %"


def rounded(value: Fraction, places: int) -> Decimal:
    """The value to so many places, half up (away from zero)."""
    step = Decimal(1).scaleb(-places)
    scaled = value / Fraction(step)
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return (Decimal(whole if value >= 0 else -whole) * step).quantize(step, ROUND_HALF_UP)
