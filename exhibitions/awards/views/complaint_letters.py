"""The words of letters to who complained. Called when one is sent or shown, in its reader's language, mostly outside a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.awards.models import AwardSeason, Complaint
from exhibitions.awards.rules import complaint_letters as letters
from exhibitions.awards.rules.complaint_window import reference
from exhibitions.awards.rules.states import ComplaintState
from exhibitions.awards.service.complaints import SUBJECT
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.mail.rules.texts import message_of
from exhibitions.mail.service import texts
from exhibitions.mail.service.texts import Kind

Arguments = Mapping[str, int | str]
_DECISIONS = {ComplaintState.UPHELD: N_("it is upheld"), ComplaintState.REJECTED: N_("it is not upheld")}


def register() -> None:
    """Enter the letters about complaints into the tables of names."""
    for name in letters.WORDS:
        mail.register(name, partial(letter, name), letters.TITLES[name])
        texts.offer(
            Kind(
                name=name,
                title=letters.TITLES[name],
                words=letters.WORDS[name],
                places=letters.PLACES[name],
                needed=letters.NEEDED[name],
                sample=partial(sample, name),
            )
        )
    mail.namers[SUBJECT] = _names


def letter(name: str, arguments: Arguments, lang: str) -> Message:
    """The letter `name` to who complained; refused where the complaint was erased, or answered before the first left."""
    row = db.session.get(Complaint, int(arguments["complaint_id"]))
    if row is None or (row.state in _DECISIONS) != (name == letters.DECIDED):
        raise Refused("complaint_ended", N_("This message is not needed any more."))
    season = db.session.get_one(AwardSeason, row.season_id)
    values = {
        **_fair_values(db.session.get_one(Expo, row.expo_id), lang),
        "award": _in(lang, season.name_zh, season.name_en),
        "complaint": reference(season.year, season.id, row.number),
        "message": row.decision,
        "decision": str(_(_DECISIONS[row.state])) if row.state in _DECISIONS else "",
    }
    return message_of(texts.words_of(row.expo_id, name, lang), values)


def sample(name: str, expo_id: int) -> dict[str, dict[str, str]]:
    """What a preview fills in, by language."""
    expo = db.session.get_one(Expo, expo_id)
    found = {}
    for lang in texts.LANGUAGES:
        with force_locale(lang):
            said = {"decision": str(_(_DECISIONS[ComplaintState.REJECTED]))}
            found[lang] = dict.fromkeys(letters.PLACES[name], "…") | said | _fair_values(expo, lang)
    return found


def _fair_values(expo: Expo, lang: str) -> dict[str, str]:
    return {"fair": _in(lang, expo.name_zh, expo.name_en), "hotline": expo.hotline}


def _names(expo_id: int, numbers: Collection[int]) -> dict[int, tuple[str, str | None]]:
    found = sa.select(Complaint).where(Complaint.expo_id == expo_id, Complaint.id.in_(list(numbers)))
    return {row.id: (row.from_name, None) for row in db.session.scalars(found)}


def _in(lang: str, zh: str, en: str) -> str:
    return (zh if lang == "zh" else en) or zh or en
