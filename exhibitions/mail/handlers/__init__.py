"""The jobs of the outbox: sending one message, taking up lost ones, forgetting old ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from flask_babel import force_locale

from exhibitions.core import clock
from exhibitions.core.errors import N_, Busy, Refused
from exhibitions.core.web import reference
from exhibitions.jobs import service as jobs
from exhibitions.jobs.rules import JobRun, TryLater, in_portions
from exhibitions.mail import service
from exhibitions.mail.handlers import texting, transport
from exhibitions.mail.rules import Message, Problem, Undelivered, bare_id, compose
from exhibitions.mail.service import Letter

_KEEP = timedelta(days=365)
_log = structlog.get_logger("mail")


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(service.SEND, send, title=N_("Sending a message"), quick=True)
    jobs.register(service.FORGET, forget, title=N_("Forgetting a message"), quick=True)
    jobs.register(
        "mail.rescue",
        rescue,
        title=N_("Looking after lost messages"),
        quick=True,
        every=timedelta(minutes=15),
    )
    jobs.register("mail.expire", expire, title=N_("Forgetting old messages"), every=timedelta(days=1))


def send(run: JobRun) -> dict[str, object]:
    """Send one message, once: whoever asks again finds it sent."""
    mail_id = int(run.arguments["mail_id"])
    with run.transaction():
        letter = service.begin(mail_id)
    if letter is None:
        return {}
    try:
        parts = _deliver(letter, partial(_leaving, run, mail_id))
    except Undelivered as trouble:
        _put_off(run, mail_id, trouble)
    except Refused as refusal:
        if isinstance(refusal, Busy):
            raise
        with run.transaction():
            service.withdraw(mail_id, refusal.code)
    else:
        with run.transaction():
            service.arrived(mail_id, parts)
    return {}


def _deliver(letter: Letter, leaving: Callable[[], None]) -> int:
    """Render it and let it leave; the parts of a text message, 0 for a mail. Raises `Undelivered`."""
    message, to = _render(letter), letter.envelope
    if letter.by_sms:
        return texting.deliver(to.recipient, message.short, bare_id(to.message_id), leaving)
    transport.deliver(compose(message, to), to.recipient, service.account(), leaving)
    return 0


def _render(letter: Letter) -> Message:
    """The words of the message. A renderer that breaks costs an attempt like any other trouble, and is logged."""
    try:
        with force_locale(letter.envelope.lang):
            return service.renderers[letter.template](letter.arguments, letter.envelope.lang)
    except Refused:
        raise
    except Exception as error:
        _log.exception("renderer", template=letter.template, reference=reference())
        raise Undelivered(Problem.FAULT) from error


def _leaving(run: JobRun, mail_id: int) -> None:
    # A worker that was frozen and replaced is stopped here, before it sends what another has sent.
    with run.transaction():
        service.leaving(mail_id)


def _put_off(run: JobRun, mail_id: int, trouble: Undelivered) -> None:
    with run.transaction():
        wait = service.put_off(
            mail_id, trouble.problem, permanent=trouble.permanent, doubtful=trouble.doubtful
        )
    _log.warning("undelivered", mail=mail_id, problem=trouble.problem.value, given_up=wait is None)
    if wait is not None:
        raise TryLater(wait)


def forget(run: JobRun) -> dict[str, object]:
    """Take a written message out of the outbox folder."""
    transport.forget_file(str(run.arguments["file"]), service.account())
    return {}


def rescue(run: JobRun) -> dict[str, object]:
    """Ask anew for messages whose job was lost."""
    with run.transaction():
        return {"messages": service.rescue(clock.now())}


def expire(run: JobRun) -> dict[str, object]:
    """Forget messages that ended a year ago."""
    return {"messages": in_portions(run, lambda: service.expire(clock.now() - _KEEP))}
