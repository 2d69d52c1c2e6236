"""The office and an application: reviewed against the register, asked back, checked, decided, called off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.companies.models import Company
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.forms.deciding import (
    CallOffForm,
    ChosenForm,
    DecisionForm,
    QuestionForm,
    SetUpForm,
    TakeOverForm,
    typed_set_up,
)
from exhibitions.exhibitors.models import Exhibitor, ExhibitorSettings
from exhibitions.exhibitors.queries import applying, history, listing
from exhibitions.exhibitors.rules import co_exhibitors as co
from exhibitions.exhibitors.rules.application import Step, read
from exhibitions.exhibitors.rules.states import STATE_WORDS, Mover, State, next_states
from exhibitions.exhibitors.service import applying as application
from exhibitions.exhibitors.service import co_exhibitors, registering, setting_up
from exhibitions.exhibitors.service import deciding as service
from exhibitions.exhibitors.views import answers as shown
from exhibitions.exhibitors.views.base import blueprint
from exhibitions.exhibitors.views.letters import letter_pdf
from exhibitions.exhibitors.views.on_my_stand import hand_out
from exhibitions.expos.models import Expo

_DESK = "/desk/<slug>/exhibitors"
_ONE = f"{_DESK}/<number>/application"
_MOST_ALIKE = 8
_WAITING = (State.SUBMITTED, State.CHECKED, State.WAIT_LISTED)


@blueprint.get(f"{_DESK}/applications")
@require(Permission.EXHIBITORS_VIEW)
def applications(expo: Expo) -> str:
    """What waits for the office: sent, checked, on the waiting list."""
    return _applications_page(expo, ChosenForm())


def _applications_page(expo: Expo, form: ChosenForm) -> str:
    rows = applying.applications(expo, _WAITING)
    return render_template(
        "exhibitors/applications.html",
        expo=expo,
        groups=[
            (state, STATE_WORDS[state], [row for row in rows if row.state is state]) for state in _WAITING
        ],
        name_of=shown.name_of,
        area=lambda row: shown.typed(row, "stand")["area"],
        form=form,
        rights=g.rights,
        late=application.LATE,
    )


@blueprint.post(f"{_DESK}/applications/admit")
@require(Permission.EXHIBITORS_EDIT)
def admit_many(expo: Expo) -> Any:
    form = ChosenForm()
    chosen = applying.with_numbers(expo, (form.id.data or [])[: service.MOST_AT_ONCE])
    if form.accepted() and chosen:
        with transaction():
            done, left = service.admit_many(chosen, form.text.data or "", actor())
        tell(ngettext("%(num)s application is admitted.", "%(num)s applications are admitted.", done))
        if left:
            tell(
                ngettext(
                    "%(num)s stands otherwise and stays as it is.",
                    "%(num)s stand otherwise and stay as they are.",
                    left,
                ),
                "warning",
            )
    else:
        tell(_("Choose at least one application."), "error")
    return go("exhibitors.applications", slug=expo.slug)


@blueprint.get(_ONE)
@require(Permission.EXHIBITORS_VIEW)
def review(expo: Expo, number: str) -> str:
    return _page(expo, _row(expo, number))


def _page(expo: Expo, row: Exhibitor, **forms: Form) -> str:
    may_edit = Permission.EXHIBITORS_EDIT in g.rights
    # These stand below with what can be done about them.
    own = {Step.CO_EXHIBITORS, *((Step.PAPERS,) if may_edit else ())}
    decision = DecisionForm()
    decision.offer(next_states(row.state, Mover.OFFICE))
    return render_template(
        "exhibitors/review.html",
        expo=expo,
        row=row,
        name=shown.name_of(row),
        state_word=STATE_WORDS[row.state],
        blocks=[
            each
            for each in shown.blocks(expo, row, masked=not may_edit)
            if each.rows and each.step not in own
        ],
        differences=_differences(row),
        doubles=_doubles(row),
        papers=shown.papers(row),
        events=history.events(row),
        state_words=STATE_WORDS,
        co_words=co.STATE_WORDS,
        part_of=lambda each: co.part(co_exhibitors.declaration_of(each)).value,
        country_name=shown.country_name,
        moves={state.value for state in next_states(row.state, Mover.OFFICE)},
        is_late=application.LATE in row.answers,
        may_edit=may_edit,
        **({"question": QuestionForm(), "decision": decision, "call_off": CallOffForm()} | forms),
    )


def _doubles(row: Exhibitor) -> list[Company]:
    """Other companies of the register that may be the applicant."""
    if not row.answers:
        return []
    answers = read(row.answers)
    facts = registering.register_facts(answers.company)
    found = listing.alike(facts, answers.contact.phone, answers.contact.email, _MOST_ALIKE)
    return [each for each in found if each.id != row.company_id]


def _differences(row: Exhibitor) -> list[tuple[str, str, str, str]]:
    return [
        (name, shown.fact_word(name), shown.fact_value(name, now), shown.fact_value(name, applied))
        for name, now, applied in registering.differences(row)
    ]


def _do(  # noqa: PLR0913 - what six pages of the office have in common.
    expo: Expo,
    number: str,
    form_name: str,
    form: Any,
    field: str,
    deed: Callable[[Exhibitor], Any],
    said: str,
) -> Any:
    """Carry out what the office decided, or show the page again with what it had typed."""
    row = _row(expo, number)
    if form.accepted():
        try:
            with transaction():
                deed(row)
        except Refused as refusal:
            form.refuse(field, refusal)
        else:
            tell(said)
            return go("exhibitors.review", slug=expo.slug, number=number)
    return _page(expo, _row(expo, number), **{form_name: form}), form.status


@blueprint.post(f"{_ONE}/ask")
@require(Permission.EXHIBITORS_EDIT)
def ask_applicant(expo: Expo, number: str) -> Any:
    form = QuestionForm()
    said = _("The question is on its way; the company can change its answers and send them again.")
    return _do(
        expo,
        number,
        "question",
        form,
        "text",
        lambda row: service.ask(row, form.text.data or "", actor()),
        said,
    )


@blueprint.post(f"{_ONE}/check")
@require(Permission.EXHIBITORS_EDIT)
def check_application(expo: Expo, number: str) -> Any:
    form = QuestionForm()
    said = _("The application is checked. It can be decided now.")
    return _do(expo, number, "question", form, "text", lambda row: service.check(row, actor()), said)


@blueprint.post(f"{_ONE}/decide")
@require(Permission.EXHIBITORS_EDIT)
def decide_application(expo: Expo, number: str) -> Any:
    form = DecisionForm()
    form.offer(tuple(State))
    to = State(form.to.data) if form.to.data in list(State) else State.DRAFT
    said = _("It is decided, and the letter is on its way.")
    return _do(
        expo,
        number,
        "decision",
        form,
        "to",
        lambda row: service.decide(row, to, form.text.data or "", actor()),
        said,
    )


@blueprint.post(f"{_ONE}/call-off")
@require(Permission.EXHIBITORS_EDIT)
def call_off(expo: Expo, number: str) -> Any:
    form = CallOffForm()
    said = _("The company's part in this fair is called off.")
    return _do(
        expo,
        number,
        "call_off",
        form,
        "text",
        lambda row: service.call_off(row, form.text.data or "", form.kept_fee, actor()),
        said,
    )


@blueprint.post(f"{_ONE}/restore")
@require(Permission.EXHIBITORS_EDIT)
def restore_exhibitor(expo: Expo, number: str) -> Any:
    form = QuestionForm()
    said = _("The cancellation is withdrawn.")
    return _do(expo, number, "question", form, "text", lambda row: service.call_on(row, actor()), said)


@blueprint.post(f"{_ONE}/take-over")
@require(Permission.EXHIBITORS_EDIT)
def take_over(expo: Expo, number: str) -> Any:
    row, form = _row(expo, number), TakeOverForm()
    if form.accepted() and form.facts.data:
        with transaction():
            changed = registering.take_over(row, form.facts.data, actor())
        tell(ngettext("%(num)s fact is changed.", "%(num)s facts are changed.", changed))
    return go("exhibitors.review", slug=expo.slug, number=number)


@blueprint.post(f"{_ONE}/co-exhibitors/<int:co_id>")
@require(Permission.EXHIBITORS_EDIT)
def decide_co_exhibitor(expo: Expo, number: str, co_id: int) -> Any:
    row = _row(expo, number)
    one = applying.co_exhibitor_of(row, co_id)
    to = request.form.get("to", "")
    if one is None or to not in list(co.CoState):
        abort(404)
    try:
        with transaction():
            co_exhibitors.decide(one, co.CoState(to), actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    return go("exhibitors.review", slug=expo.slug, number=number)


@blueprint.post(f"{_ONE}/co-exhibitors/<int:co_id>/ask")
@require(Permission.EXHIBITORS_EDIT)
def ask_co_exhibitor(expo: Expo, number: str, co_id: int) -> Any:
    """Its own link once more, for a company that has lost it."""
    one = applying.co_exhibitor_of(_row(expo, number), co_id)
    if one is None:
        abort(404)
    try:
        with transaction():
            co_exhibitors.ask_again(one, actor())
        tell(_("The link is on its way."))
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    return go("exhibitors.review", slug=expo.slug, number=number)


@blueprint.get(f"{_ONE}/papers/<int:file_id>")
@require(Permission.EXHIBITORS_EDIT)
def application_paper(expo: Expo, number: str, file_id: int) -> Response:
    return hand_out(_row(expo, number), file_id)


@blueprint.get(f"{_ONE}/letter/<any(zh, en):lang>.pdf")
@require(Permission.EXHIBITORS_VIEW)
def decision_letter(expo: Expo, number: str, lang: str) -> Response:
    return letter_pdf(expo, _row(expo, number), lang)


@blueprint.route(f"{_DESK}/application-setup", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def application_setup(expo: Expo) -> Any:
    rules = queries.settings(expo)
    form = SetUpForm(data=_typed_set_up(expo, rules))
    if form.accepted():
        try:
            with form.saving(
                lambda: _typed_set_up(expo, queries.settings(expo)), ("exhibitor_settings", expo.id)
            ):
                setting_up.set_up(expo, form.set_up(expo.timezone), actor())
            tell(_("Saved."))
            return go("exhibitors.application_setup", slug=expo.slug)
        except Refused as refusal:
            form.refuse("opens_at", refusal)
    return render_template(
        "exhibitors/application_setup.html", expo=expo, form=form, settings=rules
    ), form.status


def _typed_set_up(expo: Expo, rules: ExhibitorSettings | None) -> dict[str, Any]:
    rows = shown.flat(applying.nomenclature(expo))
    return typed_set_up(expo, rules, [(row.code, row.name_zh, row.name_en) for row in rows])


def _row(expo: Expo, number: str) -> Exhibitor:
    row = applying.whole(expo, number)
    if row is None:
        abort(404)
    return row
