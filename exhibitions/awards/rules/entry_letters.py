"""The words that the product writes about entries; a fair may change each of them (mail.rules.texts)."""

from __future__ import annotations

from exhibitions.core.errors import N_
from exhibitions.mail.rules.texts import Words

ACCEPTED = "awards.entry_accepted"
RETURNED = "awards.entry_returned"
REJECTED = "awards.entry_rejected"

PLACES = ("company", "award", "product", "entry", "message", "centre", "until", "fair", "hotline")
NEEDED = {ACCEPTED: (), RETURNED: ("message", "centre"), REJECTED: ("message",)}
TITLES = {
    ACCEPTED: N_("Award entry passed screening"),
    RETURNED: N_("Award entry returned for correction"),
    REJECTED: N_("Award entry failed screening"),
}
WORDS: dict[str, Words] = {
    ACCEPTED: Words(
        N_("Your award entry passed screening: {fair}"),
        N_(
            "Hello,\n\n"
            "{product}, which {company} has entered in {award} of {fair}, has passed screening. Its number is {entry}.\n\n"
            "How it stands, and the result once it is published:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{award}: your entry {entry} passed screening. How it stands: {centre}"),
    ),
    RETURNED: Words(
        N_("Please correct your award entry: {fair}"),
        N_(
            "Hello,\n\n"
            "{product}, which {company} has entered in {award} of {fair}, needs a correction before it can go to the jury:"
            "\n\n{message}\n\n"
            "Please correct it here and send it again by {until}:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{award}: your entry {entry} needs a correction. Please answer here: {centre}"),
    ),
    REJECTED: Words(
        N_("About your award entry: {fair}"),
        N_(
            "Hello,\n\n"
            "thank you for entering {product} of {company} in {award} of {fair}. We are sorry that it did not pass screening:"
            "\n\n{message}\n\n"
            "Questions? {hotline}"
        ),
        N_("{award}: we are sorry that your entry {entry} did not pass screening. Questions? {hotline}"),
    ),
}
