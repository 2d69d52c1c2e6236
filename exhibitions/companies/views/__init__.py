"""The pages of the register of companies."""

from __future__ import annotations

from exhibitions.companies.views.base import blueprint

__all__ = ["blueprint"]
