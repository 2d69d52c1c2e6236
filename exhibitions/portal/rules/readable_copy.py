"""The copy of a person's data as people read it: sections of labelled values (P7). The same values as for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exhibitions.badges.rules.deeds import DEEDS as BADGE_DEEDS
from exhibitions.badges.rules.number import shown
from exhibitions.companies.rules.roles import ROLE_TEXTS
from exhibitions.core.errors import N_
from exhibitions.gates.rules.words import VERDICTS
from exhibitions.portal.rules.deeds import DEEDS as PORTAL_DEEDS
from exhibitions.visitors.rules.deeds import DEEDS as VISITOR_DEEDS

LABELS: Mapping[str, str] = {
    "name": N_("Name"),
    "company": N_("Company"),
    "title": N_("Job title"),
    "phone": N_("Mobile number"),
    "email": N_("E-mail"),
    "region": N_("Region"),
    "visit_day": N_("Day of visit"),
    "planned_day": N_("Day of visit"),
    "note": N_("Note"),
    "state": N_("State"),
    "channel": N_("Way in"),
    "source": N_("Source"),
    "language": N_("Language"),
    "lang": N_("Language"),
    "registered_at": N_("Registered at"),
    "changed_at": N_("Last changed"),
    "brought_by_somebody": N_("Brought along by a colleague"),
    "colleagues_brought": N_("Colleagues brought along"),
    "number": N_("Badge number"),
    "class": N_("Class"),
    "issued_at": N_("Issued"),
    "cancelled_at": N_("Cancelled at"),
    "replaced_at": N_("Replaced at"),
    "printed": N_("Times printed"),
    "days": N_("Days visited"),
    "purpose": N_("Purpose"),
    "version": N_("Version of the text"),
    "given_at": N_("Agreed at"),
    "withdrawn_at": N_("Withdrawn at"),
    "at": N_("Time"),
    "gate": N_("Gate"),
    "direction": N_("Direction"),
    "answer": N_("Answer"),
    "admitted": N_("Let in"),
    "recipient": N_("Sent to"),
    "created_at": N_("Written at"),
    "finished_at": N_("Sent at"),
    "template": N_("Message"),
    "action": N_("What was done"),
    "changed": N_("Fields"),
    "company_zh": N_("Company"),
    "company_en": N_("Company in English"),
    "role": N_("Role"),
    "wechat": N_("WeChat"),
    "kind": N_("Kind"),
    "text": N_("Text"),
    "removed_at": N_("Taken out at"),
    "receiver": N_("Receiver"),
    "amount": N_("Amount"),
    "places": N_("Fields"),
}
VALUES: Mapping[str, str] = {
    **VISITOR_DEEDS.values,
    **{f"role={role.value}": text for role, text in ROLE_TEXTS.items()},
    **{f"answer={code}": word for code, word in VERDICTS.items()},
    **{
        f"action={name}": word
        for deeds in (BADGE_DEEDS, PORTAL_DEEDS, VISITOR_DEEDS)
        for name, word in deeds.actions.items()
    },
    "direction=in": N_("In"),
    "direction=out": N_("Out"),
    "purpose=service": N_("Registration and visit"),
    "purpose=marketing": N_("News of later fairs"),
    "language=zh": N_("Chinese"),
    "language=en": N_("English"),
    "lang=zh": N_("Chinese"),
    "lang=en": N_("English"),
    "template=visitors.badge_link": N_("Link to the badge"),
    "template=visitors.received": N_("Registration waits for approval"),
    "template=visitors.opening": N_("Registration is open"),
    "state=sent": N_("Sent"),
    "state=withdrawn": N_("Not sent"),
    "state=failed": N_("Not delivered"),
    "state=sending": N_("Being sent"),
}


@dataclass(frozen=True)
class Section:
    """A part of the copy: its title (a message id), and records of (label, value) each; labels are message ids.

    A value is a text, a number, a truth, a day or a moment (UTC), a word with a message id where there is one, or a
    list of these.
    """

    title: str
    records: Sequence[Sequence[tuple[str, Any]]]


def sections(known: Mapping[str, Any]) -> list[Section]:
    """The copy in sections, the person's other registrations behind the first.

    What is empty is left out of each record, so that the rest is read.
    """
    found = _sections(known, N_("Your details"))
    for other in known.get("others", []):
        found += _sections(other, N_("Details of another registration of yours"))
    return found


def company_sections(known: Mapping[str, Any]) -> list[Section]:
    """The copy of somebody who is known through companies, in sections; what is empty is left out."""
    here = known["exhibitors"]
    staff = [dict(each) for each in here["staff"]]
    lists: dict[str, Sequence[Mapping[str, Any]]] = {
        N_("You as a contact of companies"): known["companies"],
        N_("You in the centres of exhibitors"): here["acting"],
        N_("Your staff badges"): staff,
        N_("Badges"): [_badge(badge) for each in staff for badge in each.pop("badges")],
        N_("You as the contact of a co-exhibitor"): here["contact"],
        N_("Talks with you"): here["talks"],
        N_("What you wrote to the organiser"): here["messages"],
        N_("What you signed for"): here["signed"],
        N_("Your number and address in the directory"): here["directory"],
        N_("Invoices that you receive"): known["orders"],
        N_("Messages sent to you"): here["mails"],
        N_("Texts about a company that mention you"): here["mentioned"],
    }
    return [
        Section(title, [_record(each) for each in records]) for title, records in lists.items() if records
    ]


def _sections(known: Mapping[str, Any], title: str) -> list[Section]:
    person = dict(known["person"])
    lists = {
        N_("Badges"): [_badge(each) for each in person.pop("badges", [])],
        N_("What you agreed to"): person.pop("consents", []),
        N_("Scans at the gates"): known.get("scans", []),
        N_("Messages sent to you"): person.pop("mails", []),
        N_("What was done with these data"): known.get("history", []),
    }
    further = {name: part for name, part in person.items() if isinstance(part, list | dict)}
    own = {name: value for name, value in person.items() if name not in further}
    found = [Section(title, [_record(own)])]
    found += [
        Section(title, [_record(each) for each in records]) for title, records in lists.items() if records
    ]
    for name, part in further.items():
        records = part if isinstance(part, list) else [part]
        rows = [_record(each) for each in records if isinstance(each, dict)]
        if rows:
            found.append(Section(LABELS.get(name, name), rows))
    return found


def _badge(badge: Mapping[str, Any]) -> dict[str, Any]:
    return {**badge, "number": shown(int(badge["number"]))}


def _record(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (LABELS.get(name, name), _value(name, value))
        for name, value in values.items()
        if value not in (None, "", [])
    ]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [
            Word(LABELS[each]) if name == "changed" and each in LABELS else _value(name, each)
            for each in value
        ]
    if f"{name}={value}" in VALUES:
        return Word(VALUES[f"{name}={value}"])
    if isinstance(value, str):
        return _moment(value)
    return value


@dataclass(frozen=True)
class Word:
    """A value that is said in the reader's language: an English message id."""

    text: str


def _moment(text: str) -> Any:
    """A moment or a day where the text is one, else the text."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        if len(text) >= len("2026-08-19") and text[4:5] == "-":
            try:
                return read(text)
            except ValueError:
                continue
    return text
