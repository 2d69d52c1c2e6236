"""What a message that came back says: which of ours it was, and whether the address is dead (RFC 3464)."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

MOST_BYTES = 2 * 1024 * 1024
"""The longest message that is read; what comes back is a page of text, with or without the message itself."""

# Ours begin with 32 random letters: that no other message has.
_OURS = re.compile(rb"<([0-9a-f]{32}@[A-Za-z0-9.-]{1,253})>")
_DEAD = re.compile(r"\b5\.[0-7]\.\d{1,3}\b")
_MOST_PARTS = 50


@dataclass(frozen=True)
class Returned:
    """Our message that came back, and whether for good: a delay is no bounce, nor is a full letter box."""

    message_id: str
    permanent: bool


# 4.x.x will be tried again by the server itself; these two of 5.x.x mean "not now" (full, too large).
_NOT_DEAD = frozenset({"5.2.2", "5.3.4"})


def read_returned(raw: bytes) -> list[Returned]:
    """Our messages that `raw` (an .eml file, or its source pasted) tells of, each once; nothing for any other text."""
    raw = raw[:MOST_BYTES]
    found = dict.fromkeys(number.decode() for number in _OURS.findall(raw))
    permanent = _is_permanent(raw)
    return [Returned(f"<{number}>", permanent) for number in found]


def _is_permanent(raw: bytes) -> bool:
    try:
        reports = list(_reports(email.message_from_bytes(raw, policy=email.policy.compat32)))
    except RecursionError:
        # Parts in parts, deeper than the library reads: no server sends such a report.
        reports = []
    if not reports:
        # No report for machines: the server's own words hold the status.
        text = raw.decode("utf-8", "replace")
        found = set(_DEAD.findall(text))
        return bool(found - _NOT_DEAD)
    return any(
        str(report.get("Action", "")).strip().lower() == "failed"
        and str(report.get("Status", "")).split(" ")[0].strip() not in _NOT_DEAD
        for report in reports
    )


def _reports(parsed: Message) -> Iterator[Message]:
    for number, part in enumerate(parsed.walk()):
        if number >= _MOST_PARTS:
            return
        # The parser makes a message of each block of fields: one for the server, one for each recipient.
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (
                block for block in part.get_payload() if isinstance(block, Message) and "Action" in block
            )
