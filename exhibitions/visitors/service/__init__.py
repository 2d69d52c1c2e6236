"""What happens to visitors. Other rooms come in here; the parts are split by verb."""

from exhibitions.visitors.service.exporting import FIELDS, HEADINGS, export, exported, record
from exhibitions.visitors.service.personal import erase_person, expire, export_person
from exhibitions.visitors.service.registering import (
    SERVICE,
    Entry,
    Person,
    Registered,
    bring,
    check_alive,
    prepare,
    register,
    sent_before,
    standing,
)
from exhibitions.visitors.service.registration import (
    LETTER,
    LINK,
    approve,
    cancel,
    correct,
    new_link,
    refuse,
    send_again,
    send_link,
    unmask,
)

__all__ = [
    "FIELDS",
    "HEADINGS",
    "LETTER",
    "LINK",
    "SERVICE",
    "Entry",
    "Person",
    "Registered",
    "approve",
    "bring",
    "cancel",
    "check_alive",
    "correct",
    "erase_person",
    "expire",
    "export",
    "export_person",
    "exported",
    "new_link",
    "prepare",
    "record",
    "refuse",
    "register",
    "send_again",
    "send_link",
    "sent_before",
    "standing",
    "unmask",
]
