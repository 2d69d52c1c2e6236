"""`flask access`: who may do what, as a table made from the code (docs/access.md)."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from exhibitions.accounts.rules import ORGANISATION_RIGHTS
from exhibitions.cli.private import for_others
from exhibitions.core.access import Kind, Permission, mark_of
from exhibitions.expos.rules import RIGHTS

_FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "access.md"
_HEAD = """# Who may do what

Made from the code by `flask access --write`; a test compares. Every page and call is closed unless it carries one of five marks; a fair's page is not found by
people without a role in that fair, and forbidden to people whose role lacks the right.

"""


def table(app: Flask) -> str:
    """The text of docs/access.md: roles against rights, then every address with its mark."""
    roles = [*ORGANISATION_RIGHTS.items(), *RIGHTS.items()]
    lines = ["## Roles and rights", "", "| right | " + " | ".join(role.value for role, _ in roles) + " |"]
    lines.append("|---" * (len(roles) + 1) + "|")
    for right in Permission:
        ticks = ["✓" if right.value in rights else "" for _, rights in roles]
        lines.append(f"| `{right.value}` | " + " | ".join(ticks) + " |")
    lines += ["", "An administrator has every right in every fair.", "", "## Pages and calls", ""]
    lines += ["| address | methods | who |", "|---|---|---|", *_pages(app)]
    return _HEAD + "\n".join(lines) + "\n"


def _pages(app: Flask) -> list[str]:
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods or ()))):
        mark = mark_of(app.view_functions[rule.endpoint])
        if mark is None:
            continue
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append(f"| `{rule.rule}` | {methods} | {_who(mark.kind, mark.permission, mark.what)} |")
    return found


def _who(kind: Kind, permission: Permission | None, what: str) -> str:
    if permission is not None:
        return f"`{permission.value}`"
    return {
        Kind.PUBLIC: "everybody",
        Kind.SIGNED_IN: "everybody signed in",
        Kind.DEVICE: f"a gate device ({what})",
        Kind.PERSONAL_LINK: f"holder of a personal link ({what})",
    }[kind]


@click.command("access")
@click.option("--write", is_flag=True, help="Write docs/access.md instead of printing.")
@with_appcontext
@for_others
def access(write: bool) -> None:
    """Print who may do what."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if write:
        _FILE.write_text(table(app))
    else:
        click.echo(table(app))
