"""The swap list: what was printed or sent and is false since a change after the freeze, with owner and tick."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _

from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import go, passed, tell
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning as people
from exhibitions.stands.models import Swap
from exhibitions.stands.queries import swaps as queries
from exhibitions.stands.queries.holding import frozen_at
from exhibitions.stands.rules.plan import KIND_WORDS, StandKind
from exhibitions.stands.rules.swaps import WORDS, Fact, differing
from exhibitions.stands.service import swapping
from exhibitions.stands.views.base import blueprint

_SWAPS = "/desk/<slug>/floor-plan/swap-list"
_FACTS = {
    Fact.AREA: N_("%(value)s m²"),
    Fact.HALL: N_("hall %(value)s"),
    Fact.SIDES: N_("open sides: %(value)s"),
    Fact.FASCIA: N_("fascia “%(value)s”"),
    Fact.NAME: N_("entry “%(value)s”"),
    Fact.PLACE: N_("place %(value)s"),
}
_KEPT = ("state", "owner", "page")


@blueprint.get(_SWAPS)
@require(Permission.EXHIBITORS_VIEW)
def swap_list(expo: Expo) -> str:
    state, owner = asked.word("state"), asked.number(asked.word("owner"))
    done = {"open": False, "done": True}.get(state)
    found = queries.swaps(expo, done, owner, asked.page())
    return render_template(
        "stands/swap_list.html",
        expo=expo,
        found=found,
        left=queries.still_false(expo),
        frozen=frozen_at(expo),
        words=WORDS,
        said={line.swap.id: _said(line.swap) for line in found.rows},
        people=people.members(expo),
        state=state if done is not None else "",
        owner=owner,
        query=passed(_KEPT),
        rights=g.rights,
    )


def _said(swap: Swap) -> tuple[list[str], list[str]]:
    """What a thing says and what it should say, in the reader's words: the stands, and what else differs."""
    before, after = differing(swap.before, swap.after)
    return [_words(*each) for each in before.items()], [_words(*each) for each in after.items()]


def _words(fact: Fact, value: str) -> str:
    words = _FACTS.get(fact)
    if fact is Fact.KIND:
        kinds = [KIND_WORDS[StandKind(kind)] for kind in value.split(", ") if kind in set(StandKind)]
        value = ", ".join(str(_(kind)) for kind in kinds)
    if not value:
        return _("no stand") if fact is Fact.NUMBER else "–"
    return _(words, value=value) if words else value


@blueprint.post(f"{_SWAPS}/<int:swap_id>/tick")
@require(Permission.STANDS_EDIT)
def tick_swap(expo: Expo, swap_id: int) -> Any:
    """Made again, or after all not."""
    if Form().accepted():
        with transaction():
            swapping.tick(expo, swap_id, actor(), done=request.form.get("done") == "1")
    return go("stands.swap_list", slug=expo.slug, **passed(_KEPT))


@blueprint.post(f"{_SWAPS}/<int:swap_id>/owner")
@require(Permission.STANDS_EDIT)
def own_swap(expo: Expo, swap_id: int) -> Any:
    """Who makes it again."""
    if Form().accepted():
        try:
            with transaction():
                swapping.hand_over(expo, swap_id, asked.number(request.form.get("owner", "")), actor())
        except NotFound:
            raise
        except Refused as refusal:
            tell(_(refusal.message, **refusal.params), "error")
    return go("stands.swap_list", slug=expo.slug, **passed(_KEPT))
