"""Many pasted from a spreadsheet on one page, whatever they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template

from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import tell
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms.pasting import PasteForm
from exhibitions.visitors.rules.pasted import MOST_LINES, BadRow, Pasted

Read = tuple[Pasted, list[Any], list[BadRow]]


def paste_page(
    expo: Expo,
    template: str,
    read: Callable[[str], Read],
    add: Callable[[list[Any]], Sequence[object]],
    done: Callable[[int], str],
) -> Any:
    """The page, or None when all that was pasted is entered.

    `read` gives the good and the bad rows of a text, `add` enters the good ones, `done` says how many they were. While a
    row is bad nothing is entered, unless the others are asked for; the bad ones stay in the box.
    """
    form, added = PasteForm(), 0
    bad: list[BadRow] = []
    if form.accepted():
        try:
            pasted, good, bad = read(form.pasted.data or "")
            if good and (not bad or form.takes_the_others):
                with transaction():
                    added = len(add(good))
                form.keep_bad(pasted, bad)
        except Refused as refusal:
            form.refuse("pasted", refusal)
    if added:
        tell(done(added))
        if not bad:
            return None
    page = render_template(template, expo=expo, form=form, bad=bad, added=added, most=MOST_LINES)
    return page, 422 if form.errors or (bad and not added) else 200
