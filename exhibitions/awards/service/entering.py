"""Products entered in an award: begun, saved, submitted, answered, withdrawn, and added by the office."""

from __future__ import annotations

import enum
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from exhibitions.awards.models import AwardCategory, AwardEntry, AwardSeason, EntryMaker
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries.whose import Whose
from exhibitions.awards.rules import entering as rules
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules.states import WRITABLE, EntryState, FileKind
from exhibitions.awards.service.entry_moves import lock, lock_season, move, note
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.regions import region_key
from exhibitions.core.search import search_line
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.rules.states import ADMITTED
from exhibitions.expos.models import Expo

_SITTING = timedelta(minutes=30)


class Withdrawal(enum.Enum):
    """What became of a wish to withdraw."""

    OUT = "out"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry says; `category` is a code of its season, "" for none yet."""

    category: str = ""
    product_zh: str = ""
    product_en: str = ""
    brand: str = ""
    innovation_zh: str = ""
    innovation_en: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who else made it, and where that company is (as typed)."""

    company: str
    place: str = ""


_PLAIN = tuple(field.name for field in fields(Words) if field.name != "category")


def words_of(entry: AwardEntry) -> Words:
    """What an entry says now."""
    code = entry.category.code if entry.category is not None else ""
    return Words(category=code, **{name: getattr(entry, name) for name in _PLAIN})


def start(expo: Expo, season: AwardSeason, person: ExhibitorPerson, by: Actor, now: datetime) -> AwardEntry:
    """Begin an entry of the person's company; one that was begun and says nothing yet is gone on with (B7).

    Raises `Conflict` before the award opens and after it closed, `Refused` when the company has entered all it may.
    """
    exhibitor = person.exhibitor
    if exhibitor.state not in ADMITTED:
        raise Conflict(
            "not_admitted",
            N_("You can enter products as soon as the organiser has admitted your application."),
        )
    lock_season(season)
    rules.check_open(season, now, expo.timezone)
    rules.check_limit(
        season.most_entries, queries.count_of_company(season, exhibitor.id, exhibitor.company_id)
    )
    known = next((each for each in queries.drafts(season, exhibitor) if _is_empty(each)), None)
    if known is not None:
        return known
    entry = _new(season, exhibitor, exhibitor.company)
    entry.contact_name, entry.language = person.name, person.language
    entry.contact_phone, entry.contact_email = person.phone or "", person.email or ""
    db.session.add(entry)
    note(entry, deeds.STARTED, by)
    return entry


def save(entry: AwardEntry, words: Words, makers: Sequence[Maker], by: Actor) -> None:
    """Keep what the company writes while it may: a draft, or what was returned. Raises `Conflict` otherwise.

    A draft's saving is no deed; what is written into a returned entry is noted once a sitting, not after each pause of
    the typing.
    """
    season = db.session.get_one(AwardSeason, entry.season_id)
    if entry.number is not None:
        lock_season(season)
    lock(entry)
    check_writable(entry)
    if not _rewrite(season, entry, words, makers):
        return
    entry.changed_at = clock.now()
    if entry.state is not EntryState.DRAFT and not _is_sitting(entry, by):
        note(entry, deeds.SAVED, by)


def _is_sitting(entry: AwardEntry, by: Actor) -> bool:
    """Whether the last that happened to the entry is that the same person began to write into it, a while ago."""
    last = queries.last_of_all(entry)
    if last is None or last.deed != deeds.SAVED or (last.actor_kind, last.actor_id) != (by.kind, by.id):
        return False
    return clock.now() - last.at < _SITTING


def check_writable(entry: AwardEntry) -> None:
    """Refuse a change of what is with the office or with the jury."""
    if entry.state not in WRITABLE:
        raise Conflict("entry_sent", N_("This entry is submitted and cannot be changed any more."))


def submit(expo: Expo, season: AwardSeason, entry: AwardEntry, by: Actor, now: datetime) -> None:
    """Hand an entry in, or answer what was returned; `now` is when the request came, by the fair's clock.

    Company, place and names are written at the first time and stay (§3.4 step 15); so does the blind code, unless the
    category is another one. Raises `Conflict` one second after the deadline, `Refused` above the company's limit (an
    answer takes no place more) and for what is missing.
    """
    lock_season(season)
    lock(entry)
    check_writable(entry)
    first = entry.state is EntryState.DRAFT
    check = rules.check_open if first else rules.check_answer
    check(season, now, expo.timezone)
    if first:
        check_limit(season, entry)
    check_whole(entry)
    if entry.submitted_at is None:
        _freeze(entry)
        entry.submitted_at = clock.now()
    entry.declared_at = clock.now()
    give_code(season, entry)
    entry.reason = ""
    move(entry, EntryState.SUBMITTED, deeds.SUBMITTED if first else deeds.ANSWERED, by)


def check_limit(season: AwardSeason, entry: AwardEntry) -> None:
    """Refuse an entry that comes in when its company has all it may have in the season, which must be locked."""
    others = queries.count_of_company(season, entry.exhibitor_id, entry.company_id, besides=entry.id)
    rules.check_limit(season.most_entries, others)


def check_whole(entry: AwardEntry) -> None:
    """Raise `Refused` with the first thing that is missing."""
    for gap in missing(entry)[:1]:
        raise Refused(f"entry_gap_{gap.field}", gap.sentence)


def missing(entry: AwardEntry) -> list[rules.Gap]:
    """What is missing before the entry can be submitted."""
    return rules.gaps(entry, sum(each.kind is FileKind.PICTURE for each in entry.files))


def withdraw(season: AwardSeason, entry: AwardEntry, reason: str, by: Actor) -> Withdrawal:
    """Take an entry back; what a locked result names stays, and its withdrawal is noted, once (AW-36)."""
    lock_season(season)
    lock(entry)
    if rules.falls_out(entry.state, season.state):
        move(entry, EntryState.WITHDRAWN, deeds.WITHDRAWN, by, text=reason)
        return Withdrawal.OUT
    if queries.last_event(entry, deeds.WITHDRAWAL_NOTED) is None:
        note(entry, deeds.WITHDRAWAL_NOTED, by, text=reason)
    return Withdrawal.NOTED


def add(  # noqa: PLR0913 - all by name but four.
    expo: Expo,
    season: AwardSeason,
    whose: Whose,
    words: Words,
    *,
    makers: Sequence[Maker] = (),
    by: Actor,
    now: datetime,
    reason: str = "",
) -> AwardEntry:
    """Enter a product for a company, by the office: submitted at once; after the deadline for a reason, which is noted.

    Raises `Conflict` once judging has begun, `Refused` above the limit, without category or name, or late without reason.
    """
    lock_season(season)
    rules.check_office(season, now, reason)
    company = whose.company
    exhibitor_id = whose.exhibitor.id if whose.exhibitor is not None else None
    others = queries.count_of_company(season, exhibitor_id, company.id if company is not None else None)
    rules.check_limit(season.most_entries, others)
    entry = _new(season, whose.exhibitor, company)
    entry.company_zh, entry.company_en, entry.place = whose.name_zh, whose.name_en, region_key(whose.place)
    db.session.add(entry)
    _write(entry, words, makers)
    rules.check_named(entry)
    _freeze(entry)
    if not entry.company_zh and not entry.company_en:
        raise Refused("company_missing", N_("Say which company enters it"))
    entry.state, entry.submitted_at = EntryState.SUBMITTED, clock.now()
    give_code(season, entry)
    note(entry, deeds.ADDED, by, text=reason, before=EntryState.DRAFT)
    return entry


def change(season: AwardSeason, entry: AwardEntry, words: Words, makers: Sequence[Maker], by: Actor) -> None:
    """Correct an entry by the office, before judging begins.

    Raises `Conflict` afterwards, `Refused` when what is submitted would lose its category or its name.
    """
    lock_season(season)
    lock(entry)
    rules.check_screening(season)
    if _rewrite(season, entry, words, makers):
        if entry.state is not EntryState.DRAFT:
            rules.check_named(entry)
        note(entry, deeds.CHANGED, by)


def answer_for(season: AwardSeason, entry: AwardEntry, reason: str, by: Actor) -> None:
    """Take a returned entry as answered, by the office: the company has no centre, or answered in another way.

    Raises `Conflict` once judging has begun, `Refused` without category or name.
    """
    lock_season(season)
    lock(entry)
    rules.check_screening(season)
    if entry.state is not EntryState.RETURNED:
        raise Conflict("not_returned", N_("This entry does not wait for an answer."))
    rules.check_named(entry)
    entry.reason = ""
    move(entry, EntryState.SUBMITTED, deeds.ANSWERED_FOR, by, text=reason.strip()[: rules.LONGEST_REASON])


def give_code(season: AwardSeason, entry: AwardEntry) -> None:
    """Draw the blind code of an entry that has none yet; the season must be locked."""
    if entry.number is None:
        draw_code(season, entry)


def draw_code(season: AwardSeason, entry: AwardEntry) -> None:
    """Draw the blind code of an entry anew, in its category; without one it has none. The season must be locked."""
    category = next((each for each in season.categories if each.id == entry.category_id), None)
    if category is None:
        entry.number = None
    else:
        # What it was called before is taken as well: the new code is another one.
        entry.number = rules.blind_code(category.code, queries.numbers(season), secrets.randbelow)
    refresh_search(entry)


def category_of(season: AwardSeason, code: str) -> AwardCategory | None:
    """The category of this season with this code; None for none. Raises `Refused` for a code that it does not have."""
    found = next((each for each in season.categories if each.code == code), None)
    if code and found is None:
        raise Refused("category_unknown", N_("This award has no such category"))
    return found


def refresh_search(entry: AwardEntry) -> None:
    """Write anew by what the entry is found."""
    products = " ".join(filter(None, (entry.product_zh, entry.product_en, entry.brand)))
    companies = " ".join(filter(None, (entry.company_zh, entry.company_en)))
    entry.search = f"{search_line(products, companies, None, None)} {(entry.number or '').casefold()}"


def _new(season: AwardSeason, exhibitor: Exhibitor | None, company: Company | None) -> AwardEntry:
    now = clock.now()
    return AwardEntry(
        expo_id=season.expo_id,
        season_id=season.id,
        exhibitor_id=exhibitor.id if exhibitor is not None else None,
        company_id=company.id if company is not None else None,
        company_zh=company.name_zh if company is not None else "",
        company_en=company.name_en if company is not None else "",
        state=EntryState.DRAFT,
        state_since=now,
        created_at=now,
        changed_at=now,
    )


def _freeze(entry: AwardEntry) -> None:
    """Write down what the register says of the company now."""
    whose = queries.whose_now(entry)
    entry.company_zh, entry.company_en, entry.place = whose.company_zh, whose.company_en, whose.place


def _rewrite(season: AwardSeason, entry: AwardEntry, words: Words, makers: Sequence[Maker]) -> bool:
    """`_write`, with another blind code where a numbered entry changes its category."""
    before = entry.category_id
    changed = _write(entry, words, makers)
    if entry.number is not None and entry.category_id != before:
        draw_code(season, entry)
    return changed


def _write(entry: AwardEntry, words: Words, makers: Sequence[Maker]) -> bool:
    """Put words and makers into the entry; whether anything was another."""
    season = db.session.get_one(AwardSeason, entry.season_id)
    category = category_of(season, words.category)
    said = {name: value for name, value in asdict(words).items() if name != "category"}
    told = [(each.company, region_key(each.place)) for each in makers if each.company]
    if len(told) > rules.MOST_MAKERS:
        raise Refused(
            "makers_many", N_("An entry names at most %(most)s joint makers"), most=rules.MOST_MAKERS
        )
    same_words = all(getattr(entry, name) == value for name, value in said.items())
    same_category = entry.category_id == (category.id if category is not None else None)
    same_makers = [(each.company, each.place) for each in entry.makers] == told
    if same_words and same_category and same_makers:
        return False
    for name, value in said.items():
        setattr(entry, name, value)
    entry.category = category
    if not same_makers:
        _set_makers(entry, told)
    refresh_search(entry)
    db.session.flush()
    return True


def _set_makers(entry: AwardEntry, told: Sequence[tuple[str, str]]) -> None:
    for row in list(entry.makers):
        entry.makers.remove(row)
        db.session.delete(row)
    entry.makers += [
        EntryMaker(expo_id=entry.expo_id, company=company, place=place, position=at)
        for at, (company, place) in enumerate(told)
    ]


def _is_empty(entry: AwardEntry) -> bool:
    return not (entry.product_zh or entry.product_en or entry.innovation_zh or entry.innovation_en)


def check_still_screened(season: AwardSeason) -> None:
    """Refuse a change of an entry by the office once judging has begun; until the end of the transaction it does not begin."""
    lock_season(season)
    rules.check_screening(season)
