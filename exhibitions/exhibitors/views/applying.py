"""E1 behind the personal link: one thing a page, kept as it goes, checked, sent, and how it stands afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _

from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import go, keep_answer, tell
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.forms.applying import (
    Checked,
    CompanyForm,
    ContactForm,
    DetailsForm,
    ProductsForm,
    SendForm,
    StandForm,
)
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, applying
from exhibitions.exhibitors.rules import application
from exhibitions.exhibitors.rules.application import Step
from exhibitions.exhibitors.rules.centre import chooses_stand
from exhibitions.exhibitors.rules.people import Duty, check_duty
from exhibitions.exhibitors.rules.states import WRITABLE
from exhibitions.exhibitors.service import applying as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.exhibitors.views import answers as shown
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.expos.models import Expo

PAGES = "/<slug>/exhibitor/<token>"
APPLY = f"{PAGES}/apply"
STEPS = {
    Step.COMPANY: "exhibitors.apply_company",
    Step.DETAILS: "exhibitors.apply_details",
    Step.CONTACT: "exhibitors.apply_contact",
    Step.PRODUCTS: "exhibitors.apply_products",
    Step.STAND: "exhibitors.apply_stand",
    Step.CO_EXHIBITORS: "exhibitors.apply_co_exhibitors",
    Step.REPRESENTED: "exhibitors.apply_represented",
    Step.PAPERS: "exhibitors.apply_papers",
    Step.CHECK: "exhibitors.apply_check",
}
KNOWN = "known company"
ON_PLAN: list[Callable[[Expo, Sequence[str]], None]] = []
"""Refuse a wish for a stand that the plan does not have; the room of stands says so (app.py)."""
_Form = TypeVar("_Form", bound=Checked)


def token_here() -> str:
    """The secret of this page's address: its pages lead to each other by it."""
    return request.path.split("/")[3]


def applicant(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """Who may write the application of the exhibitor; 403 for a role that may not, 404 for who was removed."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.APPLY)
    return person, exhibitor


def step_page(expo: Expo, exhibitor: Exhibitor, step: Step, **more: Any) -> str:
    """The page of one step."""
    return render_template(
        f"exhibitors/apply_{step.replace('-', '_')}.html",
        expo=expo,
        exhibitor=exhibitor,
        step=step,
        steps=STEPS,
        token=token_here(),
        is_new=False,
        back_to_check=request.args.get("back") == "check",
        **more,
    )


def onward(expo: Expo, step: Step) -> Any:
    """To the page behind this one, or back to the check page for who came from there to change one thing."""
    target = Step.CHECK if request.args.get("back") == "check" else application.next_step(step)
    return go(STEPS[target], slug=expo.slug, token=token_here())


def sent_page(expo: Expo) -> Any:
    """Nothing is written any more: the page that says how the application stands."""
    return go("exhibitors.application", slug=expo.slug, token=token_here())


def known_page(expo: Expo, code: str) -> Any:
    """The register knows the company: its own people are sent the link (the word is good in this browser alone)."""
    return go("exhibitors.known", slug=expo.slug, word=keep_answer([KNOWN, code]))


def _kept(
    expo: Expo, person: ExhibitorPerson, step: Step, form: Any, block: Any, name: str, **more: Any
) -> Any:
    """Keep what the form of a step holds and go on, or show the page again."""
    exhibitor = person.exhibitor
    if form.accepted():
        about = ("exhibitor", exhibitor.id, "exhibitors.answered")
        try:
            with form.saving(lambda: shown.typed(exhibitor, name), about):
                service.keep(expo, person, block(form), actor(), token_here())
            return onward(expo, step)
        except Refused as refusal:
            if refusal.code == "application_sent":
                return sent_page(expo)
            if refusal.code == "known":
                return known_page(expo, form.kept["credit_code"])
            form.refuse(next(iter(form._fields)), refusal)
    return step_page(expo, exhibitor, step, form=form, **more), form.status


@blueprint.route(f"{APPLY}/company", methods=["GET", "POST"])
@personal_link(LINK)
def apply_company(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = CompanyForm(data=shown.typed(exhibitor, "company"))
    now = application.read(exhibitor.answers).company
    return _kept(expo, person, Step.COMPANY, form, lambda form: form.block(now), "company", state="")


@blueprint.route(f"{APPLY}/details", methods=["GET", "POST"])
@personal_link(LINK)
def apply_details(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    now = application.read(exhibitor.answers).company
    form = DetailsForm(data=shown.typed(exhibitor, "company"))
    form.offer(expo, now)
    return _kept(expo, person, Step.DETAILS, form, lambda form: form.block(now), "company")


@blueprint.route(f"{APPLY}/contact", methods=["GET", "POST"])
@personal_link(LINK)
def apply_contact(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = ContactForm(data=shown.typed(exhibitor, "contact"))
    return _kept(expo, person, Step.CONTACT, form, lambda form: form.block(), "contact")


@blueprint.route(f"{APPLY}/products", methods=["GET", "POST"])
@personal_link(LINK)
def apply_products(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    tree = applying.nomenclature(expo)
    form = ProductsForm(data=shown.typed(exhibitor, "products"))
    form.offer(shown.flat(tree))
    if "find" in request.form:
        # Only looked for: what is ticked stays ticked, nothing is kept yet.
        search = shown.Search(tree, request.form.get("q", "")[:60])
        return step_page(expo, exhibitor, Step.PRODUCTS, form=form, tree=tree, search=search)
    more = {"tree": tree, "search": shown.Search(tree)}
    return _kept(expo, person, Step.PRODUCTS, form, lambda form: form.block(), "products", **more)


@blueprint.route(f"{APPLY}/stand", methods=["GET", "POST"])
@personal_link(LINK)
def apply_stand(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = StandForm(data=shown.typed(exhibitor, "stand"))
    rules = queries.settings(expo)
    said = rules.data if rules is not None else {}
    form.offer(expo, said.get("raw_minimum") or {}, ON_PLAN)
    more = {"chooses_stand": chooses_stand(said)}
    return _kept(expo, person, Step.STAND, form, lambda form: form.block(), "stand", **more)


@blueprint.route(f"{APPLY}/check", methods=["GET", "POST"])
@personal_link(LINK)
def apply_check(expo: Expo, subject_id: int) -> Any:
    person, exhibitor = applicant(expo, subject_id)
    if exhibitor.state not in WRITABLE:
        return sent_page(expo)
    form = SendForm()
    if form.accepted():
        try:
            with transaction():
                sent = service.submit(expo, person, form.said(), actor())
            _say_sent(is_late=sent.is_late)
            return sent_page(expo)
        except Refused as refusal:
            if refusal.code == "known":
                return known_page(expo, application.read(exhibitor.answers).company.credit_code)
            form.refuse(_FIELD_OF.get(refusal.code, "no_claim"), refusal)
    return _check_page(expo, exhibitor, form), form.status


_FIELD_OF = {"consent_missing": "consent", "no_subletting_missing": "no_subletting"}


def _say_sent(*, is_late: bool) -> None:
    if is_late:
        tell(_("Applications have closed. Yours is kept and stands on the waiting list."), "warning")


def _check_page(expo: Expo, exhibitor: Exhibitor, form: SendForm) -> str:
    rules = queries.settings(expo)
    return step_page(
        expo,
        exhibitor,
        Step.CHECK,
        form=form,
        blocks=shown.blocks(expo, exhibitor),
        gaps=application.gaps(application.read(exhibitor.answers), applying.has_nomenclature(expo)),
        settings=rules,
        terms_version=rules.terms_version if rules is not None else 1,
        state=service.standing(expo).value,
    )


@blueprint.get(f"{PAGES}/application", endpoint="application")
@personal_link(LINK)
def application_page(expo: Expo, subject_id: int) -> str:
    """How the application stands: the confirmation with its reference, a question, the decision."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.ORDER)
    return render_template(
        "exhibitors/application.html",
        expo=expo,
        person=person,
        exhibitor=exhibitor,
        token=token_here(),
        blocks=shown.blocks(expo, exhibitor),
        state=exhibitor.state.value,
        is_late=service.LATE in exhibitor.answers,
        may_write=exhibitor.state in WRITABLE,
        steps=STEPS,
        gaps=application.gaps(application.read(exhibitor.answers), applying.has_nomenclature(expo)),
        home_of_centre=_home(expo),
    )


def _home(expo: Expo) -> str:
    """The first page of the exhibitor's centre, where a higher room offers one."""
    endpoint = "portal.exhibitor_home"
    here = endpoint in current_app.view_functions
    return url_for(endpoint, slug=expo.slug, token=token_here()) if here else ""


@blueprint.post(f"{PAGES}/application/withdraw")
@personal_link(LINK)
def give_up(expo: Expo, subject_id: int) -> Any:
    """Withdraw the application; what cannot be withdrawn (any more) stays as it is, and the page says why."""
    person, _exhibitor = applicant(expo, subject_id)
    try:
        with transaction():
            service.give_up(person, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "warning")
    return sent_page(expo)


@blueprint.post(f"{PAGES}/application/begin-again")
@personal_link(LINK)
def begin_again(expo: Expo, subject_id: int) -> Any:
    person, _exhibitor = applicant(expo, subject_id)
    try:
        with transaction():
            service.begin_again(person, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "warning")
        return sent_page(expo)
    return go(STEPS[Step.COMPANY], slug=expo.slug, token=token_here())
