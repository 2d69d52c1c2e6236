"""What pages about money call things."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from exhibitions.core.i18n import language
from exhibitions.orders.rules.balance import PayState
from exhibitions.orders.rules.matching import VERDICT_WORDS
from exhibitions.orders.rules.statement import FAULT_WORDS
from exhibitions.orders.rules.states import InstalmentKind, PaymentKind

STATES = {
    PayState.DUE.value: lazy_pgettext("payment", "Due"),
    PayState.PART.value: lazy_pgettext("payment", "Part paid"),
    PayState.PAID.value: lazy_pgettext("payment", "Paid"),
    PayState.LATE.value: lazy_pgettext("payment", "Late"),
    PayState.REFUNDED.value: lazy_pgettext("payment", "Refunded"),
}
TONES = {"due": "plain", "part": "wait", "paid": "good", "late": "stop", "refunded": "off"}
KINDS = {
    PaymentKind.TRANSFER: _l("Bank transfer"),
    PaymentKind.CASH: _l("Cash"),
    PaymentKind.QR: _l("QR code"),
    PaymentKind.REFUND: _l("Refund"),
    PaymentKind.CREDIT: _l("Credit"),
    PaymentKind.CORRECTION: _l("Counter-entry"),
}
INSTALMENTS = {
    InstalmentKind.DEPOSIT: _l("Down payment"),
    InstalmentKind.BALANCE: _l("Balance"),
    InstalmentKind.FULL: _l("Full amount"),
    InstalmentKind.FEE: _l("Cancellation fee"),
    InstalmentKind.CLEARING: _l("Clearing deposit"),
}
VERDICTS = {verdict.value: word for verdict, word in VERDICT_WORDS.items()}
FAULTS = {fault.value: word for fault, word in FAULT_WORDS.items()}


def plain(thing: object, field: str = "name") -> str:
    """A text of two languages for tables, letters and papers: the reader's, else the other; "" where there is no thing."""
    names = [getattr(thing, f"{field}_{code}", "") or "" for code in ("zh", "en")]
    return (names if language() == "zh" else names[::-1])[0] or names[0] or names[1]
