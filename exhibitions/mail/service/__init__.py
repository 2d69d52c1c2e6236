"""The outbox: a message is a row of the caller's transaction and a job that sends it later.

What is stored is who gets which template about which ids. The words, and with them every link and secret, are made by
the template's renderer at the moment of sending.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.jobs import service as jobs
from exhibitions.mail import queries, rules
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import Envelope, Message, Problem, State
from exhibitions.mail.service import texting

SEND = "mail.send"
FORGET = "mail.forget"
Renderer = Callable[[Mapping[str, int | str], str], Message]
Minter = Callable[[Mapping[str, int | str]], str]
Namer = Callable[[int, Collection[int]], Mapping[int, tuple[str, str | None]]]
Painter = Callable[[Mapping[str, int | str], str], bytes | None]

# The table that the composition root fills: which template is rendered by whom, and what a list calls it.
renderers: dict[str, Renderer] = {}
titles: dict[str, str] = {}
minters: dict[str, Minter] = {}
painters: dict[str, Painter] = {}
# Which people messages are about, by kind of subject: of a fair and their numbers, their names and phone numbers.
namers: dict[str, Namer] = {}
own_titles: dict[str, Callable[[int, Sequence[Mapping[str, int | str]]], list[str]]] = {}
"""By template: what each of these messages of a fair is called by itself, from its arguments, "" for what is gone."""


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
    by_sms: bool = False


_settings: dict[str, Account] = {}


def configure(account: Account) -> None:
    """Say how mail leaves. Called once at start."""
    _settings["account"] = account


def account() -> Account:
    """How mail leaves."""
    return _settings["account"]


def register(
    template: str,
    renderer: Renderer,
    title: str = N_("Message"),
    minter: Minter | None = None,
    painter: Painter | None = None,
) -> None:
    """Say who renders a template; `title` is an English message id for lists.

    `minter` makes, in the caller's transaction, the secret of the link that the message carries: words that people copy
    are rendered with it as the argument `token`, and then the renderer writes nothing. `painter` makes the picture that
    goes with the message (PNG), in the recipient's language; None where there is none to show.

    A renderer is called outside any transaction, in the recipient's language, with what `send` was given; it opens
    transactions of its own to mint links. It raises `Refused` when the message has lost its sense (a cancelled
    registration): the message is then withdrawn.
    """
    renderers[template] = renderer
    titles[template] = title
    if minter is not None:
        minters[template] = minter
    if painter is not None:
        painters[template] = painter


def send(  # noqa: PLR0913 - all but three by name.
    template: str,
    recipient: str,
    lang: str,
    arguments: dict[str, int | str],
    *,
    key: str,
    expo_id: int | None,
    subject: tuple[str, int] | None = None,
    batch: str = "",
    phone: str | None = None,
) -> bool:
    """Put a message into the outbox inside the caller's transaction; nothing leaves before that is committed.

    The same `key` to the same recipient is one message, however often it is asked for; False when it is there already.
    `arguments` are ids only. `subject` is the person (`visitor`, 7) whose erasure also empties this row. `batch` is a
    word for what is sent together. Raises `Refused` for what is no address. Without any (an empty `recipient`), or where
    no mail leaves, it goes to `phone` (E.164) as a text message, if a sender of these is set up and the number takes one.
    With neither nothing leaves: the message waits until somebody has told the person; its `key` is the person's own.
    """
    address, by_sms = _where_to(recipient, phone)
    domain = parseaddr(account().sender)[1].rpartition("@")[2] or "localhost"
    now = clock.now()
    row = {
        "expo_id": expo_id,
        "key": key,
        "recipient": address,
        "template": template,
        "lang": lang,
        "arguments": arguments,
        "subject_kind": subject[0] if subject else None,
        "subject_id": subject[1] if subject else None,
        "message_id": f"<{secrets.token_hex(16)}@{rules.wire_address(f'x@{domain}')[2:]}>",
        "created_at": now,
        "batch": batch,
        "by_sms": by_sms,
        "state": State.WAITING if address else State.NO_ADDRESS,
        "finished_at": None if address else now,
    }
    made = _insert_new(Mail, row)
    if made is not None and address:
        _ask(made, expo_id)
    return made is not None


def _where_to(recipient: str, phone: str | None) -> tuple[str, bool]:
    """The address or the number to which a message goes, "" for none, and whether as a text message."""
    address = rules.check_address(recipient) if recipient else ""
    if not (address and account().server):
        number = texting.number_for(phone)
        if number:
            return number, True
    return address, False


def begin(mail_id: int) -> Letter | None:
    """Start an attempt; None when there is nothing (more) to send.

    A message whose text left without an answer is in doubt: it goes out once more with the same Message-ID, and after
    a second doubt people decide; of a text message after the first, unless its provider drops repeats.
    """
    mail = db.session.get(Mail, mail_id)
    if mail is None or mail.state not in (State.WAITING, State.SENDING):
        return None
    if mail.state == State.SENDING:
        mail.doubts += 1
        if mail.doubts >= rules.doubts_of(by_sms=mail.by_sms, drops_repeats=texting.drops_repeats()):
            _fail(mail, Problem.NO_ANSWER if mail.by_sms else Problem.DROPPED)
            return None
    now = clock.now()
    mail.state = State.WAITING
    mail.attempts += 1
    mail.next_try_at = now
    envelope = Envelope(account().sender, mail.recipient, mail.message_id, mail.lang, now)
    return Letter(mail.template, dict(mail.arguments), envelope, mail.by_sms)


def leaving(mail_id: int) -> None:
    """Note that the text is about to leave: from here until `arrived` nobody knows whether the server has it."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state = State.SENDING
    mail.data_at = clock.now()


def arrived(mail_id: int, parts: int = 0) -> None:
    """The server, or the provider of text messages, has taken the message; of a text message with its number of parts."""
    mail = db.session.get_one(Mail, mail_id)
    mail.state = State.SENT
    mail.in_folder = texting.is_sandbox() if mail.by_sms else not account().server
    mail.parts = parts
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
    if permanent and problem in (Problem.RECIPIENT_REFUSED, Problem.NUMBER_REFUSED):
        note_bounce(mail.recipient, problem)
    doubts = rules.doubts_of(by_sms=mail.by_sms, drops_repeats=texting.drops_repeats())
    if doubtful and mail.doubts + 1 >= doubts and mail.by_sms:
        # Tried again it would only be given up: people see it now.
        mail.doubts, wait = mail.doubts + 1, None
    if wait is None:
        _fail(mail, problem)
        return None
    mail.problem = problem
    # In doubt it stays as sending: the next attempt counts it.
    mail.state = State.SENDING if doubtful else State.WAITING
    mail.next_try_at = clock.now() + wait
    return wait


def note_bounce(address: str, problem: Problem) -> None:
    """Note that an address or a number takes no messages; what is known already stays."""
    _insert_new(Bounce, {"address": address.lower(), "problem": problem.value, "at": clock.now()})


def withdraw_batch(expo_id: int, batch: str, code: str) -> int:
    """Do not send what of a batch has not begun to leave; gives its number."""
    waiting = sa.update(Mail).where(Mail.expo_id == expo_id, Mail.batch == batch, Mail.state == State.WAITING)
    ended = waiting.values(
        state=State.WITHDRAWN, problem=code[:32], next_try_at=None, finished_at=clock.now()
    )
    return len(db.session.execute(ended.returning(Mail.id)).all())


def try_again(mail: Mail, by: Actor) -> None:
    """Send a message that was given up or came back once more from the beginning; raises `Conflict` for any other."""
    if mail.state not in rules.BOXES["failed"]:
        raise Conflict("mail_not_failed", N_("Only a message that was given up can be sent again."))
    mail.state = State.WAITING
    mail.attempts = mail.doubts = 0
    mail.finished_at = None
    mail.next_try_at = clock.now()
    audit.record("mail.tried_again", by, expo_id=mail.expo_id, subject=("mail", mail.id))
    _ask(mail.id, mail.expo_id)


def rescue(now: datetime) -> int:
    """Ask anew for messages whose job was lost; gives their number."""
    rows = queries.stranded(now)
    for mail in rows:
        _ask(mail.id, mail.expo_id)
    return len(rows)


def export_person(kind: str, person_id: int) -> list[dict[str, object]]:
    """What was sent because of this person: template, language, address, when, what became of it."""
    return [
        {
            "template": mail.template,
            "lang": mail.lang,
            "recipient": mail.recipient,
            "by_sms": mail.by_sms,
            "created_at": mail.created_at.isoformat(),
            "state": mail.state.value,
            "finished_at": mail.finished_at.isoformat() if mail.finished_at else None,
            "told": mail.told_way,
            "told_at": mail.told_at.isoformat() if mail.told_at else None,
        }
        for mail in queries.about(kind, person_id)
    ]


def erase_person(kind: str, person_id: int, *, to: str = "") -> None:
    """Take the address out of every message about this person and do not send what still waits; counts stay.

    With `to` only out of those to this address: what is about a company is written to several people.

    Of somebody who has told others (`user`, 7) the name is taken out.
    """
    if kind == "user":
        db.session.execute(sa.update(Mail).where(Mail.told_by == person_id).values(told_by_name=""))
    for mail in queries.about(kind, person_id):
        if not to or mail.recipient.lower() == to.lower():
            _erase(mail)


def erase_address(expo_id: int, address: str) -> None:
    """The same for every message of a fair to this address or number, whatever it was about."""
    for mail in queries.to_address(expo_id, address):
        _erase(mail)


def expire(before: datetime) -> int:
    """Forget a portion of the messages whose story ended before this moment; gives their number, 0 when none is left."""
    rows = queries.finished_before(before)
    for mail in rows:
        _forget_file(mail)
        db.session.delete(mail)
    return len(rows)


def _erase(mail: Mail) -> None:
    db.session.execute(sa.delete(Bounce).where(Bounce.address == mail.recipient.lower()))
    # What did not arrive can be neither sent again nor told; what was sent stays counted as sent.
    if mail.state is not State.SENT:
        withdraw(mail.id, "erased")
    mail.recipient = rules.erased_recipient(mail.id)
    mail.arguments = {}
    _forget_file(mail)


def _insert_new(table: type[Mail] | type[Bounce], row: Mapping[str, object]) -> int | None:
    """Store a row; its number, or None when it is there already: of two at once the unique constraint is the judge."""
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    done = insert(table).values(dict(row)).on_conflict_do_nothing().returning(table.id)
    number: int | None = db.session.scalar(done)
    return number


def _ask(mail_id: int, expo_id: int | None) -> None:
    jobs.enqueue(SEND, str(mail_id), {"mail_id": mail_id}, expo_id=expo_id)


def _forget_file(mail: Mail) -> None:
    name = rules.file_name(mail.message_id, by_sms=mail.by_sms)
    jobs.enqueue(FORGET, name, {"file": name})


def _fail(mail: Mail, problem: Problem) -> None:
    mail.state = State.FAILED
    mail.problem = problem
    mail.next_try_at = None
    mail.finished_at = clock.now()
