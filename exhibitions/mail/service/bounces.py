"""What becomes of messages that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibitions.audit import service as audit
from exhibitions.core.actor import Actor
from exhibitions.mail import queries
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import Problem, State
from exhibitions.mail.rules.bounces import Returned
from exhibitions.mail.service import note_bounce


@dataclass(frozen=True)
class Taken:
    """How many messages were found to have come back for good, how many will still be tried by the server, and how
    many are none of ours."""

    marked: int = 0
    delayed: int = 0
    unknown: int = 0


def take_back(
    returned: Sequence[Returned], by: Actor, expo_id: int | None = None, *, everywhere: bool = False
) -> Taken:
    """Mark the messages of a fair (or of all) that came back for good, and their addresses. Twice is as good as once."""
    dead = {one.message_id for one in returned if one.permanent}
    found = queries.by_message_ids(expo_id, [one.message_id for one in returned], everywhere=everywhere)
    marked = [mail for mail in found if mail.message_id in dead]
    for mail in marked:
        _mark(mail)
    if marked:
        audit.record("mail.bounced", by, expo_id=expo_id, after={"messages": len(marked)})
    return Taken(
        len(marked), len(found) - len(marked), len({one.message_id for one in returned}) - len(found)
    )


def _mark(mail: Mail) -> None:
    if mail.state is not State.BOUNCED and "@" in mail.recipient:
        mail.state, mail.problem = State.BOUNCED, Problem.BOUNCED.value
        note_bounce(mail.recipient, Problem.BOUNCED)
