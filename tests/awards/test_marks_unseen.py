"""P22: whose marks nobody else sees."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.awards.models import Assignment
from exhibitions.awards.rules.states import AssignmentState
from exhibitions.core.db import db
from tests.awards.jury import CANARY, MARKS, Jury, change, make_jury, pages_of, send
from tests.people import People


def test_a_mark_stands_in_no_page_of_another_juror(jury: Jury) -> None:
    """P22: nor in the JSON, whether the other has sent an own sheet or not."""
    send(jury.browser(jury.first), jury.first, "A-01", {**MARKS, "mark1": CANARY, "comment": "canary words"})
    other = jury.browser(jury.second)
    for _ in range(2):
        for page in pages_of(jury.second, other):
            assert CANARY not in page.text
            assert "canary words" not in page.text
            assert "Scores of the other jurors" not in page.text
        if jury.state(jury.second, "A-01") != "submitted":
            send(other, jury.second, "A-01", MARKS)


def test_a_mark_stands_in_no_page_of_the_organiser(jury: Jury, people: People) -> None:
    """P22: nor in the audit trail that the administrator reads."""
    send(jury.browser(jury.first), jury.first, "A-01", {**MARKS, "mark1": CANARY})
    hash_ = jury.sheets(jury.first, "A-01")[0].hash
    season = f"/desk/8th/awards/{jury.season_id}"
    paths = ["/desk/8th/awards", "/desk/8th/audit", "/desk/audit", "/desk/8th/"]
    rules = [rule.rule for rule in jury.app.url_map.iter_rules() if "/awards/<int:season_id>" in rule.rule]
    paths += [
        rule.replace("<slug>", "8th").replace("<int:season_id>", str(jury.season_id))
        for rule in rules
        if rule.count("<") == 2
    ]
    del season
    for client in (people.alice, people.bob):
        for path in paths:
            page = client.get(path, follow_redirects=True)
            assert CANARY not in page.text, path
            assert hash_ not in page.text, path
    with jury.app.app_context():
        entries = db.session.scalars(sa.select(Entry).where(Entry.action.like("awards.%"))).all()
        told = [f"{each.before} {each.after} {each.reason}" for each in entries]
    assert "awards.sheet_sent" in {each.action for each in entries}
    assert not [each for each in told if CANARY in each or hash_ in each]


def test_others_scores_are_shown_only_after_the_own_sheet_and_without_names(
    app: Flask, people: People
) -> None:
    """§3.6, the season's setting; the score, never the marks."""
    del people
    jury = make_jury(app, shows_others=True)
    send(jury.browser(jury.first), jury.first, "A-01", {"mark1": CANARY, "mark2": "80.5"})
    other = jury.browser(jury.second)
    assert "75.63" not in other.get(jury.second.sheet("A-01")).text
    send(other, jury.second, "A-01", MARKS)
    page = other.get(jury.second.sheet("A-01"))
    assert "75.63" in page.text
    assert CANARY not in page.text
    assert "评委J01" not in page.text
    assert "J01" not in page.text
    # Of an entry whose own sheet is not sent nothing is shown, and a reopened one hides them again.
    change(jury, Assignment, jury.second.tasks["A-01"], state=AssignmentState.IN_PROGRESS)
    assert "75.63" not in other.get(jury.second.sheet("A-01")).text
