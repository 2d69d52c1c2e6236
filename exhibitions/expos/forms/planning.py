"""The forms of tasks, of the permit and of previews."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField

from exhibitions.core.forms import Form
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Task
from exhibitions.expos.rules.permit import TURN_UP, PermitFacts
from exhibitions.expos.rules.plan import TaskState, Template
from exhibitions.expos.rules.setup import EARLIEST_BEFORE, LATEST_AFTER, TaskFacts

STATES = (
    (TaskState.TODO.value, _l("Not started")),
    (TaskState.DOING.value, _l("In progress")),
    (TaskState.DONE.value, _l("Done")),
)
COUNTED, OWN = "opening", "own"
_NUMBER = _l("Enter a whole number of days, like 30")


class TaskForm(Form):
    title_zh = fields.line(_l("What is to be done, in Chinese"), 200)
    title_en = fields.line(_l("What is to be done, in English"), 200)
    counting = RadioField(
        _l("When"),
        choices=fields.options(
            ((COUNTED, _l("Counted from the opening")), (OWN, _l("On a date of its own")))
        ),
        default=COUNTED,
    )
    days_before = fields.whole(_l("Days before the opening"), -LATEST_AFTER, EARLIEST_BEFORE, _NUMBER)
    due = fields.any_day(_l("Date"))
    owner = SelectField(_l("Who does it"))
    state = SelectField(_l("State"), choices=fields.options(STATES), default=TaskState.TODO.value)
    note = fields.passage(_l("Note"), 5000)

    def offer(self, members: Mapping[int, str], owner: int | None = None, name: str = "") -> None:
        """Let one of these people be chosen, or nobody; who has it now may keep it even after leaving the fair."""
        kept = {owner: name} if owner is not None and owner not in members else {}
        people = {**members, **kept}
        self.owner.choices = fields.options(
            [("", _l("Nobody yet")), *((str(number), called) for number, called in people.items())]
        )

    @staticmethod
    def shown(task: Task) -> dict[str, object]:
        """What the form shows of a task."""
        return {
            "title_zh": task.title_zh,
            "title_en": task.title_en,
            "counting": OWN if task.days_before is None else COUNTED,
            "days_before": task.days_before,
            "due": task.due if task.days_before is None else None,
            "owner": str(task.user_id or ""),
            "state": task.state.value,
            "note": task.note,
        }

    def facts(self, template: str = "") -> TaskFacts:
        """What was filled in; of the two dates the one that was chosen."""
        counted = self.counting.data == COUNTED
        return TaskFacts(
            title_zh=self.title_zh.data,
            title_en=self.title_en.data,
            note=self.note.data,
            template=template,
            days_before=self.days_before.data if counted else None,
            due=None if counted else self.due.data,
        )

    def who(self) -> int | None:
        """Who was chosen to do it."""
        return int(self.owner.data) if self.owner.data else None


class UsualTasksForm(Form):
    keys = SelectMultipleField(_l("Usual tasks"))

    def offer(self, templates: list[Template]) -> None:
        """Let any of these be chosen; all of them are at first."""
        self.keys.choices = fields.options((each.key, each.title_zh) for each in templates)


class PermitForm(Form):
    number = fields.line(_l("Permit number"), 100)
    authority = fields.line(_l("Authority"), 200)
    persons = fields.people(_l("Permitted number of persons"))
    filed_on = fields.any_day(_l("Filed on"))
    turn_up = fields.whole(
        _l("Expected turn-up rate in per cent"),
        1,
        100,
        _l("Enter a whole number from 1 to 100"),
        default=TURN_UP,
    )

    def facts(self) -> PermitFacts:
        """What was filled in."""
        return PermitFacts(**{name: self[name].data for name in PermitFacts.__struct_fields__})


class PreviewForm(Form):
    name = fields.line(_l("For whom"), 100, _l("Say who gets the link, so that you know it later"))
    days = SelectField(
        _l("The link works for"),
        coerce=int,
        choices=fields.options(((3, _l("3 days")), (14, _l("14 days")), (60, _l("60 days")))),
        default=14,
    )
