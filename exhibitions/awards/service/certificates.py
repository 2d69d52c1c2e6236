"""Certificates: issued from the locked result, printed again as often as wanted with the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from exhibitions.awards.models import AwardCategory, AwardEntry, AwardSeason, Certificate
from exhibitions.awards.queries import published
from exhibitions.awards.queries.casework import rows_of
from exhibitions.awards.queries.certificates import certificates
from exhibitions.awards.rules import certificate_words as rules
from exhibitions.awards.rules.result_words import medal_names
from exhibitions.awards.rules.rule_set import medals_of
from exhibitions.awards.rules.states import EntryState
from exhibitions.awards.rules.tally import awarded
from exhibitions.awards.service import reading, turning
from exhibitions.awards.service.certificate_drawing import certificates_pdf
from exhibitions.awards.service.outcomes import move_entry
from exhibitions.core import clock
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
    """A certificate for every entry that holds a medal and has none, numbered by medal and entry; gives how many.

    Their words are frozen now. A second call issues nothing twice. Raises `Conflict` while nothing is locked.
    """
    turning.hold(season)
    file, outcome, result = reading.locked_result(season)
    rows, names = rows_of(season), medal_names(file)
    known = certificates(season)
    has = {row.entry_id for row in known if row.revoked_at is None}
    place = len(known)
    fresh = []
    for entry, medal in awarded(file, outcome):
        row = rows[entry.entry]
        if row.id in has or row.state is EntryState.REVOKED:
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
    if published.is_public(season, clock.now()):
        for each in fresh:
            move_entry(each.entry, EntryState.CERTIFICATE_ISSUED, by)
    turning.note(season, "certificates_issued", by, certificates=len(fresh))
    return len(fresh)


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


def to_print(season: AwardSeason, medals: Sequence[str], serial: str = "") -> list[Certificate]:
    """The certificates that are good, by medal and then number; one alone where its number is given."""
    places = {medal: place for place, medal in enumerate(medals)}
    good = [
        row for row in certificates(season) if row.revoked_at is None and (not serial or row.serial == serial)
    ]
    return sorted(good, key=lambda row: (places.get(row.words["medal"], len(places)), row.serial))


def medals_in_order(season: AwardSeason) -> list[str]:
    """The medals of the locked result, the best first."""
    file, _outcome, _row = reading.locked_result(season)
    return medals_of(file.rules, [each.levels or () for each in file.categories])


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
    turning.note(season, "certificates_printed", by, certificates=len(rows))
