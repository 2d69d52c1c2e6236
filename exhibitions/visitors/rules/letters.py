"""The words that the product writes to visitors; a fair may change each of them (mail.rules.texts)."""

from __future__ import annotations

from exhibitions.core.errors import N_
from exhibitions.mail.rules.texts import Words
from exhibitions.visitors.rules.registration import ALIVE, State

BADGE_LINK = "visitors.badge_link"
RECEIVED = "visitors.received"
APPROVED = "visitors.approved"
REFUSED = "visitors.refused"
CHANGED = "visitors.changed"
CANCELLED = "visitors.cancelled"
BEFORE = "visitors.before"
OPENING = "visitors.opening"
MAILING = "visitors.mailing"
MAILING_TEST = "visitors.mailing_test"

FAIR_PLACES = ("fair", "days", "venue", "address", "hotline")
PERSON_PLACES = ("name", "company", "class", "number", "day")

TITLES: dict[str, str] = {
    BADGE_LINK: N_("Link to the badge"),
    RECEIVED: N_("Registration waits for approval"),
    BEFORE: N_("Reminder before the visit"),
    APPROVED: N_("Registration approved"),
    REFUSED: N_("Registration not approved"),
    CHANGED: N_("Details changed by the office"),
    CANCELLED: N_("Registration cancelled by the office"),
    OPENING: N_("Registration is open"),
    MAILING: N_("Message to many"),
    MAILING_TEST: N_("Test of a message to many"),
}

# Whose registration stands otherwise when the message leaves gets none: it has lost its sense.
WRITTEN_TO: dict[str, frozenset[State]] = {
    BADGE_LINK: frozenset({State.REGISTERED}),
    RECEIVED: frozenset({State.WAITING}),
    APPROVED: frozenset({State.REGISTERED}),
    BEFORE: frozenset({State.REGISTERED}),
    REFUSED: frozenset({State.REFUSED}),
    CHANGED: frozenset({State.REGISTERED}),
    CANCELLED: frozenset({State.CANCELLED}),
    MAILING: ALIVE,
}
# What the organiser says to who was decided on, and where a person takes back what was agreed to (P1).
_FURTHER: dict[str, tuple[str, ...]] = {
    BADGE_LINK: ("agreements",),
    APPROVED: ("message", "agreements"),
    REFUSED: ("message",),
}
WITHOUT_LINK = frozenset({REFUSED, CANCELLED, OPENING})

WORDS: dict[str, Words] = {
    BADGE_LINK: Words(
        N_("Your entry code: {fair}"),
        N_(
            "Hello,\n\n"
            "here is your entry code for {fair}:\n{link}\n\n"
            "Number: {number}\nDay of visit: {day}\nVenue: {venue}\n\n"
            "The link is yours alone: with it you can also change or cancel. Please do not pass it on.\n"
            "What you agreed to, and taking it back: {agreements}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your entry code is here: {link}"),
    ),
    RECEIVED: Words(
        N_("We have your registration: {fair}"),
        N_(
            "Hello,\n\n"
            "we have your registration for {fair}. The organiser looks at every registration of this category. "
            "We will tell you once yours is approved; there is no entry code before.\n\n"
            "How it stands, and where you can change or cancel it:\n{link}\n\n"
            "Day of visit: {day}\nVenue: {venue}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we have your registration and tell you once it is approved. How it stands: {link}"),
    ),
    BEFORE: Words(
        N_("Your visit is near: {fair}"),
        N_(
            "Hello,\n\n"
            "we look forward to your visit to {fair}.\n\n"
            "Day of visit: {day}\nVenue: {venue}\nAddress: {address}\n\n"
            "Show this entry code at the gate:\n{link}\n\n"
            "If you cannot come, you can cancel there.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we look forward to your visit. Your entry code: {link}"),
    ),
    APPROVED: Words(
        N_("Your registration is approved: {fair}"),
        N_(
            "Hello,\n\n"
            "your registration for {fair} is approved. Here is your entry code:\n{link}\n\n"
            "{message}\n\n"
            "Number: {number}\nDay of visit: {day}\nVenue: {venue}\n\n"
            "The link is yours alone: with it you can also change or cancel. Please do not pass it on.\n"
            "What you agreed to, and taking it back: {agreements}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your registration is approved. Your entry code: {link}"),
    ),
    REFUSED: Words(
        N_("About your registration: {fair}"),
        N_(
            "Hello,\n\n"
            "thank you for your interest in {fair}. We are sorry that we cannot confirm your registration this time.\n\n"
            "{message}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we are sorry that we cannot confirm your registration this time.\nQuestions? {hotline}"),
    ),
    CHANGED: Words(
        N_("Your registration was changed: {fair}"),
        N_(
            "Hello,\n\n"
            "we have changed your registration for {fair}. Your entry code stays the same:\n{link}\n\n"
            "Number: {number}\nDay of visit: {day}\n\n"
            "If something is not right, correct it there or call us.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we have changed your registration; your entry code stays the same: {link}"),
    ),
    CANCELLED: Words(
        N_("Your registration was cancelled: {fair}"),
        N_(
            "Hello,\n\n"
            "your registration for {fair} was cancelled. The entry code is no longer valid.\n\n"
            "If you want to come after all, please register again or call us.\n\n"
            "Questions? {hotline}"
        ),
        N_(
            "{fair}: your registration was cancelled, the entry code is no longer valid.\nQuestions? {hotline}"
        ),
    ),
    OPENING: Words(
        N_("Registration is open: {fair}"),
        N_(
            "Hello,\n\n"
            "registration for {fair} is open:\n{page}\n\n"
            "You asked us to tell you. This is the only message, and we have erased your address.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: registration is open: {page}"),
    ),
}


def first_letter(state: State) -> str:
    """What a person is told after registering: the code, or that there is none before the approval."""
    return RECEIVED if state is State.WAITING else BADGE_LINK


def changed_letter(state: State) -> str:
    """What a person is told whose details the office has changed."""
    return RECEIVED if state is State.WAITING else CHANGED


def places_of(name: str) -> tuple[str, ...]:
    """What a letter fills in."""
    if name == OPENING:
        return (*FAIR_PLACES, "page")
    link = () if name in WITHOUT_LINK else ("link",)
    return (*PERSON_PLACES, *_FURTHER.get(name, ()), *link, *FAIR_PLACES)


def needed_of(name: str) -> tuple[str, ...]:
    """Without what a letter is useless."""
    if name == OPENING:
        return ("page",)
    return () if name in WITHOUT_LINK or name == CHANGED else ("link",)
