"""Trying the sender while somebody waits for the answer: short patience, and what went wrong in words."""

from __future__ import annotations

import secrets
from dataclasses import replace
from email.utils import parseaddr

from exhibitions.core import clock
from exhibitions.mail import service
from exhibitions.mail.handlers import texting, transport
from exhibitions.mail.rules import Envelope, Message, Problem, Undelivered, compose, wire_address

_TIMEOUT, _PATIENCE = 8.0, 15.0
"""Seconds for each word of the server, and for all of them."""


def try_sender(recipient: str, message: Message, lang: str) -> Problem | None:
    """Send a message at once, past the outbox; what went wrong, or None when the server has taken it.

    Never called inside a transaction. Without a server the message is written into the folder.
    """
    account = replace(service.account(), timeout=_TIMEOUT, patience=_PATIENCE)
    domain = wire_address(f"x@{parseaddr(account.sender)[1].rpartition('@')[2] or 'localhost'}")[2:]
    number = f"<{secrets.token_hex(16)}@{domain}>"
    mail = compose(message, Envelope(account.sender, recipient, number, lang, clock.now()))
    try:
        transport.deliver(mail, recipient, account, lambda: None)
    except Undelivered as trouble:
        return trouble.problem
    return None


def try_text(phone: str, text: str) -> tuple[Problem | None, int]:
    """Send a text message at once, past the outbox: what went wrong, or None when the provider has taken it, and parts.

    Never called inside a transaction.
    """
    try:
        return None, texting.deliver(phone, text, secrets.token_hex(16), lambda: None, _PATIENCE)
    except Undelivered as trouble:
        return trouble.problem, 0
