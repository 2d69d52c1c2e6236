"""A co-exhibitor declares itself by its own link: whether it takes part, with its own goods and its own staff (E-1, E-3)."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go
from exhibitions.exhibitors.forms.applying import CoForm
from exhibitions.exhibitors.models import CoExhibitor
from exhibitions.exhibitors.queries import CO_LINK, applying
from exhibitions.exhibitors.rules.co_exhibitors import OPEN, STATE_WORDS, CoState, part
from exhibitions.exhibitors.service import co_exhibitors as service
from exhibitions.exhibitors.views import answers as shown
from exhibitions.exhibitors.views.applying import token_here
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.exhibitors.views.on_my_stand import _typed
from exhibitions.expos.models import Expo

_PAGE = "/<slug>/co-exhibitor/<token>"


@blueprint.route(_PAGE, methods=["GET", "POST"])
@personal_link(CO_LINK)
def co_exhibitor(expo: Expo, subject_id: int) -> Any:
    row = _mine(expo, subject_id)
    form = CoForm(data=_typed(row))
    if form.accepted():
        try:
            with form.saving(lambda: _typed(row), ("co_exhibitor", row.id)):
                service.declare(row, form.facts(), actor())
            return go("exhibitors.co_exhibitor", slug=expo.slug, token=token_here())
        except Refused as refusal:
            form.refuse("own_goods", refusal)
    page = render_template(
        "exhibitors/co_exhibitor.html",
        expo=expo,
        row=row,
        main=shown.name_of(row.exhibitor),
        form=form,
        token=token_here(),
        word=STATE_WORDS[row.state],
        may_declare=row.state in OPEN or row.state is CoState.WITHDRAWN,
        edits="edit" in request.args or row.state is CoState.NAMED or bool(form.errors),
        part=part(service.declaration_of(row)).value,
    )
    return page, form.status


@blueprint.post(f"{_PAGE}/withdraw")
@personal_link(CO_LINK)
def withdraw_co_exhibitor(expo: Expo, subject_id: int) -> Any:
    row = _mine(expo, subject_id)
    with transaction():
        service.withdraw(row, actor())
    return go("exhibitors.co_exhibitor", slug=expo.slug, token=token_here())


def _mine(expo: Expo, subject_id: int) -> CoExhibitor:
    row = applying.co_exhibitor(expo, subject_id)
    if row is None:
        abort(404)
    return row
