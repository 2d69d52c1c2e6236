"""The words of the room's letters. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import local
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import holding
from exhibitions.stands.rules.allocation import EndReason, is_live
from exhibitions.stands.service import telling
from exhibitions.stands.views.showing import plain, until_in_words

Arguments = Mapping[str, int | str]


def register() -> None:
    """Enter the letters of this room into the tables of names."""
    mail.register(telling.HOLD_ENDED, hold_ended, N_("Hold of a stand ended"), _mint)
    mail.register(telling.MOVED, moved, N_("Another stand"), _mint_moved)


def hold_ended(arguments: Arguments, _lang: str) -> Message:
    """Which hold is over since when, and where to choose again; withdrawn when the exhibitor has a stand meanwhile."""
    expo, _person, row = _subject(arguments)
    values = {
        "fair": plain(local(expo, "name")),
        "number": row.stand.number,
        "until": until_in_words(expo, row.until),
        "link": _link(expo, arguments),
        "hotline": expo.hotline,
    }
    parts = [
        _("Hello,"),
        _ended_how(row, values),
        _("Choose a stand again here:") + "\n" + values["link"],
    ]
    if expo.hotline:
        parts.append(_("Questions? %(hotline)s", **values))
    short = _("%(fair)s: your hold of stand %(number)s is over. Choose again: %(link)s", **values)
    subject = _("Your hold of a stand is over: %(fair)s", **values)
    return Message(subject, "\n\n".join(parts) + "\n", short=short)


def moved(arguments: Arguments, _lang: str) -> Message:
    """Which stand the exhibitor has in place of which; withdrawn when it is no more the exhibitor's."""
    expo, person, row = _moved(arguments)
    before = db.session.get(Allocation, int(arguments["before_id"]))
    hotline = exhibitors.hotline(expo)
    values = {
        "fair": plain(local(expo, "name")),
        "number": row.stand.number,
        "before": before.stand.number if before is not None else "",
        "link": _to_centre(expo, str(arguments.get("token", "")) or _minted(person)),
        "hotline": hotline,
    }
    parts = [
        _("Hello,"),
        _(
            "your stand is now %(number)s in place of %(before)s. What we printed or sent with the old number is made again.",
            **values,
        ),
        _("Your stand:") + "\n" + values["link"],
    ]
    if hotline:
        parts.append(_("Questions? %(hotline)s", **values))
    short = _("%(fair)s: your stand is now %(number)s in place of %(before)s. %(link)s", **values)
    subject = _("Your stand is now %(number)s: %(fair)s", **values)
    return Message(subject, "\n\n".join(parts) + "\n", short=short)


def _moved(arguments: Arguments) -> tuple[Expo, ExhibitorPerson, Allocation]:
    expo, person, row = _rows(arguments)
    if not is_live(row, clock.now()):
        raise _ended()
    return expo, person, row


def _mint_moved(arguments: Arguments) -> str:
    return telling.new_link(_moved(arguments)[1])


def _ended_how(row: Allocation, values: Mapping[str, str]) -> str:
    if row.end_reason is EndReason.REPLACED:
        words = _(
            "the organiser has ended your hold of stand %(number)s: another exhibitor gets it.", **values
        )
    else:
        words = _(
            "your hold of stand %(number)s lasted until %(until)s and is over. The stand is free again.",
            **values,
        )
    return str(words)


def _rows(arguments: Arguments) -> tuple[Expo, ExhibitorPerson, Allocation]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    person = exhibitors.person(expo, int(arguments["person_id"])) if expo else None
    row = db.session.get(Allocation, int(arguments["allocation_id"]))
    if expo is None or person is None or row is None:
        raise _ended()
    return expo, person, row


def _subject(arguments: Arguments) -> tuple[Expo, ExhibitorPerson, Allocation]:
    expo, person, row = _rows(arguments)
    if holding.of_exhibitor(expo, person.exhibitor, clock.now()):
        raise _ended()
    return expo, person, row


def _ended() -> Refused:
    return Refused("hold_told", N_("This message is not needed any more."))


def _link(expo: Expo, arguments: Arguments) -> str:
    return _to_centre(expo, str(arguments.get("token", "")) or _minted(_subject(arguments)[1]))


def _minted(person: ExhibitorPerson) -> str:
    with transaction():
        return telling.new_link(person)


def _to_centre(expo: Expo, token: str) -> str:
    path = current_app.url_map.bind("").build("stands.choose", {"slug": expo.slug, "token": token})
    return str(current_app.config["PUBLIC_URL"]) + path


def _mint(arguments: Arguments) -> str:
    return telling.new_link(_subject(arguments)[1])
