"""The columns of an export, and what they are called."""

from __future__ import annotations

from exhibitions.core.errors import N_

HEADINGS = {
    "number": N_("Badge number"),
    "name": N_("Name"),
    "company": N_("Company"),
    "phone": N_("Mobile number"),
    "email": N_("E-mail"),
    "class": N_("Class"),
    "region": N_("Region"),
    "visit_day": N_("Day of visit"),
    "state": N_("State"),
    "source": N_("Source"),
    "registered": N_("Registered at"),
}
CONTACT = frozenset({"phone", "email"})
"""The columns by which a person can be reached."""
