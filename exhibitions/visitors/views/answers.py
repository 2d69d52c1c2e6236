"""What a record shows of the form: answers, the mask of a paper, and the texts that people agreed to (P1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from exhibitions.core.access import Permission, require
from exhibitions.core.i18n import language
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms.steps import words
from exhibitions.visitors.models import Question
from exhibitions.visitors.queries import Row
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.consents import NAMES
from exhibitions.visitors.rules.questions import NO, YES, shown_answer
from exhibitions.visitors.service import identities
from exhibitions.visitors.views.base import blueprint

_PORTION = 500


def asked_of(expo: Expo, row: Row) -> dict[str, Any]:
    """The answers of a person as lines of a summary, and the masked number of the paper."""
    person = row.registration
    given = queries.answers_of(expo, [person.id]).get(person.id, {})
    both, chinese = {YES: _("Yes"), NO: _("No")}, language() == "zh"
    identity = queries.identity_of(expo, person.id)
    asked = queries.all_questions(expo) if given else ()
    return {
        "answers": [
            (
                words(each.label_zh, each.label_en),
                shown_answer(queries.facts_of(each), given[each.id], both, chinese=chinese),
                "",
            )
            for each in asked
            if each.id in given
        ],
        "identity_mask": identities.masked(identity) if identity is not None else "",
        "consent_names": NAMES,
    }


def answer_columns(expo: Expo, ids: Sequence[int], questions: Mapping[str, Question]) -> dict[str, list[str]]:
    """What the people with these ids answered, a column a question; a few hundred people are asked for at a time."""
    both, chinese = {YES: _("Yes"), NO: _("No")}, language() == "zh"
    asked = {name: queries.facts_of(each) for name, each in questions.items()}
    columns: dict[str, list[str]] = {name: [] for name in asked}
    for start in range(0, len(ids) if asked else 0, _PORTION):
        portion = ids[start : start + _PORTION]
        given = queries.answers_of(expo, portion)
        for name, facts in asked.items():
            columns[name] += [
                shown_answer(facts, given.get(number, {}).get(facts.id, ()), both, chinese=chinese)
                for number in portion
            ]
    return columns


@blueprint.get("/desk/<slug>/visitors/consent-texts")
@require(Permission.VISITORS_VIEW)
def consent_texts(expo: Expo) -> str:
    """Every version of every text that people of this fair have agreed to."""
    texts = sorted(expo_queries.consent_words(expo).items(), key=lambda each: (each[0][0], -each[0][1]))
    return render_template("visitors/consent_texts.html", expo=expo, texts=texts, names=NAMES)
