"""What an export of companies may hold, and what of it names persons."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.core.errors import N_

HEADINGS: Mapping[str, str] = {
    "number": N_("Company number"),
    "name_zh": N_("Name in Chinese"),
    "name_en": N_("Name in English"),
    "credit_code": N_("Credit code"),
    "country": N_("Country"),
    "region": N_("Region"),
    "address_zh": N_("Address in Chinese"),
    "address_en": N_("Address in English"),
    "postcode": N_("Postcode"),
    "phone": N_("Company phone"),
    "website": N_("Website"),
    "legal_representative": N_("Legal representative"),
    "note": N_("Note"),
    "contact": N_("Contact person"),
    "title": N_("Job title"),
    "mobile": N_("Mobile number"),
    "email": N_("E-mail"),
}
"""The columns of an export; each is read back by an import (rules.columns)."""
PERSONAL = frozenset({"legal_representative", "contact", "title", "mobile", "email"})
"""Columns about persons: only who asks for them gets them (P13)."""
