"""The documents know every setting, command, right and dependency."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from exhibitions import config
from exhibitions.core.access import Permission

ROOT = Path(__file__).resolve().parents[1]


def text_of(*names: str) -> str:
    return "\n".join((ROOT / name).read_text() for name in names)


def settings() -> list[str]:
    return sorted(set(re.findall(r"env(?:\.get\(|, )\"([A-Z_]+)\"", inspect.getsource(config))))


def commands(group: click.Group, prefix: str = "flask") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        elif not command.hidden:
            yield f"{prefix} {name}"


def test_every_setting_is_in_the_table_of_operations() -> None:
    table = text_of("docs/operations.md")
    assert {"PORT", "DATA_DIR", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "MAIL_SERVER"} <= set(settings())
    assert [name for name in settings() if f"| `{name}` |" not in table] == []


def test_every_command_is_in_a_document(app: Flask) -> None:
    documents = text_of(*(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md"))))
    own = [name for name in commands(app.cli) if not name.startswith("flask db ")]
    assert [name for name in own if f"`{name}" not in documents] == []


def test_every_right_is_in_the_table_of_access() -> None:
    table = text_of("docs/access.md")
    assert [right.value for right in Permission if f"`{right.value}`" not in table] == []


def pins(name: str) -> list[tuple[str, str]]:
    lines = (line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("-r"))
    return [(part[0], part[2]) for part in (line.partition("==") for line in lines)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned_and_has_its_reason(name: str) -> None:
    reasons = text_of("docs/dependencies.md")
    assert [package for package, version in pins(name) if not version] == []
    assert [package for package, _ in pins(name) if f"| {package} |" not in reasons] == []


def test_every_browser_library_is_pinned_and_has_its_reason() -> None:
    reasons = text_of("docs/dependencies.md")
    named = re.findall(r'"(@?[\w./-]+)": "(\S+)"', (ROOT / "package.json").read_text())
    libraries = [(name, version) for name, version in named if version[0].isdigit()]
    assert libraries
    assert [name for name, _ in libraries if f"| {name} |" not in reasons] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_links_between_documents_lead_somewhere() -> None:
    bad = set()
    for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]:
        targets = re.findall(r"(?<![\w/])(docs/[\w./-]+\.md|decisions/[\w-]+\.md)", path.read_text())
        bad |= {
            f"{path.name}: {target}"
            for target in targets
            if not any((place / target).is_file() for place in (ROOT, ROOT / "docs"))
        }
    assert bad == set()
