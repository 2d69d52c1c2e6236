"""The pages of the floor plan, of holds and of prices."""

from __future__ import annotations

from exhibitions.stands.views import assigning, choose, holds, plan, plan_tools, prices, public_plan, swaps
from exhibitions.stands.views.base import blueprint

__all__ = [
    "assigning",
    "blueprint",
    "choose",
    "holds",
    "plan",
    "plan_tools",
    "prices",
    "public_plan",
    "swaps",
]
