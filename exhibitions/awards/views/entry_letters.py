"""The words of letters about entries. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.accounts import service as accounts
from exhibitions.awards.models import AwardEntry, AwardSeason, EntryEvent
from exhibitions.awards.rules import entry_letters as letters
from exhibitions.awards.rules.entry_deeds import SUBJECT
from exhibitions.awards.rules.states import EntryState
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_datetime
from exhibitions.exhibitors.models import ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, hotline
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.mail.rules.texts import message_of
from exhibitions.mail.service import texts
from exhibitions.mail.service.texts import Kind

Arguments = Mapping[str, int | str]
_STANDS = {
    letters.ACCEPTED: {EntryState.SCREENED_OK, EntryState.SAMPLE_RECEIVED},
    letters.RETURNED: {EntryState.RETURNED},
    letters.REJECTED: {EntryState.REJECTED},
}
"""How an entry must stand when the letter leaves; else it has lost its sense."""


def register() -> None:
    """Enter the letters about entries into the tables of names."""
    for name in letters.WORDS:
        mail.register(name, partial(letter, name), letters.TITLES[name], _mint)
        texts.offer(
            Kind(
                name=name,
                title=letters.TITLES[name],
                words=letters.WORDS[name],
                places=letters.PLACES,
                needed=letters.NEEDED[name],
                sample=sample,
            )
        )
    mail.namers[SUBJECT] = _names


def letter(name: str, arguments: Arguments, lang: str) -> Message:
    """The letter `name` to the contact of an entry; refused when the entry stands otherwise meanwhile."""
    expo, season, entry = _subject(arguments)
    if entry.state not in _STANDS[name]:
        raise _ended()
    event = db.session.get(EntryEvent, int(arguments.get("event_id", 0)))
    said = event.text if event is not None and event.entry_id == entry.id else entry.reason
    until = season.screening_until
    values = {
        **_fair_values(expo, lang),
        "award": _in(lang, season.name_zh, season.name_en),
        "product": _in(lang, entry.product_zh, entry.product_en),
        "company": _in(lang, entry.company_zh, entry.company_en),
        "entry": entry.number or "",
        "message": said,
        "until": _to_the_second(until, expo.timezone) if until else _("the end of screening"),
        "centre": _page(expo, entry, _token(arguments)),
    }
    return message_of(texts.words_of(expo.id, name, lang), values)


def _to_the_second(moment: datetime, zone: str) -> str:
    """A deadline as it is judged: what comes a second later is late."""
    return f"{format_datetime(moment, zone)}:{moment:%S}"


def sample(expo_id: int) -> dict[str, dict[str, str]]:
    """What a preview fills in, by language."""
    expo = db.session.get_one(Expo, expo_id)
    found = {}
    for lang in texts.LANGUAGES:
        with force_locale(lang):
            found[lang] = dict.fromkeys(letters.PLACES, "…") | _fair_values(expo, lang)
    return found


def _fair_values(expo: Expo, lang: str) -> dict[str, str]:
    return {"fair": _in(lang, expo.name_zh, expo.name_en), "hotline": hotline(expo)}


def _subject(arguments: Arguments) -> tuple[Expo, AwardSeason, AwardEntry]:
    entry = db.session.get(AwardEntry, int(arguments["entry_id"]))
    if entry is None:
        raise _ended()
    expo = db.session.get_one(Expo, entry.expo_id)
    return expo, db.session.get_one(AwardSeason, entry.season_id), entry


def _ended() -> Refused:
    return Refused("entry_ended", N_("This message is not needed any more."))


def _reader(entry: AwardEntry) -> ExhibitorPerson | None:
    """Who of the company's centre is the contact: nobody else's link goes to an address that was typed into an entry."""
    if entry.exhibitor_id is None:
        return None
    same = [ExhibitorPerson.email == entry.contact_email] if entry.contact_email else []
    if not same and entry.contact_phone:
        same = [ExhibitorPerson.phone == entry.contact_phone]
    if not same:
        return None
    found = sa.select(ExhibitorPerson).where(
        ExhibitorPerson.exhibitor_id == entry.exhibitor_id, ExhibitorPerson.removed_at.is_(None), *same
    )
    return db.session.scalar(found.order_by(ExhibitorPerson.id).limit(1))


def _mint(arguments: Arguments) -> str:
    person = _reader(_subject(arguments)[2])
    return accounts.mint_link(LINK, person.id, expo_id=person.expo_id) if person is not None else ""


def _token(arguments: Arguments) -> str:
    """The secret that was made before, a new one, or "" for who has none."""
    if "token" in arguments:
        return str(arguments["token"])
    with transaction():
        return _mint(arguments)


def _page(expo: Expo, entry: AwardEntry, token: str) -> str:
    """The entry's own page for who has a link, else the page by which everybody finds the own one."""
    own = {"token": token, "entry_id": entry.id}
    endpoint, values = ("portal.award_entry", own) if token else ("exhibitors.find_application", {})
    path = current_app.url_map.bind("").build(endpoint, {"slug": expo.slug, **values})
    return str(current_app.config["PUBLIC_URL"]) + path.replace("%E2%80%A6", "…")


def _names(expo_id: int, numbers: Collection[int]) -> dict[int, tuple[str, str | None]]:
    found = sa.select(AwardEntry).where(AwardEntry.expo_id == expo_id, AwardEntry.id.in_(list(numbers)))
    return {row.id: (row.contact_name, row.contact_phone or None) for row in db.session.scalars(found)}


def _in(lang: str, zh: str, en: str) -> str:
    return (zh if lang == "zh" else en) or zh or en
