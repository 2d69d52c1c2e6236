"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_
from exhibitions.stands.rules.deeds_of_choice import CHOICE
from exhibitions.stands.rules.plan_deeds import PLAN_ACTIONS, PLAN_FIELDS, PLAN_SUBJECTS
from exhibitions.stands.rules.price_deeds import PRICE_ACTIONS, PRICE_FIELDS, PRICE_SUBJECTS

DEEDS = Deeds(
    actions={
        **CHOICE,
        "stands.drawn": N_("Stand drawn"),
        **PLAN_ACTIONS,
        **PRICE_ACTIONS,
    },
    subjects={**PLAN_SUBJECTS, **PRICE_SUBJECTS},
    fields={**PLAN_FIELDS, **PRICE_FIELDS},
)
