"""What people do for a company, and what companies do."""

from __future__ import annotations

import enum


class ContactRole(enum.StrEnum):
    """For what a contact is asked."""

    MAIN = "main"
    STAND = "stand"
    INVOICE = "invoice"
    PRESS = "press"
    OTHER = "other"


class Business(enum.StrEnum):
    """What a company does; it may do several (spec exhibitors-stands §2.1)."""

    MANUFACTURER = "manufacturer"
    DEALER = "dealer"
    IMPORTER = "importer"
    AGENT = "agent"
    DISTRIBUTOR = "distributor"
    SERVICE = "service"
