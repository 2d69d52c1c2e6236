"""The words that the product writes to exhibitors; a fair may change each of them (mail.rules.texts)."""

from __future__ import annotations

from exhibitions.core.errors import N_
from exhibitions.exhibitors.rules.states import State
from exhibitions.mail.rules.texts import Words

LINK = "exhibitors.link"
RECEIVED = "exhibitors.received"
QUESTION = "exhibitors.question"
ADMITTED = "exhibitors.admitted"
WAIT_LISTED = "exhibitors.wait_listed"
REFUSED = "exhibitors.refused"
INVITED = "exhibitors.invited"
CO_NAMED = "exhibitors.co_named"
MESSAGE = "exhibitors.message"
MESSAGE_TO_OFFICE = "exhibitors.message_to_office"

FAIR_PLACES = ("fair", "days", "venue", "hotline")

TITLES: dict[str, str] = {
    LINK: N_("Link to the application"),
    RECEIVED: N_("Application received"),
    QUESTION: N_("Question about the application"),
    ADMITTED: N_("Admitted as exhibitor"),
    WAIT_LISTED: N_("On the waiting list of exhibitors"),
    REFUSED: N_("Not admitted as exhibitor"),
    INVITED: N_("Invitation to the exhibitor's centre"),
    CO_NAMED: N_("Named as co-exhibitor"),
    MESSAGE: N_("Message in the exhibitor's centre"),
}
DECIDED: dict[State, str] = {
    State.ADMITTED: ADMITTED,
    State.WAIT_LISTED: WAIT_LISTED,
    State.REFUSED: REFUSED,
}
"""Which letter tells of which decision."""
WRITTEN_TO: dict[str, frozenset[State]] = {
    QUESTION: frozenset({State.QUESTIONED}),
    WAIT_LISTED: frozenset({State.WAIT_LISTED}),
    REFUSED: frozenset({State.REFUSED}),
}
"""Whose part stands otherwise when the letter leaves gets none: it has lost its sense."""


WORDS: dict[str, Words] = {
    LINK: Words(
        N_("Your application to exhibit: {fair}"),
        N_(
            "Hello,\n\n"
            "here you go on with the application of {company} for {fair}:\n{centre}\n\n"
            "Everything you enter is kept as you go. The link is for your company alone; please do not pass it on.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: go on with your application to exhibit here: {centre}"),
    ),
    RECEIVED: Words(
        N_("We have your application to exhibit: {fair}"),
        N_(
            "Hello,\n\n"
            "we have the application of {company} for {fair}. Its number is {reference}.\n\n"
            "{message}\n\n"
            "We check it and write to you. Your application is an offer; the contract comes about with the admission. "
            "There is no right to admission or to a certain place.\n\n"
            "What you have sent, and how it stands:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we have your application to exhibit, number {reference}. How it stands: {centre}"),
    ),
    QUESTION: Words(
        N_("A question about your application: {fair}"),
        N_(
            "Hello,\n\n"
            "about the application of {company} (number {reference}) for {fair} we have a question:\n\n"
            "{message}\n\n"
            "Please change it here and send it again:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we have a question about your application {reference}. Please answer here: {centre}"),
    ),
    ADMITTED: Words(
        N_("Your application is admitted: {fair}"),
        N_(
            "Hello,\n\n"
            "we are glad to admit {company} as an exhibitor of {fair}. The number of your application is {reference}.\n\n"
            "{message}\n\n"
            "Next comes your stand. Everything about your part in the fair is here:\n{centre}\n\n"
            "Days: {days}\nVenue: {venue}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your application {reference} is admitted. What comes next: {centre}"),
    ),
    WAIT_LISTED: Words(
        N_("Your application is on the waiting list: {fair}"),
        N_(
            "Hello,\n\n"
            "thank you for the application of {company} (number {reference}) for {fair}. At the moment we have no stand "
            "for you; your application is on the waiting list, and we write as soon as a place is free.\n\n"
            "{message}\n\n"
            "How it stands:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: your application {reference} is on the waiting list. How it stands: {centre}"),
    ),
    REFUSED: Words(
        N_("About your application to exhibit: {fair}"),
        N_(
            "Hello,\n\n"
            "thank you for the application of {company} (number {reference}) for {fair}. We are sorry that we cannot "
            "admit it this time.\n\n"
            "{message}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: we are sorry that we cannot admit your application {reference}.\nQuestions? {hotline}"),
    ),
    INVITED: Words(
        N_("Your access to the exhibitor's pages: {fair}"),
        N_(
            "Hello,\n\n"
            "{company} asks you to help with its part in {fair}. Here are your pages:\n{centre}\n\n"
            "The link is yours alone. Please do not pass it on.\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: {company} asks you to help with its part in the fair: {centre}"),
    ),
    CO_NAMED: Words(
        N_("You are named as co-exhibitor: {fair}"),
        N_(
            "Hello,\n\n"
            "{main} has named {company} as a co-exhibitor on its stand at {fair}. Please say yourself whether that is so, "
            "and whether you come with your own goods and your own staff:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: you are named as co-exhibitor. Please say whether that is so: {centre}"),
    ),
    MESSAGE: Words(
        N_("A message from the organiser: {fair}"),
        N_(
            "Hello,\n\n"
            "the organiser of {fair} has written to {company}. Read it and answer here:\n{centre}\n\n"
            "Questions? {hotline}"
        ),
        N_("{fair}: the organiser has written to {company}. Read and answer here: {centre}"),
    ),
}
WITHOUT_LINK = frozenset({REFUSED})
WITH_MESSAGE = frozenset({RECEIVED, QUESTION, ADMITTED, WAIT_LISTED, REFUSED})


def places_of(name: str) -> tuple[str, ...]:
    """What a letter fills in."""
    return (
        "company",
        *(() if name in (LINK, INVITED, CO_NAMED, MESSAGE) else ("reference",)),
        *(("main",) if name == CO_NAMED else ()),
        *(("message",) if name in WITH_MESSAGE else ()),
        *(() if name in WITHOUT_LINK else ("centre",)),
        *FAIR_PLACES,
    )


def needed_of(name: str) -> tuple[str, ...]:
    """Without what a letter is useless."""
    if name == QUESTION:
        return ("message", "centre")
    return () if name in WITHOUT_LINK else ("centre",)
