"""What happens to fairs: making, changing, publishing them, and giving people roles in them."""

from __future__ import annotations

from exhibitions.expos.service.consents import set_consent_text
from exhibitions.expos.service.creation import (
    Identity,
    create_expo,
    create_series,
    erase_person,
    grant_role,
    setup_changed,
)
from exhibitions.expos.service.document import dump_setup, load_setup
from exhibitions.expos.service.facts import change_facts, publish, rename_series, unpublish
from exhibitions.expos.service.places import (
    copy_doors,
    remove_day,
    remove_gate,
    remove_hall,
    remove_unit,
    remove_zone,
    save_day,
    save_gate,
    save_hall,
    save_unit,
    save_zone,
    set_doors,
)

__all__ = [
    "Identity",
    "change_facts",
    "copy_doors",
    "create_expo",
    "create_series",
    "dump_setup",
    "erase_person",
    "grant_role",
    "load_setup",
    "publish",
    "remove_day",
    "remove_gate",
    "remove_hall",
    "remove_unit",
    "remove_zone",
    "rename_series",
    "save_day",
    "save_gate",
    "save_hall",
    "save_unit",
    "save_zone",
    "set_consent_text",
    "set_doors",
    "setup_changed",
    "unpublish",
]
