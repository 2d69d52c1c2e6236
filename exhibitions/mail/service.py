"""The outbox: a message is a row of the caller's transaction and a job that sends it later.

What is stored is who gets which template about which ids. The words, and with them every link and secret, are made by
the template's renderer at the moment of sending.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.jobs import service as jobs
from exhibitions.mail import queries, rules
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import Envelope, Message, Problem, State

SEND = "mail.send"
FORGET = "mail.forget"
Renderer = Callable[[Mapping[str, int | str], str], Message]

# The table that the composition root fills: which template is rendered by whom, and what a list calls it.
renderers: dict[str, Renderer] = {}
titles: dict[str, str] = {}


@dataclass(frozen=True)
class Account:
    """How mail leaves. Without `server`, messages are written as .eml files into `outbox`.

    `timeout` bounds each word of the conversation with the server, `patience` all of it, in seconds.
    """

    outbox: Path
    server: str = ""
    port: int = 587
    username: str = ""
    password: str = ""
    security: str = "starttls"
    sender: str = "noreply@localhost"
    timeout: float = 20.0
    patience: float = 120.0


@dataclass(frozen=True)
class Letter:
    """A message whose turn has come: what to render, and the facts around it."""

    template: str
    arguments: Mapping[str, int | str]
    envelope: Envelope


_settings: dict[str, Account] = {}


def configure(account: Account) -> None:
    """Say how mail leaves. Called once at start."""
    _settings["account"] = account


def account() -> Account:
    """How mail leaves."""
    return _settings["account"]


def register(template: str, renderer: Renderer, title: str = N_("Message")) -> None:
    """Say who renders a template; `title` is an English message id for lists.

    A renderer is called outside any transaction, in the recipient's language, with what `send` was given; it opens
    transactions of its own to mint links. It raises `Refused` when the message has lost its sense (a cancelled
    registration): the message is then withdrawn.
    """
    renderers[template] = renderer
    titles[template] = title


def send(  # noqa: PLR0913 - all but three by name.
    template: str,
    recipient: str,
    lang: str,
    arguments: dict[str, int | str],
    *,
    key: str,
    expo_id: int | None,
    subject: tuple[str, int] | None = None,
) -> None:
    """Put a message into the outbox inside the caller's transaction; nothing leaves before that is committed.

    The same `key` to the same recipient is one message, however often it is asked for. `arguments` are ids only.
    `subject` is the person (`visitor`, 7) whose erasure also empties this row. Raises `Refused` for what is no address.
    """
    address = rules.check_address(recipient)
    if queries.mail_to(key, address) is not None:
        return
    domain = parseaddr(account().sender)[1].rpartition("@")[2] or "localhost"
    mail = Mail(
        expo_id=expo_id,
        key=key,
        recipient=address,
        template=template,
        lang=lang,
        arguments=arguments,
        subject_kind=subject[0] if subject else None,
        subject_id=subject[1] if subject else None,
        message_id=f"<{secrets.token_hex(16)}@{rules.wire_address(f'x@{domain}')[2:]}>",
        created_at=clock.now(),
    )
    db.session.add(mail)
    db.session.flush()
    _ask(mail)


def begin(mail_id: int) -> Letter | None:
    """Start an attempt; None when there is nothing (more) to send.

    A message whose text left without an answer is in doubt: it goes out once more with the same Message-ID, and after
    a second doubt people decide.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None or mail.state not in (State.WAITING, State.SENDING):
        return None
    if mail.state == State.SENDING:
        mail.doubts += 1
        if mail.doubts >= rules.DOUBTS:
            _fail(mail, Problem.DROPPED)
            return None
    now = clock.now()
    mail.state = State.WAITING
    mail.attempts += 1
    mail.next_try_at = now
    envelope = Envelope(account().sender, mail.recipient, mail.message_id, mail.lang, now)
    return Letter(mail.template, dict(mail.arguments), envelope)


def leaving(mail_id: int) -> None:
    """Note that the text is about to leave: from here until `arrived` nobody knows whether the server has it."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state = State.SENDING
    mail.data_at = clock.now()


def arrived(mail_id: int) -> None:
    """The server has taken the message."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state = State.SENT
    mail.problem = ""
    mail.next_try_at = None
    mail.finished_at = clock.now()


def withdraw(mail_id: int, code: str) -> None:
    """The message has lost its sense and is not sent."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state = State.WITHDRAWN
    mail.problem = code[:32]
    mail.next_try_at = None
    mail.finished_at = clock.now()


def put_off(mail_id: int, problem: Problem, *, permanent: bool, doubtful: bool) -> timedelta | None:
    """An attempt failed: how long to wait for the next one, or None when the message is given up."""
    mail = db.session.get_one(Mail, mail_id)
    wait = None if permanent else rules.wait_after(mail.attempts)
    if wait is None:
        _fail(mail, problem)
        return None
    mail.problem = problem
    # In doubt it stays as sending: the next attempt counts it.
    mail.state = State.SENDING if doubtful else State.WAITING
    mail.next_try_at = clock.now() + wait
    return wait


def try_again(mail: Mail, by: Actor) -> None:
    """Send a message that was given up once more from the beginning; raises `Conflict` for any other."""
    if mail.state != State.FAILED:
        raise Conflict("mail_not_failed", N_("Only a message that was given up can be sent again."))
    mail.state = State.WAITING
    mail.attempts = mail.doubts = 0
    mail.finished_at = None
    mail.next_try_at = clock.now()
    audit.record("mail.tried_again", by, expo_id=mail.expo_id, subject=("mail", mail.id))
    _ask(mail)


def rescue(now: datetime) -> int:
    """Ask anew for messages whose job was lost; gives their number."""
    rows = queries.stranded(now)
    for mail in rows:
        _ask(mail)
    return len(rows)


def export_person(kind: str, person_id: int) -> list[dict[str, object]]:
    """What was sent because of this person: template, language, address, when, what became of it."""
    return [
        {
            "template": mail.template,
            "lang": mail.lang,
            "recipient": mail.recipient,
            "created_at": mail.created_at.isoformat(),
            "state": mail.state.value,
            "finished_at": mail.finished_at.isoformat() if mail.finished_at else None,
        }
        for mail in queries.about(kind, person_id)
    ]


def erase_person(kind: str, person_id: int) -> None:
    """Take the address out of every message about this person and do not send what still waits; counts stay."""
    for mail in queries.about(kind, person_id):
        if mail.state in (State.WAITING, State.SENDING):
            withdraw(mail.id, "erased")
        mail.recipient = f"erased-{mail.id}"
        mail.arguments = {}
        _forget_file(mail)


def expire(before: datetime) -> int:
    """Forget a portion of the messages whose story ended before this moment; gives their number, 0 when none is left."""
    rows = queries.finished_before(before)
    for mail in rows:
        _forget_file(mail)
        db.session.delete(mail)
    return len(rows)


def _ask(mail: Mail) -> None:
    jobs.enqueue(SEND, str(mail.id), {"mail_id": mail.id}, expo_id=mail.expo_id)


def _forget_file(mail: Mail) -> None:
    name = rules.file_name(mail.message_id)
    jobs.enqueue(FORGET, name, {"file": name})


def _fail(mail: Mail, problem: Problem) -> None:
    mail.state = State.FAILED
    mail.problem = problem
    mail.next_try_at = None
    mail.finished_at = clock.now()
