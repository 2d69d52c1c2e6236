"""The plan of the demo's fairs: usual tasks, most of them done before the opening, one late, and the permit."""

from __future__ import annotations

from datetime import timedelta

from exhibitions.accounts import queries as accounts
from exhibitions.expos import queries as expos
from exhibitions.expos import service
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import planning
from exhibitions.expos.rules import local_day
from exhibitions.expos.rules.permit import PermitFacts
from exhibitions.expos.rules.plan import TEMPLATES, TaskState

_LATE = "staff-briefing"


def make_plan(expo: Expo, emails: list[str]) -> None:
    """Give the fair the usual tasks, in turn to these people; what lies behind is done, but for one task."""
    service.add_usual_tasks(expo, {each.key for each in TEMPLATES})
    people = [user.id for email in emails if (user := accounts.user_by_email(email)) is not None]
    today = local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)
    for number, task in enumerate(planning.tasks(expo)):
        state = TaskState.TODO
        if task.due < today and task.template != _LATE:
            state = TaskState.DONE
        elif task.due <= today + timedelta(days=30):
            state = TaskState.DOING
        service.save_task(
            expo, task.id, planning.task_facts(task), user_id=people[number % len(people)], state=state
        )


def make_permit(expo: Expo) -> None:
    """The permit of the running fair: far from being reached."""
    opening = planning.opening(expo)
    facts = PermitFacts(
        number="演示公安许〔2026〕8号",
        authority="演示市公安局",
        persons=20_000,
        filed_on=opening - timedelta(days=35) if opening else None,
        turn_up=62,
    )
    service.save_permit(expo, facts)
