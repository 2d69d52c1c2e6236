"""The words that the product writes to who complained of a result; a fair may change each of them (mail.rules.texts).

The first letter repeats nothing that was typed: anybody can type anybody's address.
"""

from __future__ import annotations

from exhibitions.core.errors import N_
from exhibitions.mail.rules.texts import Words

RECEIVED = "awards.complaint_received"
DECIDED = "awards.complaint_decided"

PLACES = {
    RECEIVED: ("complaint", "award", "fair", "hotline"),
    DECIDED: ("complaint", "award", "decision", "message", "fair", "hotline"),
}
NEEDED = {RECEIVED: ("complaint",), DECIDED: ("decision", "message")}
TITLES = {
    RECEIVED: N_("Complaint about an award received"),
    DECIDED: N_("Complaint about an award answered"),
}
WORDS: dict[str, Words] = {
    RECEIVED: Words(
        N_("We have received your complaint: {fair}"),
        N_(
            "Hello,\n\n"
            "we have received your complaint about the result of {award} ({fair}). Its number is {complaint}.\n\n"
            "The organiser looks into it and answers you at this address.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your complaint {complaint} was received."),
    ),
    DECIDED: Words(
        N_("The answer to your complaint: {fair}"),
        N_(
            "Hello,\n\n"
            "your complaint {complaint} about the result of {award} ({fair}) is decided: {decision}.\n\n"
            "{message}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your complaint {complaint} is answered: {decision}."),
    ),
}
