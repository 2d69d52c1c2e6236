"""The words of each kind of message: those of the product, and a fair's own in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import force_locale, gettext

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.mail import queries
from exhibitions.mail.models import MailText
from exhibitions.mail.rules import one_line
from exhibitions.mail.rules.texting import MOST_PARTS, parts_of_preview
from exhibitions.mail.rules.texts import Words, check_words, message_of

LANGUAGES = ("zh", "en")
_PARTS = ("subject", "body", "short")
_FIELDS = ("subject_zh", "body_zh", "short_zh", "subject_en", "body_en", "short_en")


@dataclass(frozen=True)
class Kind:
    """A kind of message whose words a fair may change.

    `words` are English message ids. `places` are the names that it fills, `needed` those without which it is useless.
    `sample` gives, for a fair, what the first real record fills in, by language.
    """

    name: str
    title: str
    words: Words
    places: tuple[str, ...]
    sample: Callable[[int], Mapping[str, Mapping[str, str]]]
    needed: tuple[str, ...] = ()


# The table that the composition root fills, in the order of the page.
kinds: dict[str, Kind] = {}


def offer(kind: Kind) -> None:
    """Make the words of a kind of message changeable."""
    kinds[kind.name] = kind


def usual_words(kind: Kind, lang: str) -> Words:
    """The words of the product in this language."""
    with force_locale(lang):
        words = kind.words
        short = str(gettext(words.short)) if words.short else ""
        return Words(str(gettext(words.subject)), str(gettext(words.body)), short)


def words_of(expo_id: int, name: str, lang: str) -> Words:
    """The words of a kind of message in this language: the fair's own, or the product's where it has none."""
    return words_with(queries.text_of(expo_id, name), kinds[name], lang)


def words_with(own: MailText | None, kind: Kind, lang: str) -> Words:
    """The same where the fair's own words are read already."""
    usual = usual_words(kind, lang)
    if own is None:
        return usual
    return _filled_up({part: getattr(own, f"{part}_{lang}") for part in _PARTS}, usual)


def _filled_up(own: Mapping[str, str], usual: Words) -> Words:
    """The own words, and the usual ones where these are empty."""
    return Words(**{part: own[part] or getattr(usual, part) for part in _PARTS})


def save(expo_id: int, kind: Kind, words: Mapping[str, Words], by: Actor) -> None:
    """Keep a fair's own words, by language; words that are the product's own are not kept, so that they follow it.

    Without words for a text message those stay that there are. Raises `Refused` that names the place at fault, and for a
    text message that would take too many parts.
    """
    for own in words.values():
        check_words(own, kind.places, kind.needed)
    check_parts(kind.sample(expo_id), words)
    row = queries.text_of(expo_id, kind.name)
    if row is None:
        row = MailText(expo_id=expo_id, kind=kind.name, **dict.fromkeys(_FIELDS, ""))
        db.session.add(row)
    before = {name: getattr(row, name) for name in _FIELDS}
    for lang, own in words.items():
        usual = usual_words(kind, lang)
        subject, body = one_line(own.subject), own.body.replace("\r\n", "\n").strip()
        setattr(row, f"subject_{lang}", "" if subject == usual.subject else subject)
        setattr(row, f"body_{lang}", "" if body == usual.body.strip() else body)
        short = own.short.replace("\r\n", "\n").strip()
        if short:
            setattr(row, f"short_{lang}", "" if short == usual.short else short)
    row.changed_at = clock.now()
    changed = [name for name in _FIELDS if before[name] != getattr(row, name)]
    if changed:
        after = {name: getattr(row, name) for name in changed}
        audit.record(
            "mail.text_changed",
            by,
            expo_id=expo_id,
            before={"kind": kind.name, **{name: before[name] for name in changed}},
            after={"kind": kind.name, **after},
        )


def check_parts(values: Mapping[str, Mapping[str, str]], words: Mapping[str, Words]) -> None:
    """Raise `Refused` for a text message that, filled with `values`, takes more parts than are ever sent."""
    for lang, own in words.items():
        parts = parts_of_preview(message_of(own, values[lang]).short)
        if parts > MOST_PARTS:
            raise Refused(
                "short_long",
                N_("This text message takes %(parts)s parts; at most %(most)s are sent."),
                parts=parts,
                most=MOST_PARTS,
                name="",
                lang=lang,
            )


def reset(expo_id: int, kind: Kind, by: Actor) -> None:
    """Go back to the words of the product."""
    row = queries.text_of(expo_id, kind.name)
    if row is not None:
        before = {name: getattr(row, name) for name in _FIELDS if getattr(row, name)}
        db.session.delete(row)
        audit.record("mail.text_reset", by, expo_id=expo_id, before={"kind": kind.name, **before})


def dump_setup(expo_id: int) -> list[dict[str, str]]:
    """The fair's own words, as its document keeps them."""
    rows = queries.own_texts(expo_id)
    return [
        {"kind": name, **{field: getattr(rows[name], field) for field in _FIELDS}} for name in sorted(rows)
    ]


def load_setup(expo_id: int, texts: list[dict[str, str]]) -> None:
    """Put the words of a document into a fair that has none; kinds that this release does not know are left out.

    Raises `Refused` that names the place at fault, like `save`, and for a kind that stands twice.
    """
    known = [text for text in texts if text.get("kind") in kinds]
    if len({text["kind"] for text in known}) != len(known):
        raise Refused("kind_twice", N_("The words of a message stand twice."))
    for text in known:
        kind = kinds[text["kind"]]
        words = {name: str(text.get(name, "")) for name in _FIELDS}
        for lang in LANGUAGES:
            own = {part: words[f"{part}_{lang}"] for part in _PARTS}
            check_words(_filled_up(own, usual_words(kind, lang)), kind.places, kind.needed)
        db.session.add(MailText(expo_id=expo_id, kind=kind.name, changed_at=clock.now(), **words))
