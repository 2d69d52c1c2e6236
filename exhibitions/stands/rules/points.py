"""The fair's scheme of priority points, and what an exhibitor brings to it (exhibitors-stands.md §2.3).

What earlier editions of this installation know is counted; what they cannot know (years before it, membership, faults, points
of another house) is brought from a list. Both together are the facts from which the lines of the calculation come.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.wishes import Past, PointLine, PointRule

KEY = "points"
"""Under which name the scheme lies in the settings of the fair's exhibitors."""
MOST = Decimal(1_000_000)
MOST_WEEKS = 52
_FT2_IN_CM2 = Decimal("929.0304")
_M2_IN_CM2 = Decimal(10_000)
_CENT = Decimal("0.01")


class AreaUnit(enum.StrEnum):
    """In what the area of a scheme is counted."""

    M2 = "m2"
    FT2 = "ft2"


class Scheme(Struct, frozen=True, kw_only=True):
    """What earns points at one fair; a step of 0 switches its line off.

    `deadline` is the last day for a complete application: who comes later comes after all others, first come first served.
    Freed places are first offered to earlier ones until `offer_weeks` weeks before move-in.
    """

    per_year: Decimal = Decimal(3)
    per_member_year: Decimal = Decimal(0)
    area_unit: AreaUnit = AreaUnit.M2
    area_step: Decimal = Decimal(9)
    per_area_step: Decimal = Decimal(1)
    money_step: Decimal = Decimal(5_000)
    per_money_step: Decimal = Decimal("0.5")
    per_violation: Decimal = Decimal(-1)
    per_absence: Decimal = Decimal(0)
    deadline: date | None = None
    offer_weeks: Annotated[int, Meta(ge=0, le=MOST_WEEKS)] = 4

    @property
    def rule(self) -> PointRule:
        """The same as the calculation wants it."""
        return PointRule(
            per_year=self.per_year,
            per_member_year=self.per_member_year,
            area_step=self.area_step,
            per_area_step=self.per_area_step,
            money_step=self.money_step,
            per_money_step=self.per_money_step,
            per_violation=self.per_violation,
            per_absence=self.per_absence,
        )


REWARDS = ("per_year", "per_member_year", "area_step", "per_area_step", "money_step", "per_money_step")
PENALTIES = ("per_violation", "per_absence")


def check(scheme: Scheme) -> None:
    """Raise `Refused` (`field` names which) for a reward below zero, a penalty above it, or a number out of bounds."""
    for name in REWARDS:
        if not Decimal(0) <= getattr(scheme, name) <= MOST:
            raise Refused("points_reward", N_("Enter a number from 0 to 1,000,000"), field=name)
    for name in PENALTIES:
        if not -MOST <= getattr(scheme, name) <= 0:
            raise Refused("points_penalty", N_("Enter 0, or a number below zero like −1"), field=name)


def read(settings: Mapping[str, Any]) -> Scheme:
    """What the fair's settings say, the defaults where they say nothing."""
    return msgspec.convert(settings.get(KEY, {}), Scheme)


def write(scheme: Scheme) -> dict[str, Any]:
    """The same as JSON can hold it; numbers are texts, so that they stay exact."""
    found: dict[str, Any] = msgspec.to_builtins(scheme)
    return found


class Brought(Struct, frozen=True, kw_only=True):
    """What a list says of a company: years, faults and points that no edition of this installation knows."""

    years: int = 0
    member_years: int = 0
    area_cm2: int | None = None
    money: Decimal | None = None
    violations: int = 0
    absences: int = 0
    carried: Decimal = Decimal(0)


class Earlier(Struct, frozen=True, kw_only=True):
    """What earlier editions of this installation know: years, the area and money of the last of them, absences."""

    years: int = 0
    is_member: bool = False
    area_cm2: int | None = None
    money: Decimal | None = None
    absences: int = 0


def past(earlier: Earlier, brought: Brought, unit: AreaUnit) -> Past:
    """Both together: counts are added; area and money are those of the last time, so this installation's word counts first.

    Who is a member now has a year of membership by that.
    """
    area = earlier.area_cm2 if earlier.area_cm2 is not None else brought.area_cm2
    money = earlier.money if earlier.money is not None else brought.money
    return Past(
        years=earlier.years + brought.years,
        member_years=brought.member_years + earlier.is_member,
        area=in_unit(area or 0, unit),
        money=money or Decimal(0),
        violations=brought.violations,
        absences=earlier.absences + brought.absences,
        carried=brought.carried,
    )


def in_unit(cm2: int, unit: AreaUnit) -> Decimal:
    """An area in the scheme's unit, to the hundredth: 240 square feet that are kept in cm² are 240 again."""
    each = _FT2_IN_CM2 if unit is AreaUnit.FT2 else _M2_IN_CM2
    return (Decimal(cm2) / each).quantize(_CENT)


def in_cm2(area: Decimal, unit: AreaUnit) -> int:
    """An area of the scheme's unit in whole cm²."""
    each = _FT2_IN_CM2 if unit is AreaUnit.FT2 else _M2_IN_CM2
    return int((area * each).to_integral_value())


def stored(lines: Sequence[PointLine]) -> list[dict[str, str]]:
    """The lines of a calculation as they are kept."""
    return [
        {"what": line.what, "count": said(line.count), "each": said(line.each), "points": said(line.points)}
        for line in lines
    ]


def said(number: Decimal) -> str:
    """A number without idle zeros or exponent: 19.5, 3, -1."""
    short = number.normalize()
    return f"{short.quantize(Decimal(1)) if short == short.to_integral() else short:f}"


def offers_end(move_in: date | None, weeks: int) -> date | None:
    """The last day on which freed places are offered in the order of points; None where move-in has no day yet."""
    return move_in - timedelta(weeks=weeks) if move_in is not None else None
