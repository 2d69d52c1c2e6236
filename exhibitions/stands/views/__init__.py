"""The pages of the floor plan, of holds and of prices."""

from __future__ import annotations

from exhibitions.stands.views.base import blueprint

__all__ = ["blueprint"]
