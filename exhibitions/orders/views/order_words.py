"""What pages about orders and contracts call things."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from exhibitions.core.i18n import local
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.orders.rules.states import InstalmentKind, InvoiceKind, OrderState

STATES = {
    OrderState.DRAFT: _l("Not confirmed"),
    OrderState.CONFIRMED: _l("Confirmed order"),
    OrderState.CONTRACTED: _l("Contract signed"),
    OrderState.CANCELLED: _l("Called off"),
}
TONES = {
    OrderState.DRAFT: "draft",
    OrderState.CONFIRMED: "wait",
    OrderState.CONTRACTED: "good",
    OrderState.CANCELLED: "off",
}
PARTS = {
    InstalmentKind.DEPOSIT: _l("Down payment"),
    InstalmentKind.BALANCE: _l("Balance"),
    InstalmentKind.FULL: _l("Full amount"),
    InstalmentKind.FEE: _l("Cancellation fee"),
    InstalmentKind.CLEARING: _l("Clearing deposit"),
}
INVOICES = {
    InvoiceKind.DIGITAL: _l("Digital invoice"),
    InvoiceKind.GENERAL: _l("Plain VAT invoice"),
    InvoiceKind.SPECIAL: _l("Special VAT invoice"),
}


def company_name(exhibitor: Exhibitor) -> str:
    """The name of the exhibitor's company as the reader wants it."""
    return local(exhibitor.company, "name") if exhibitor.company is not None else ""
