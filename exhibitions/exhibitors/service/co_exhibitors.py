"""Companies on another one's stand: named by the main exhibitor, declared by themselves, admitted by the organiser."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.companies import queries as register
from exhibitions.companies import service as companies
from exhibitions.companies.models import Company
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.service import ContactFacts
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, RepresentedCompany
from exhibitions.exhibitors.queries import applying as queries
from exhibitions.exhibitors.rules import co_exhibitors as rules
from exhibitions.exhibitors.rules.application import MOST_COMPANIES
from exhibitions.exhibitors.rules.co_exhibitors import CoState, Declaration, Part, Source
from exhibitions.exhibitors.service import telling
from exhibitions.exhibitors.service.applying import check_writable
from exhibitions.exhibitors.service.moving import SUBJECT, lock

_PERSONAL = frozenset({"contact_name", "contact_phone", "contact_email"})


@dataclass(frozen=True)
class CoFacts:
    """What a main exhibitor says of a company on its stand."""

    name_zh: str = ""
    name_en: str = ""
    credit_code: str | None = None
    country: str = "CN"
    contact_name: str = ""
    contact_phone: str | None = None
    contact_email: str | None = None
    own_goods: bool | None = None
    own_staff: bool | None = None


@dataclass(frozen=True)
class RepresentedFacts:
    """A company whose goods alone are shown."""

    name_zh: str = ""
    name_en: str = ""
    credit_code: str | None = None
    country: str = "CN"


def name_one(
    exhibitor: Exhibitor, facts: CoFacts, by: Actor, source: Source = Source.APPLICATION
) -> CoExhibitor:
    """Name a co-exhibitor (E-3). Raises `Refused`: too many, the main exhibitor itself, `Conflict`: named already.

    With goods and without staff it is a represented company (E-4): that is refused here and said.
    """
    lock(exhibitor)
    known = queries.co_exhibitors(exhibitor)
    if len(known) >= MOST_COMPANIES:
        raise Refused(
            "co_exhibitors_many", N_("At most %(most)s companies can be named"), most=MOST_COMPANIES
        )
    _check_new(exhibitor, facts, _named(exhibitor))
    row = CoExhibitor(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        state=CoState.NAMED,
        source=source,
        created_at=clock.now(),
        **asdict(facts),
    )
    db.session.add(row)
    db.session.flush()
    _record("exhibitors.co_named", row, by, after={"name": row.name_zh or row.name_en, "source": source})
    return row


def change_one(row: CoExhibitor, facts: CoFacts, by: Actor) -> None:
    """Correct what the main exhibitor said of a co-exhibitor. Raises like `name_one`, `Conflict` once it spoke itself.

    What a company declared of itself is evidence (E-9): it corrects that by its own link.
    """
    exhibitor = row.exhibitor
    lock(exhibitor)
    check_writable(exhibitor)
    _lock(row)
    if row.state is not CoState.NAMED:
        raise Conflict(
            "co_declared",
            N_(
                "This company has answered for itself. It changes its answers by its own link, or you take it off."
            ),
        )
    others = [each for each in _named(exhibitor) if each.id != row.id]
    _check_new(exhibitor, facts, others)
    values = asdict(facts)
    before = {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}
    for name in before:
        setattr(row, name, values[name])
    db.session.flush()
    if before:
        after = {name: values[name] for name in before}
        _record("exhibitors.co_changed", row, by, before, after, _PERSONAL & before.keys())


def take_off(row: CoExhibitor, by: Actor) -> None:
    """The main exhibitor names this one no longer; before the application is sent nothing of it stays."""
    lock(row.exhibitor)
    check_writable(row.exhibitor)
    if row.exhibitor.submitted_at is not None:
        _move(row, CoState.WITHDRAWN, by)
        return
    _record("exhibitors.co_taken_off", row, by)
    db.session.delete(row)
    db.session.flush()


def declare(row: CoExhibitor, facts: CoFacts, by: Actor) -> Part:
    """A co-exhibitor declares itself by its own link; gives what it is in the figures then (E-1, E-4).

    Raises `Conflict` when the organiser has decided already.
    """
    _lock(row)
    rules.check_move(row.state, CoState.DECLARED)
    values = asdict(facts)
    before = {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}
    for name in before:
        setattr(row, name, values[name])
    row.declared_at = clock.now()
    _move(row, CoState.DECLARED, by, {name: values[name] for name in before})
    return rules.part(declaration_of(row))


def withdraw(row: CoExhibitor, by: Actor) -> None:
    """A named company says that it does not take part. Twice is once."""
    _lock(row)
    if row.state is not CoState.WITHDRAWN:
        _move(row, CoState.WITHDRAWN, by)


def decide(row: CoExhibitor, to: CoState, by: Actor) -> None:
    """The organiser admits or refuses a co-exhibitor. Who has no own staff cannot be admitted (E-1). Raises `Refused`."""
    _lock(row)
    rules.check_move(row.state, to)
    if to is CoState.ADMITTED:
        rules.check_admission(declaration_of(row))
        _enter_into_register(row, by)
    row.decided_at = clock.now()
    _move(row, to, by)


def ask_again(row: CoExhibitor, by: Actor) -> None:
    """Write to a company once more with its own link, for who lost it. Raises `Refused` without an address, `Conflict`
    when it is decided or off the stand."""
    _lock(row)
    if row.state not in rules.ASKED:
        raise Conflict("co_decided", N_("This company is not asked any more."))
    if not (row.contact_phone or row.contact_email):
        raise Refused("co_no_address", N_("This company has no number and no address to write to"))
    telling.tell_co_exhibitor(row, row.exhibitor.language, again=True)
    _record("exhibitors.co_asked", row, by)


def _named(exhibitor: Exhibitor) -> list[CoExhibitor]:
    """Who is named at the stand now: a company that left may be named anew."""
    return [row for row in queries.co_exhibitors(exhibitor) if row.state is not CoState.WITHDRAWN]


def declaration_of(row: CoExhibitor) -> Declaration:
    """What is said of a co-exhibitor; what nobody has said counts as no."""
    return Declaration(own_goods=bool(row.own_goods), own_staff=bool(row.own_staff))


def represent(exhibitor: Exhibitor, facts: RepresentedFacts, by: Actor) -> RepresentedCompany:
    """Name a company whose goods alone are shown (E-4). Raises `Refused`: too many, `Conflict`: named already."""
    lock(exhibitor)
    check_writable(exhibitor)
    known = queries.represented(exhibitor)
    if len(known) >= MOST_COMPANIES:
        raise Refused("represented_many", N_("At most %(most)s companies can be named"), most=MOST_COMPANIES)
    if any(_same(row, facts) for row in known):
        raise Conflict("represented_named", N_("You have named this company already"))
    row = RepresentedCompany(expo_id=exhibitor.expo_id, exhibitor_id=exhibitor.id, **asdict(facts))
    db.session.add(row)
    db.session.flush()
    _record_represented("exhibitors.represented_named", exhibitor, row, by)
    return row


def represent_no_more(exhibitor: Exhibitor, row: RepresentedCompany, by: Actor) -> None:
    """Take a represented company off the application."""
    lock(exhibitor)
    check_writable(exhibitor)
    _record_represented("exhibitors.represented_taken_off", exhibitor, row, by)
    db.session.delete(row)
    db.session.flush()


def _check_new(exhibitor: Exhibitor, facts: CoFacts, others: list[CoExhibitor]) -> None:
    company = exhibitor.answers.get("company") or {}
    code = exhibitor.company.credit_code if exhibitor.company else company.get("credit_code")
    if facts.credit_code and facts.credit_code == code:
        raise Refused("co_is_main", N_("This is your own company. Name only others here"))
    if any(_same(row, facts) for row in others):
        raise Conflict("co_named", N_("You have named this company already"))


def _same(row: CoExhibitor | RepresentedCompany, facts: CoFacts | RepresentedFacts) -> bool:
    """The same entity by its code (E-7), else by its names."""
    if facts.credit_code and row.credit_code:
        return facts.credit_code == row.credit_code
    names = {name.casefold() for name in (row.name_zh, row.name_en) if name}
    return bool(names & {name.casefold() for name in (facts.name_zh, facts.name_en) if name})


def _enter_into_register(row: CoExhibitor, by: Actor) -> None:
    if row.company_id is not None:
        return
    lock_named(f"company {row.credit_code}")
    found = register.by_credit_code(row.credit_code) if row.credit_code else None
    row.company_id = (found or _new_company(row, by)).id


def _new_company(row: CoExhibitor, by: Actor) -> Company:
    company = companies.add(CompanyFacts(row.name_zh, row.name_en, row.credit_code, row.country), by)
    if row.contact_name or row.contact_phone or row.contact_email:
        facts = ContactFacts(
            name=row.contact_name, phone=row.contact_phone or "", email=row.contact_email or ""
        )
        companies.add_contact(company, facts, by)
    return company


def _lock(row: CoExhibitor) -> None:
    locked = sa.select(CoExhibitor).where(CoExhibitor.id == row.id).with_for_update()
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound("co_gone", N_("This company is no longer named"))


def _move(row: CoExhibitor, to: CoState, by: Actor, after: dict[str, object] | None = None) -> None:
    rules.check_move(row.state, to)
    before, row.state = row.state, to
    db.session.flush()
    deed = f"exhibitors.co_{to}"
    _record(deed, row, by, {"state": before}, {"state": to, **(after or {})}, _PERSONAL & set(after or {}))


def _record(
    action: str,
    row: CoExhibitor,
    by: Actor,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    personal: frozenset[str] = frozenset(),
) -> None:
    audit.record(
        action,
        by,
        expo_id=row.expo_id,
        subject=(telling.CO_EXHIBITOR, row.id),
        before=before,
        after=after,
        personal=personal,
    )


def _record_represented(action: str, exhibitor: Exhibitor, row: RepresentedCompany, by: Actor) -> None:
    after: dict[str, object] = {"name": row.name_zh or row.name_en, "country": row.country}
    audit.record(action, by, expo_id=exhibitor.expo_id, subject=(SUBJECT, exhibitor.id), after=after)
