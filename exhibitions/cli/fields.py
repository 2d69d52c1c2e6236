"""`flask fields`: what every field of every form takes, as a table made from the code (docs/fields.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

from exhibitions.cli.private import for_others
from exhibitions.core.forms import Form

_FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "fields.md"
_HEAD = """# What fields take

Made from the code by `flask fields --write`; a test compares. A field takes what is said here and nothing else; the server checks, whatever the browser did. *Rule* means that a rule of the room
looks at it as well (`rules/`, tested by themselves); *choice* is one of what was offered on the page. A form has at most 1 MB of
fields, a request at most 32 MB. What is checked together, and limits of business, stand in docs/security.md.

"""
_KINDS = {
    "BooleanField": "yes or no",
    "ColorField": "colour",
    "DateField": "day",
    "DateTimeLocalField": "moment",
    "DecimalField": "number",
    "EmailField": "e-mail",
    "FileField": "file",
    "HiddenField": "hidden",
    "IntegerField": "whole number",
    "MultipleFileField": "files",
    "PasswordField": "password",
    "RadioField": "choice",
    "SelectField": "choice",
    "SelectMultipleField": "choices",
    "SubmitField": "button",
    "TelField": "telephone",
    "TextAreaField": "text of several lines",
    "TimeField": "time",
}


def table() -> str:
    """The text of docs/fields.md: a section a room, a line a field."""
    rooms: dict[str, list[str]] = {}
    for form in sorted(_forms(Form), key=lambda one: (one.__module__, one.__name__)):
        room = form.__module__.split(".")[1]
        lines = rooms.setdefault(room, ["| form | field | takes |", "|---|---|---|"])
        lines += [f"| {form.__name__} | `{name}` | {takes} |" for name, takes in _fields(form)]
    return _HEAD + "\n".join(f"## {room}\n\n" + "\n".join(lines) + "\n" for room, lines in rooms.items())


def _forms(base: type[Form]) -> Iterator[type[Form]]:
    for form in base.__subclasses__():
        # Forms of tests are none of the product, and those behind `_` are parts of others.
        if form.__module__.startswith("exhibitions.") and not form.__name__.startswith("_"):
            yield form
        yield from _forms(form)


def _checks(form: type[Form]) -> Mapping[str, object]:
    """The rules that a form names for its fields; a field may be called so as well."""
    found = getattr(form, "checks", {})
    return found if isinstance(found, Mapping) else {}


def _fields(form: type[Form]) -> Iterator[tuple[str, str]]:
    found = [(name, getattr(form, name)) for name in dir(form) if not name.startswith("_")]
    fields = [(name, field) for name, field in found if isinstance(field, UnboundField)]
    for name, field in sorted(fields, key=lambda pair: pair[1].creation_counter):
        validators = field.kwargs.get("validators") or (field.args[1] if len(field.args) > 1 else [])
        parts = [_KINDS.get(field.field_class.__name__, "text"), *filter(None, map(_words, validators))]
        by_rule = hasattr(form, f"validate_{name}") or name in _checks(form)
        rule = ["rule"] if by_rule else []
        yield name, ", ".join(parts + rule)


def _words(validator: Any) -> str:
    match validator:
        case InputRequired() | DataRequired():
            return "needed"
        case Length():
            least = f"{validator.min} to " if validator.min > 0 else "at most "
            return f"{least}{validator.max} characters"
        case NumberRange():
            return f"{validator.min} to {validator.max}"
        case Regexp():
            return f"`{validator.regex.pattern}`".replace("|", "\\|")
    # A check of our own asks a rule, which bounds what it takes.
    asked = getattr(validator, "func", validator)
    return "rule" if str(getattr(asked, "__module__", "")).startswith("exhibitions.") else ""


@click.command("fields")
@click.option("--write", is_flag=True, help="Write docs/fields.md instead of printing.")
@with_appcontext
@for_others
def fields(write: bool) -> None:
    """Print what every field of every form takes."""
    if write:
        _FILE.write_text(table())
    else:
        click.echo(table())
