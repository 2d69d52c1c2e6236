"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "upkeep.backup_made": N_("Backup made"),
        "upkeep.backup_fetched": N_("Backup fetched"),
        "upkeep.backup_proved": N_("Backup tested"),
        "upkeep.backups_deleted": N_("Old backups deleted"),
        "upkeep.restored": N_("Restored from a backup"),
    },
    fields={
        "backup": N_("Backup"),
        "rows": N_("Rows"),
        "files": N_("Files"),
        "with_keys": N_("With keys"),
        "faults": N_("Differences"),
        "bytes": N_("Size in bytes"),
    },
)
