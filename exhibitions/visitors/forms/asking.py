"""A rule asked for a field of a form."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext
from wtforms import Field, ValidationError

from exhibitions.core.errors import Refused


def ask(rule: Callable[[str], object], field: Field) -> None:
    """Ask the rule what it makes of the text; what it refuses stands beside the field, in words."""
    try:
        rule(field.data or "")
    except Refused as refusal:
        raise ValidationError(gettext(refusal.message, **refusal.params)) from None
