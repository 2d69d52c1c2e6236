"""The pages of an installation: settings with backups, health, and figures for machines."""

from __future__ import annotations

from exhibitions.upkeep.views import figures, settings, state
from exhibitions.upkeep.views.base import blueprint

__all__ = ["blueprint", "figures", "settings", "state"]
