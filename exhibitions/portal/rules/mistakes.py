"""What is wrong with a field of a fair's document and what it should hold, in words (docs/expo-document.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from exhibitions.badges.rules.classes import Audience
from exhibitions.expos.rules import AntiPassback, DayKind, FullPolicy, UnitRole

_KINDS = {
    "object": "a group of fields in braces { }",
    "array": "a list in brackets [ ]",
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "null": "null",
    "time": "an hour like 09:00:00",
    "date": "a day that exists like 2016-08-19",
    "datetime": "a moment with an offset like 2016-07-01T00:00:00+08:00",
}
_CHOICES: dict[str, type[Enum]] = {
    "role": UnitRole,
    "kind": DayKind,
    "full_policy": FullPolicy,
    "anti_passback": AntiPassback,
    "audience": Audience,
}
_FORMS = {
    "country": "two capital letters like CN",
    "currency": "three capital letters like CNY",
    "key": "small letters, digits and hyphens, at most 32,",
    "colour": "a colour like #0b6e6e",
    "format": "exhibitions-fair",
    "version": "1",
}


def in_words(message: str, field: str) -> str:
    """What the decoder's `message` says about the field of this name, without its words; the message when it is new."""
    for pattern, say in _SENTENCES:
        found = re.fullmatch(pattern, message)
        if found:
            return say(found, field)
    return message.replace("`", '"')


def _kind(found: re.Match[str], _: str) -> str:
    got = _KINDS.get(found[2], found[2])
    return f"{_named(found[1])} is expected, not {got}"


def _named(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds.split(" | "))


def _length(found: re.Match[str], _: str) -> str:
    parts = "entries" if found[1].startswith("array") else "characters"
    bound = "at most" if found[2] == "<=" else "at least"
    return f"{bound} {found[3]} {parts} are expected"


def _bound(found: re.Match[str], _: str) -> str:
    return f"a whole number {'up to' if found[1] == '<=' else 'from'} {found[2]} is expected"


def _choice(found: re.Match[str], field: str) -> str:
    names = _CHOICES.get(field)
    expected = (
        f"one of {', '.join(str(name.value) for name in names)}"
        if names
        else _FORMS.get(field, "another value")
    )
    return f"{expected} is expected, not {found[1]}"


_SENTENCES: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
    (r"Expected `(?:datetime|time)` with (?:a|no) timezone component", lambda _, field: _clock(field)),
    (r"Invalid RFC3339 encoded (\w+)", lambda found, _: f"{_KINDS[found[1]]} is expected"),
    (r"Expected `([^`]+)`, got `([^`]+)`", _kind),
    (r"Expected `([^`]+)` of length (<=|>=) (\d+)", _length),
    (r"Expected `[^`]+` (<=|>=) (\d+)", _bound),
    (r"Integer value out of range", lambda *_: "the number is too large"),
    (
        r"Expected `str` matching regex .*",
        lambda _, field: f"{_FORMS.get(field, 'another form')} is expected",
    ),
    (r"Invalid enum value (.*)", _choice),
    (r"Object missing required field `([^`]+)`", lambda found, _: f"the field {found[1]} is missing"),
    (r"Object contains unknown field `([^`]+)`", lambda found, _: f"there is no field {found[1]} here"),
)


def _clock(field: str) -> str:
    return f"{_KINDS['datetime' if field.endswith('_at') else 'time']} is expected"
