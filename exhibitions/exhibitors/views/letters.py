"""The words of the room's letters. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import sqlalchemy as sa
from flask import Response, abort, current_app, make_response, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date, format_span
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import (
    CoExhibitor,
    Exhibitor,
    ExhibitorEvent,
    ExhibitorMessage,
    ExhibitorPerson,
)
from exhibitions.exhibitors.queries import applying, history, messages
from exhibitions.exhibitors.rules import letters
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import letter as paper
from exhibitions.exhibitors.service import telling
from exhibitions.exhibitors.views import answers as shown
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import UnitRole, local_day
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.mail.rules.texts import message_of
from exhibitions.mail.service import texts
from exhibitions.mail.service.texts import Kind

Arguments = Mapping[str, int | str]


def register() -> None:
    """Enter the letters of this room into the tables of names."""
    for name in letters.WORDS:
        linked = name not in letters.WITHOUT_LINK
        render = _RENDERERS.get(name) or partial(letter, name)
        mint = _mint if name != letters.CO_NAMED else _mint_co
        mail.register(name, render, letters.TITLES[name], mint if linked else None)
        texts.offer(
            Kind(
                name=name,
                title=letters.TITLES[name],
                words=letters.WORDS[name],
                places=letters.places_of(name),
                needed=letters.needed_of(name),
                sample=sample,
            )
        )
    mail.register(
        letters.MESSAGE_TO_OFFICE, message_to_office, N_("Message of an exhibitor to the organiser")
    )
    mail.namers[telling.PERSON] = _names
    mail.namers[telling.CO_EXHIBITOR] = _co_names


def letter(name: str, arguments: Arguments, lang: str) -> Message:
    """The letter `name` to somebody who acts for an exhibitor; refused when its part stands otherwise meanwhile."""
    expo, person = _subject(arguments)
    if person.exhibitor.state not in letters.WRITTEN_TO.get(name, frozenset(State)):
        raise _ended()
    token = "" if name in letters.WITHOUT_LINK else _token(arguments, _mint)
    return message_of(
        texts.words_of(expo.id, name, lang), _values(name, expo, person, arguments, token, lang)
    )


def co_named(arguments: Arguments, lang: str) -> Message:
    """The letter by which a co-exhibitor is asked to declare itself."""
    expo, row = _co(arguments)
    token = _token(arguments, _mint_co)
    values = {
        **fair_values(expo, lang),
        "company": _in(lang, row.name_zh, row.name_en),
        "main": shown.name_of(row.exhibitor, lang),
        "centre": _address(expo, "exhibitors.co_exhibitor", token or "…"),
    }
    return message_of(texts.words_of(expo.id, letters.CO_NAMED, lang), values)


def message(arguments: Arguments, lang: str) -> Message:
    """That the organiser has left a message, without its words; withdrawn when it was seen meanwhile."""
    _unseen(arguments)
    return letter(letters.MESSAGE, arguments, lang)


def message_to_office(arguments: Arguments, lang: str) -> Message:
    """That an exhibitor has written, and where to read it; withdrawn when somebody of the office has seen it meanwhile."""
    expo, row = _unseen(arguments)
    exhibitor = db.session.get_one(Exhibitor, row.exhibitor_id)
    values = {"fair": _in(lang, expo.name_zh, expo.name_en), "company": shown.name_of(exhibitor, lang)}
    path = current_app.url_map.bind("").build(
        "portal.exhibitor_messages", {"slug": expo.slug, "number": exhibitor.number}
    )
    return Message(
        _("An exhibitor has written: %(fair)s", fair=values["fair"]),
        _(
            "Hello,\n\n%(company)s has written a message about %(fair)s. Read it and answer here:\n%(link)s",
            **values,
            link=str(current_app.config["PUBLIC_URL"]) + path,
        )
        + "\n",
    )


def _unseen(arguments: Arguments) -> tuple[Expo, ExhibitorMessage]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    row = messages.message(expo, int(arguments["message_id"])) if expo else None
    if expo is None or row is None or row.read_at is not None:
        raise _ended()
    return expo, row


def fair_values(expo: Expo, lang: str) -> dict[str, str]:
    """What a letter says of the fair; whom to ask is the contact for exhibitors, where there is one."""
    days = expo_queries.visitor_days(expo)
    rules = queries.settings(expo)
    contact = f"{rules.contact_name} {rules.contact_phone}".strip() if rules is not None else ""
    return {
        "fair": _in(lang, expo.name_zh, expo.name_en),
        "days": " ".join(format_span(days[0], days[-1])) if days else "",
        "venue": _in(lang, expo.venue_zh, expo.venue_en),
        "hotline": contact or expo.hotline,
    }


def sample(expo_id: int) -> dict[str, dict[str, str]]:
    """What a preview fills in, by language."""
    expo = db.session.get_one(Expo, expo_id)
    found = {}
    for lang in texts.LANGUAGES:
        with force_locale(lang):
            found[lang] = fair_values(expo, lang) | dict.fromkeys(
                ("company", "reference", "main", "message", "centre"), "…"
            )
    return found


def letter_pdf(expo: Expo, exhibitor: Exhibitor, lang: str) -> Response:
    """The letter about the last decision on an application, for paper; 404 while there is none."""
    event = next((each for each in history.events(exhibitor) if each.state_after in letters.DECIDED), None)
    if event is None or event.state_after is None:
        abort(404)
    name = letters.DECIDED[event.state_after]
    with force_locale(lang):
        values = fair_values(expo, lang) | {
            "company": shown.name_of(exhibitor, lang),
            "reference": exhibitor.reference or "",
            "message": event.text,
            # On paper no personal link: the page by which everybody finds the own one.
            "centre": str(current_app.config["PUBLIC_URL"])
            + url_for("exhibitors.find_application", slug=expo.slug),
        }
        words = message_of(texts.words_of(expo.id, name, lang), values)
        day = format_date(local_day(event.at, expo.timezone, expo.cutoff_hour), weekday=False)
        drawn = paper.draw(
            paper.Letter(
                organiser=_organiser(expo, lang),
                to=values["company"],
                title=words.subject,
                body=words.text,
                place_and_day=day,
                seal=_("(Seal)"),
                is_closed_right=lang == "zh",
                foot=f"{values['fair']} · {exhibitor.reference or ''}",
            )
        )
    response = make_response(drawn)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{exhibitor.reference}-{lang}.pdf"'
    return response


def _organiser(expo: Expo, lang: str) -> str:
    names = [_in(lang, unit.name_zh, unit.name_en) for unit in expo.units if unit.role is UnitRole.ORGANISER]
    return names[0] if names else _in(lang, expo.name_zh, expo.name_en)


def _values(
    name: str, expo: Expo, person: ExhibitorPerson, arguments: Arguments, token: str, lang: str
) -> dict[str, str]:
    exhibitor = person.exhibitor
    # Somebody who was asked in may have no part in the application.
    home = name in (letters.MESSAGE, letters.INVITED)
    page = "portal.exhibitor_home" if home else "exhibitors.application"
    event = db.session.get(ExhibitorEvent, int(arguments.get("event_id", 0)))
    late = exhibitor.answers.get("late") and exhibitor.state is State.SUBMITTED
    said = (
        _("Applications had closed when it came. It is kept and stands on the waiting list.") if late else ""
    )
    return {
        **fair_values(expo, lang),
        "company": shown.name_of(exhibitor, lang),
        "reference": exhibitor.reference or "",
        "message": event.text if event is not None and event.exhibitor_id == exhibitor.id else said,
        "centre": _address(expo, page, token or "…"),
    }


def _subject(arguments: Arguments) -> tuple[Expo, ExhibitorPerson]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    person = queries.person(expo, int(arguments["person_id"])) if expo else None
    if expo is None or person is None:
        raise _ended()
    return expo, person


def _co(arguments: Arguments) -> tuple[Expo, CoExhibitor]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    row = applying.co_exhibitor(expo, int(arguments["co_exhibitor_id"])) if expo else None
    if expo is None or row is None:
        raise _ended()
    return expo, row


def _ended() -> Refused:
    return Refused("exhibitor_ended", N_("This message is not needed any more."))


def _token(arguments: Arguments, mint: mail.Minter) -> str:
    """The secret that was made before, or a new one."""
    given = str(arguments.get("token", ""))
    if given:
        return given
    with transaction():
        return mint(arguments)


def _mint(arguments: Arguments) -> str:
    return telling.new_link(_subject(arguments)[1])


def _mint_co(arguments: Arguments) -> str:
    return telling.new_co_link(_co(arguments)[1])


def _names(expo_id: int, numbers: Collection[int]) -> dict[int, tuple[str, str | None]]:
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.expo_id == expo_id, ExhibitorPerson.id.in_(list(numbers))
    )
    return {row.id: (row.name, row.phone) for row in db.session.scalars(found)}


def _co_names(expo_id: int, numbers: Collection[int]) -> dict[int, tuple[str, str | None]]:
    found = sa.select(CoExhibitor).where(CoExhibitor.expo_id == expo_id, CoExhibitor.id.in_(list(numbers)))
    return {row.id: (row.contact_name or row.name_zh, row.contact_phone) for row in db.session.scalars(found)}


def _in(lang: str, zh: str, en: str) -> str:
    return (zh if lang == "zh" else en) or zh or en


def _address(expo: Expo, endpoint: str, token: str) -> str:
    path = current_app.url_map.bind("").build(endpoint, {"slug": expo.slug, "token": token})
    return str(current_app.config["PUBLIC_URL"]) + path.replace("%E2%80%A6", "…")


_RENDERERS: Mapping[str, mail.Renderer] = {letters.CO_NAMED: co_named, letters.MESSAGE: message}
"""Who writes the letters that are not like the others."""
