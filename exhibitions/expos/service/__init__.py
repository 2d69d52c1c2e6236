"""What happens to fairs: making, changing, publishing them, and giving people roles in them."""

from __future__ import annotations

from exhibitions.expos.service.consents import set_consent_text
from exhibitions.expos.service.creation import (
    Identity,
    check_identity,
    create_expo,
    create_series,
    erase_person,
    grant_role,
    setup_changed,
)
from exhibitions.expos.service.document import dump_setup, load_setup
from exhibitions.expos.service.facts import change_facts, publish, rename_series, unpublish
from exhibitions.expos.service.members import set_roles
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
from exhibitions.expos.service.planning import (
    add_usual_tasks,
    close_feed,
    finish_task,
    finish_tasks,
    hand_over,
    open_feed,
    recount,
    remove_task,
    save_permit,
    save_task,
)
from exhibitions.expos.service.previews import close_preview, open_preview
from exhibitions.expos.service.units import add_units, move_unit

__all__ = [
    "Identity",
    "add_units",
    "add_usual_tasks",
    "change_facts",
    "check_identity",
    "close_feed",
    "close_preview",
    "copy_doors",
    "create_expo",
    "create_series",
    "dump_setup",
    "erase_person",
    "finish_task",
    "finish_tasks",
    "grant_role",
    "hand_over",
    "load_setup",
    "move_unit",
    "open_feed",
    "open_preview",
    "publish",
    "recount",
    "remove_day",
    "remove_gate",
    "remove_hall",
    "remove_task",
    "remove_unit",
    "remove_zone",
    "rename_series",
    "save_day",
    "save_gate",
    "save_hall",
    "save_permit",
    "save_task",
    "save_unit",
    "save_zone",
    "set_consent_text",
    "set_doors",
    "set_roles",
    "setup_changed",
    "unpublish",
]
