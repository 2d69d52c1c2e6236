"""Pages of badges: printing (O8), one badge, classes and their designs, printers, reserve badges, stock."""

from exhibitions.badges.views import classes, one, printers, printing, reserves, stock
from exhibitions.badges.views.base import blueprint

__all__ = ["blueprint", "classes", "one", "printers", "printing", "reserves", "stock"]
