"""The visitor form as a class sees it, and the list of everything that it asks with its purpose (P4)."""

from __future__ import annotations

from flask import render_template, request

from exhibitions.badges import queries as badge_queries
from exhibitions.core.access import Permission, require
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries as visitor_queries
from exhibitions.visitors.forms.registration import RegistrationForm
from exhibitions.visitors.forms.steps import IdentityForm, questions_form, words
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.consents import IDENTITY_TEXT
from exhibitions.visitors.rules.notice import lines
from exhibitions.visitors.service import notices
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.form_setup import FORM


@blueprint.get(f"{FORM}/preview")
@require(Permission.EXPO_EDIT)
def form_preview(expo: Expo) -> str:
    """Every step as people of one class would see it; nothing can be sent from here."""
    asked = queries.form_of(expo)
    offered = {each.key: each for each in (*badge_queries.registrable_classes(expo), *asked.own)}
    key = request.args.get("class", "")
    key = key if key in offered else next(iter(offered), "")
    form = RegistrationForm(data={"visitor_class": key})
    form.offer(expo, list(offered.values()), visitor_queries.moment(expo), on_site=False, asked=asked)
    return render_template(
        "visitors/form_preview.html",
        expo=expo,
        form=form,
        offered=list(offered.values()),
        key=key,
        needed=questions_form(asked.questions_for(key, needed=True)),
        voluntary=questions_form(asked.questions_for(key, needed=False)),
        identity=IdentityForm() if asked.order is not None else None,
        identity_text=words(*IDENTITY_TEXT),
        asked=asked,
        words=words,
    )


@blueprint.get(f"{FORM}/report")
@require(Permission.EXPO_EDIT)
def form_report(expo: Expo) -> str:
    """Fields × purpose: what is asked, of whom, what for, how long it is kept."""
    facts = notices.facts_now(expo)
    return render_template(
        "visitors/form_report.html",
        expo=expo,
        lines=lines(facts),
        days=facts["order"]["days"] if facts["order"] else 0,
        words=words,
    )
