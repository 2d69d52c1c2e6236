"""What the pages of an application have in common: fields checked by rules, and choices in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from flask_babel import lazy_gettext
from wtforms import SubmitField

from exhibitions.core import regions
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import language

Check = Callable[[str], Any]
HOME = "CN"
YES_NO = [SelectChoice("yes", lazy_gettext("Yes")), SelectChoice("no", lazy_gettext("No"))]


def offered(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Values with their words as a field offers them."""
    return [SelectChoice(value, word) for value, word in words.items()]


def countries() -> list[tuple[str, str]]:
    """Home, Hong Kong and its like, then all countries by their name in the reader's language."""
    lang = language()
    known = regions.choices("", lang)
    places = [(place.key, place.name) for place in (*known.near, *known.countries)]
    return [(HOME, regions.region_name(HOME, lang)), *places]


def plain(row: Any) -> str:
    """The name of a row in the reader's language, the other one where it has none."""
    return str((row.name_zh if language() == "zh" else row.name_en) or row.name_zh or row.name_en)


def same(check: Check) -> Callable[[str], str]:
    """What makes two spellings one for `alike`: what a rule keeps of them; a text that it refuses is as it is typed."""

    def kept(text: str) -> str:
        try:
            return str(check(text))
        except Refused:
            return text

    return kept


class Onward:
    """A form for one thing more, on whose page a button leads on: `go_on` with nothing typed leaves the page.

    What is typed is kept before the reader goes on, so a picture that was chosen is never lost by pressing on.
    """

    go_on = SubmitField(lazy_gettext("Go on"))
    typed_in: ClassVar[tuple[str, ...]] = ()

    @property
    def goes_on(self) -> bool:
        """Whether the reader wants the next page."""
        return bool(self.go_on.data)

    def leaves(self) -> bool:
        """Whether the form was sent to go on, and nothing stands in it."""
        return self.goes_on and not any(_given(getattr(self, name)) for name in self.typed_in)


def _given(field: Any) -> bool:
    """Whether anything was put into a field: a file with a name, or more than blanks, right or wrong."""
    if hasattr(field.data, "filename"):
        return bool(field.data.filename)
    return any(str(value).strip() for value in field.raw_data or [])


class Checked(Form):
    """A form whose fields are checked by rules: `checks` names the rule of a field, `kept` holds what it made of it."""

    checks: ClassVar[Mapping[str, Check]] = {}

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.kept: dict[str, Any] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask the rule of each field, then the form as a whole."""
        well_formed = super().validate(extra_validators)
        for name, check in self.checks.items():
            self.ask(name, partial(check, self[name].data or ""))
        self.apart()
        if well_formed and not self.errors:
            self.together()
        return well_formed and not self.errors

    def ask(self, name: str, question: Callable[[], Any]) -> None:
        """Keep what a rule says under `name`; its refusal is the sentence beside that field."""
        try:
            self.kept[name] = question()
        except Refused as refusal:
            self.refuse(name, refusal)

    def apart(self) -> None:
        """What a few fields say together, asked whatever is wrong with the others, so that all is said at once."""

    def together(self) -> None:
        """What can only be asked once every field by itself is right."""
