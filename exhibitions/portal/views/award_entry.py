"""E9, award entry 参评申报: open awards with their deadlines, the own products, what jurors will see, submitted once it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from exhibitions.awards.forms.entering import (
    LIMITS,
    MOST_SENT,
    AwardEntryForm,
    SubmitForm,
    WithdrawForm,
    shown,
)
from exhibitions.awards.models import AwardEntry, AwardSeason
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.queries import published
from exhibitions.awards.queries.seasons import season_of
from exhibitions.awards.rules.entering import MOST_PAPERS, MOST_PICTURES, is_open
from exhibitions.awards.rules.entry_deeds import SUBJECT, WITHDRAWAL_NOTED
from exhibitions.awards.rules.entry_words import STAGE_WORDS, TONES, shown_to_company
from exhibitions.awards.rules.states import WRITABLE, FileKind
from exhibitions.awards.service import entering, pictures
from exhibitions.awards.service.entering import Withdrawal
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.sending import private_file
from exhibitions.core.web import go, tell
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, directory
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.service.acting import mine
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.portal.views.exhibitor import name_of
from exhibitions.portal.views.frame import blueprint, exhibitor_token

_AWARDS = "/<slug>/exhibitor/<token>/awards"
_ENTRY = f"{_AWARDS}/entries/<int:entry_id>"
_WITHDRAWN = {
    Withdrawal.OUT: N_("The entry is withdrawn."),
    Withdrawal.NOTED: N_("Your withdrawal is noted. The result is locked, so it stays as it is."),
}


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """All the files of an entry are larger than what other pages take; said before anything is read."""
    if endpoint == "portal.award_entry":
        request.max_content_length = MOST_SENT


def _allowed(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.AWARDS)
    return person, exhibitor


def _own(expo: Expo, subject_id: int, entry_id: int) -> tuple[Exhibitor, AwardSeason, AwardEntry]:
    """The own entry with its season; 404 for any other company's."""
    _person, exhibitor = _allowed(expo, subject_id)
    found = queries.mine(expo, exhibitor, entry_id)
    if found is None:
        abort(404)
    return exhibitor, *found


@blueprint.get(_AWARDS)
@personal_link(LINK)
def my_awards(expo: Expo, subject_id: int) -> str:
    _person, exhibitor = _allowed(expo, subject_id)
    seasons, now = queries.awards_open(expo), expos.present(expo)
    entries = queries.of_exhibitor(expo, exhibitor)
    return render_template(
        "portal/awards.html",
        expo=expo,
        token=exhibitor_token(),
        exhibitor_name=name_of(exhibitor),
        now=now,
        seasons=[
            {
                "season": season,
                "open": is_open(season, now),
                "entries": _lines(season, [each for each in entries if each.season_id == season.id]),
            }
            for season in seasons
        ],
    )


def _lines(season: AwardSeason, entries: Sequence[AwardEntry]) -> list[dict[str, Any]]:
    told = published.told(season)
    words = [shown_to_company(told.state(each), is_public=told.is_public) for each in entries]
    return [
        {"entry": entry, "word": _(STAGE_WORDS[word]), "tone": TONES[word]}
        for entry, word in zip(entries, words, strict=True)
    ]


@blueprint.post(f"{_AWARDS}/<int:season_id>/enter")
@personal_link(LINK)
def start_award_entry(expo: Expo, subject_id: int, season_id: int) -> Any:
    arrived = expos.present(expo)
    person, _exhibitor = _allowed(expo, subject_id)
    season = season_of(expo, season_id) or abort(404)
    try:
        with transaction():
            entry = entering.start(expo, season, person, actor(), arrived)
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("portal.my_awards", slug=expo.slug, token=exhibitor_token())
    return go("portal.award_entry", slug=expo.slug, token=exhibitor_token(), entry_id=entry.id)


@blueprint.route(_ENTRY, methods=["GET", "POST"])
@personal_link(LINK)
def award_entry(expo: Expo, subject_id: int, entry_id: int) -> Any:
    """The form of a draft or a returned entry; anything else is read only."""
    exhibitor, season, entry = _own(expo, subject_id, entry_id)
    form = AwardEntryForm(data=shown(entry))
    form.offer(season)
    form.offer_products(directory.entry(expo, exhibitor.id))
    if form.accepted():
        try:
            _save(entry, form)
        except Refused as refusal:
            form.refuse(_field(refusal), refusal)
        else:
            return go(_next(), slug=expo.slug, token=exhibitor_token(), entry_id=entry.id)
    return _page(expo, exhibitor, season, entry, form), form.status


def _save(entry: AwardEntry, form: AwardEntryForm) -> None:
    # Before anything is drawn, and once more when nothing can change it any more.
    entering.check_writable(entry)
    words, ready = form.words(), form.ready()
    if form.taken is not None:
        ready += pictures.taken_over(entry, form.taken.picture_id, ready)
    with form.saving(lambda: shown(entry), (SUBJECT, entry.id)):
        entering.save(entry, words, form.told_makers(), actor())
        pictures.add(entry, ready, actor())


def _next() -> str:
    """Where a saved entry goes on: to the check of it, or to itself."""
    if request.form.get("then") == "check":
        return "portal.check_award_entry"
    tell(_("Saved."))
    return "portal.award_entry"


def _field(refusal: Refused) -> str:
    """Beside which field a refusal stands."""
    begins = {"picture": "pictures", "copy": "papers", "papers": "papers", "makers": "makers"}
    return next((name for begin, name in begins.items() if refusal.code.startswith(begin)), "category")


def _page(
    expo: Expo, exhibitor: Exhibitor, season: AwardSeason, entry: AwardEntry, form: AwardEntryForm
) -> str:
    return render_template(
        "portal/award_entry.html",
        expo=expo,
        token=exhibitor_token(),
        exhibitor_name=name_of(exhibitor),
        season=season,
        entry=entry,
        line=_lines(season, [entry])[0],
        writable=entry.state in WRITABLE,
        form=form,
        withdrawing=WithdrawForm(formdata=None),
        noted=queries.last_event(entry, WITHDRAWAL_NOTED),
        limits=LIMITS,
        most=(MOST_PICTURES, MOST_PAPERS),
        seen=queries.seen_by_jurors(season, entry),
        region=lambda key: region_name(key, language()),
    )


@blueprint.route(f"{_ENTRY}/check", methods=["GET", "POST"])
@personal_link(LINK)
def check_award_entry(expo: Expo, subject_id: int, entry_id: int) -> Any:
    """Check answers, see what jurors see, state that it is true, submit."""
    arrived = expos.present(expo)
    exhibitor, season, entry = _own(expo, subject_id, entry_id)
    if entry.state not in WRITABLE:
        return go("portal.award_entry", slug=expo.slug, token=exhibitor_token(), entry_id=entry.id)
    form = SubmitForm()
    if form.accepted():
        try:
            with transaction():
                entering.submit(expo, season, entry, actor(), arrived)
        except Refused as refusal:
            form.refuse("declared", refusal)
        else:
            tell(_("Your product is entered. Its number is %(number)s.", number=entry.number))
            return go("portal.award_entry", slug=expo.slug, token=exhibitor_token(), entry_id=entry.id)
    return _check_page(expo, exhibitor, (season, entry), form, arrived), form.status


def _check_page(
    expo: Expo,
    exhibitor: Exhibitor,
    about: tuple[AwardSeason, AwardEntry],
    form: SubmitForm,
    now: datetime,
) -> str:
    season, entry = about
    return render_template(
        "portal/award_check.html",
        expo=expo,
        token=exhibitor_token(),
        exhibitor_name=name_of(exhibitor),
        season=season,
        entry=entry,
        gaps=[(_(gap.sentence), gap.field) for gap in entering.missing(entry)],
        papers=sum(each.kind is FileKind.PAPER for each in entry.files),
        region=lambda key: region_name(key, language()),
        form=form,
        now=now,
        seen=queries.seen_by_jurors(season, entry),
    )


@blueprint.post(f"{_ENTRY}/withdraw")
@personal_link(LINK)
def withdraw_award_entry(expo: Expo, subject_id: int, entry_id: int) -> Any:
    _exhibitor, season, entry = _own(expo, subject_id, entry_id)
    form = WithdrawForm()
    if form.accepted():
        try:
            with transaction():
                done = entering.withdraw(season, entry, (form.reason.data or "").strip(), actor())
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
        else:
            tell(_(_WITHDRAWN[done]))
    return go("portal.my_awards", slug=expo.slug, token=exhibitor_token())


@blueprint.post(f"{_ENTRY}/files/<int:file_id>/remove")
@personal_link(LINK)
def remove_award_file(expo: Expo, subject_id: int, entry_id: int, file_id: int) -> Any:
    _exhibitor, _season, entry = _own(expo, subject_id, entry_id)
    with transaction():
        pictures.remove_own(entry, file_id, actor())
    return go(
        "portal.award_entry", slug=expo.slug, token=exhibitor_token(), entry_id=entry.id, _anchor="files"
    )


@blueprint.get(f"{_ENTRY}/files/<int:file_id>")
@personal_link(LINK)
def award_file(expo: Expo, subject_id: int, entry_id: int, file_id: int) -> Response:
    """A picture or a paper of the own entry."""
    _exhibitor, _season, entry = _own(expo, subject_id, entry_id)
    kept = pictures.stored(entry, file_id, tuple(FileKind))
    return private_file(files.open_file(kept), kept.content_type, kept.name, kept.size)
