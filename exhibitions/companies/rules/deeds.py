"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.companies.rules.exporting import HEADINGS
from exhibitions.companies.rules.importing import REASON_TEXTS
from exhibitions.companies.rules.merging import FIELDS
from exhibitions.companies.rules.papers import KIND_TEXTS
from exhibitions.companies.rules.roles import ROLE_TEXTS
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "companies.added": N_("Company entered"),
        "companies.changed": N_("Company changed"),
        "companies.contact_added": N_("Contact of a company entered"),
        "companies.contact_changed": N_("Contact of a company changed"),
        "companies.contact_removed": N_("Contact of a company removed"),
        "companies.unmasked": N_("Numbers of a company's contacts shown"),
        "companies.paper_added": N_("Paper of a company entered"),
        "companies.paper_changed": N_("Paper of a company changed"),
        "companies.paper_removed": N_("Paper of a company removed"),
        "companies.reminded": N_("Company reminded of papers that end"),
        "companies.merged": N_("Companies merged"),
        "companies.parted": N_("Companies parted again"),
        "companies.exported": N_("Companies exported"),
        "companies.import_begun": N_("List of companies uploaded"),
        "companies.import_corrected": N_("List of companies read otherwise"),
        "companies.import_started": N_("Import of companies started"),
        "companies.imported": N_("Companies imported"),
        "companies.import_undo_started": N_("Undoing of an import of companies started"),
        "companies.import_undone": N_("Import of companies undone"),
        "companies.import_refused_rows_taken": N_("Rejected rows of an import of companies taken"),
    },
    subjects={
        "company": Page(N_("Company"), "companies.company", "company_id"),
        "company_contact": Page(N_("Contact of a company")),
        "company_import": Page(N_("Import of companies"), "companies.import_file", "import_id"),
    },
    fields=dict(FIELDS)
    | {
        "number": N_("Number"),
        "company": N_("Company"),
        "other": N_("Other company"),
        "role": N_("Role"),
        "name": N_("Name"),
        "title": N_("Job title"),
        "email": N_("E-mail"),
        "wechat": N_("WeChat"),
        "kind": N_("Kind"),
        "valid_from": N_("Valid from"),
        "valid_to": N_("Valid to"),
        "copy": N_("Scan or photograph"),
        "days": N_("Days before the end"),
        "rows": N_("Rows"),
        "columns": N_("Columns"),
        "created": N_("New"),
        "updated": N_("Changed"),
        "unchanged": N_("Unchanged"),
        "by_reason": N_("Rejected by reason"),
        **{reason.value: sentence for reason, sentence in REASON_TEXTS.items()},
    },
    values={f"kind={kind.value}": text for kind, text in KIND_TEXTS.items()}
    | {f"role={role.value}": text for role, text in ROLE_TEXTS.items()}
    | {f"columns={name}": heading for name, heading in HEADINGS.items()},
)
