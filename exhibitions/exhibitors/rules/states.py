"""The states of a company's part in an edition (spec exhibitors-stands §2.1)."""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """From prospect to closed."""

    PROSPECT = "prospect"
    CONTACTED = "contacted"
    INTERESTED = "interested"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUESTIONED = "questioned"
    CHECKED = "checked"
    ADMITTED = "admitted"
    WAIT_LISTED = "wait_listed"
    REFUSED = "refused"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONTRACTED = "contracted"
    DEPOSIT_PAID = "deposit_paid"
    PAID = "paid"
    ON_SITE = "on_site"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NOT_THIS_EDITION = "not_this_edition"
