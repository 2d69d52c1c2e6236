"""O3, O4: who holds or has which stand until when, and what the office does about it."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.stands.forms.assigning import NumberForm, UntilForm, WhyForm
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import holding as queries
from exhibitions.stands.queries.swaps import still_false
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.service import assigning, holding
from exhibitions.stands.views import showing
from exhibitions.stands.views.base import blueprint

_HOLDS = "/desk/<slug>/floor-plan/holds"
_ONE = f"{_HOLDS}/<int:allocation_id>"


@blueprint.get(_HOLDS)
@require(Permission.EXHIBITORS_VIEW)
def holds(expo: Expo) -> str:
    kind, order, text = asked.word("kind"), asked.word("sort") or "until", asked.kept_text(asked.word("s"))
    found = queries.held(expo, clock.now(), kind, text, order, asked.page())
    return render_template(
        "stands/holds.html",
        expo=expo,
        found=found,
        rows=[showing.holding(expo, row) for row in found.rows],
        space=queries.space(expo, clock.now()),
        kind=kind if kind in list(AllocationKind) else "",
        order=order,
        text=text,
        left=still_false(expo),
        rights=g.rights,
    )


@blueprint.post(f"{_HOLDS}/search")
@require(Permission.EXHIBITORS_VIEW)
def search_holds(expo: Expo) -> Any:
    return go("stands.holds", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.get(_ONE)
@require(Permission.EXHIBITORS_VIEW)
def held_stand(expo: Expo, allocation_id: int) -> str:
    return _page(expo, _row(expo, allocation_id), UntilForm(), NumberForm())


def _row(expo: Expo, allocation_id: int, *, moved: bool = False) -> Allocation:
    """The allocation of the address; with `moved` also one whose holder was moved since: the form may be sent twice."""
    row = queries.allocation_of(expo, allocation_id)
    if row is None and moved:
        row = queries.moved_from(expo, allocation_id)
    if row is None:
        abort(404)
    return row


def _page(expo: Expo, row: Allocation, until: UntilForm, number: NumberForm) -> str:
    now = clock.now()
    return render_template(
        "stands/held_stand.html",
        expo=expo,
        row=row,
        shown=showing.holding(expo, row),
        is_over=row.until is not None and row.until <= now and row.kind is AllocationKind.HOLD,
        by=queries.doer(row),
        history=[
            (each, showing.until_in_words(expo, each.until)) for each in queries.history(expo, row.stand)
        ],
        nearest=queries.nearest_free(expo, row.stand, now),
        until=until,
        number=number,
        frozen=queries.frozen_at(expo),
        now=now,
        rights=g.rights,
    )


@blueprint.post(f"{_ONE}/extend")
@require(Permission.STANDS_EDIT)
def extend_hold(expo: Expo, allocation_id: int) -> Any:
    row, form = _row(expo, allocation_id), UntilForm()
    if form.accepted():
        try:
            with transaction():
                row = holding.extend(expo, allocation_id, actor(), until=form.ends(expo.timezone))
        except Refused as refusal:
            form.refuse("until", refusal)
        else:
            tell(_("The hold lasts until %(until)s.", until=showing.until_in_words(expo, row.until)))
            return go("stands.held_stand", slug=expo.slug, allocation_id=allocation_id)
    return _page(expo, row, form, NumberForm(formdata=None)), 422


@blueprint.post(f"{_ONE}/move")
@require(Permission.STANDS_EDIT)
def move_holder(expo: Expo, allocation_id: int) -> Any:
    """Another stand for the holder; where somebody else has it, the page asks whether both shall exchange."""
    row, form = _row(expo, allocation_id, moved=True), NumberForm()
    if not form.accepted():
        return _page(expo, row, UntilForm(formdata=None), form), 422
    try:
        stand = form.stand(expo)
        assigning.check_not_done(expo, (allocation_id, stand.id))
        other = queries.in_the_way(row, stand, clock.now())
        if other is not None:
            return go("stands.exchange", slug=expo.slug, allocation_id=allocation_id, other_id=other.id)
        with transaction():
            new = assigning.move(expo, allocation_id, stand.id, actor())
    except assigning.Done as done:
        return _again(expo, done)
    except Refused as refusal:
        form.refuse("number", refusal)
        return _page(expo, row, UntilForm(formdata=None), form), 422
    return _done(expo, new)


def _again(expo: Expo, done: assigning.Done) -> Any:
    """A second click: where the holder is now, and nothing else happened."""
    tell(_(done.message, **done.params))
    return go("stands.held_stand", slug=expo.slug, allocation_id=done.row.id)


def _done(expo: Expo, row: Allocation) -> Any:
    """Back to the stand's page, saying where to look for what is false now."""
    tell(_("Done. The stand is %(number)s now.", number=row.stand.number))
    if (left := still_false(expo)) > 0:
        tell(_("%(count)s printed or sent things are false now. See the swap list.", count=left), "warning")
    return go("stands.held_stand", slug=expo.slug, allocation_id=row.id)


@blueprint.route(f"{_ONE}/exchange/<int:other_id>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def exchange(expo: Expo, allocation_id: int, other_id: int) -> Any:
    """Ask, then let two exhibitors exchange their stands in one step."""
    sent = request.method == "POST"
    rows, problem = [_row(expo, each, moved=sent) for each in (allocation_id, other_id)], ""
    if Form().accepted():
        try:
            with transaction():
                new, _other = assigning.exchange(expo, allocation_id, other_id, actor())
        except assigning.Done as done:
            return _again(expo, done)
        except Refused as refusal:
            problem = _(refusal.message, **refusal.params)
        else:
            return _done(expo, new)
    shown = [showing.holding(expo, row) for row in rows]
    page = render_template("stands/exchange.html", expo=expo, rows=shown, problem=problem, back=rows[0])
    return page, 409 if problem else 200


@blueprint.route(f"{_ONE}/end", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def take_stand_back(expo: Expo, allocation_id: int) -> Any:
    """Ask why, then free the stand."""
    row, form = _row(expo, allocation_id), WhyForm()
    if form.accepted():
        try:
            with transaction():
                assigning.take_back(expo, allocation_id, actor(), form.reason.data or "")
        except Refused as refusal:
            form.refuse("reason", refusal)
        else:
            tell(_("%(number)s is free again.", number=row.stand.number))
            return go("stands.holds", slug=expo.slug)
    shown = showing.holding(expo, row)
    page = render_template("stands/take_stand_back.html", expo=expo, shown=shown, form=form)
    return page, form.status
