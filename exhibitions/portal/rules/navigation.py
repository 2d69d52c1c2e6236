"""Which pages the desk, a door and the public bar lead to; only pages that exist and that the reader may open."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from exhibitions.core.errors import N_
from exhibitions.core.pinyin import readings
from exhibitions.portal.rules.checklist import Step


@dataclass(frozen=True)
class Way:
    """A page to go to: its name as an English message id, its endpoint, the right it needs, and a line about it.

    `key` is what is pressed after `g` to go there (ux.md §8). `bar` is its drawing in the phone's bottom bar; empty for
    pages that are reached by the menu.
    """

    label: str
    endpoint: str
    right: str = ""
    note: str = ""
    key: str = ""
    bar: str = ""


# The groups of ux.md §3; a page whose endpoint is not registered is not shown, so rooms may come later.
DESK: tuple[tuple[str, tuple[Way, ...]], ...] = (
    ("", (Way(N_("Desk"), "portal.desk", "expo.view", key="d"),)),
    (
        N_("Plan"),
        (
            Way(N_("Set-up"), "portal.setup", "expo.edit"),
            Way(N_("Floor plan"), "stands.floor_plan", "exhibitors.view"),
            Way(N_("Prices"), "stands.prices", "prices.edit"),
            Way(N_("Tasks"), "tasks.tasks", "expo.view"),
        ),
    ),
    (
        N_("Exhibitor side"),
        (
            Way(N_("Prospects and exhibitors"), "exhibitors.exhibitors", "exhibitors.view", key="e"),
            Way(N_("Holds and assigned stands"), "stands.holds", "exhibitors.view"),
            Way(N_("Applications"), "exhibitors.applications", "exhibitors.view"),
            Way(N_("Requests of exhibitors"), "portal.exhibitor_requests", "exhibitors.view"),
            Way(N_("Orders and payments"), "orders.orders", "orders.view", key="o"),
            Way(N_("Services"), "orders.services", "orders.view"),
            Way(N_("Directory and fascias"), "portal.proof", "exhibitors.view"),
        ),
    ),
    (
        N_("Visitor side"),
        (
            Way(N_("Registrations"), "visitors.visitors", "visitors.view", key="v"),
            Way(N_("Import"), "visitors.imports", "visitors.import"),
            Way(N_("Invitations"), "visitors.invitations", "visitors.view"),
            Way(N_("Groups"), "visitors.groups", "visitors.view"),
            Way(N_("VIP guests"), "visitors.guests", "visitors.view"),
            Way(N_("Badges"), "badges.badges", "badges.print"),
            Way(N_("Messages"), "mail.outbox", "visitors.edit"),
        ),
    ),
    (
        N_("On site"),
        (
            Way(N_("Visitor desk"), "visitors.visitor_desk", "desk.serve"),
            Way(N_("Exhibitor desk"), "portal.exhibitor_desk", "exhibitors.desk"),
            Way(N_("At the stands"), "portal.presence", "exhibitors.desk"),
            Way(N_("Sales figures"), "exhibitors.sales_figures", "exhibitors.view"),
            Way(N_("Live board"), "reports.board", "figures.view"),
            Way(N_("Gates"), "gates.gates", "gates.manage"),
            Way(N_("On-site command"), "chief.chief", "gates.manage"),
        ),
    ),
    (
        N_("Award side"),
        (Way(N_("Awards"), "awards.awards", "awards.view", key="a"),),
    ),
    (
        N_("Reports"),
        (
            Way(N_("Attendance"), "reports.attendance", "figures.view", key="r"),
            Way(N_("Space and exhibitors"), "reports.exhibition_figures", "figures.view"),
        ),
    ),
    (
        N_("Settings"),
        (
            Way(N_("People and roles"), "people.fair_people", "expo.people"),
            Way(N_("Audit"), "audit.entries", "expo.edit"),
            Way(N_("Record of processing"), "portal.processing", "expo.edit"),
            Way(N_("Long work"), "jobs.jobs", "expo.edit"),
        ),
    ),
)

# Pages of the organisation, which stand beside no fair; the rights are those of its own roles.
ORGANISATION: tuple[Way, ...] = (
    Way(
        N_("Companies"),
        "companies.companies",
        "organisation.companies-view",
        N_("The register: names, contacts, papers, doubles"),
    ),
    Way(
        N_("People and roles"),
        "people.people",
        "organisation.people",
        N_("Invite, give roles, see who signs in how"),
    ),
    Way(
        N_("Audit and personal data"),
        "portal.privacy",
        "organisation.privacy",
        N_("Copies, erasure, terms, and who did what"),
    ),
    Way(N_("Messages"), "mail.organisation_outbox", "organisation.system", N_("Messages to colleagues")),
    Way(
        N_("Sender and test"),
        "portal.sender",
        "organisation.system",
        N_("Whether mail leaves the house, with a test"),
    ),
    Way(
        N_("System settings"),
        "upkeep.settings",
        "organisation.system",
        N_("Name, logo, backups and their test"),
    ),
    Way(N_("Health"), "upkeep.page", "organisation.system", N_("What needs a hand, and what to do")),
    Way(
        N_("Long work"), "jobs.organisation_jobs", "organisation.system", N_("What runs and what has failed")
    ),
)

SETUP: dict[Step, Way] = {
    Step.FACTS: Way(N_("Facts"), "expos.facts", "expo.edit"),
    Step.UNITS: Way(N_("Organising units"), "expos.units", "expo.edit"),
    Step.DAYS: Way(N_("Days, hours and doors"), "portal.days", "expo.edit"),
    Step.HALLS: Way(N_("Halls"), "expos.halls", "expo.edit"),
    Step.ZONES: Way(N_("Zones"), "expos.zones", "expo.edit"),
    Step.FLOOR_PLAN: Way(N_("Floor plan"), "stands.floor_plan", "exhibitors.view"),
    Step.PRICES: Way(N_("Prices"), "stands.prices", "prices.edit"),
    Step.APPLICATION: Way(N_("How we take exhibitors"), "exhibitors.application_setup", "exhibitors.edit"),
    Step.REGISTRATION: Way(N_("Registration and consent"), "expos.registration", "expo.edit"),
    Step.FORM: Way(N_("Visitor form"), "visitors.visitor_form", "expo.edit"),
    Step.MESSAGES: Way(N_("Messages"), "mail.outbox", "visitors.edit"),
    Step.BADGES: Way(N_("Badge classes"), "badges.badges", "expo.edit"),
    Step.GATES: Way(N_("Gates"), "portal.gates", "expo.edit"),
}
BESIDE: tuple[Way, ...] = (
    Way(N_("Plan of tasks"), "tasks.tasks", "expo.view"),
    Way(N_("Permit"), "portal.permit", "expo.edit"),
    Way(N_("Exhibitor's centre"), "exhibitors.centre_setup", "exhibitors.edit"),
    Way(N_("Preview links"), "previews.previews", "expo.publish"),
)
"""Pages of the set-up that are no part of the checklist."""

DOORS: tuple[Way, ...] = (
    Way(N_("Desk"), "portal.desk", "expo.view", N_("Figures, tasks and all pages of the fair")),
    Way(N_("Visitor desk"), "visitors.visitor_desk", "desk.serve", N_("Find, register and print on site")),
    Way(N_("Live board"), "reports.board", "figures.view", N_("What happens at the gates now")),
    Way(N_("Gates"), "gates.gates", "gates.manage", N_("Pair scanners and watch the entrances")),
    Way(N_("Awards"), "awards.awards", "awards.view", N_("Entries, jury and medals")),
    Way(
        N_("On-site command"),
        "chief.chief",
        "gates.manage",
        N_("Decide doubtful scans, move doors, open the gates"),
    ),
)

VISIT = Way(N_("Visit"), "visitors.register")
EXHIBIT = Way(N_("Exhibit"), "exhibitors.exhibit")
DIRECTORY = Way(N_("Exhibitors and map"), "stands.exhibitors_and_map")
AWARDS = Way(N_("Awards"), "awards.winners")
MY_BADGE = Way(N_("My badge"), "visitors.find")


# The exhibitor's own pages, behind a personal link (ux.md §3); each with the duty that it asks for.
EXHIBITOR: tuple[Way, ...] = (
    Way(N_("My tasks"), "portal.exhibitor_home", bar="done"),
    Way(N_("Application"), "exhibitors.application", "order"),
    Way(N_("Stand"), "stands.choose", "order"),
    Way(N_("Staff badges"), "portal.staff_badges", "build_up", bar="person"),
    Way(N_("Directory entry"), "portal.entry", "directory"),
    Way(N_("Awards"), "portal.my_awards", "awards"),
    Way(N_("Daily figures"), "exhibitors.daily_figures", "figures", bar="list"),
    Way(N_("Orders"), "orders.order", "order"),
    Way(N_("Payments"), "orders.my_payments", "money"),
)


def public_ways(*, is_over: bool, has_awards: bool = False) -> tuple[Way, ...]:
    """The pages of the public bar; after the fair nobody is asked to register any more.

    `has_awards`: entries to an award are taken, or a result is published.
    """
    before = () if is_over else (VISIT, EXHIBIT)
    return (*before, DIRECTORY, *((AWARDS,) if has_awards else ()), MY_BADGE)


# The same few dozen names stand on every page of the desk, and reading Han aloud takes a while.
@lru_cache(maxsize=4096)
def typed_names(*names: str) -> str:
    """What may be typed to find a page with these names: each in small letters, Han also by pinyin and by its initials."""
    found = []
    for name in names:
        sounds = readings(name)
        found += [name.casefold(), "".join(sounds), "".join(sound[0] for sound in sounds)]
    return " ".join(dict.fromkeys(each for each in found if each))


def open_ways(ways: tuple[Way, ...], rights: Container[str], endpoints: Container[str]) -> list[Way]:
    """Those of the `ways` that exist and that somebody with these rights may go."""
    return [way for way in ways if way.endpoint in endpoints and (not way.right or way.right in rights)]
