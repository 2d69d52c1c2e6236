"""The words of the room's letters. Called when one is sent, in its reader's language, outside any request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext as _

from exhibitions.badges.rules import number
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.visitors import queries, service
from exhibitions.visitors.queries import Row
from exhibitions.visitors.rules.registration import OpenState, State
from exhibitions.visitors.service import reminders


def register() -> None:
    """Enter the letters of this room into the table of names."""
    mail.register(service.LETTER, badge_link, N_("Link to the badge"))
    mail.register(reminders.LETTER, opening, N_("Registration is open"))


def badge_link(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The letter with a fresh personal link; refused when the registration has ended meanwhile."""
    with transaction() as session:
        expo = session.get(Expo, int(arguments["expo_id"]))
        row = queries.registration_of(expo, int(arguments["registration_id"])) if expo else None
        if expo is None or row is None or row.registration.state is not State.REGISTERED:
            raise Refused("registration_ended", N_("This registration has ended."))
        token = service.new_link(row.registration)
    # Not render_template: the pages' navigation needs a request, and a letter has none.
    template = current_app.jinja_env.get_template("visitors/mail/badge_link.txt")
    fair = _in(lang, expo.name_zh, expo.name_en)
    text = template.render(
        fair=fair, venue=_in(lang, expo.venue_zh, expo.venue_en), **_words(expo, row, token)
    )
    # No name in it: subjects are shown on locked screens (P19).
    return Message(_("Your entry code: %(fair)s", fair=fair), text)


def opening(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The letter that registration is open; refused when it is not (any more)."""
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    open_now = expo is not None and service.standing(expo, queries.moment(expo)) is OpenState.OPEN
    if expo is None or expo.published_at is None or not open_now:
        raise Refused("registration_ended", N_("This registration has ended."))
    path = current_app.url_map.bind("").build("visitors.register", {"slug": expo.slug})
    fair = _in(lang, expo.name_zh, expo.name_en)
    template = current_app.jinja_env.get_template("visitors/mail/opening.txt")
    text = template.render(fair=fair, url=current_app.config["PUBLIC_URL"] + path, hotline=expo.hotline)
    return Message(_("Registration is open: %(fair)s", fair=fair), text)


def _in(lang: str, zh: str, en: str) -> str:
    """The text in the letter's language; the other one where it is missing."""
    return (zh if lang == "zh" else en) or zh or en


def _words(expo: Expo, row: Row, token: str) -> dict[str, str]:
    path = current_app.url_map.bind("").build("my_badge.badge", {"slug": expo.slug, "token": token})
    day = row.registration.visit_day
    return {
        "url": current_app.config["PUBLIC_URL"] + path,
        "number": number.shown(row.badge.number) if row.badge else "",
        "day": format_date(day) if day else _("Not sure yet"),
        "hotline": expo.hotline,
    }
