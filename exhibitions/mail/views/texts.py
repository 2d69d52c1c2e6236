"""The words of each kind of message: seen with the first real record, changed, set back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from exhibitions.audit.rules import Fair
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, tell
from exhibitions.mail import queries
from exhibitions.mail.forms import WordsForm
from exhibitions.mail.rules.texting import parts_of_preview
from exhibitions.mail.rules.texts import PLACES, Words, message_of, places_in, wechat_text
from exhibitions.mail.service import texting, texts
from exhibitions.mail.service.texts import Kind
from exhibitions.mail.views.base import blueprint

_PARTS = {
    "place_in_subject": "subject",
    "place_in_short": "short",
    "short_missing": "short",
    "short_long": "short",
}


@blueprint.get("/desk/<slug>/mail/texts")
@require(Permission.EXPO_EDIT)
def all_texts(expo: Fair) -> str:
    return render_template(
        "mail/all_texts.html", expo=expo, kinds=list(texts.kinds.values()), own=queries.own_texts(expo.id)
    )


@blueprint.route("/desk/<slug>/mail/texts/<kind>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def text(expo: Fair, kind: str) -> Any:
    found = _kind(kind)
    own = queries.text_of(expo.id, kind)
    form = WordsForm(data=_typed({lang: texts.words_with(own, found, lang) for lang in texts.LANGUAGES}))
    if not (texting.can_text() and found.words.short):
        form.without_short()
    if form.accepted() and "preview" not in request.form:
        try:
            with form.saving(lambda: _in_force(expo, found)):
                texts.save(expo.id, found, form.words, actor())
        except Refused as refusal:
            form.refuse(_at_fault(form.words, refusal), refusal)
        else:
            tell(_("The words are saved."))
            return go("mail.text", slug=expo.slug, kind=kind)
    page = render_template(
        "mail/text.html",
        expo=expo,
        kind=found,
        form=form,
        is_own=own is not None,
        places=[(name, PLACES[name]) for name in found.places],
        previews=_previews(expo, found, form.words),
    )
    return page, form.status


def _in_force(expo: Fair, kind: Kind) -> dict[str, str]:
    """The words as they are used now, as the form shows them."""
    own = queries.text_of(expo.id, kind.name)
    return _typed({lang: texts.words_with(own, kind, lang) for lang in texts.LANGUAGES})


@blueprint.post("/desk/<slug>/mail/texts/<kind>/reset")
@require(Permission.EXPO_EDIT)
def reset_text(expo: Fair, kind: str) -> Any:
    with transaction():
        texts.reset(expo.id, _kind(kind), actor())
    tell(_("The message has the words of the product again."))
    return go("mail.text", slug=expo.slug, kind=kind)


def _kind(name: str) -> Kind:
    if name not in texts.kinds:
        abort(404)
    return texts.kinds[name]


def _typed(words: Mapping[str, Words]) -> dict[str, str]:
    return {
        f"{part}_{lang}": getattr(words[lang], part)
        for lang in words
        for part in ("subject", "body", "short")
    }


def _at_fault(words: Mapping[str, Words], refusal: Refused) -> str:
    """The field in which the place stands that was refused, or is missing."""
    name, part = str(refusal.params.get("name", "")), _PARTS.get(refusal.code, "body")
    if "lang" in refusal.params:
        return f"{part}_{refusal.params['lang']}"
    for lang in texts.LANGUAGES:
        stands = name in places_in(getattr(words[lang], part))
        if stands is not refusal.code.endswith("_missing"):
            return f"{part}_{lang}"
    return f"{part}_zh"


def _previews(expo: Fair, kind: Kind, words: Mapping[str, Words]) -> list[tuple[str, str, str, int]]:
    """The message with the first real record, by language, as it would be read; and as a text message, with its parts."""
    values = kind.sample(expo.id)
    found = [(lang, message_of(words[lang], values[lang])) for lang in texts.LANGUAGES]
    return [(lang, wechat_text(each), each.short, parts_of_preview(each.short)) for lang, each in found]
