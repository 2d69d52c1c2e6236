"""docs/fields.md says what the forms take (ASVS 2.1.1)."""

import re
from pathlib import Path

from flask import Flask

from exhibitions.cli.fields import table

WRITTEN = Path(__file__).parents[2] / "docs" / "fields.md"


def test_the_table_of_fields_is_the_code(app: Flask) -> None:
    assert WRITTEN.read_text() == table(), "flask fields --write"


def test_every_typed_text_has_a_length_or_a_rule(app: Flask) -> None:
    """Pasted tables and mails are bounded by the size of a request instead."""
    lines = re.findall(
        r"^\| (\w+) \| `(\w+)` \| (text|password|e-mail|telephone)([^|]*)\|", table(), re.MULTILINE
    )
    assert len(lines) > 100
    unbounded = {
        f"{form}.{name}" for form, name, _, more in lines if not re.search(r"characters|rule|`", more)
    }
    assert unbounded == {"BouncesForm.pasted", "UploadForm.pasted"}
