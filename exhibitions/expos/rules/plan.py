"""The plan of tasks: dates counted from the opening, states, what is late, and a list to begin with (ux.md O1, O2)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from exhibitions.core.errors import N_, Refused
from exhibitions.expos.rules.setup import Day, TaskFacts

SOON = timedelta(days=7)


class TaskState(enum.StrEnum):
    """What was said about a task. Whether it is late is worked out, never stored."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"


class Planned(Protocol):
    """What the rules look at of a task: `due` is the day by whose end it is to be done, in the fair's zone.

    `days_before` counts that day back from the opening; None where the date is its own.
    """

    state: TaskState
    due: Day
    user_id: int | None
    days_before: int | None


T = TypeVar("T", bound=Planned)


def check_task(facts: TaskFacts) -> None:
    """Refuse a task without a title, without a date or with two."""
    if not facts.title_zh and not facts.title_en:
        raise Refused("title_missing", N_("Say in Chinese or in English what is to be done"))
    if (facts.days_before is None) == (facts.due is None):
        raise Refused("date_missing", N_("Count the date from the opening, or enter a date"))
    if facts.due is not None and not 2000 <= facts.due.year <= 2199:
        raise Refused("due_range", N_("Enter a day between the years 2000 and 2199"))


def due_on(facts: TaskFacts, opening: Day | None) -> Day:
    """The day on which the task is due; raises `Refused` when it is counted from an opening that is not known yet."""
    if facts.due is not None:
        return facts.due
    if opening is None:
        raise Refused(
            "no_opening", N_("This date is counted from the opening. Add a day for visitors first.")
        )
    return opening - timedelta(days=facts.days_before or 0)


def is_late(task: Planned, today: Day) -> bool:
    """Whether the task is open though its day is over."""
    return task.state is not TaskState.DONE and task.due < today


def may_finish(task: Planned, user_id: int | None, *, may_edit: bool) -> bool:
    """Whether the person may say that the task is done: who does it, and who may change the plan."""
    return may_edit or (user_id is not None and task.user_id == user_id)


@dataclass(frozen=True)
class Moved(Generic[T]):
    """A task whose counted date is another since the opening moved."""

    task: T
    was: Day
    becomes: Day


def moved(tasks: Iterable[T], opening: Day | None) -> list[Moved[T]]:
    """The open tasks that are counted from the opening and lie elsewhere by now; dates of their own stay."""
    if opening is None:
        return []
    counted = [
        Moved(task, task.due, opening - timedelta(days=task.days_before))
        for task in tasks
        if task.days_before is not None and task.state is not TaskState.DONE
    ]
    return [each for each in counted if each.was != each.becomes]


@dataclass(frozen=True)
class Load(Generic[T]):
    """The open tasks of one person (None: of nobody) that are late, and those due within a week."""

    user_id: int | None
    late: Sequence[T]
    due: Sequence[T]


def by_person(tasks: Iterable[T], today: Day) -> list[Load[T]]:
    """Open tasks that are late or due within seven days, for each person; who is latest comes first, nobody last."""
    late: dict[int | None, list[T]] = {}
    due: dict[int | None, list[T]] = {}
    for task in tasks:
        if is_late(task, today):
            late.setdefault(task.user_id, []).append(task)
        elif task.state is not TaskState.DONE and task.due <= today + SOON:
            due.setdefault(task.user_id, []).append(task)
    found = [Load(who, late.get(who, []), due.get(who, [])) for who in dict.fromkeys([*late, *due])]
    return sorted(found, key=lambda load: (load.user_id is None, -len(load.late), -len(load.due)))


@dataclass(frozen=True)
class Template:
    """A usual task. `last` is the law's last day before the opening, `country` where that law holds ("" everywhere)."""

    key: str
    days_before: int
    title_zh: str
    title_en: str
    note_zh: str = ""
    note_en: str = ""
    last: int | None = None
    country: str = ""

    def facts(self) -> TaskFacts:
        """The task that begins from this entry; its note is in both languages."""
        note = "\n".join(text for text in (self.note_zh, self.note_en) if text)
        return TaskFacts(
            title_zh=self.title_zh,
            title_en=self.title_en,
            note=note,
            template=self.key,
            days_before=self.days_before,
        )


PERMIT = "police-permit"
TEMPLATES = (
    Template("venue-contract", 300, "签订展馆租赁合同", "Sign the contract with the venue"),
    Template("recruitment", 240, "启动招展", "Open the recruitment of exhibitors"),
    Template("floor-plan", 200, "确定展位图和价格", "Settle the floor plan and the prices"),
    Template("contractor", 150, "选定主场服务商", "Choose the official contractor"),
    Template("visitor-form", 120, "开放观众预登记", "Open the registration of visitors"),
    Template("manual", 90, "发放参展商手册", "Send out the exhibitor manual"),
    Template("safety-plan", 60, "完成安全工作方案和应急预案", "Finish the safety and emergency plans"),
    Template("insurance", 45, "投保公众责任险", "Take out public liability insurance"),
    Template("directory-copy", 40, "会刊截稿", "Close the copy of the show directory"),
    Template("badge-stock", 35, "订购证件纸、卡套和挂绳", "Order badge stock, holders and lanyards"),
    Template(
        PERMIT,
        30,
        "申请大型群众性活动安全许可",
        "File for the police permit",
        "预计参加人数达到1,000人须申请，最迟在开幕前20日递交；5,000人以上由市级公安机关受理。",
        "Needed from 1,000 persons, filed at least 20 days before the opening; from 5,000 with the city police.",
        last=20,
        country="CN",
    ),
    Template("vip-invitation", 30, "邀请贵宾", "Invite the guests of honour"),
    Template("press-invitation", 21, "邀请媒体", "Invite the press"),
    Template("fire-filing", 20, "申报消防安全检查", "Apply for the fire inspection"),
    Template("directory-print", 18, "会刊付印", "Print the show directory"),
    Template("stand-drawings", 14, "审核特装展位图纸", "Check the drawings of raw-space stands"),
    Template("gate-rehearsal", 2, "出入口演练", "Rehearse the gates"),
    Template("staff-briefing", 2, "工作人员培训", "Brief the staff"),
    Template("build-up", 3, "布展进馆", "Begin the build-up"),
    Template("fire-inspection", 1, "消防现场检查", "Pass the fire inspection in the halls"),
    Template("thanks", -7, "致谢参展商和观众", "Thank exhibitors and visitors"),
    Template("report", -30, "提交项目总结报告", "Hand in the project summary"),
)
_BY_KEY = {template.key: template for template in TEMPLATES}


def templates_for(country: str, taken: Iterable[str] = ()) -> list[Template]:
    """The usual tasks of a fair in this country, the earliest first, without those that its plan has already."""
    known = set(taken)
    fitting = [each for each in TEMPLATES if each.country in ("", country) and each.key not in known]
    return sorted(fitting, key=lambda each: -each.days_before)


def last_day(template: str, opening: Day | None) -> date | None:
    """The last day that the law leaves for a task begun from this entry; None where there is no such day."""
    known = _BY_KEY.get(template)
    if known is None or known.last is None or opening is None:
        return None
    return opening - timedelta(days=known.last)
