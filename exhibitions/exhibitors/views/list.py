"""O4: the companies of a fair as a list, a board and a file, and what is done with many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.accounts import queries as accounts
from exhibitions.audit import service as audit
from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import written_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_csv, as_xlsx
from exhibitions.core.web import go, passed, tell
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.queries.listing import Filters
from exhibitions.exhibitors.rules.recruiting import BY_HAND
from exhibitions.exhibitors.rules.states import RECRUITING, STATE_WORDS, Stage, State
from exhibitions.exhibitors.service import many
from exhibitions.exhibitors.views import words
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import local_day

LIST = "/desk/<slug>/exhibitors"
PASSED = ("stage", "state", "owner", "zone", "category", "late", "stuck", "s", "sort", "page")
_COLUMNS = ("company", "credit_code", "stage", "owner", "next_step", "contact", "phone", "reference")


def wanted(expo: Expo) -> Filters:
    """What the address asks of the list; what is unknown asks for nothing."""
    args, now = request.args, clock.now()
    stage, state, order = args.get("stage", ""), args.get("state", ""), args.get("sort", "")
    owner = listing.NOBODY if args.get("owner") == "none" else asked.number(args.get("owner", ""))
    return Filters(
        now,
        local_day(expos.present(expo), expo.timezone, expo.cutoff_hour),
        stage=stage if stage in list(Stage) else "",
        state=state if state in list(State) else "",
        owner=owner,
        zone=asked.number(args.get("zone", "")),
        category=asked.number(args.get("category", "")),
        late=args.get("late") == "1",
        stuck=args.get("stuck") == "1",
        text=asked.kept_text(args.get("s", "")),
        order=order if order.removeprefix("-") in listing.ORDERS else "company",
        # A search that is forgotten finds nobody: everybody would be moved or written to in its place.
        numbers=("",) if asked.is_forgotten() else (),
    )


@blueprint.get(LIST)
@require(Permission.EXHIBITORS_VIEW)
def exhibitors(expo: Expo) -> str:
    filters = wanted(expo)
    found = listing.found(expo, filters, asked.page())
    owners = accounts.names_of({each.exhibitor.user_id for each in found.rows})
    may_edit = Permission.EXHIBITORS_EDIT in g.rights
    return render_template(
        "exhibitors/list.html",
        expo=expo,
        found=found,
        rows=[words.line(each, filters.today, filters.now, owners, plain=may_edit) for each in found.rows],
        filters=filters,
        counts=listing.counts(expo),
        stages=words.stage_words(),
        by_hand=[(state.value, _(STATE_WORDS[state])) for state in BY_HAND],
        members=planning.members(expo),
        me=actor().id,
        may_edit=may_edit,
        rights=g.rights,
        forgotten=asked.is_forgotten(),
        query=passed(PASSED),
        earlier=expos.previous_edition(expo),
        has_been=expos.is_over(expo),
    )


@blueprint.post(f"{LIST}/search")
@require(Permission.EXHIBITORS_VIEW)
def search_exhibitors(expo: Expo) -> Any:
    return go("exhibitors.exhibitors", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.get(f"{LIST}/board")
@require(Permission.EXHIBITORS_VIEW)
def board(expo: Expo) -> str:
    filters = wanted(expo)
    counts = listing.counts(expo, filters)
    may_edit = Permission.EXHIBITORS_EDIT in g.rights
    cards = listing.cards(expo, filters)
    owners = accounts.names_of({each.exhibitor.user_id for lines in cards.values() for each in lines})
    columns = [
        {
            "stage": stage,
            "word": word,
            "count": counts[Stage(stage)],
            "cards": [
                words.line(each, filters.today, filters.now, owners, plain=False)
                for each in cards.get(Stage(stage), ())
            ],
        }
        for stage, word in words.stage_words()
    ]
    return render_template(
        "exhibitors/board.html",
        expo=expo,
        columns=columns,
        filters=filters,
        members=planning.members(expo),
        by_hand=[(state.value, _(STATE_WORDS[state])) for state in BY_HAND],
        hand_stages={state.value for state in RECRUITING},
        may_edit=may_edit,
        query=passed(PASSED),
    )


@blueprint.post(f"{LIST}/many")
@require(Permission.EXHIBITORS_EDIT)
def change_many(expo: Expo) -> Any:
    """A stage or a colleague for those that are ticked, or for all that the filters let through."""
    deed = many.Deed(request.form.get("deed", ""), _colleague(expo))
    try:
        with transaction():
            done = many.change(expo, deed, _ticked(expo), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
        return go("exhibitors.exhibitors", slug=expo.slug, **passed(PASSED))
    if done.job is not None:
        return go("jobs.job", slug=expo.slug, job_id=done.job.id)
    _say(deed, done)
    return go("exhibitors.exhibitors", slug=expo.slug, **passed(PASSED))


def _colleague(expo: Expo) -> int | None:
    """Who is to look after them, nobody where the box is empty; 404 for who does not work for this fair."""
    number = asked.number(request.form.get("owner", ""))
    return number if number is None or number in planning.members(expo) else abort(404)


def _say(deed: many.Deed, done: many.Done) -> None:
    if deed.action == many.OWNER:
        tell(ngettext("%(num)s company changed hands.", "%(num)s companies changed hands.", done.changed))
        return
    tell(ngettext("%(num)s company is moved.", "%(num)s companies are moved.", done.changed))
    if done.stayed:
        tell(
            ngettext(
                "%(num)s stays: it has applied already.",
                "%(num)s stay: they have applied already.",
                done.stayed,
            ),
            "warning",
        )


def _ticked(expo: Expo) -> Sequence[str]:
    """The numbers of the companies that are ticked in the list, or of all that its address lets through."""
    if request.form.get("all") == "1":
        return listing.numbers(expo, wanted(expo))
    return request.form.getlist("id")[: listing.MOST_TAKEN]


def ticked(expo: Expo) -> list[Exhibitor]:
    """The companies that are ticked in the list, or all that its address lets through."""
    return list(listing.of_numbers(expo, _ticked(expo)))


@blueprint.route(f"{LIST}/export", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def export_exhibitors(expo: Expo) -> Any:
    """P13: the companies that the list shows, all its pages, with their contacts' full numbers, for a reason."""
    form = ReasonForm()
    # One line is enough for the number; the rows are read after the entry in the audit, once.
    total = listing.found(expo, wanted(expo), size=1).total
    if not form.accepted():
        page = render_template("exhibitors/export.html", expo=expo, form=form, total=total)
        return page, 422 if form.errors else 200
    with transaction():
        audit.record(
            "exhibitors.exported",
            actor(),
            expo_id=expo.id,
            subject=("expo", expo.id),
            after={"rows": min(total, listing.MOST_TAKEN), "columns": list(_COLUMNS)},
            reason=form.reason.data or "",
        )
    found = listing.found(expo, wanted(expo), size=listing.MOST_TAKEN)
    owners = accounts.names_of({each.exhibitor.user_id for each in found.rows})
    heading = [_("Company"), _("Unified social credit code"), _("State"), _("Who looks after it")]
    heading += [_("Next step"), _("To be done by"), _("Contact person"), _("Mobile number"), _("Reference")]
    rows: list[list[Value]] = [[str(word) for word in heading]]
    rows += [_row(each, owners) for each in found.rows]
    name = f"{_('exhibitors')}-{expo.slug}"
    if request.form.get("format") == "csv":
        return as_csv(name, rows)
    return as_xlsx(name, str(_("Exhibitors")), rows, [34, 22, 14, 14, 30, 12, 14, 18, 14])


def _row(each: listing.Line, owners: dict[int, str]) -> list[Value]:
    row = each.exhibitor
    return [
        words.name_of(row),
        (row.company and row.company.credit_code) or "",
        words.state_word(row),
        owners.get(row.user_id or 0, ""),
        row.next_step,
        row.next_on,
        each.name,
        written_phone(each.phone),
        row.reference or "",
    ]
