"""The pages of exhibitors: the public's, the exhibitor's own, the desk's."""

from __future__ import annotations

from exhibitions.exhibitors.views import list, recruiting
from exhibitions.exhibitors.views.base import blueprint

__all__ = ["blueprint", "list", "recruiting"]
