"""The pages of figures: the live board, attendance and its rows, space and exhibitors."""

from __future__ import annotations

from exhibitions.reports.views import board, exhibition
from exhibitions.reports.views.board import blueprint

__all__ = ["blueprint", "board", "exhibition"]
