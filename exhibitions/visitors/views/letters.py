"""The words of the room's letters. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.badges import service as badges
from exhibitions.badges.rules import number
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date, format_span, language
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.mail.rules.texts import Words, message_of
from exhibitions.mail.rules.texts import fill as texts_fill
from exhibitions.mail.service import texts
from exhibitions.mail.service.texts import Kind
from exhibitions.visitors import queries, service
from exhibitions.visitors.models import Mailing
from exhibitions.visitors.queries import Row
from exhibitions.visitors.queries import form as form_queries
from exhibitions.visitors.queries import mailing as mailing_queries
from exhibitions.visitors.rules import letters, mailing
from exhibitions.visitors.rules.registration import OpenState, State
from exhibitions.visitors.service import card, telling
from exhibitions.visitors.service.mailing import words_of

Arguments = Mapping[str, int | str]
Renderer = Callable[[Arguments, str], Message]


def register() -> None:
    """Enter the letters of this room into the tables of names."""
    for name in letters.WORDS:
        linked = name not in letters.WITHOUT_LINK
        render: Renderer = partial(letter, name) if name != letters.OPENING else opening
        mail.register(
            name, render, letters.TITLES[name], _mint if linked else None, _paint if linked else None
        )
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
    mail.register(letters.MAILING, to_many, letters.TITLES[letters.MAILING], _mint, _paint)
    mail.register(letters.MAILING_TEST, test_of_many, letters.TITLES[letters.MAILING_TEST])
    mail.own_titles[letters.MAILING] = own_titles
    mail.namers[queries.HOLDER] = mailing_queries.names


def own_titles(expo_id: int, arguments: Sequence[Arguments]) -> list[str]:
    """The subjects of messages to many, in the reader's language: a list of a hundred tells them apart."""
    expo = db.session.get_one(Expo, expo_id)
    found = mailing_queries.with_ids(expo, {int(each["mailing_id"]) for each in arguments})
    values, lang = fair_values(expo, language()), language()
    named = {row.id: texts_fill(mailing.words_in(words_of(row), lang).subject, values) for row in found}
    return [named.get(int(each["mailing_id"]), "") for each in arguments]


def letter(name: str, arguments: Arguments, lang: str) -> Message:
    """The letter `name`, with a fresh personal link where it carries one; refused when the registration stands otherwise
    meanwhile."""
    expo, row = _subject(arguments, name)
    token = "" if name in letters.WITHOUT_LINK else _token(arguments)
    return message_of(texts.words_of(expo.id, name, lang), person_values(expo, row, token, lang))


def badge_link(arguments: Arguments, lang: str) -> Message:
    """The letter with the link to the badge."""
    return letter(letters.BADGE_LINK, arguments, lang)


def opening(arguments: Arguments, lang: str) -> Message:
    """The letter that registration is open; refused when it is not (any more)."""
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    open_now = expo is not None and service.standing(expo, queries.moment(expo)) is OpenState.OPEN
    if expo is None or expo.published_at is None or not open_now:
        raise _ended()
    return message_of(texts.words_of(expo.id, letters.OPENING, lang), fair_values(expo, lang))


def to_many(arguments: Arguments, lang: str) -> Message:
    """A message to many as one person reads it; refused to who does not agree (any more) to marketing."""
    expo, row = _subject(arguments, letters.MAILING)
    found = _mailing(expo, arguments)
    is_marketing = found.purpose == mailing.MARKETING
    if is_marketing and not mailing_queries.agrees_now(expo.id, row.registration.id):
        raise Refused("unsubscribed", N_("This person has left this kind of message."))
    token, leave = _token(arguments), ""
    if is_marketing and not arguments.get("token"):
        with transaction():
            leave = _address(expo, "unsubscribe.unsubscribe", telling.leave_link(row.registration))
    return many(found, person_values(expo, row, token, lang), lang, leave)


def test_of_many(arguments: Arguments, lang: str) -> Message:
    """A message to many as its writer tries it out: with the words of the first person and a link that opens nothing."""
    expo = db.session.get_one(Expo, int(arguments["expo_id"]))
    message = many(_mailing(expo, arguments), sample(expo.id)[lang], lang)
    return Message(_("[Test] %(subject)s", subject=message.subject), message.text)


def many(found: Mailing, values: Mapping[str, str], lang: str, leave: str = "") -> Message:
    """The words of a message to many, filled; `leave` is the address at which a person leaves marketing."""
    words = mailing.words_in(words_of(found), lang)
    if leave:
        body = words.body + "\n\n" + _("No more messages like this: {leave}")
        words = Words(words.subject, body, words.short and words.short + "\n" + _("Unsubscribe: {leave}"))
        values = {**values, "leave": leave}
    return message_of(words, values, leave)


def fair_values(expo: Expo, lang: str) -> dict[str, str]:
    """What a letter says of the fair."""
    days = expo_queries.visitor_days(expo)
    return {
        "fair": _in(lang, expo.name_zh, expo.name_en),
        "days": " ".join(format_span(days[0], days[-1])) if days else "",
        "venue": _in(lang, expo.venue_zh, expo.venue_en),
        "address": _in(lang, expo.address_zh, expo.address_en),
        "hotline": expo.hotline,
        "page": _address(expo, "visitors.register"),
    }


def person_values(expo: Expo, row: Row, token: str, lang: str) -> dict[str, str]:
    """What a letter says of a person; without a token the link is only hinted at."""
    person, day = row.registration, row.registration.visit_day
    link = _address(expo, "my_badge.badge", token or "…")
    return {
        **fair_values(expo, lang),
        "name": person.name,
        "company": person.company,
        "class": _in(lang, row.badge_class.name_zh, row.badge_class.name_en),
        # Who waits for approval has no code yet, and is told of none.
        "number": number.shown(row.badge.number) if row.badge and person.state is not State.WAITING else "",
        "day": format_date(day) if day else _("Not sure yet"),
        "message": person.decision_note,
        "agreements": f"{link}#agreements" if form_queries.form_of(expo).consents else "",
        "link": link,
    }


def sample(expo_id: int) -> dict[str, dict[str, str]]:
    """What a preview fills in, by language: the first person of the fair, or the fair alone while nobody is registered."""
    expo = db.session.get_one(Expo, expo_id)
    first = mailing_queries.first_registered(expo_id)
    return in_both(expo, queries.registration_of(expo, first) if first is not None else None)


def in_both(expo: Expo, row: Row | None) -> dict[str, dict[str, str]]:
    """What a letter says of this person, by language, without a link that opens anything; of nobody, a hint."""
    values = {}
    for lang in texts.LANGUAGES:
        with force_locale(lang):
            nobody = {
                **fair_values(expo, lang),
                **dict.fromkeys((*letters.PERSON_PLACES, "message", "agreements", "link"), "…"),
            }
            values[lang] = person_values(expo, row, "", lang) if row is not None else nobody
    return values


def leave_hint(expo: Expo) -> str:
    """The address at which a person leaves marketing, with a hint in the place of its secret."""
    return _address(expo, "unsubscribe.unsubscribe", "…")


def _subject(arguments: Arguments, name: str) -> tuple[Expo, Row]:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    row = queries.registration_of(expo, int(arguments["registration_id"])) if expo else None
    stands = row is not None and row.registration.state in letters.WRITTEN_TO[name]
    if expo is None or row is None or not stands or row.registration.erased_at is not None:
        raise _ended()
    return expo, row


def _mailing(expo: Expo, arguments: Arguments) -> Mailing:
    found = mailing_queries.mailing_of(expo, int(arguments["mailing_id"]))
    if found is None:
        raise _ended()
    return found


def _ended() -> Refused:
    return Refused("registration_ended", N_("This registration has ended."))


def _token(arguments: Arguments) -> str:
    """The secret that was made before, or a new one."""
    given = str(arguments.get("token", ""))
    if given:
        return given
    with transaction():
        return _mint(arguments)


def _mint(arguments: Arguments) -> str:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    row = queries.registration_of(expo, int(arguments["registration_id"])) if expo else None
    if row is None:
        raise _ended()
    return service.new_link(row.registration)


def _paint(arguments: Arguments, lang: str) -> bytes | None:
    expo = db.session.get(Expo, int(arguments["expo_id"]))
    row = queries.registration_of(expo, int(arguments["registration_id"])) if expo else None
    return None if expo is None or row is None else card_of(expo, row, lang)


def card_of(expo: Expo, row: Row, lang: str) -> bytes | None:
    """The picture of a person's badge for a chat, in the language of the moment; None while it opens no gate."""
    if row.badge is None or row.registration.state not in letters.WRITTEN_TO[letters.BADGE_LINK]:
        return None
    values = person_values(expo, row, "", lang)
    day = row.registration.visit_day
    lines = (
        _("Day of visit: %(day)s", day=values["day"]) if day else values["days"],
        values["venue"],
        values["hotline"],
    )
    return card.draw(
        card.Card(
            fair=values["fair"],
            badge_class=values["class"],
            colour=row.badge_class.colour,
            name=row.registration.name,
            company=row.registration.company,
            number=values["number"],
            code=badges.code_of(expo, row.badge),
            lines=tuple(line for line in lines if line),
        )
    )


def _in(lang: str, zh: str, en: str) -> str:
    """The text in the letter's language; the other one where it is missing."""
    return (zh if lang == "zh" else en) or zh or en


def _address(expo: Expo, endpoint: str, token: str = "") -> str:
    values = {"slug": expo.slug, **({"token": token} if token else {})}
    path = current_app.url_map.bind("").build(endpoint, values)
    return str(current_app.config["PUBLIC_URL"]) + path.replace("%E2%80%A6", "…")
