"""An application to exhibit: begun, kept as it goes, found again, sent once however often it is sent (E1)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.audit import service as audit
from exhibitions.companies import queries as register
from exhibitions.companies.models import Company
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.contact import normal_phone
from exhibitions.core.db import db, lock_named
from exhibitions.core.errors import N_, Conflict, NotFound, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorCategory, ExhibitorEvent, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, settings
from exhibitions.exhibitors.queries import applying as queries
from exhibitions.exhibitors.rules import application, letters, states
from exhibitions.exhibitors.rules.application import (
    Application,
    CompanyBlock,
    ContactBlock,
    Declarations,
    OpenState,
    ProductsBlock,
    StandBlock,
)
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import registering, telling
from exhibitions.exhibitors.service.moving import SUBJECT, lock, move
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import local_day

BLOCKS = {
    CompanyBlock: "company",
    ContactBlock: "contact",
    ProductsBlock: "products",
    StandBlock: "stand",
}
LATE = "late"
PAPERS = "papers"
"""Places of the answers: that it was sent after the closing, and which papers came with it."""
OF_PERSONS = frozenset({"legal_representative", *(field.name for field in fields(ContactBlock))})
"""Fields of the answers that name persons, or reach them."""
_LETTERS_OF_NUMBERS = 11


@dataclass(frozen=True)
class Sent:
    """What became of sending an application."""

    person: ExhibitorPerson
    is_new: bool
    is_late: bool


def standing(expo: Expo) -> OpenState:
    """Whether the fair takes applications now."""
    now = expo_queries.present(expo)
    days = expo_queries.visitor_days(expo)
    today = local_day(now, expo.timezone, expo.cutoff_hour)
    return application.open_state(settings(expo), now, today, days[-1] if days else None)


def begin(expo: Expo, company: CompanyBlock, form_key: str, language: str, by: Actor) -> ExhibitorPerson:
    """Begin an application with the facts of the company; gives its first person, whose link leads on.

    The same `form_key` (a secret of the form) is one application, however often the form is sent. Raises `Refused` when
    the fair takes none (any more), `Conflict` (`known`) when the register knows the company and can reach it.
    """
    application.check_begin(standing(expo))
    number = _number(expo, form_key)
    lock_named(f"application {number}")
    begun = queries.by_number(expo, number)
    people = queries.living_people(begun) if begun is not None else ()
    if people:
        return people[0]
    if begun is not None:
        # Everybody of it was erased or taken out: nobody comes in again by a form that was left open.
        number = _number(expo, secrets.token_urlsafe(16))
    check_unknown(expo, company.credit_code)
    exhibitor = _new(expo, number, language, "online")
    exhibitor.answers = {BLOCKS[CompanyBlock]: application.written(company)}
    exhibitor.country = company.country
    db.session.flush()
    _begun(exhibitor, by)
    return _first_person(exhibitor, language)


def check_unknown(expo: Expo, code: str) -> None:
    """Raise `Conflict` (`known`) when the register has a company with this code that takes part here or can be reached.

    Whoever knows a company's code is not yet the company: its own people get the link.
    """
    known = register.by_credit_code(code) if code else None
    if known is not None and (queries.of_company(expo, known) is not None or register.contacts(known)):
        raise _known()


def _known() -> Conflict:
    return Conflict("known", N_("Your company's record exists already: continue there"))


def continue_known(expo: Expo, code: str, language: str, by: Actor) -> None:
    """Send the link to the people of the company with this credit code, whom the register knows; says nothing of them.

    Who asks may be anybody: where the company stands does not change until a holder of the link begins. Raises `Refused`: the fair takes no applications, `NotFound` when nobody can be reached.
    """
    application.check_begin(standing(expo))
    company = register.by_credit_code(code)
    if company is None:
        raise NotFound("company_unknown", N_("The register has no company with this credit code"))
    lock_named(f"applicant {company.id}")
    exhibitor = queries.of_company(expo, company)
    if exhibitor is None:
        # Drawn, never made from what others know: whoever can name a number's source could open the application.
        exhibitor = _new(expo, _number(expo, secrets.token_urlsafe(16)), language, "register", State.PROSPECT)
        exhibitor.company_id = company.id
        exhibitor.country = company.statistics_country or company.country
        db.session.flush()
        _begun(exhibitor, by)
    owners = queries.owners(exhibitor) or _people_of_register(exhibitor, company, language)
    if not owners:
        raise NotFound("nobody_known", N_("We have no address of your company. Please call us."))
    for person in owners:
        telling.tell(person, letters.LINK)
    audit.record("exhibitors.link_sent", by, expo_id=expo.id, subject=(SUBJECT, exhibitor.id))


def send_again(expo: Expo, phone: str | None, email: str | None, by: Actor) -> None:
    """Send everybody with this number or address the link to the application; nobody learns whether there is one."""
    for person in queries.people_at(expo, phone, email):
        telling.tell(person, letters.LINK)
        audit.record("exhibitors.link_sent", by, expo_id=expo.id, subject=(SUBJECT, person.exhibitor_id))


def keep(
    expo: Expo,
    person: ExhibitorPerson,
    block: CompanyBlock | ContactBlock | ProductsBlock | StandBlock,
    by: Actor,
    here: str = "",
) -> None:
    """Keep one block of the answers as it goes; `here` is the token of the link by which it is written.

    Raises `Conflict` once the application is sent, and like `check_unknown` when the credit code changes.
    """
    exhibitor = person.exhibitor
    lock(exhibitor)
    check_writable(exhibitor)
    name = BLOCKS[type(block)]
    before, after = exhibitor.answers.get(name) or {}, application.written(block)
    changed = [each for each in after if after[each] != before.get(each)]
    if not changed:
        return
    if isinstance(block, CompanyBlock) and "credit_code" in changed and exhibitor.company_id is None:
        check_unknown(expo, block.credit_code)
    exhibitor.answers = {**exhibitor.answers, name: after}
    exhibitor.changed_at = clock.now()
    if isinstance(block, CompanyBlock):
        exhibitor.country = application.statistics_country(block)
    if isinstance(block, StandBlock):
        exhibitor.zone_id = block.zone_id or None
    if isinstance(block, ProductsBlock):
        _keep_categories(expo, exhibitor, block.categories)
    is_own = isinstance(block, ContactBlock) and _keep_contact(person, block, here)
    audit.record(
        "exhibitors.answered",
        by,
        expo_id=expo.id,
        # Who writes of themselves: sealed with their own key, which their erasure takes. Of others no word is kept here.
        subject=(telling.PERSON, person.id) if is_own else (SUBJECT, exhibitor.id),
        before={each: before.get(each) for each in changed if each in before} or None,
        after={each: after[each] for each in changed},
        personal=frozenset(changed) if is_own else frozenset(),
        withheld=frozenset() if is_own else OF_PERSONS,
    )


def submit(expo: Expo, person: ExhibitorPerson, said: Declarations, by: Actor) -> Sent:
    """Send the application: a binding offer, entered into the register. A second time does nothing and says so.

    After the closing it is kept and waits (`is_late`). Raises `Refused`: incomplete, a declaration is missing, the fair
    takes none; `Conflict` when the company has another application here.
    """
    exhibitor = person.exhibitor
    lock(exhibitor)
    if exhibitor.state not in states.WRITABLE:
        return Sent(person, is_new=False, is_late=LATE in exhibitor.answers)
    answers = application.read(exhibitor.answers)
    missing = application.gaps(answers, queries.has_nomenclature(expo))
    if missing:
        raise Refused("incomplete", missing[0].message)
    rules = settings(expo)
    application.check_declarations(said, rules.terms_version if rules is not None else 1)
    is_answer = exhibitor.state is State.QUESTIONED
    state = standing(expo)
    if not is_answer:
        application.check_begin(state)
    _enter_into_register(expo, exhibitor, answers, by)
    exhibitor.reference = exhibitor.reference or application.reference(expo.edition, exhibitor.id)
    exhibitor.terms_version = said.terms_version
    exhibitor.submitted_at = exhibitor.submitted_at or clock.now()
    exhibitor.country = application.statistics_country(answers.company)
    if not is_answer and state is OpenState.CLOSED:
        exhibitor.answers = {**exhibitor.answers, LATE: True}
    exhibitor.question = ""
    move(exhibitor, State.SUBMITTED, Mover.EXHIBITOR, by)
    telling.tell_owners(exhibitor, letters.RECEIVED)
    for row in queries.co_exhibitors(exhibitor):
        if row.contact_phone or row.contact_email:
            telling.tell_co_exhibitor(row, exhibitor.language)
    return Sent(person, is_new=True, is_late=LATE in exhibitor.answers)


def give_up(person: ExhibitorPerson, by: Actor) -> None:
    """The company does not come this time: its draft is over. What was sent already is called off by the office alone."""
    move(person.exhibitor, State.NOT_THIS_EDITION, Mover.EXHIBITOR, by)


def begin_again(person: ExhibitorPerson, by: Actor) -> None:
    """A company that was not to come, or has not begun yet, applies: what it had entered is still there.

    What the register knows of it is filled in where it has entered nothing.
    """
    exhibitor = person.exhibitor
    move(exhibitor, State.DRAFT, Mover.EXHIBITOR, by)
    if not exhibitor.answers and exhibitor.company is not None:
        exhibitor.answers = registering.answers_of(exhibitor.company, register.contacts(exhibitor.company))
        exhibitor.country = exhibitor.company.statistics_country or exhibitor.company.country


def check_writable(exhibitor: Exhibitor) -> None:
    """Raise `Conflict` once the application is sent and no question has come back."""
    if exhibitor.state not in states.WRITABLE:
        raise Conflict("application_sent", N_("The application is sent: it can no longer be changed here."))


def _number(expo: Expo, secret: str) -> str:
    digest = hashlib.sha256(f"{expo.id} {secret}".encode("utf-8", "replace")).hexdigest()
    return f"E{digest[:_LETTERS_OF_NUMBERS].upper()}"


def _new(expo: Expo, number: str, language: str, origin: str, state: State = State.DRAFT) -> Exhibitor:
    now = clock.now()
    exhibitor = Exhibitor(
        expo_id=expo.id,
        number=number,
        state=state,
        state_since=now,
        origin=origin,
        language=language,
        answers={},
        created_at=now,
        changed_at=now,
    )
    db.session.add(exhibitor)
    return exhibitor


def _begun(exhibitor: Exhibitor, by: Actor) -> None:
    db.session.add(
        ExhibitorEvent(
            expo_id=exhibitor.expo_id,
            exhibitor_id=exhibitor.id,
            at=clock.now(),
            actor_kind=by.kind,
            actor_id=by.id,
            deed="begun",
            state_after=exhibitor.state,
        )
    )
    audit.record("exhibitors.begun", by, expo_id=exhibitor.expo_id, subject=(SUBJECT, exhibitor.id))


def _first_person(exhibitor: Exhibitor, language: str, **facts: Any) -> ExhibitorPerson:
    person = ExhibitorPerson(
        expo_id=exhibitor.expo_id,
        exhibitor_id=exhibitor.id,
        role=PersonRole.OWNER,
        language=language,
        created_at=clock.now(),
        **facts,
    )
    db.session.add(person)
    db.session.flush()
    return person


def _people_of_register(exhibitor: Exhibitor, company: Company, language: str) -> list[ExhibitorPerson]:
    """The main contact that can be reached by its mobile number or an address becomes the owner; nobody else does."""
    contact = registering.spokesman(register.contacts(company))
    if contact is None:
        return []
    number = normal_phone(contact.phone or "")
    same = [
        each
        for each in queries.living_people(exhibitor)
        if (number and each.phone == number) or (contact.email and each.email == contact.email)
    ]
    if same:
        # Its owners cannot be reached, a colleague of theirs can: the link is that one's own, with its role.
        return same[:1]
    facts = {"name": contact.name, "title": contact.title, "wechat": contact.wechat}
    return [_first_person(exhibitor, language, **facts, phone=number, email=contact.email)]


def _keep_categories(expo: Expo, exhibitor: Exhibitor, numbers: tuple[int, ...]) -> None:
    db.session.execute(sa.delete(ExhibitorCategory).where(ExhibitorCategory.exhibitor_id == exhibitor.id))
    db.session.add_all(
        ExhibitorCategory(expo_id=expo.id, exhibitor_id=exhibitor.id, category_id=row.id)
        for row in queries.categories(expo, numbers)
    )


def _keep_contact(person: ExhibitorPerson, block: ContactBlock, here: str) -> bool:
    """Who began the application is its contact; the link goes there once, and again when the address changes.

    Gives whether it is themselves whom they write of.
    """
    owners = [each for each in queries.living_people(person.exhibitor) if each.role is PersonRole.OWNER]
    if not owners or owners[0].id != person.id:
        return False
    before = (person.phone, person.email)
    after = (block.phone or None, block.email or None)
    if any(before) and not set(filter(None, before)) & set(filter(None, after)):
        # Another person takes over: the links of the one before open nothing any more, this browser's own does.
        accounts.revoke_links(LINK, person.id, but=here)
    person.name, person.title, person.wechat = block.name, block.title, block.wechat
    person.phone, person.email = block.phone or None, block.email or None
    db.session.flush()
    if before != (person.phone, person.email):
        telling.tell(person, letters.LINK)
    return True


def _enter_into_register(expo: Expo, exhibitor: Exhibitor, answers: Application, by: Actor) -> None:
    """The company of the register by its credit code, else a new one; a prospect of it becomes this application."""
    if exhibitor.company_id is None:
        lock_named(f"company {answers.company.credit_code}")
        other = _prospect_of(expo, answers.company.credit_code)
        company = registering.company_for(answers, by)
        if other is not None:
            registering.absorb(other, exhibitor)
        exhibitor.company_id = company.id
        db.session.flush()
    db.session.expire(exhibitor, ["company"])
    handed_in = exhibitor.answers.get(PAPERS) or []
    kept = registering.keep_papers(exhibitor, handed_in, by)
    if len(kept) < len(handed_in):
        exhibitor.answers = {**exhibitor.answers, PAPERS: kept}


def _prospect_of(expo: Expo, code: str) -> Exhibitor | None:
    """The prospect that the office made of the applicant since it began; it has nobody who could be asked.

    Raises `Conflict`: the company has applied here, or (`known`) has people by now, who continue by their own link.
    """
    company = register.by_credit_code(code) if code else None
    if company is None:
        return None
    other = queries.of_company(expo, company)
    if other is not None and other.state not in states.RECRUITING:
        raise Conflict(
            "company_applied",
            N_("Your company has an application here already. Find it with its contact's number."),
        )
    if register.contacts(company) or (other is not None and queries.living_people(other)):
        raise _known()
    return other
