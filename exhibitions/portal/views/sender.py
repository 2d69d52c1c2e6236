"""A2: how messages leave, and tests that say in words what is wrong."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exhibitions.accounts import queries as accounts
from exhibitions.audit import service as audit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell, throttle
from exhibitions.mail import service as mail
from exhibitions.mail.handlers.trying import try_sender, try_text
from exhibitions.mail.rules import PROBLEM_TEXTS, Message
from exhibitions.mail.service import texting
from exhibitions.portal.forms import TestTextForm
from exhibitions.portal.views.frame import blueprint


@blueprint.get("/desk/mail/sender")
@require(Permission.SYSTEM_MANAGE)
def sender() -> str:
    return _page(TestTextForm())


def _page(form: TestTextForm) -> str:
    return render_template(
        "portal/sender.html",
        account=mail.account(),
        to=accounts.address_of(actor().id or 0),
        form=form,
        texts=texting.sender(),
        is_sandbox=texting.is_sandbox(),
    )


@blueprint.post("/desk/mail/sender/test")
@require(Permission.SYSTEM_MANAGE)
def test_sender() -> Response:
    """Send a message to the person who asks. The server is asked outside of any transaction, and not too often."""
    by, address = actor(), accounts.address_of(actor().id or 0)
    throttle("test-sender", str(by.id), "10 per hour")
    words = Message(
        _("Test of the sender"), _("This message shows that mail leaves. Nothing has to be done.")
    )
    problem = try_sender(address or "", words, language()) if address and mail.account().server else None
    with transaction():
        audit.record("mail.tested", by, after={"problem": problem.value if problem else ""})
    if problem is not None:
        tell(_(PROBLEM_TEXTS[problem]), "error")
    elif mail.account().server:
        tell(
            _("The mail server has taken the test to %(address)s. Look into the letter box.", address=address)
        )
    else:
        tell(_("No sender is set up, so nothing was sent."), "warning")
    return go("portal.sender")


@blueprint.post("/desk/mail/sender/test-text")
@require(Permission.SYSTEM_MANAGE)
def test_text() -> Any:
    """Send a text message to the number that was typed. It is kept nowhere: not in the outbox, the audit or the log."""
    form = TestTextForm()
    if not texting.can_text():
        tell(_("No sender is set up, so nothing was sent."), "warning")
        return go("portal.sender")
    if not form.accepted():
        return _page(form), 422 if form.errors else 200
    by = actor()
    throttle("test-text", str(by.id), "10 per hour")
    problem, parts = try_text(form.number, _("This message shows that text messages leave."))
    with transaction():
        audit.record("mail.text_tested", by, after={"problem": problem.value if problem else ""})
    if problem is not None:
        tell(_(PROBLEM_TEXTS[problem]), "error")
    elif texting.is_sandbox():
        tell(_("The sandbox has written the test into the folder outbox. Nobody gets it."), "warning")
    else:
        taken = ngettext("%(num)s part", "%(num)s parts", parts)
        tell(_("The provider has taken the test (%(parts)s). Look at the phone.", parts=taken))
    return go("portal.sender")
