"""The form that takes a bank's statement."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from exhibitions.core.forms import Form


class StatementForm(Form):
    """A statement as the bank gives it: CSV or a workbook."""

    file = FileField(_l("File"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for a file."""
        good = bool(super().validate(extra_validators))
        if not (self.file.data and self.file.data.filename):
            self.file.errors = [gettext("Choose a file")]
            return False
        return good
