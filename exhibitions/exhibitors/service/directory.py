"""Entries of the show directory and fascias: written, sent, printed, changed by request, published."""

from __future__ import annotations

import secrets
from collections.abc import Container
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.search import SORT_LENGTH, found_by
from exhibitions.exhibitors import queries as settings_queries
from exhibitions.exhibitors.models import CoExhibitor, DirectoryEntry, DirectoryProduct, Exhibitor
from exhibitions.exhibitors.queries import directory as queries
from exhibitions.exhibitors.rules import application
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.directory import (
    EntryState,
    check_move,
    check_products,
    frozen,
    gaps,
    listed,
)
from exhibitions.exhibitors.service.centre import settings_row
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import present
from exhibitions.expos.rules import local_day
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files

PICTURE = "exhibitors.picture"
"""The purpose of logos and pictures of products."""
_LONGEST_LINE = 1_600


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry and its fascia say."""

    name_zh: str = ""
    name_en: str = ""
    brand: str = ""
    website: str = ""
    phone: str = ""
    email: str = ""
    text_zh: str = ""
    text_en: str = ""
    fascia_zh: str = ""
    fascia_en: str = ""


_FIELDS = tuple(field.name for field in fields(Words))


def words_of(entry: DirectoryEntry) -> Words:
    """What an entry says now."""
    return Words(**{name: getattr(entry, name) for name in _FIELDS})


def first_words(expo: Expo, exhibitor: Exhibitor) -> Words:
    """What a new entry begins with: what the company said last time, else what its application and the register say.

    Nobody's own number or address is among it; who wants one printed writes it.
    """
    before = queries.last_entry(expo, exhibitor)
    if before is not None:
        return words_of(before)
    company, told = exhibitor.company, dict(exhibitor.answers or {})
    block, products = told.get("company") or {}, told.get("products") or {}
    if company is None:
        return Words(name_zh=str(block.get("name_zh", "")), name_en=str(block.get("name_en", "")))
    brand = str(block.get("brand") or "")[:100]
    return Words(
        name_zh=company.name_zh,
        name_en=company.name_en,
        brand=brand,
        website=company.website,
        text_zh=str(products.get("text") or ""),
        fascia_zh=brand or company.name_zh,
        fascia_en=company.name_en,
    )


def is_frozen(expo: Expo, entry: DirectoryEntry | None, today: date) -> bool:
    """Whether what the exhibitor changes today is only a request."""
    settings = settings_queries.settings(expo)
    state = entry.state if entry is not None else EntryState.DRAFT
    return frozen(state, today, settings.print_on if settings else None)


def _check_open(expo: Expo, entry: DirectoryEntry) -> None:
    """Logo and products have no request: after the print date they stay as they are, and the office is asked in words."""
    if is_frozen(expo, entry, local_day(present(expo), expo.timezone, expo.cutoff_hour)):
        raise Conflict(
            "picture_frozen",
            N_("The print date is over. Write to the organiser which logo or product should change"),
        )


def save(expo: Expo, exhibitor: Exhibitor, words: Words, by: Actor, today: date) -> DirectoryEntry:
    """Keep what an entry says; once it is frozen it is kept as a request instead, and the entry stays as it is.

    The words were checked against their limits by who calls. Raises `Refused("name_missing")` without any name: a
    published entry would stand in the list as a blank line.
    """
    if not (words.name_zh or words.name_en):
        raise Refused("name_missing", N_("Enter the company's name, in one language at least"))
    entry = _own(expo, exhibitor)
    if is_frozen(expo, entry, today):
        return _ask(expo, entry, words, by)
    before = {name: value for name, value in asdict(words_of(entry)).items() if value != getattr(words, name)}
    _write(entry, words)
    audit.record(
        "exhibitors.entry_saved",
        by,
        expo_id=expo.id,
        subject=("directory_entry", entry.id),
        before=before,
        after={name: getattr(words, name) for name in before},
        withheld=frozenset({"phone", "email"}),
    )
    db.session.flush()
    return entry


def send(expo: Expo, exhibitor: Exhibitor, by: Actor, today: date) -> DirectoryEntry:
    """Declare the entry ready for print; a second time changes nothing.

    Raises `Refused("entry_gaps")` without a name or a description, `Conflict` after the print date.
    """
    entry = queries.entry(expo, exhibitor.id)
    if entry is None:
        raise Refused("entry_gaps", N_("Save the entry first"))
    if gaps((entry.name_zh, entry.name_en), (entry.text_zh, entry.text_en)):
        raise Refused("entry_gaps", N_("An entry needs a name and a description, in one language at least"))
    if is_frozen(expo, entry, today):
        raise Conflict(
            "entry_frozen", N_("The print date is over. Changes are now a request to the organiser")
        )
    if entry.state is not EntryState.SENT:
        check_move(entry.state, EntryState.SENT)
        entry.state, entry.sent_at = EntryState.SENT, clock.now()
        _record("exhibitors.entry_sent", expo, entry, by)
    return entry


def mark_printed(expo: Expo, by: Actor, with_panel: Container[int]) -> int:
    """Note that the directory goes to the printer as it is: every entry that was sent is printed; gives their number.

    `with_panel` are the exhibitors over whose stand a fascia hangs: of the others no text was cut.
    """
    now = clock.now()
    sent = queries.entries(expo, (EntryState.SENT,))
    for entry, _ in sent:
        entry.state, entry.printed_at = EntryState.PRINTED, now
        entry.fascia_printed = _fascia(entry) if entry.exhibitor_id in with_panel else ""
    if sent:
        audit.record("exhibitors.directory_printed", by, expo_id=expo.id, after={"entries": len(sent)})
    return len(sent)


def decide_change(expo: Expo, entry: DirectoryEntry, by: Actor, *, accept: bool) -> None:
    """Take over what an exhibitor asked for after the print date, or leave the entry as it was printed.

    Raises `Conflict` when nothing is asked for (any more).
    """
    db.session.refresh(entry, with_for_update={"of": DirectoryEntry})
    if entry.asked is None:
        raise Conflict("nothing_asked", N_("This request has been decided already. Load the page again"))
    before = asdict(words_of(entry))
    if accept:
        _write(entry, Words(**{name: str(entry.asked.get(name, before[name])) for name in _FIELDS}))
    entry.asked = None
    if entry.state is EntryState.CHANGE_ASKED:
        entry.state = EntryState.PRINTED
    _record("exhibitors.change_accepted" if accept else "exhibitors.change_refused", expo, entry, by)


def add_product(
    expo: Expo, exhibitor: Exhibitor, names: tuple[str, str], by: Actor, *, is_new: bool = False,
    picture: tuple[files.Bytes, str] | None = None,
) -> DirectoryProduct:  # fmt: skip
    """Add a product with a picture (as `pictures.drawn_anew` made it, with its type) to the entry.

    Raises `Refused` without a name and for an eleventh one, `Conflict` after the print date.
    """
    if not any(name.strip() for name in names):
        raise Refused("product_nameless", N_("Enter the name of the product"))
    entry = _own(expo, exhibitor)
    db.session.refresh(entry, with_for_update={"of": DirectoryEntry})
    _check_open(expo, entry)
    check_products(len(entry.products) + 1)
    kept = _picture(expo, picture, by) if picture else None
    row = DirectoryProduct(
        expo_id=expo.id,
        entry_id=entry.id,
        name_zh=names[0],
        name_en=names[1],
        is_new=is_new,
        picture_id=kept,
        position=len(entry.products),
    )
    entry.products.append(row)
    refresh_search(entry)
    _record("exhibitors.product_added", expo, entry, by)
    db.session.flush()
    return row


def remove_product(expo: Expo, entry: DirectoryEntry, row: DirectoryProduct, by: Actor) -> None:
    """Take a product and its picture out of the entry. Raises `Conflict` after the print date."""
    _check_open(expo, entry)
    picture = row.picture_id
    db.session.delete(row)
    db.session.flush()
    db.session.expire(entry, ["products"])
    _drop(expo, picture)
    refresh_search(entry)
    _record("exhibitors.product_removed", expo, entry, by)


def set_logo(expo: Expo, exhibitor: Exhibitor, picture: tuple[files.Bytes, str], by: Actor) -> None:
    """Put another logo beside the entry. Raises `Conflict` after the print date."""
    entry = _own(expo, exhibitor)
    _check_open(expo, entry)
    before, entry.logo_id = entry.logo_id, _picture(expo, picture, by)
    _drop(expo, before)
    _record("exhibitors.logo_changed", expo, entry, by)


def publish(expo: Expo, by: Actor) -> int:
    """Show the directory to everybody; who has written nothing appears with what is known. Gives the number of entries.

    Admitted co-exhibitors stand in it with their names.
    """
    made = fill_up(expo)
    row = settings_row(expo)
    row.directory_published_at = row.directory_published_at or clock.now()
    audit.record("exhibitors.directory_published", by, expo_id=expo.id, after={"entries": made})
    return made


def withdraw(expo: Expo, by: Actor) -> None:
    """Show the directory to nobody any more."""
    settings_row(expo).directory_published_at = None
    audit.record("exhibitors.directory_withdrawn", by, expo_id=expo.id)


def fill_up(expo: Expo) -> int:
    """Begin an entry for each exhibitor under contract, and each admitted co-exhibitor, that has none.

    Beside an exhibitor who begins its own, and beside another click on publish, each still gets one.
    """
    lock_named(f"directory {expo.id}")
    taking_part = queries.taking_part(expo, for_update=True)
    known = {(entry.exhibitor_id, entry.co_exhibitor_id) for entry, _ in queries.entries(expo)}
    made = 0
    for exhibitor in taking_part:
        if (exhibitor.id, None) not in known:
            _new(expo, exhibitor, first_words(expo, exhibitor))
            made += 1
        for other in exhibitor.co_exhibitors:
            if other.state is CoState.ADMITTED and (exhibitor.id, other.id) not in known:
                _new(expo, exhibitor, Words(name_zh=other.name_zh, name_en=other.name_en), other)
                made += 1
    return made


def _own(expo: Expo, exhibitor: Exhibitor) -> DirectoryEntry:
    """The exhibitor's own entry, begun where there is none; two who begin it at once are served one after the other."""
    db.session.refresh(exhibitor, attribute_names=["state"], with_for_update={"of": Exhibitor})
    return queries.entry(expo, exhibitor.id) or _new(expo, exhibitor, first_words(expo, exhibitor))


def _new(
    expo: Expo, exhibitor: Exhibitor, words: Words, co_exhibitor: CoExhibitor | None = None
) -> DirectoryEntry:
    entry = DirectoryEntry(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        co_exhibitor_id=co_exhibitor.id if co_exhibitor else None,
        number=secrets.token_hex(5).upper(),
        state=EntryState.DRAFT,
        products=[],
        changed_at=clock.now(),
    )
    _write(entry, words)
    db.session.add(entry)
    db.session.flush()
    return entry


def _ask(expo: Expo, entry: DirectoryEntry, words: Words, by: Actor) -> DirectoryEntry:
    now = asdict(words_of(entry))
    entry.asked = {name: value for name, value in asdict(words).items() if value != now[name]} or None
    if entry.state is EntryState.PRINTED and entry.asked:
        entry.state = EntryState.CHANGE_ASKED
    elif entry.state is EntryState.CHANGE_ASKED and not entry.asked:
        entry.state = EntryState.PRINTED
    _record("exhibitors.change_asked", expo, entry, by)
    db.session.flush()
    return entry


def _write(entry: DirectoryEntry, words: Words) -> None:
    for name in _FIELDS:
        setattr(entry, name, getattr(words, name))
    entry.changed_at = clock.now()
    refresh_search(entry)


def refresh_search(entry: DirectoryEntry) -> None:
    """The line by which the entry is found, and where it stands in the list."""
    sold = [text for each in entry.products for text in (each.name_zh, each.name_en)]
    said = filter(None, (entry.name_zh, entry.name_en, entry.brand, *sold))
    # Read as companies are, not as people: 乐扣 is lekou, and no family name.
    lines = [found_by("", text, None, None)["search"].strip() for text in said]
    entry.search = " ".join(lines).encode()[:_LONGEST_LINE].decode(errors="ignore")
    sound = found_by("", entry.name_zh or entry.name_en, None, None)["sort_company"]
    entry.sort_key, entry.letter = listed(sound, _chosen_letter(entry), SORT_LENGTH)


def _chosen_letter(entry: DirectoryEntry) -> str:
    """The letter under which the exhibitor itself asked to be listed in its application; "" for none."""
    exhibitor = db.session.get(Exhibitor, entry.exhibitor_id)
    if exhibitor is None or entry.co_exhibitor_id is not None:
        return ""
    return application.read(exhibitor.answers or {}).company.letter


def _fascia(entry: DirectoryEntry) -> str:
    return "\n".join((entry.fascia_zh, entry.fascia_en))


def _picture(expo: Expo, picture: tuple[files.Bytes, str], by: Actor) -> int:
    kept, content_type = picture
    name = f"picture.{'png' if content_type == 'image/png' else 'jpg'}"
    return files.store(
        kept, name=name, content_type=content_type, purpose=PICTURE, expo_id=expo.id, owner=by
    ).id


def _drop(expo: Expo, file_id: int | None) -> None:
    row = file_queries.file_of(expo.id, file_id) if file_id is not None else None
    if row is not None:
        files.delete(row)


def _record(action: str, expo: Expo, entry: DirectoryEntry, by: Actor, **after: Any) -> None:
    audit.record(action, by, expo_id=expo.id, subject=("directory_entry", entry.id), after=after)
