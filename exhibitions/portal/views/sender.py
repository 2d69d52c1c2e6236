"""A2: how messages leave, and a test that says in words what is wrong."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exhibitions.accounts import queries as accounts
from exhibitions.audit import service as audit
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.i18n import language
from exhibitions.core.web import go, tell, throttle
from exhibitions.mail import service as mail
from exhibitions.mail.handlers.trying import try_sender
from exhibitions.mail.rules import PROBLEM_TEXTS, Message
from exhibitions.portal.views.frame import blueprint


@blueprint.get("/desk/mail/sender")
@require(Permission.SYSTEM_MANAGE)
def sender() -> str:
    return render_template(
        "portal/sender.html", account=mail.account(), to=accounts.address_of(actor().id or 0)
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
