"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "orders.confirmed": N_("Order confirmed"),
        "orders.stamped": N_("Stamped copy of the contract came back"),
        "orders.unstamped": N_("Stamped copy is not back after all"),
        "orders.reduced": N_("Order made smaller"),
        "orders.charged": N_("Line added to an order"),
        "orders.service_saved": N_("Service changed"),
        "orders.service_ended": N_("Service offered no more, or again"),
        "orders.services_ordered": N_("Services ordered"),
        "orders.service_cancelled": N_("Service cancelled"),
        "orders.supplement_made": N_("Supplement to a contract written"),
        "orders.supplement_stamped": N_("Stamped copy of a supplement came back"),
        "orders.supplement_unstamped": N_("Stamped copy of a supplement is not back after all"),
        "orders.supplement_sent": N_("Scan of a stamped supplement sent by the exhibitor"),
        "orders.clearing_set": N_("Rules of the clearing deposit changed"),
        "orders.clearing_asked": N_("Clearing deposit asked for"),
        "orders.clearing_deducted": N_("Deduction from a clearing deposit"),
        "orders.clearing_released": N_("Clearing deposit given back"),
    },
    subjects={"order": Page(N_("Order of a stand"))},
    fields={
        "number": N_("Number"),
        "total": N_("Sum"),
        "currency": N_("Currency"),
        "version": N_("Version of the prices"),
        "fee": N_("Fee"),
        "code": N_("Code"),
        "amount": N_("Amount"),
        "sizes": N_("Size classes"),
        "cap": N_("At most for each stand"),
    },
)
