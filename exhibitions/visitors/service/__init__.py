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
from exhibitions.visitors.service.reserve import Given, bind_reserve, give_reserve, reserve_badge

__all__ = [
    "FIELDS",
    "HEADINGS",
    "LETTER",
    "LINK",
    "SERVICE",
    "Entry",
    "Given",
    "Person",
    "Registered",
    "approve",
    "bind_reserve",
    "bring",
    "cancel",
    "check_alive",
    "correct",
    "erase_person",
    "expire",
    "export",
    "export_person",
    "exported",
    "give_reserve",
    "new_link",
    "prepare",
    "record",
    "refuse",
    "register",
    "reserve_badge",
    "send_again",
    "send_link",
    "sent_before",
    "standing",
    "unmask",
]
