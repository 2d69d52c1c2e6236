"""What may be asked of entrants, and how long an approval lasts (AW-40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from exhibitions.awards.rules.states import LegalBasis
from exhibitions.core.errors import N_, Refused

REFERENCE = "《评比达标表彰活动管理办法》"
"""The rule under which an approved appraisal takes no fee of any kind; its name is the same in every language."""


def check_fee(basis: LegalBasis, fee: int) -> None:
    """Refuse an entry fee (minor units) where the award rests on an approval under the rule (AW-40)."""
    if basis is LegalBasis.REGULATED and fee > 0:
        raise Refused(
            "fee_forbidden",
            N_("%(rule)s allows no fee of any kind from those who take part. Set the fee to 0."),
            rule=REFERENCE,
        )


def approval_warnings(basis: LegalBasis, number: str, until: date | None, today: date) -> Iterator[Refused]:
    """What is missing of the approval, as sentences; nothing where the award needs none."""
    if basis is not LegalBasis.REGULATED:
        return
    if not number:
        yield Refused(
            "approval_missing",
            N_("%(rule)s asks for an approval: enter its number."),
            rule=REFERENCE,
        )
    if until is not None and until < today:
        yield Refused("approval_over", N_("The approval was valid until %(day)s and is over."), day=until)
