"""The columns of an export, and what they are called."""

from __future__ import annotations

from exhibitions.core.errors import N_

HEADINGS = {
    "number": N_("Badge number"),
    "name": N_("Name"),
    "company": N_("Company"),
    "title": N_("Job title"),
    "phone": N_("Mobile number"),
    "email": N_("E-mail"),
    "class": N_("Class"),
    "region": N_("Region"),
    "visit_day": N_("Day of visit"),
    "state": N_("State"),
    "source": N_("Source"),
    "group": N_("Group leader"),
    "registered": N_("Registered at"),
}
WIDTHS = {
    "number": 14,
    "name": 16,
    "company": 30,
    "title": 14,
    "phone": 18,
    "email": 28,
    "class": 14,
    "region": 12,
    "visit_day": 12,
    "state": 12,
    "source": 14,
    "group": 16,
    "registered": 22,
}
"""How wide a column is in a spreadsheet, in characters."""
CONTACT = frozenset({"phone", "email"})
"""The columns by which a person can be reached."""

# A column for the answers to a question of the organiser's own.
OWN_WIDTH = 24
