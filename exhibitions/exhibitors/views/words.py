"""How the desk's pages show a company in a fair."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from exhibitions.core.contact import masked_phone
from exhibitions.core.i18n import local
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries.listing import Line
from exhibitions.exhibitors.rules.recruiting import is_late, is_stuck
from exhibitions.exhibitors.rules.states import STAGE_WORDS, STATE_WORDS, Stage, stage_of


def name_of(exhibitor: Exhibitor) -> str:
    """The company's name in the reader's language; a draft has what was entered so far."""
    if exhibitor.company is not None:
        return local(exhibitor.company, "name")
    entered = exhibitor.answers.get("company") or {}
    name = entered.get("name_zh") or entered.get("name_en") if isinstance(entered, dict) else ""
    return str(name or _("Application without a name yet"))


def stage_words() -> list[tuple[str, str]]:
    """The stages in their order, with their words."""
    return [(stage.value, _(word)) for stage, word in STAGE_WORDS.items()]


def state_word(exhibitor: Exhibitor) -> str:
    """What the state of a company is called on its own page."""
    return str(_(STATE_WORDS[exhibitor.state]))


def stage(exhibitor: Exhibitor) -> Stage:
    """The stage under which a company stands in lists."""
    return stage_of(exhibitor.state)


def shown_phone(phone: str | None, *, plain: bool) -> str:
    """A number in E.164, masked for who only looks (B12)."""
    return (phone if plain else masked_phone(phone)) if phone else ""


def line(each: Line, today: date, now: datetime, owners: Mapping[int, str], *, plain: bool) -> dict[str, Any]:
    """A row of the list as its page shows it."""
    row = each.exhibitor
    return {
        "row": row,
        "name": name_of(row),
        "stage": stage(row).value,
        "state": state_word(row),
        "contact": each.name,
        "title": each.title,
        "phone": shown_phone(each.phone, plain=plain),
        "tel": each.phone if plain else "",
        "owner": owners.get(row.user_id or 0, ""),
        "late": is_late(row.next_on, today),
        "days": (now - row.state_since).days,
        "stuck": is_stuck(row.state, row.state_since, now),
        "talked_at": each.talked_at,
    }
