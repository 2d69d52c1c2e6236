"""What the audit trail calls deeds about money."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "orders.payment_booked": N_("Payment booked"),
        "orders.refunded": N_("Refund booked"),
        "orders.credit_used": N_("Credit used for another order"),
        "orders.payment_countered": N_("Payment countered"),
        "orders.cancelled": N_("Order cancelled"),
        "orders.proof_sent": N_("Proof of payment sent"),
        "orders.proof_seen": N_("Proof of payment looked at"),
        "orders.statement_read": N_("Bank statement read"),
        "orders.row_put_aside": N_("Row of a bank statement put aside"),
        "orders.row_taken_up": N_("Row of a bank statement taken up again"),
        "orders.day_closed": N_("Day closed"),
        "orders.invoice_requested": N_("Invoice requested"),
        "orders.invoice_changed": N_("Invoice data changed"),
        "orders.invoice_issued": N_("Number of an invoice entered"),
        "orders.invoices_exported": N_("Invoices exported"),
        "orders.exported": N_("Orders exported"),
        "orders.reminded": N_("Reminder of a payment written"),
        "orders.notice_not_booked": N_("Notice of a payment provider that could not be booked"),
    },
    subjects={
        "statement": Page(N_("Bank statement"), "orders.statement", "statement_id"),
        "closed_day": Page(N_("Day close")),
        "invoice": Page(N_("Invoice"), "orders.invoice", "invoice_id"),
    },
    fields={
        "payment": N_("Payment"),
        "amount": N_("Amount"),
        "currency": N_("Currency"),
        "day": N_("Day"),
        "receipt": N_("Receipt"),
        "fee": N_("Fee"),
        "percent": N_("Percent"),
        "known": N_("Imported before"),
        "row": N_("Row"),
        "booked_cash": N_("Cash booked"),
        "counted_cash": N_("Cash counted"),
        "booked_qr": N_("QR payments booked"),
        "counted_qr": N_("QR payments counted"),
        "number": N_("Number"),
        "issued_on": N_("Issued on"),
        "tax_number": N_("Tax number"),
        "step": N_("Step"),
        "event": N_("Event"),
        "reference": N_("Payment reference"),
        "why": N_("Reason"),
        "total": N_("Total"),
    },
    values={
        "kind=transfer": N_("Bank transfer"),
        "kind=cash": N_("Cash"),
        "kind=qr": N_("QR code"),
        "kind=refund": N_("Refund"),
        "kind=credit": N_("Credit"),
        "kind=correction": N_("Counter-entry"),
    },
)
