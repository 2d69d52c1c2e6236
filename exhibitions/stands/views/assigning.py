"""Who waits for a stand, what a rule proposes, and giving one exhibitor a stand (exhibitors-stands.md §2.3)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.core import asked, clock
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos.models import Expo
from exhibitions.stands.forms.assigning import GiveForm
from exhibitions.stands.forms.choosing import ORDER_WORDS, ChoosingForm
from exhibitions.stands.models import Allocation
from exhibitions.stands.queries import applicants, holding, points
from exhibitions.stands.queries.freed_places import for_those_without
from exhibitions.stands.queries.points import Rule
from exhibitions.stands.rules.allocation import AllocationKind
from exhibitions.stands.rules.wishes import Order
from exhibitions.stands.service import assigning, proposing
from exhibitions.stands.service import holding as holding_service
from exhibitions.stands.service.points import LONGEST_SEED
from exhibitions.stands.views import showing
from exhibitions.stands.views.base import blueprint

_WAITING = "/desk/<slug>/floor-plan/waiting"
_CHOSEN = 500


@blueprint.get(_WAITING)
@require(Permission.EXHIBITORS_VIEW)
def waiting(expo: Expo) -> str:
    """Who has no stand yet, in the order of the rule, each with what it proposes; nothing is given by looking."""
    return _proposal(expo, _rule(expo))


def _rule(expo: Expo) -> Rule:
    """What the address or the form says, else the fair's own order and lot; a lot of chance before one was drawn."""
    word = asked.word("order") or request.form.get("order", "")
    seed = asked.word("seed") or request.form.get("seed", "")
    found = points.rule(expo, Order(word) if word in list(Order) else None, seed[:LONGEST_SEED])
    return found if found.seed else replace(found, seed=secrets.token_hex(8))


def _proposal(expo: Expo, rule: Rule, problem: str = "") -> str:
    now = clock.now()
    who = applicants.waiting(expo, now)
    free = for_those_without(expo, holding.free(expo, now), rule, now)
    proposal = applicants.proposal(expo, who, rule, free)
    by_number = {each.exhibitor.id: each for each in who}
    return render_template(
        "stands/waiting.html",
        expo=expo,
        lines=[(placing, by_number[placing.applicant]) for placing in proposal.placings],
        free={each.number for each in free},
        order=rule.order,
        orders=ORDER_WORDS,
        seed=rule.seed,
        drawn=rule.drawn,
        proposed=proposing.mark_of(proposal),
        problem=problem,
        rights=g.rights,
    )


@blueprint.post(_WAITING)
@require(Permission.STANDS_EDIT)
def assign_proposed(expo: Expo) -> Any:
    """Carry out the ticked lines of a proposal, if it still comes out the same."""
    rule = _rule(expo)
    chosen = {number for text in request.form.getlist("id")[:_CHOSEN] if (number := asked.number(text))}
    if not Form().accepted():
        return go("stands.waiting", slug=expo.slug, order=rule.order.value, seed=rule.seed)
    count = 0
    try:
        given = proposing.agreed(expo, rule, request.form.get("mark", ""), chosen)
        for start in range(0, len(given), proposing.PORTION):
            with transaction():
                count += proposing.carry_out(
                    expo, given[start : start + proposing.PORTION], rule.order, rule.seed, actor()
                )
    except Refused as refusal:
        _tell_assigned(count)
        return _proposal(expo, rule, _(refusal.message, **refusal.params)), refusal.status
    _tell_assigned(count)
    return go("stands.waiting", slug=expo.slug, order=rule.order.value, seed=rule.seed)


def _tell_assigned(count: int) -> None:
    if count:
        tell(ngettext("%(num)s stand is assigned.", "%(num)s stands are assigned.", count))


@blueprint.route(f"{_WAITING}/<exhibitor_number>", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def give_stand(expo: Expo, exhibitor_number: str) -> Any:
    """Assign or hold one stand for one exhibitor, by its wishes or by any number."""
    exhibitor = exhibitor_queries.exhibitor(expo, exhibitor_number)
    if exhibitor is None:
        abort(404)
    kind = AllocationKind.HOLD if asked.word("kind") == AllocationKind.HOLD else AllocationKind.ASSIGNED
    form = GiveForm(data={"number": asked.word("stand"), "kind": kind.value})
    if form.accepted():
        try:
            row = _give(expo, exhibitor, form)
        except Refused as refusal:
            form.refuse("number", refusal)
        else:
            tell(_("%(number)s is given to this exhibitor.", number=row.stand.number))
            return go("stands.held_stand", slug=expo.slug, allocation_id=row.id)
    return _give_page(expo, exhibitor, form), form.status


def _give(expo: Expo, exhibitor: Exhibitor, form: GiveForm) -> Allocation:
    stand = form.stand(expo)
    instead = request.form.get("instead") == stand.number
    with transaction():
        if form.kind.data == AllocationKind.HOLD:
            return holding_service.hold(expo, exhibitor, stand.id, actor(), until=form.ends(expo.timezone))
        return assigning.assign(expo, exhibitor, stand.id, actor(), instead=instead)[0]


def _give_page(expo: Expo, exhibitor: Exhibitor, form: GiveForm) -> str:
    now = clock.now()
    named = holding.stand_by_number(expo, form.number.data or "")
    holder = holding.holder_of(named, now) if named is not None else None
    other = holder is not None and holder.exhibitor_id != exhibitor.id
    wished = [stand for _wish, stand in holding.wishes_of(expo, exhibitor)]
    return render_template(
        "stands/give_stand.html",
        expo=expo,
        exhibitor=exhibitor,
        form=form,
        has=[showing.holding(expo, row) for row in holding.of_exhibitor(expo, exhibitor, now)],
        wishes=[(stand, holding.holder_of(stand, now)) for stand in wished],
        holder=showing.holding(expo, holder) if holder is not None and other else None,
        is_hold=holder is not None and holder.kind is AllocationKind.HOLD,
        nearest=holding.nearest_free(expo, named, now) if named is not None and other else (),
        named=named,
    )


@blueprint.route("/desk/<slug>/floor-plan/choosing", methods=["GET", "POST"])
@require(Permission.STANDS_EDIT)
def choosing(expo: Expo) -> Any:
    """The rules of choosing at this fair, and from when the plan is frozen."""
    form = ChoosingForm(data=_choosing_now(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _choosing_now(expo), ("expo", expo.id, "stands.choosing")):
                zone = expo.timezone
                proposing.change_choosing(expo, form.choosing(zone), form.freeze(zone), actor())
        except Refused as refusal:
            form.refuse(_blamed(refusal), refusal)
        else:
            tell(_("Saved."))
            return go("stands.choosing", slug=expo.slug)
    return render_template("stands/choosing.html", expo=expo, form=form), form.status


def _choosing_now(expo: Expo) -> dict[str, object]:
    return ChoosingForm.shown(*holding.settings(expo), expo.timezone)


def _blamed(refusal: Refused) -> str:
    """Beside which field a sentence stands."""
    return {"closes_early": "closes_at", "day_is_both": "worked", "no_day": "closed"}.get(
        refusal.code, "amount"
    )
