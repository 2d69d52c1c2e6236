"""Messages that came back: read from files or pasted, and marked."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.audit.rules import Fair
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.web import go, tell
from exhibitions.mail.forms import BouncesForm
from exhibitions.mail.rules.bounces import read_returned
from exhibitions.mail.service import bounces
from exhibitions.mail.views.base import blueprint


@blueprint.route("/desk/<slug>/mail/returned", methods=["GET", "POST"])
@require(Permission.MESSAGES_SEND)
def returned(expo: Fair) -> Any:
    form = BouncesForm()
    sources = form.sources() if form.accepted() else []
    if not sources:
        if form.is_submitted():
            form.missing()
        return render_template("mail/returned.html", expo=expo, form=form), 422 if form.errors else 200
    found = [one for source in sources for one in read_returned(source)]
    with transaction():
        taken = bounces.take_back(found, actor(), expo.id)
    marked = ngettext("%(num)s message is marked.", "%(num)s messages are marked.", taken.marked)
    tell(f"{marked} {_rest(taken)}".strip(), "success" if taken.marked else "warning")
    return go("mail.outbox", slug=expo.slug, box="failed")


def _rest(taken: bounces.Taken) -> str:
    if taken.delayed:
        return str(_("Some say only that the mail is late: nothing is changed for them."))
    if taken.unknown or not taken.marked:
        return str(_("The others are no messages of this fair."))
    return ""
