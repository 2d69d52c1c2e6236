"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_
from exhibitions.visitors.rules.exporting import HEADINGS
from exhibitions.visitors.rules.importing import REASON_TEXTS
from exhibitions.visitors.rules.registration import SOURCE_TEXTS

DEEDS = Deeds(
    actions={
        "visitors.reminders_exported": N_("Numbers for the opening exported"),
        "visitors.registered": N_("Registered"),
        "visitors.waiting": N_("Registered, waits for approval"),
        "visitors.corrected": N_("Details corrected"),
        "visitors.cancelled": N_("Registration cancelled"),
        "visitors.refused": N_("Registration refused"),
        "visitors.unmasked": N_("Number and address shown"),
        "visitors.link_asked": N_("Link to the badge asked for"),
        "visitors.link_renewed": N_("New link to the badge made, earlier ones ended"),
        "visitors.exported": N_("Visitors exported"),
        "visitors.imported": N_("Visitors imported"),
        "visitors.import_begun": N_("Import begun"),
        "visitors.import_corrected": N_("Row of an import corrected"),
        "visitors.import_started": N_("Import started"),
        "visitors.import_undo_started": N_("Taking back of an import started"),
        "visitors.import_undone": N_("Import taken back"),
        "visitors.import_refused_rows_taken": N_("Rejected rows fetched"),
    },
    subjects={
        "visitor": Page(N_("Visitor"), "visitors.visitor", "registration_id"),
        "import": Page(N_("Import"), "visitors.import_file", "import_id"),
    },
    fields={
        "class": N_("Class"),
        "class_id": N_("Class"),
        "channel": N_("Way in"),
        "source": N_("Source"),
        "state": N_("State"),
        "name": N_("Name"),
        "email": N_("E-mail"),
        "company": N_("Company"),
        "region": N_("Region"),
        "phone": N_("Mobile number"),
        "visit_day": N_("Day of visit"),
        "rows": N_("Rows"),
        "columns": N_("Columns"),
        "accepted": N_("Accepted"),
        "by_reason": N_("By reason"),
        "heads": N_("People"),
        **{reason.value: sentence for reason, sentence in REASON_TEXTS.items()},
    },
    values={
        **{f"columns={name}": heading for name, heading in HEADINGS.items()},
        "columns=code": N_("Text of the code"),
        **{f"source={word}": text for word, text in SOURCE_TEXTS.items()},
        "channel=online": N_("Public form"),
        "channel=poster": N_("Poster at the gate"),
        "channel=desk": N_("Visitor desk"),
        "channel=import": N_("Import"),
        "channel=companion": N_("Brought along"),
        "state=waiting": N_("Waiting for approval"),
        "state=registered": N_("Registered"),
        "state=cancelled": N_("Registration cancelled"),
        "state=refused": N_("Registration refused"),
        "class=trade": N_("Trade visitor"),
        "class=public": N_("General public"),
        "class=vip": N_("VIP guest"),
        "class=media": N_("Media"),
        "class=exhibitor": N_("Exhibitor"),
    },
)
