"""A fair as one document: every room's set-up written out, and a new fair from it. Format: docs/expo-document.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from exhibitions.badges import service as badges
from exhibitions.badges.rules.setup import MOST_CLASSES, ClassFacts
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.set_up_document import ExhibitingSetUp
from exhibitions.exhibitors.service import set_up_document as exhibiting
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, Series
from exhibitions.expos.rules.setup import FairSetup, Named, check_named, check_text
from exhibitions.expos.service.document import Misplaced
from exhibitions.mail.rules.texts import MessageWords
from exhibitions.mail.service import texts
from exhibitions.orders.rules.services_document import ServiceFacts
from exhibitions.orders.service import services
from exhibitions.portal.rules.mistakes import in_words
from exhibitions.stands.rules.plan_document import MOST_HALLS, PlanHall
from exhibitions.stands.service import plan_document, price_lists
from exhibitions.visitors.rules.form_document import FormSetup, class_keys_of
from exhibitions.visitors.service import form_document

MOST_BYTES = 4 * 1024 * 1024
"""A fair with every list full is a tenth of this."""


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole set-up of a fair. No people, no registrations, no badges, no keys."""

    format: Literal["exhibitions-fair"] = "exhibitions-fair"
    version: Literal[1] = 1
    slug: Annotated[str, Meta(max_length=40)]
    series: Named
    fair: FairSetup
    badge_classes: Annotated[list[ClassFacts], Meta(max_length=MOST_CLASSES)]
    visitor_form: FormSetup = msgspec.field(default_factory=FormSetup)
    messages: Annotated[list[MessageWords], Meta(max_length=50)] = msgspec.field(default_factory=list)
    floor_plan: Annotated[list[PlanHall], Meta(max_length=MOST_HALLS)] = msgspec.field(default_factory=list)
    exhibiting: ExhibitingSetUp | None = None
    prices: dict[str, Any] | None = None
    services: Annotated[list[ServiceFacts], Meta(max_length=500)] = msgspec.field(default_factory=list)


def write(expo: Expo) -> str:
    """The document of the fair as indented JSON; the same fair always gives the same text."""
    return msgspec.json.format(_encoder.encode(document_of(expo)), indent=2).decode()


def document_of(expo: Expo) -> Document:
    """The set-up of the fair as every room that has any writes it out."""
    return Document(
        slug=expo.slug,
        series=Named(name_zh=expo.series.name_zh, name_en=expo.series.name_en),
        fair=expo_service.dump_setup(expo),
        badge_classes=badges.dump_setup(expo),
        visitor_form=form_document.dump_setup(expo),
        messages=[MessageWords(**each) for each in texts.dump_setup(expo.id)],
        floor_plan=plan_document.dump_setup(expo),
        exhibiting=exhibiting.dump_setup(expo),
        prices=price_lists.dump_setup(expo),
        services=services.dump_setup(expo),
    )


# Defaults are written too: a reader of the document need not know them.
_encoder = msgspec.json.Encoder()


def read(raw: bytes) -> Document:
    """The document in `raw` (JSON in UTF-8, with or without a byte order mark).

    Raises `Refused` with a sentence that names the place of the first mistake.
    """
    if len(raw) > MOST_BYTES:
        raise Refused(
            "document_large", N_("The file is larger than %(most)s MB; a fair is not."), most=MOST_BYTES >> 20
        )
    try:
        return msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf").strip(), type=Document)
    except msgspec.ValidationError as error:
        raise _misplaced(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        if isinstance(error, UnicodeDecodeError):
            reason = "it is not text in UTF-8"
        elif "truncated" in reason:
            reason = "it ends in the middle"
        raise Refused(
            "document_unreadable", N_("The file is not JSON: %(reason)s."), reason=reason
        ) from error


def _misplaced(message: str) -> Refused:
    reason, _, place = message.partition(" - at `$")
    where = place.rstrip("`").lstrip(".")
    field = where.removesuffix("[...]").rpartition(".")[2]
    return Refused(
        "document_wrong",
        N_("%(place)s: %(reason)s."),
        place=where or N_("the document"),
        reason=in_words(reason, field),
    )


def create(
    document: Document, slug: str | None = None, by: Actor = SYSTEM, series: Series | None = None
) -> Expo:
    """A new, unpublished fair from the document, under its own address or another `slug`.

    It is an edition of `series` where one is given. Otherwise it joins the series of the same name, or begins one when that series has the edition already. Raises `Conflict`
    when the address is taken (importing twice makes one fair) and `Refused` naming the place of a mistake.
    """
    facts = document.fair.facts
    identity = expo_service.Identity(
        slug or document.slug, facts.edition, facts.name_zh, facts.name_en, facts.timezone
    )
    _check(document)
    expo = expo_service.create_expo(series or _series(document), identity, by)
    messages = [msgspec.structs.asdict(each) for each in document.messages]
    # Each part may need those before it: gates name classes, stands their halls and zones.
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("badge_classes", lambda: badges.load_setup(expo, document.badge_classes, by)),
        ("fair", lambda: expo_service.load_setup(expo, document.fair, by)),
        ("visitor_form", lambda: form_document.load_setup(expo, document.visitor_form, by)),
        ("messages", lambda: texts.load_setup(expo.id, messages)),
        ("floor_plan", lambda: plan_document.load_setup(expo, document.floor_plan, by)),
        ("exhibiting", lambda: exhibiting.load_setup(expo, document.exhibiting)),
        ("prices", lambda: price_lists.load_setup(expo, document.prices, by)),
        ("services", lambda: services.load_setup(expo, document.services, by)),
    )
    for place, load in parts:
        _load(place, load)
    return expo


def _load(place: str, load: Callable[[], object]) -> None:
    try:
        load()
    except Misplaced as refusal:
        raise Misplaced(f"{place}.{refusal.params['place']}", refusal.inner) from refusal
    except Refused as refusal:
        raise Misplaced(place, refusal) from refusal


def _series(document: Document) -> Series:
    names = document.series
    for series in expos.series_named(names.name_zh, names.name_en):
        if expos.edition_of(series, document.fair.facts.edition) is None:
            return series
    return expo_service.create_series(names.name_zh, names.name_en)


def _check(document: Document) -> None:
    try:
        check_named(document.series)
        check_text(document.series)
    except Refused as refusal:
        raise Misplaced("series", refusal) from refusal
    keys = {facts.key for facts in document.badge_classes}
    of_form = [(f"visitor_form.{place}", key) for place, key in class_keys_of(document.visitor_form)]
    for place, key in _class_keys(document.fair) + of_form:
        if key not in keys:
            unknown = Refused("class_unknown", N_("There is no badge class with the key %(key)s."), key=key)
            raise Misplaced(place, unknown)


def _class_keys(fair: FairSetup) -> list[tuple[str, str]]:
    doors = [
        (f"fair.days[{n}].doors[{m}].class_key", door.class_key)
        for n, day in enumerate(fair.days)
        for m, door in enumerate(day.doors)
        if door.class_key
    ]
    gates = [
        (f"fair.gates[{n}].class_keys", key) for n, gate in enumerate(fair.gates) for key in gate.class_keys
    ]
    return doors + gates
