"""What the juror's pages show, made from rows: rules in words, the queue by category, a sheet, an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from exhibitions.awards.forms import judging as forms
from exhibitions.awards.models import AwardEntry
from exhibitions.awards.queries import judging as queries
from exhibitions.awards.queries.entries import names_to_cover
from exhibitions.awards.queries.judging import Place, Task
from exhibitions.awards.rules import order_entry, sheet_entry
from exhibitions.awards.rules.entering import covered
from exhibitions.awards.rules.rule_set import Method, Normalising, RuleSet, normal
from exhibitions.awards.service.judging_order import Standing
from exhibitions.core import clock
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import local
from exhibitions.core.shares import rounded
from exhibitions.expos.models import Expo

_METHODS = {
    Method.MEAN: N_("An entry's result is the mean of its jurors' scores."),
    Method.MEDIAN: N_("An entry's result is the median of its jurors' scores."),
    Method.TRIM: N_(
        "The highest and lowest scores are left out where there are enough; the result is the mean."
    ),
    Method.OIV: N_("Scores too far from the mean are left out once; the result is the mean of the others."),
}


def is_open(place: Place) -> bool:
    """Whether sheets are taken now."""
    return sheet_entry.is_open(place.season.state, place.round, clock.now())


def around(expo: Expo, place: Place) -> dict[str, Any]:
    """What every page of a juror has: whose it is, the award, until when."""
    return {
        "expo": expo,
        "place": place,
        "season": place.season,
        "juror": place.juror,
        "token": request.path.split("/")[3],
        "is_open": is_open(place),
        "now": clock.now(),
        "base": url_for("awards.judging", slug=expo.slug, token=request.path.split("/")[3]),
    }


def queue(place: Place) -> dict[str, Any]:
    """The list by category, how much is done, what comes next."""
    tasks = queries.queue(place)
    counted = [task for task in tasks if task.is_open or task.is_sent]
    return {
        "groups": [
            (local(first, "name") or first.code if first else "", list(members))
            for first, members in groupby(tasks, key=lambda task: task.entry.category)
        ],
        "total": len(counted),
        "sent": sum(task.is_sent for task in counted),
        "next_task": next((task for task in tasks if task.is_open), None),
        "task_ids": [task.assignment.id for task in counted],
        "product": covering(place),
        "rule_lines": rule_lines(place),
    }


def covering(place: Place) -> Callable[[AwardEntry], str]:
    """Calls an entry in the reader's language; in a blind season without the names of those who made it (E9)."""
    return lambda entry: _as_read(place, entry, "product")


def _as_read(place: Place, entry: AwardEntry, field: str) -> str:
    """A text of an entry as this jury reads it: names are covered first, for `local` marks the language of the other text."""
    names = names_to_cover(place.season, entry)
    both = {f"{field}_{lang}": covered(getattr(entry, f"{field}_{lang}"), names) for lang in ("zh", "en")}
    return local(SimpleNamespace(**both), field)


def entry_words(place: Place, tasks: Sequence[Task]) -> dict[int, str]:
    """Number and product of each entry, for lists of choices."""
    product = covering(place)
    return {task.entry.id: f"{task.entry.number} {forms.in_words(product(task.entry))}" for task in tasks}


def rule_lines(place: Place) -> list[str]:
    """The frozen rules as far as a juror needs them, a sentence a line."""
    rules = place.rules
    lines = [
        _("The score of a sheet is the mean of its marks by their weights."),
        _(_METHODS[rules.method]),
        _("An entry needs at least %(quorum)s sheets.", quorum=rules.quorum),
    ]
    if rules.normalise is not Normalising.NONE:
        lines.append(_("Strict and mild jurors are levelled before that."))
    lines += [
        _(
            "%(medal)s: from %(bound)s on",
            medal=forms.in_words(local(each, "name")) or each.medal,
            bound=normal(each.at_least),
        )
        for each in rules.levels
        if each.at_least is not None
    ]
    if place.season.is_blind:
        lines.append(_("Entries are judged by their numbers, without the names of companies."))
    lines.append(_("A sheet counts once it is sent, before the end, by the server's clock."))
    return lines


def sentence(rules: RuleSet, refusal: Refused) -> str:
    """A refusal in the reader's language; a criterion is called by its name."""
    names = {each.code: forms.criterion_name(each) for each in rules.criteria}
    params = {
        name: names.get(str(value), value) if name == "criterion" else value
        for name, value in refusal.params.items()
    }
    return str(_(refusal.message, **params))


def sheet(place: Place, task: Task) -> dict[str, Any]:
    """What the score sheet shows: the entry, where it stands in the queue, and the own marks."""
    tasks = [each for each in queries.queue(place) if each.is_open or each.is_sent]
    ids = [each.assignment.id for each in tasks]
    at = ids.index(task.assignment.id)
    rules, values = place.rubric(task.entry), queries.typed(task).values
    marks = sheet_entry.marks_of(sheet_entry.without_unknown(rules, queries.typed(task)).values)
    return {
        **_entry(place, task),
        "rubric": rules,
        "total": sheet_entry.shown_total(rules, marks),
        "given": len(marks),
        "values": values,
        "at": at + 1,
        "of": len(ids),
        "before": ids[at - 1] if at else None,
        "after": ids[at + 1] if at + 1 < len(ids) else None,
        "task_ids": ids,
        "writable": task.is_open and is_open(place) and not place.has_orders,
        "others": others(place, task),
    }


def _entry(place: Place, task: Task) -> dict[str, Any]:
    return {
        "task": task,
        "entry": task.entry,
        "pictures": queries.pictures(task.entry),
        "product": covering(place),
        "innovation": _as_read(place, task.entry, "innovation"),
        "criterion_name": forms.criterion_name,
        "normal": normal,
        "places": sheet_entry.total_places(place.rules),
    }


def others(place: Place, task: Task) -> list[str]:
    """The others' scores without names, where the season shows them after one's own sheet is sent."""
    found = queries.scores_of_others(place, task)
    return [f"{rounded(each, sheet_entry.total_places(place.rules)):f}" for each in found]


def check(place: Place, task: Task) -> dict[str, Any]:
    """What is about to be sent, and the mark by which it is known that just this was shown."""
    rules = place.rubric(task.entry)
    typed = sheet_entry.without_unknown(rules, queries.typed(task))
    marks, against = sheet_entry.marks_of(typed.values), bool(typed.values.get(sheet_entry.ELIMINATED))
    return {
        **_entry(place, task),
        "rows": [(forms.criterion_name(each), marks.get(each.code, "")) for each in rules.criteria],
        "total": sheet_entry.shown_total(rules, marks),
        "values": typed.values,
        "eliminated": against,
        "incomplete": bool(sheet_entry.incomplete(rules, typed.values)),
        "seen": sheet_entry.sheet_hash(marks, eliminated=against),
    }


def order_words(place: Place, now: Standing) -> dict[int, str]:
    """Number and product of each entry of the order, by the number of its assignment."""
    product = covering(place)
    return {
        task.assignment.id: f"{task.entry.number} {forms.in_words(product(task.entry))}" for task in now.tasks
    }


def order(place: Place, now: Standing) -> dict[str, Any]:
    """What the pages of an order show: it as it stands, and what was sent of it, with equal places where they are equal."""
    tasks = {task.assignment.id: task for task in now.tasks}
    by_number = {str(task.entry.number): task.entry for task in now.tasks}
    sent = order_entry.places_of(now.sent.order) if now.sent is not None else {}
    return {
        "standing": now,
        "tasks": tasks,
        "task_ids": sorted(tasks),
        "lines": [(at, tasks[number].entry) for number, at in now.places.items()],
        "sent_lines": [(at, number, by_number.get(number)) for number, at in sent.items()],
        "product": covering(place),
    }
