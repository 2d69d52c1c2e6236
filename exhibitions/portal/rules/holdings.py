"""Which columns of which tables hold personal data, and how each of them ends (P6, P9, P17).

tests/portal/test_holdings.py walks the tables: a column of words that is missing here fails it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


class End(enum.StrEnum):
    """How a personal column ends."""

    ERASED = "erased"
    """It is emptied when the person is erased."""
    SEALED = "sealed"
    """It is sealed with a key a person, which an erasure deletes."""
    TERM = "term"
    """Its row or file is deleted by its own term, and when the person is erased."""
    KEPT = "kept"
    """It is kept because the person wants it so: an address that wants no more invitations must be known to get none."""
    ACCOUNT = "account"
    """It is about staff, and ends with their account or the retention of scans."""


PERSONAL: Mapping[str, Mapping[str, End]] = {
    "registrations": dict.fromkeys(
        (
            *("name", "company", "title", "phone", "email", "note", "form_key", "search"),
            *("decision_note", "sort_company", "sort_name"),
        ),
        End.ERASED,
    ),
    "answers": {"value": End.ERASED},
    "identities": {"sealed": End.ERASED},
    "merges": {"before": End.ERASED},
    "badges": dict.fromkeys(("name", "company", "title"), End.ERASED),
    "invitation_sources": dict.fromkeys(("contact", "phone"), End.TERM),
    "guests": dict.fromkeys(
        (
            *("name", "title", "organisation", "double_key", "phone", "host", "host_phone", "place"),
            *("seat", "note"),
        ),
        End.TERM,
    ),
    "mail_bounces": {"address": End.ERASED},
    "reminders": dict.fromkeys(("phone", "email"), End.TERM),
    "mails": dict.fromkeys(("recipient", "arguments", "told_by_name"), End.ERASED),
    "audit_entries": dict.fromkeys(("actor_name", "before", "after", "reason"), End.SEALED),
    "person_keys": {"sealed_key": End.ERASED},
    "erasures": {"sealed_probe": End.TERM},
    "files": dict.fromkeys(("path", "name"), End.TERM),
    "personal_links": {"token_hash": End.TERM},
    "sign_ins": dict.fromkeys(("token_hash", "device"), End.ACCOUNT),
    "app_secrets": {"sealed_secret": End.ACCOUNT},
    "recovery_codes": {"code_hash": End.ACCOUNT},
    "passkeys": dict.fromkeys(("credential_id", "name", "public_key"), End.ACCOUNT),
    "badge_replacements": {"by_name": End.ACCOUNT, "reason": End.ERASED},
    "reserve_handouts": {"by_name": End.ACCOUNT},
    "stock_moves": {"by_name": End.ACCOUNT},
    "posts": dict.fromkeys(("person", "phone"), End.TERM),
    "company_contacts": dict.fromkeys(("name", "title", "phone", "email", "wechat"), End.ERASED),
    "companies": dict.fromkeys(("legal_representative", "phone", "search", "note"), End.ERASED),
    "company_merges": {"before": End.TERM},
    "recruiting_leaves": {"address": End.KEPT},
    "exhibitor_people": dict.fromkeys(("name", "title", "phone", "email", "wechat"), End.ERASED),
    "exhibitors": dict.fromkeys(("answers", "note", "next_step", "question"), End.ERASED),
    "exhibitor_calls": dict.fromkeys(("with_whom", "text"), End.ERASED),
    "exhibitor_events": {"text": End.ERASED},
    "exhibitor_messages": {"text": End.ERASED},
    "co_exhibitors": dict.fromkeys(("contact_name", "contact_phone", "contact_email"), End.ERASED),
    "staff_badges": dict.fromkeys(("name", "title", "phone", "extra_note"), End.ERASED),
    "directory_entries": dict.fromkeys(("phone", "email", "asked"), End.ERASED),
    "arrivals": dict.fromkeys(("signed_by", "note"), End.ERASED),
    "exhibitor_settings": dict.fromkeys(("contact_name", "contact_phone", "contact_email"), End.ACCOUNT),
    "invoices": dict.fromkeys(("receiver", "receiver_phone", "receiver_email"), End.ERASED),
    "statement_rows": dict.fromkeys(("payer", "account", "text", "serial"), End.TERM),
    "closed_days": {"signed_by": End.ACCOUNT},
    "award_entries": dict.fromkeys(("contact_name", "contact_phone", "contact_email", "reason"), End.ERASED),
    "award_entry_events": {"text": End.TERM},
    "award_jurors": dict.fromkeys(
        ("name", "title", "email", "phone", "employer", "former", "expertise", "paid_by"), End.TERM
    ),
    "award_declarations": {"text": End.TERM},
    "award_conflicts": dict.fromkeys(("company", "evidence", "reason"), End.TERM),
    "award_assignments": {"reason": End.TERM},
    "award_sheets": dict.fromkeys(("comment", "note", "reason"), End.TERM),
    "award_typings": {"content": End.TERM},
    "award_deliberations": dict.fromkeys(("members", "minute"), End.TERM),
    "award_decisions": dict.fromkeys(("content", "reason", "signed"), End.TERM),
    "award_results": dict.fromkeys(("signed", "reason", "members", "minute"), End.TERM),
    "award_complaints": dict.fromkeys(("from_name", "contact", "text", "decision"), End.TERM),
    "users": dict.fromkeys(("email", "name", "password_hash"), End.ACCOUNT),
    "jobs": {"actor_name": End.ACCOUNT},
    "scans": dict.fromkeys(("code", "operator", "override_by", "override_reason"), End.ACCOUNT),
}

PLAIN: Mapping[str, frozenset[str]] = {
    "registrations": frozenset({"region", "source", "language"}),
    "companies": frozenset(
        {
            *("number", "credit_code", "country", "statistics_country", "region", "postcode", "website"),
            *("domain", "kinds", "sort_key"),
        }
    ),
    "company_papers": frozenset({"number"}),
    "company_imports": frozenset({"state", "reading", "counts"}),
    "exhibitor_settings": frozenset({"data"}),
    "exhibitor_mailings": frozenset({"chosen", "counts"}),
    "figures_freezes": frozenset({"sha256", "data"}),
    "exhibitor_merges": frozenset({"before"}),
    "plan_changes": frozenset({"deed", "before", "after"}),
    "plan_versions": frozenset({"snapshot", "sha256", "note"}),
    "payment_slips": frozenset({"key"}),
    "award_seasons": frozenset({"approval_number", "seed", "rules", "certificate"}),
    "award_rule_versions": frozenset({"rules", "categories", "facts", "hash", "reason"}),
    "award_categories": frozenset({"code", "levels", "criteria"}),
    "award_season_events": frozenset({"reason", "public_note"}),
    "award_entries": frozenset({"number", "place", "brand", "language", "checks", "sample_place", "search"}),
    "award_entry_makers": frozenset({"company", "place"}),
    "award_entry_events": frozenset({"actor_kind", "deed"}),
    "award_jurors": frozenset({"code", "language", "code_hash"}),
    "award_declarations": frozenset({"round"}),
    "award_rounds": frozenset({"round"}),
    "award_assignments": frozenset({"round"}),
    "award_sheets": frozenset({"marks", "moments", "hash"}),
    "award_ballots": frozenset({"round", "order"}),
    "award_paper_sheets": frozenset({"round", "entries", "number"}),
    "award_results": frozenset({"hash", "medals"}),
    "award_result_lines": frozenset({"score", "medal", "flags"}),
    "award_certificates": frozenset({"serial", "code", "words", "revoked_reason"}),
    "award_complaints": frozenset({"language"}),
    "point_accounts": frozenset({"brought", "earlier", "scheme", "lines", "total"}),
    "lot_draws": frozenset({"seed", "note"}),
    "plan_shapes": frozenset({"polygon"}),
    "price_lists": frozenset({"currency", "data", "sha256"}),
    "product_categories": frozenset({"code"}),
    "services": frozenset({"code", "group_key", "tax_rate", "steps"}),
    "statements": frozenset({"name", "counts"}),
    "statement_rows": frozenset({"currency", "digest", "match"}),
    "exhibitors": frozenset({"number", "reference", "origin", "country", "language", "points"}),
    "exhibitor_calls": frozenset({"way"}),
    "exhibitor_events": frozenset({"actor_kind", "deed"}),
    "exhibitor_people": frozenset({"language"}),
    "co_exhibitors": frozenset({"credit_code", "country"}),
    "represented_companies": frozenset({"credit_code", "country"}),
    "staff_badges": frozenset({"extra"}),
    "directory_entries": frozenset(
        {"number", "letter", "brand", "website", "fascia_printed", "search", "sort_key"}
    ),
    "daily_figures": frozenset({"currency", "note"}),
    "figures_moves": frozenset({"currency"}),
    "presences": frozenset({"note"}),
    "stands": frozenset({"number", "polygon", "price_class", "note"}),
    "allocations": frozenset({"note"}),
    "swaps": frozenset({"thing", "before", "after", "reference"}),
    "made_things": frozenset({"thing", "reference"}),
    "orders": frozenset({"number", "reference", "frozen", "currency", "cancel_reason"}),
    "supplements": frozenset({"number", "before", "after"}),
    "order_lines": frozenset({"code", "quantity", "unit", "unit_price", "tax_rate"}),
    "service_orders": frozenset({"surcharge", "marked"}),
    "instalments": frozenset({"reminded"}),
    "payments": frozenset({"currency", "payer", "note", "provider", "provider_reference"}),
    "invoices": frozenset({"title", "tax_number", "address_phone", "bank_account", "number", "note"}),
    "closed_days": frozenset({"explanation"}),
    "badges": frozenset({"holder_kind", "region", "signature"}),
    "consents": frozenset({"purpose", "language"}),
    "reminders": frozenset({"language"}),
    "mails": frozenset(
        {"key", "template", "lang", "subject_kind", "message_id", "problem", "batch", "told_way"}
    ),
    "audit_entries": frozenset({"action", "actor_kind", "subject_kind"}),
    "person_keys": frozenset({"kind"}),
    "erasures": frozenset({"kind"}),
    "retention_terms": frozenset({"kind"}),
    "files": frozenset({"content_type", "purpose", "sha256", "owner_kind"}),
    "personal_links": frozenset({"kind"}),
    "jobs": frozenset(
        {
            "name",
            "key",
            "arguments",
            "leased_by",
            "step",
            "result",
            "error_code",
            "error_message",
            "error_params",
            "error_reference",
            "actor_kind",
        }
    ),
    "imports": frozenset({"state", "reading", "counts"}),
    "print_runs": frozenset({"sheet", "sort", "badge_ids", "parts", "looks", "printer_name"}),
    "signing_keys": frozenset({"public_key", "private_key"}),
    "badge_classes": frozenset({"key", "colour", "fields", "sheet"}),
    "consent_texts": frozenset({"purpose"}),
    "invitation_sources": frozenset({"name_key", "word"}),
    "list_columns": frozenset({"columns"}),
    "mail_bounces": frozenset({"problem"}),
    "mail_texts": frozenset({"kind"}),
    "mailings": frozenset({"chosen", "counts", "purpose"}),
    "notices": frozenset({"facts"}),
    "organisations": frozenset({"timezone"}),
    "permits": frozenset({"authority", "number"}),
    "previews": frozenset({"name"}),
    "printers": frozenset({"name", "sheet"}),
    "questions": frozenset({"class_keys", "options"}),
    "reserve_handouts": frozenset({"name"}),
    "saved_views": frozenset({"name", "query"}),
    "sheets_printed": frozenset({"sheet"}),
    "stock_moves": frozenset({"item", "note"}),
    "task_feeds": frozenset({"language"}),
    "tasks": frozenset({"note", "template", "uid"}),
    "users": frozenset({"language"}),
    "visitor_forms": frozenset({"order_authority", "order_number"}),
    "scans": frozenset(
        {"scan_id", "kind", "content", "direction", "device_verdict", "verdict", "reason", "review"}
    ),
    "posts": frozenset({"place"}),
    "annulments": frozenset({"undo_id", "scan_id"}),
    "devices": frozenset({"gate_ids", "name", "token_hash"}),
    "pairings": frozenset({"gate_ids", "name", "token_hash"}),
    "gate_minutes": frozenset({"direction", "verdict"}),
    "door_moves": frozenset({"class_key", "reason"}),
    "open_gates": frozenset({"reason"}),
    "expos": frozenset({"slug", "city", "country", "hotline", "timezone", "currency"}),
    "gates": frozenset({"code", "class_keys"}),
    "halls": frozenset({"code"}),
    "zones": frozenset({"code"}),
    "doors": frozenset({"class_key"}),
}
"""Columns of words about things, not persons. Texts of a fair in two languages (`_zh`, `_en`) need not be named."""
