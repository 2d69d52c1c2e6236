"""The letters to jurors. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_babel import gettext as _
from markupsafe import escape

from exhibitions.awards.models import AwardSeason, Juror
from exhibitions.awards.queries import jury
from exhibitions.awards.queries.seasons import season_of
from exhibitions.awards.service import inviting_jurors as service
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_datetime, local
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message

Arguments = Mapping[str, int | str]


def register() -> None:
    """Enter the letters of this room into the tables of names."""
    mail.register(service.INVITATION, invitation, N_("Invitation to a jury"), _mint)
    mail.register(service.REMINDER, reminder, N_("Reminder of judging"), _mint)
    mail.namers[service.PERSON] = jury.named


def invitation(arguments: Arguments, _lang: str) -> Message:
    """Which jury, the personal link, and that a code comes apart from it; withdrawn when the juror has left."""
    expo, season, juror = _subject(arguments)
    values = _values(expo, season, juror, arguments)
    parts = [
        _("%(name)s, hello,", **values),
        _("you are invited to judge: %(award)s (%(fair)s).", **values),
        _(
            "Your personal page opens with this link and the six digits that the organiser tells you:",
            **values,
        )
        + "\n"
        + values["link"],
        _("Link and code are for you alone. Please do not forward this letter."),
    ]
    return _message(_("Your jury: %(award)s", **values), parts, values)


def reminder(arguments: Arguments, _lang: str) -> Message:
    """How many entries are left until when; withdrawn when all are sent or the round takes nothing any more."""
    expo, season, juror = _subject(arguments)
    round_ = str(arguments["round"])
    row = jury.rounds(season).get(round_)
    mine = jury.progress(season, round_).get(juror.id)
    if row is None or not jury.takes_sheets(season, row) or mine is None or not mine.open:
        raise Refused("jury_done", N_("This message is not needed any more."))
    values = _values(expo, season, juror, arguments) | {
        "open": str(mine.open),
        "given": str(mine.given),
        "until": format_datetime(row.closes_at, expo.timezone) if row.closes_at else "",
    }
    parts = [
        _("%(name)s, hello,", **values),
        _("%(open)s of your %(given)s entries still wait for your score: %(award)s.", **values),
        _("Judging goes on until %(until)s.", **values) if row.closes_at else "",
        _("Your page:") + "\n" + values["link"],
    ]
    subject = _("%(open)s entries wait for your score: %(award)s", **values)
    return _message(subject, [part for part in parts if part], values)


def _message(subject: str, parts: list[str], values: Mapping[str, str]) -> Message:
    if values["hotline"]:
        parts = [*parts, _("Questions? %(hotline)s", **values)]
    return Message(subject, "\n\n".join(parts) + "\n", short=f"{subject} {values['link']}")


def _values(expo: Expo, season: AwardSeason, juror: Juror, arguments: Arguments) -> dict[str, str]:
    return {
        "name": juror.name,
        "award": _plain(local(season, "name")),
        "fair": _plain(local(expo, "name")),
        "link": _link(expo, juror, arguments),
        "hotline": expo.hotline,
    }


def _plain(name: str) -> str:
    """A name without the mark that a page gives to another language."""
    return str(escape(name).striptags())


def _subject(arguments: Arguments) -> tuple[Expo, AwardSeason, Juror]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    juror = db.session.get(Juror, int(arguments["juror_id"]))
    season = season_of(expo, juror.season_id) if expo is not None and juror is not None else None
    if expo is None or juror is None or season is None or juror.left_at is not None:
        raise Refused("juror_gone", N_("This message is not needed any more."))
    return expo, season, juror


def _link(expo: Expo, juror: Juror, arguments: Arguments) -> str:
    token = arguments.get("token")
    if not token:
        with transaction():
            token = service.new_link(juror)
    return f"{current_app.config['PUBLIC_URL']}/{expo.slug}/jury/{token}"


def _mint(arguments: Arguments) -> str:
    return service.new_link(_subject(arguments)[2])
