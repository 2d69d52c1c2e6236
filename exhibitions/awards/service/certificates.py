"""Certificates: issued from the locked result, printed again as often as wanted with the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from exhibitions.awards.models import AwardCategory, AwardEntry, AwardSeason, Certificate
from exhibitions.awards.queries import published
from exhibitions.awards.queries.casework import is_locked, rows_of
from exhibitions.awards.queries.certificates import certificates
from exhibitions.awards.rules import certificate_words as rules
from exhibitions.awards.rules.judging import Outcome
from exhibitions.awards.rules.result_file import ResultFile
from exhibitions.awards.rules.result_words import medal_names
from exhibitions.awards.rules.rule_set import medals_of
from exhibitions.awards.rules.states import PUBLIC, EntryState
from exhibitions.awards.rules.tally import awarded
from exhibitions.awards.service import reading, turning
from exhibitions.awards.service.certificate_drawing import certificates_pdf
from exhibitions.awards.service.entry_moves import follow
from exhibitions.core import clock, pdf
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.expos.models import Expo


def save_words(season: AwardSeason, words: Mapping[str, str], by: Actor) -> None:
    """Keep what certificates of the season say; those that were issued already keep their words."""
    turning.hold(season)
    season.certificate = {**season.certificate, **words}
    season.changed_at = clock.now()
    turning.note(season, "certificate_words", by)


def issue(expo: Expo, season: AwardSeason, by: Actor) -> int:
    """A certificate for every entry that holds a medal and has none of it, numbered by medal and entry; gives how many.

    Their words are frozen now. A second call issues nothing twice. A certificate of an earlier version's medal is none:
    it is revoked when the new version is published (`give_medals`), for before that nobody may know. Raises `Conflict`
    while nothing is locked.
    """
    turning.hold(season)
    file, outcome, result = reading.locked_result(season)
    rows, names = rows_of(season), medal_names(file)
    known = certificates(season)
    has = {(row.entry_id, row.words["medal"]) for row in known if row.revoked_at is None}
    place = len(known)
    fresh = []
    for entry, medal in awarded(file, outcome):
        row = rows[entry.entry]
        if (row.id, medal) in has or row.state is EntryState.REVOKED:
            continue
        place += 1
        number = rules.serial(str(season.certificate.get("prefix", "")), season.year, place)
        fresh.append(
            Certificate(
                expo_id=season.expo_id,
                season_id=season.id,
                entry=row,
                result_id=result.id,
                serial=number,
                code=rules.new_code(),
                words=_words(
                    expo,
                    season,
                    rules.Winner(
                        entry.entry,
                        medal,
                        names[medal],
                        *_texts(row),
                        joint=[each.company for each in row.makers],
                    ),
                    number,
                ),
                issued_at=clock.now(),
            )
        )
    db.session.add_all(fresh)
    # Until it is published the entry's state must not tell; publication then finds the certificate.
    if season.state in PUBLIC:
        for each in fresh:
            follow(each.entry, EntryState.CERTIFICATE_ISSUED, by)
    turning.note(season, "certificates_issued", by, **_told(season, len(fresh)))
    return len(fresh)


def _told(season: AwardSeason, number: int) -> dict[str, Any]:
    """The number for the audit. Its readers need not see results: before the publication it would count the medals (P22)."""
    return {"certificates": number} if published.is_public(season, clock.now()) else {}


def _texts(row: AwardEntry) -> tuple[tuple[str, str], tuple[str, str], tuple[str, str]]:
    category: AwardCategory | None = row.category
    return (
        (row.product_zh, row.product_en),
        (row.company_zh, row.company_en),
        (category.name_zh, category.name_en) if category else ("", ""),
    )


def _words(expo: Expo, season: AwardSeason, winner: rules.Winner, number: str) -> dict[str, Any]:
    return rules.words(
        season.certificate,
        winner,
        award=(season.name_zh or season.name_en, season.name_en or season.name_zh),
        organiser=(season.organiser_zh, season.organiser_en),
        fair=(expo.name_zh, expo.name_en),
        number=number,
        today=clock.today(expo.timezone),
    )


def to_print(season: AwardSeason, serial: str = "") -> list[Certificate]:
    """The certificates of the medals that the locked result gives, by medal and then number; one alone where its number
    is given. Raises `Conflict` while nothing is locked.
    """
    file, outcome, _row = reading.locked_result(season)
    medals = medals_of(file.rules, [each.levels or () for each in file.categories])
    places = {medal: place for place, medal in enumerate(medals)}
    stands = _medals_by_entry(file, outcome)
    good = [
        row
        for row in certificates(season)
        if row.revoked_at is None and _fits(row, stands) and (not serial or row.serial == serial)
    ]
    return sorted(good, key=lambda row: (places[row.words["medal"]], row.serial))


def overtaken(season: AwardSeason, rows: Sequence[Certificate]) -> set[int]:
    """Of the certificates those in force whose medal is not that of the locked result; none while nothing is locked."""
    if not is_locked(season):
        return set()
    file, outcome, _row = reading.locked_result(season)
    stands = _medals_by_entry(file, outcome)
    return {row.id for row in rows if row.revoked_at is None and not _fits(row, stands)}


def _medals_by_entry(file: ResultFile, outcome: Outcome) -> dict[str, str]:
    return {each.entry: medal for each, medal in awarded(file, outcome)}


def _fits(row: Certificate, stands: Mapping[str, str]) -> bool:
    return bool(stands.get(row.words["entry"]) == row.words["medal"])


def unprintable(rows: Sequence[Certificate]) -> dict[str, list[str]]:
    """Characters that no font of the product has, each with the certificates on which it would stand as 〓 (design §6)."""
    texts = {row.serial: "".join(_strings(row.words)) for row in rows if row.revoked_at is None}
    unknown = pdf.fonts().missing_glyphs(sorted(set("".join(texts.values()))))
    return {
        character: [serial for serial, text in texts.items() if character in text]
        for character in sorted(unknown)
    }


def _strings(words: Mapping[str, Any]) -> list[str]:
    return [text for said in words.values() for text in (said if isinstance(said, list) else [said]) if text]


def draw(rows: Sequence[Certificate], public_url: str, title: str) -> bytes:
    """These certificates as one PDF, a page each. Raises `Refused` for none at all."""
    if not rows:
        raise Refused("no_certificates", N_("There is no certificate to print. Issue them first."))
    out = BytesIO()
    pages = ((row.words, row.code, f"{public_url}/certificates/{row.code}") for row in rows)
    certificates_pdf(out, pages, title)
    return out.getvalue()


def note_printing(season: AwardSeason, rows: Sequence[Certificate], by: Actor) -> None:
    """Write down that certificates were printed."""
    turning.note(season, "certificates_printed", by, **_told(season, len(rows)))
