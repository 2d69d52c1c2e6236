"""What this room has of an entry that became part of another entry of the same company, and back (demand 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.service.handing_over import bring_back, hand_over, has_any
from exhibitions.stands.models import Allocation, MadeThing, StandWish, Swap

_WHOLE: Mapping[str, Any] = {"allocations": Allocation, "swaps": Swap, "made_things": MadeThing}
_WISHES = "wishes"


def move(kept: Exhibitor, gone: Exhibitor) -> dict[str, list[int]]:
    """Hand over what is past and what is false; the wishes too where the one that stays has none. No stand is among it."""
    rows = {name: hand_over(table, kept.id, gone.id) for name, table in _WHOLE.items()}
    wishes = [] if has_any(StandWish, kept.id) else hand_over(StandWish, kept.id, gone.id)
    return {**rows, _WISHES: wishes}


def part(kept: Exhibitor, gone: Exhibitor, moved: Mapping[str, list[int]]) -> None:
    """Give back what `move` handed over."""
    for name, table in {**_WHOLE, _WISHES: StandWish}.items():
        bring_back(table, moved.get(name, []), kept.id, gone.id)
