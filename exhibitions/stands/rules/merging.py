"""Merging stands and taking them apart (exhibitors-stands.md §3, merge and conflict rule 4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from exhibitions.core.errors import N_, Refused
from exhibitions.stands.rules.geometry import (
    Point,
    Polygon,
    area_mm2,
    box_of,
    edges,
    fault_of,
    is_upright,
    on_side,
    rectangle,
    tidy,
)

MOST_PARTS = 20
"""Stands that are merged, or made of one, at once."""

NOT_TOUCHING = N_("%(numbers)s do not stand side by side. Merge stands that share a side")


class Part(Protocol):
    """A stand that is to be merged or split; `holder` is who holds it or has it assigned, None while it is free."""

    @property
    def number(self) -> str:
        """Its number."""
        ...

    @property
    def hall_id(self) -> int:
        """The hall in which it stands."""
        ...

    @property
    def polygon(self) -> Polygon:
        """Its corners in mm."""
        ...

    @property
    def contracted_mm2(self) -> int | None:
        """The area of the contract, if there is one."""
        ...

    @property
    def quota(self) -> int | None:
        """A badge quota of its own, if somebody set one."""
        ...

    @property
    def holder(self) -> int | None:
        """The exhibitor that holds it."""
        ...


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of the surviving stand: areas and quotas are sums; the open sides are derived anew from the plan."""

    number: str
    polygon: Polygon
    area_mm2: int
    contracted_mm2: int | None
    quota: int | None
    gone: tuple[str, ...]


def merged(parts: Sequence[Part], surviving: str) -> Merged:
    """One stand of several that touch, under the number `surviving`.

    Raises Refused unless there are 2 to 20 of one hall, the number is one of theirs, all are free or all of the same
    holder, and together they are one shape without a hole.
    """
    numbers = [part.number for part in parts]
    if not 2 <= len(set(numbers)) == len(parts) <= MOST_PARTS:
        raise Refused("merge_count", N_("Choose 2 to %(most)s stands to merge"), most=MOST_PARTS)
    if surviving not in numbers:
        raise Refused("merge_number", N_("Choose which of the numbers stays"))
    if len({part.hall_id for part in parts}) > 1:
        raise Refused("not_touching", NOT_TOUCHING, numbers=", ".join(numbers))
    if len({part.holder for part in parts}) > 1:
        raise Refused(
            "holders_differ",
            N_(
                "Only free stands, or stands of the same exhibitor, can be merged. Assign them to one exhibitor first"
            ),
        )
    whole = outline([part.polygon for part in parts])
    if whole is None:
        raise Refused("not_touching", NOT_TOUCHING, numbers=", ".join(numbers))
    return Merged(
        surviving,
        whole,
        area_mm2(whole),
        _contracted(parts),
        _sum([part.quota for part in parts]),
        tuple(number for number in numbers if number != surviving),
    )


def _contracted(parts: Sequence[Part]) -> int | None:
    """What is agreed for all together: a part without an area of its own in the contract counts as it is drawn."""
    if all(part.contracted_mm2 is None for part in parts):
        return None
    return sum(
        area_mm2(part.polygon) if part.contracted_mm2 is None else part.contracted_mm2 for part in parts
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def outline(polygons: Sequence[Polygon]) -> Polygon | None:
    """The one shape that polygons form which touch along their sides and do not overlap; None where they form none:
    they lie apart, touch in a corner alone or enclose a hole."""
    rings = [tidy(polygon) for polygon in polygons]
    corners = {corner for ring in rings for corner in ring}
    pieces: set[tuple[Point, Point]] = set()
    for ring in rings:
        for a, b in edges(ring):
            stops = sorted(
                (corner for corner in corners if on_side(corner, a, b)), key=lambda at: _along(a, b, at)
            )
            for piece in pairwise(stops):
                if piece[::-1] in pieces:
                    pieces.remove(piece[::-1])
                else:
                    pieces.add(piece)
    following = dict(pieces)
    if not pieces or len(following) < len(pieces):
        return None
    start = min(following)
    loop = [start]
    while (here := following[loop[-1]]) != start:
        loop.append(here)
    if len(loop) < len(pieces):
        return None
    whole = tidy(loop)
    return whole if area_mm2(whole) == sum(area_mm2(one) for one in rings) and not fault_of(whole) else None


def _along(a: Point, b: Point, at: Point) -> int:
    return (at[0] - a[0]) * (b[0] - a[0]) + (at[1] - a[1]) * (b[1] - a[1])


@dataclass(frozen=True, slots=True)
class Cut:
    """A part that a stand is split into."""

    number: str
    polygon: Polygon


def split(whole: Part, widths: Sequence[int], numbers: Sequence[str], used: Collection[str]) -> list[Cut]:
    """An upright stand cut across its longer side into parts of `widths` mm, from the left or the top.

    The stand's own number stays with one part; the others bear numbers that are not among `used`. Whoever holds the
    whole stand holds nothing of the parts by itself: each needs an allocation of its own (§3 rule 4), which the caller
    sees to. Raises Refused where the widths do not make up the stand, or a number will not do.
    """
    if not is_upright(whole.polygon):
        raise Refused("split_shape", N_("Only a rectangular stand can be split by widths"))
    left, top, right, bottom = box_of(whole.polygon)
    wide = right - left >= bottom - top
    if (
        not 2 <= len(widths) <= MOST_PARTS
        or min(widths) <= 0
        or sum(widths) != (right - left if wide else bottom - top)
    ):
        raise Refused("split_widths", N_("The widths of the parts must add up to the stand's longer side"))
    _judge_numbers(whole.number, widths, numbers, used)
    cuts, at = [], 0
    for width, number in zip(widths, numbers, strict=True):
        polygon = (
            rectangle(left + at, top, width, bottom - top)
            if wide
            else rectangle(left, top + at, right - left, width)
        )
        cuts.append(Cut(number, polygon))
        at += width
    return cuts


def _judge_numbers(own: str, widths: Sequence[int], numbers: Sequence[str], used: Collection[str]) -> None:
    if len(numbers) != len(widths) or len(set(numbers)) < len(numbers) or own not in numbers:
        raise Refused(
            "split_numbers", N_("Give each part a number; one of them keeps %(number)s"), number=own
        )
    taken = next((number for number in numbers if number != own and number in used), None)
    if taken is not None:
        raise Refused("number_taken", N_("%(number)s was used before. Choose another number"), number=taken)
