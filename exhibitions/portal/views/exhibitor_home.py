"""E4, the exhibitor's home 展商中心: what is next, the stand, messages with the office, whom to ask."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exhibitions.awards.queries.duties import TASK, award_facts
from exhibitions.core.access import actor, personal_link
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.web import device_key, go, tell, throttle
from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.forms.centre import MessageForm
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK, applying, messages
from exhibitions.exhibitors.rules.application import Step, gaps, read
from exhibitions.exhibitors.rules.centre import Centre, read_centre
from exhibitions.exhibitors.rules.people import Duty, check_duty, may
from exhibitions.exhibitors.rules.states import ADMITTED, State
from exhibitions.exhibitors.rules.tasks import Task, TaskState, next_task, tasks
from exhibitions.exhibitors.service import messages as service
from exhibitions.exhibitors.service.acting import mine
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import DayKind, local_day
from exhibitions.orders.models import Order
from exhibitions.orders.queries import duties
from exhibitions.orders.rules.states import BINDING
from exhibitions.portal.views.exhibitor import blocked_words, name_of
from exhibitions.portal.views.frame import address, blueprint, exhibitor_token
from exhibitions.reports.queries import arrivals
from exhibitions.stands.queries.of_exhibitors import area_of, square_metres

HOME = "/<slug>/exhibitor/<token>"
_MESSAGES_OF_A_DEVICE = "60 per hour"
WORDS = {
    "application": _l("Application"),
    "stand": _l("Choose a stand"),
    "contract": _l("Contract"),
    "deposit": _l("Down payment"),
    "balance": _l("Pay in full"),
    "fascia": _l("Fascia text"),
    "directory": _l("Directory entry"),
    "badges": _l("Staff badges"),
    "build_up": _l("Build-up passes"),
    "services": _l("Power and other services"),
    "award": _l("Award entry"),
    "figures": _l("Daily figures"),
}
STILL = {
    "deposit": _l("Paying late still counts; call us if the stand was released."),
    "balance": _l("You can still pay; the bag is handed out at the exhibitor desk once the money is booked."),
    "contract": _l("You can still sign; the stand is yours once the contract is back."),
    "fascia": _l("You can still ask for a text; it may cost a fee."),
    "directory": _l("The printed directory is closed; the online one still takes changes as a request."),
    "badges": _l("You can still add people and collect their badges at the exhibitor desk."),
    "build_up": _l("You can still add people and collect their passes at the exhibitor desk."),
    "services": _l("What is still offered costs more now; the rest is ordered on site."),
    "figures": _l("You can still report; yesterday's figures count."),
}
# Where each duty is done; the first page that exists.
PAGES = {
    "application": ("exhibitors.application", "exhibitors.apply"),
    "stand": ("stands.choose",),
    "contract": ("orders.order",),
    "deposit": ("orders.order",),
    "balance": ("orders.order",),
    "fascia": ("portal.entry",),
    "directory": ("portal.entry",),
    "badges": ("portal.staff_badges",),
    "build_up": ("portal.staff_badges",),
    "services": ("orders.order_services",),
    "award": ("portal.my_awards",),
    "figures": ("exhibitors.daily_figures",),
}


DUTIES = {
    "application": Duty.ORDER,
    "stand": Duty.ORDER,
    "contract": Duty.ORDER,
    "deposit": Duty.MONEY,
    "balance": Duty.MONEY,
    "fascia": Duty.DIRECTORY,
    "directory": Duty.DIRECTORY,
    "badges": Duty.BADGES,
    "build_up": Duty.BUILD_UP,
    "services": Duty.SERVICES,
    "award": Duty.AWARDS,
    "figures": Duty.FIGURES,
}
"""Whose each duty is: nobody is asked for what the own role may not do."""


@blueprint.get(HOME)
@personal_link(LINK)
def exhibitor_home(expo: Expo, subject_id: int) -> str:
    return _page(expo, subject_id, MessageForm())


@blueprint.post(f"{HOME}/messages")
@personal_link(LINK)
def write_to_office(expo: Expo, subject_id: int) -> Any:
    """A message to the office; it also notes that what the office wrote was seen."""
    person, exhibitor = mine(expo, subject_id)
    check_duty(person.role, Duty.MESSAGES)
    throttle("exhibitor-messages", device_key(), _MESSAGES_OF_A_DEVICE)
    form = MessageForm()
    if form.accepted():
        try:
            with transaction():
                service.write(expo, exhibitor, form.text.data or "", actor(), person.id)
        except Refused as refusal:
            form.refuse("text", refusal)
        else:
            tell(_("Your message is with the organiser."))
            return go("portal.exhibitor_home", slug=expo.slug, token=exhibitor_token())
    return _page(expo, subject_id, form), 422 if form.errors else 200


def _page(expo: Expo, subject_id: int, form: MessageForm) -> str:
    person, exhibitor = mine(expo, subject_id)
    settings = exhibitor_queries.settings(expo)
    centre = read_centre(settings.data if settings else {})
    now = expos.present(expo)
    today = local_day(now, expo.timezone, expo.cutoff_hour)
    known = duties.known(expo, exhibitor, centre, settings, today)
    facts = [*known.facts, *award_facts(expo, exhibitor, now)]
    listed = [each for each in tasks(facts, today) if may(person.role, DUTIES[each.key])]
    # Nobody has to enter an award: it is next only for who has begun.
    first = next_task([each for each in listed if each.key != TASK or each.state is TaskState.IN_PROGRESS])
    return render_template(
        "portal/exhibitor_home.html",
        expo=expo,
        person=person,
        exhibitor=exhibitor,
        exhibitor_name=name_of(exhibitor),
        tasks=[_shown(expo, each) for each in listed],
        first=_first(expo, exhibitor, first) if first else None,
        arrival=_arrival(expo, centre),
        stands=[(each, square_metres(area_of(each.stand))) for each in known.allocations],
        blocked=_blocked(expo, exhibitor),
        order=known.order if _shows_order(person, known.order) else None,
        balance=known.money.balance if known.money else None,
        thread=messages.thread(expo, exhibitor.id)[:5] if may(person.role, Duty.MESSAGES) else None,
        settings=settings,
        form=form,
        token=exhibitor_token(),
    )


def _blocked(expo: Expo, exhibitor: Exhibitor) -> list[Any]:
    """What the company may not do for want of a paper; while nobody has admitted it, there is nothing to block."""
    if exhibitor.state not in ADMITTED:
        return []
    return blocked_words(arrivals.blocked_rights(expo, [exhibitor])[exhibitor.id])


def _shows_order(person: ExhibitorPerson, order: Order | None) -> bool:
    return order is not None and order.state in BINDING and may(person.role, Duty.ORDER)


def _shown(expo: Expo, task: Task) -> dict[str, Any]:
    urls = [address(page, slug=expo.slug, token=exhibitor_token()) for page in PAGES[task.key]]
    return {
        "key": task.key,
        "word": WORDS[task.key],
        "button": WORDS[task.key],
        "state": "sent" if task.key == "application" and task.waiting else task.state.value,
        "due": task.due,
        "waiting": task.waiting,
        "still": STILL.get(task.key, "") if task.state == "late" else "",
        "url": next(filter(None, urls), ""),
    }


def _first(expo: Expo, exhibitor: Exhibitor, task: Task) -> dict[str, Any]:
    """The main action; an application goes on where it stopped, a question is read first."""
    shown = _shown(expo, task)
    if task.key == "contract" and task.state is TaskState.NOT_STARTED:
        return {**shown, "button": _("Check and order")}
    if task.key != "application":
        return shown
    if exhibitor.state is State.QUESTIONED:
        return {**shown, "button": _("Read the organiser's question")}
    if exhibitor.state is not State.DRAFT:
        return {**shown, "button": _("Begin the application")}
    steps = list(Step)
    missing = gaps(read(exhibitor.answers), applying.has_nomenclature(expo))
    step = missing[0].step if missing else steps[-1]
    endpoint = f"exhibitors.apply_{step.replace('-', '_')}"
    button = _(
        "Go on with the application (step %(number)s of %(count)s)",
        number=steps.index(step) + 1,
        count=len(steps),
    )
    return {**shown, "button": button, "url": address(endpoint, slug=expo.slug, token=exhibitor_token())}


def _arrival(expo: Expo, centre: Centre) -> dict[str, Any] | None:
    """When and where the exhibitor is seen first: the first day of build-up, else of the fair."""
    days = sorted(expo.days, key=lambda day: day.date)
    first = next((day for day in days if day.kind is DayKind.BUILD_UP), days[0] if days else None)
    if first is None:
        return None
    doors = [door.door_from for door in first.doors if door.class_key]
    return {
        "day": first.date,
        "gate": centre.arrival_gate,
        "time": centre.arrival_from or min(doors, default=None),
    }
