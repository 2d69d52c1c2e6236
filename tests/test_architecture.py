"""What no linter sees: marks on every view, plain addresses, nothing inline in a page, nothing from another host."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from exhibitions.core.access import Permission, mark_of
from exhibitions.core.db import db

ROOT = Path(__file__).resolve().parents[1]
LONG_FILE = 600
# These are words by their nature; everything else in an address has a type.
_TEXT_PLACES = frozenset(
    {
        *("slug", "token", "filename", "gate", "code", "key", "role", "kind", "number", "word", "day"),
        *("stand_number", "stand_numbers", "exhibitor_number"),
    }
)
_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?")
_PLACE = re.compile(r"<(?:(?P<type>[a-z_]+)(?:\([^)]*\))?:)?(?P<name>[a-z_]+)>")
# A namespace or the grammar of a file is a name that nobody fetches.
_NAMES = ("http://www.w3.org/", "http://www.sitemaps.org/schemas/", "https://schema.org")
_OUTSIDE = re.compile(
    r"""(?:src|href|action|import|from|url\(|@import|fetch\()\s*[=(]?\s*["'(]?\s*((?:https?:)?//[^\s"')]+)"""
)
_ASKED = re.compile(r"""\b(?:url_for|go|address)\(\s*["']([a-z_]+(?:\.[a-z_]+)?)["']""")
_JINJA = re.compile(r"{{.*?}}|{%.*?%}", re.S)
_INLINE = {
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.S),
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.S),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.S),
    "a style element": re.compile(r"<style\b"),
    "unescaped text": re.compile(r"\|\s*safe\b"),
    "a javascript: address": re.compile(r"javascript:"),
}


# Tables of a fair whose rows are its set-up: a copy of an edition has as many, all of its own (portal.service.copying).
COPIED = {
    *("expo_units", "expo_days", "doors", "halls", "zones", "gates", "badge_classes", "tasks"),
    *("class_forms", "consent_texts", "decision_texts", "mail_texts", "questions", "visitor_forms"),
    # Of the permit the expected turn-up alone.
    "permits",
    *("exhibitor_settings", "hall_plans", "plan_shapes", "price_lists", "product_categories", "services"),
    "stands",
}
# Tables with people, and with what happened: a copy begins with none.
STAYS = {
    *(
        "exhibitors",
        "exhibitor_mailings",
        "exhibitor_merges",
        "exhibitor_calls",
        "exhibitor_categories",
        "exhibitor_events",
        "exhibitor_people",
    ),
    *("co_exhibitors", "represented_companies", "staff_badges", "directory_entries", "directory_products"),
    *("daily_figures", "figures_freezes", "presences", "arrivals"),
    *("allocations", "made_things", "plan_changes", "plan_versions", "stand_wishes", "swaps"),
    *("point_accounts", "lot_draws"),
    *("award_seasons", "award_categories", "award_rule_versions", "award_season_events"),
    *("award_entries", "award_entry_makers", "award_entry_files", "award_entry_events"),
    *("award_jurors", "award_declarations", "award_conflicts", "award_panels", "award_panel_jurors"),
    *("award_rounds", "award_assignments", "award_sheets", "award_ballots"),
    *("award_paper_sheets", "award_typings"),
    *("award_deliberations", "award_decisions", "award_results", "award_result_lines"),
    *("award_certificates", "award_complaints"),
    *("daily_figures", "figures_moves", "figures_freezes", "presences", "arrivals"),
    *("allocations", "plan_changes", "plan_versions", "stand_wishes", "swaps"),
    *(
        "orders",
        "order_lines",
        "instalments",
        "supplements",
        "payments",
        "payment_slips",
        "statements",
        "statement_rows",
    ),
    *("invoices", "closed_days", "service_orders"),
    "annulments",
    "answers",
    "audit_entries",
    "badge_days",
    "badge_replacements",
    "badges",
    "consents",
    "devices",
    "door_moves",
    "erasures",
    "exhibitor_messages",
    "files",
    "gate_minutes",
    "identities",
    "guests",
    "imports",
    "invitation_sources",
    "jobs",
    "mailings",
    "mails",
    "memberships",
    "merges",
    "notices",
    "open_gates",
    "pairings",
    "personal_links",
    "posts",
    "previews",
    "print_runs",
    "printer_choices",
    "printers",
    "registrations",
    "reminders",
    "reserve_handouts",
    "reserves",
    "saved_views",
    "scans",
    "sheets_printed",
    "stock_expectations",
    "stock_moves",
    "task_feeds",
    "visit_reminders",
    "zone_levels",
}


def tables_of_a_fair() -> list[sa.Table]:
    return [table for table in db.metadata.sorted_tables if "expo_id" in table.c]


def test_every_table_of_a_fair_says_whether_a_copy_takes_it() -> None:
    """O2: a new edition has the set-up of an earlier one and nobody of it. A new table is named in one of the two."""
    unsaid = {table.name for table in tables_of_a_fair()} - COPIED - STAYS
    assert unsaid == set(), "write these tables into COPIED (and into the fair's document) or into STAYS"


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def files(folder: str, *suffixes: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in suffixes and "vendor" not in path.parts:
            yield path


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        if os.environ.get("CI"):
            pytest.fail("In CI the source is a clone, and its files must be listed.")
        pytest.skip("this copy of the source has no git folder")
    return [path for name in listed.stdout.split("\n") if name and (path := ROOT / name).is_file()]


def test_every_view_carries_a_mark(app: Flask) -> None:
    """Closed unless marked. A second mark is refused when the module is loaded (core.access)."""
    assert [name for name, view in app.view_functions.items() if mark_of(view) is None] == []


def test_every_kind_of_mark_in_use_has_an_answer(app: Flask) -> None:
    kinds = {mark.kind for view in app.view_functions.values() if (mark := mark_of(view))}
    assert kinds - set(app.extensions["access_answers"]) == set()


def test_every_right_of_a_view_is_declared(app: Flask) -> None:
    used = {mark.permission for view in app.view_functions.values() if (mark := mark_of(view))}
    assert used - {None, *Permission} == set()


def test_addresses_are_kebab_case(app: Flask) -> None:
    bad = []
    for rule in rules(app):
        words = [word for word in _PLACE.sub("", rule.rule).split("/") if word.strip(".-")]
        bad += [rule.rule for word in words if not _WORD.fullmatch(word.strip(".-"))]
    assert bad == []


def test_ids_in_addresses_have_a_type(app: Flask) -> None:
    bad = []
    for rule in rules(app):
        untyped = (place for place in _PLACE.finditer(rule.rule) if place["type"] in (None, "string"))
        bad += [f"{rule.rule}: {place['name']}" for place in untyped if place["name"] not in _TEXT_PLACES]
    assert bad == []


def test_pages_that_change_something_are_not_opened_by_get(app: Flask) -> None:
    """Prefetching, link previews and chat programs open every address they see."""
    words = ("delete", "remove", "cancel", "undo", "revoke", "publish", "sign-out", "erase")
    bad = [
        r.rule
        for r in rules(app)
        if r.rule.rsplit("/", 1)[-1] in words and (r.methods or set()) == {"GET", "HEAD", "OPTIONS"}
    ]
    assert bad == []


def found(what: str, template: str) -> bool:
    # What stands inside {{ }} and {% %} is Jinja, where `one=1` is an argument and no handler.
    text = template if what == "unescaped text" else _JINJA.sub("", template)
    return _INLINE[what].search(text) is not None


@pytest.mark.parametrize("what", _INLINE)
def test_templates_hold_nothing_inline(what: str) -> None:
    bad = [
        str(path.relative_to(ROOT)) for path in files("templates", ".html") if found(what, path.read_text())
    ]
    assert bad == [], what


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("an inline handler", '<button\n onclick="x()">'),
        ("an inline style", "<p class='a' style='color:red'>"),
        ("an inline script", '<script type="module">1</script>'),
        ("unescaped text", "{{ name | safe }}"),
    ],
)
def test_the_search_for_inline_things_finds_them(what: str, text: str) -> None:
    assert found(what, text)


def test_every_address_that_is_asked_for_by_name_exists(app: Flask) -> None:
    """A link to a view that is gone breaks its page only where it is shown."""
    found = {
        (name, str(path.relative_to(ROOT)))
        for path in [*files("templates", ".html", ".txt", ".xml"), *files("exhibitions", ".py")]
        for name in _ASKED.findall(path.read_text())
    }
    assert len(found) > 100
    assert [(name, place) for name, place in sorted(found) if name not in app.view_functions] == []


def test_no_page_asks_another_host() -> None:
    """B1. A link that a person follows by choice is made in code, from data; a page loads only its own files."""
    bad = []
    for path in [*files("templates", ".html", ".txt", ".xml"), *files("static", ".js", ".css", ".svg")]:
        hosts = (found[1] for found in _OUTSIDE.finditer(path.read_text()))
        bad += [f"{path.relative_to(ROOT)}: {host}" for host in hosts if not host.startswith(_NAMES)]
    assert bad == []


def test_nothing_names_a_place_on_one_machine() -> None:
    """A path that exists on one machine only is a fault that shows on the next one."""
    places = re.compile(r"(?<![\w.])/(?:home|root|Users|work|mnt|srv)/[\w.-]+")
    bad = []
    for path in tracked():
        if path.suffix in {
            ".py",
            ".md",
            ".html",
            ".js",
            ".toml",
            ".sh",
            ".txt",
            ".json",
            ".ini",
        } or path.name in {"Makefile", "run"}:
            bad += [
                f"{path.relative_to(ROOT)}: {m[0]}" for m in places.finditer(path.read_text(errors="replace"))
            ]
    own = Path(__file__).resolve().relative_to(ROOT)
    assert [line for line in bad if not line.startswith(str(own))] == []


def test_every_template_is_named_after_its_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "exhibitions").glob("*/__init__.py")}
    allowed = rooms | {"_macros", "errors"}
    found = {
        path.relative_to(ROOT / "templates").parts[0]
        for path in files("templates", ".html")
        if path.parent != ROOT / "templates"
    }
    assert found - allowed == set()


def test_no_room_has_an_attic() -> None:
    attics = {"utils", "util", "helpers", "helper", "managers", "misc", "common", "tools"}
    assert [
        str(path.relative_to(ROOT))
        for path in files("exhibitions", ".py")
        if path.stem in attics or attics & set(path.parts[len(ROOT.parts) :])
    ] == []


def test_no_file_holds_more_than_one_thought() -> None:
    """Past 400 lines or so a floor becomes a package with telling names; past LONG_FILE it must."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files("exhibitions", ".py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONG_FILE
    }
    assert long == {}


def test_only_the_door_for_writing_commits() -> None:
    """design.md §3: `transaction()` is opened at the edge and commits by itself; nothing below it may do half of its work."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files("exhibitions", ".py")
        if path != ROOT / "exhibitions/core/db.py" and "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\bcommit\(", line) and "savepoint.commit()" not in line
    ]
    assert found == []
