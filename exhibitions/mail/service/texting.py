"""Which sender of text messages is set up, and whom it may reach."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.core import clock
from exhibitions.mail import queries
from exhibitions.mail.rules.texting import MOST_A_DAY, TextSender, is_number

SANDBOX = "sandbox"
"""The name of the sender that only writes into the outbox folder."""
_DAY = timedelta(hours=24)
_chosen: dict[str, TextSender] = {}


def configure(sender: TextSender | None) -> None:
    """Say who sends text messages; None: nobody. Called once at start."""
    _chosen.clear()
    if sender is not None:
        _chosen["sender"] = sender


def sender() -> TextSender | None:
    """Who sends text messages; None when nobody does."""
    return _chosen.get("sender")


def can_text() -> bool:
    """Whether a sender of text messages is set up."""
    return bool(_chosen)


def drops_repeats() -> bool:
    """Whether the provider sends a message once, however often it is handed over."""
    found = sender()
    return found is not None and found.drops_repeats


def is_sandbox() -> bool:
    """Whether text messages only become files, so that nobody gets one."""
    found = sender()
    return found is not None and found.name == SANDBOX


def number_for(phone: str | None) -> str:
    """The number to which a text message goes now, or "": none is set up, the number takes none, or has had its share of
    today.
    """
    if not phone or not can_text() or not is_number(phone):
        return ""
    if queries.bounce_of(phone) or queries.count_texts(phone, clock.now() - _DAY) >= MOST_A_DAY:
        return ""
    return phone
