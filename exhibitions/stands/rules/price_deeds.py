"""What the audit trail calls what was done to prices."""

from __future__ import annotations

from exhibitions.audit.rules import Page
from exhibitions.core.errors import N_

PRICE_ACTIONS = {
    "stands.prices_changed": N_("Draft of prices changed"),
    "stands.prices_in_force": N_("Prices put in force"),
    "stands.prices_discarded": N_("Draft of prices given up"),
    "stands.reduced": N_("Stand made smaller"),
}
PRICE_SUBJECTS = {"price_list": Page(N_("Price list"), "stands.prices", "")}
PRICE_FIELDS = {
    "version": N_("Version"),
    "sha256": N_("Digest"),
    "currency": N_("Currency"),
    "rates": N_("Prices of stands"),
    "surcharges": N_("Surcharge by open sides"),
    "fees": N_("Fees and levies"),
    "discounts": N_("Early and member prices"),
    "discounts_add": N_("Discounts may be taken together"),
    "tax_percent": N_("Tax in per cent"),
    "tax_included": N_("Amounts include the tax"),
    "upper_percent": N_("Upper storey in per cent"),
    "schedule": N_("Down payment and balance"),
    "cancellation": N_("Fee when an order is called off"),
    "account_holder": N_("Account holder"),
    "account_bank": N_("Bank"),
    "account_number": N_("Account number"),
    "stand": N_("Stand"),
    "area": N_("Area"),
}
