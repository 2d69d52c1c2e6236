"""Questions 1 to 11 of check-in.md, by the file of cases that the browser proves its scanner with, and by properties."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.gates.rules.decision import (
    FINAL,
    Asked,
    BadgeFacts,
    ClassFacts,
    Code,
    Colour,
    DoorFacts,
    Facts,
    First,
    GateFacts,
    Reading,
    Verdict,
    ZoneFacts,
    decide,
)
from exhibitions.gates.rules.presence import Movement, Presence, presence_at

FILE = json.loads((Path(__file__).parent / "decision_cases.json").read_text())


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def read_facts(change: dict[str, Any]) -> tuple[Asked, Facts]:
    given_facts = copy.deepcopy(FILE["base"])
    for path, value in change.items():
        *way, last = path.split(".")
        place = given_facts
        for step in way:
            place = place[step]
        place[last] = value
    asked = Asked(**given_facts["asked"] | {"at": moment(given_facts["asked"]["at"])})
    movements = [Movement(**m | {"at": moment(m["at"])}) for m in given_facts["movements"]]
    presence = presence_at(movements, asked.at, datetime.fromisoformat(given_facts["period_start"]))
    return asked, Facts(
        reading=Reading(**given_facts["reading"]),
        gate=GateFacts(**given_facts["gate"] | {"allowed_at": tuple(given_facts["gate"]["allowed_at"])}),
        zone=ZoneFacts(**given_facts["zone"]),
        badge=read_badge(given_facts["badge"]),
        rules=None if given_facts["rules"] is None else ClassFacts(**given_facts["rules"]),
        day=date.fromisoformat(given_facts["day"]),
        door=read_door(given_facts["door"]),
        presence=presence,
        first=None
        if given_facts["first"] is None
        else First(datetime.fromisoformat(given_facts["first"]["at"]), given_facts["first"]["gate"]),
        last_gate=given_facts["gate_names"][str(presence.last.gate)] if presence.last else "",
    )


def read_door(facts: dict[str, Any] | None) -> DoorFacts | None:
    if facts is None:
        return None
    opens, closes = (datetime.fromisoformat(facts[name]) for name in ("opens", "closes"))
    return DoorFacts(opens, closes, moment(facts["last_admission"]))


def read_badge(facts: dict[str, Any] | None) -> BadgeFacts | None:
    if facts is None:
        return None
    planned = facts["planned_day"]
    return BadgeFacts(
        voided_at=moment(facts["voided_at"]),
        new_number=facts["new_number"],
        cancelled_at=moment(facts["cancelled_at"]),
        approved_at=moment(facts["approved_at"]),
        paid_at=moment(facts["paid_at"]),
        planned_day=None if planned is None else date.fromisoformat(planned),
    )


def plain(value: object) -> object:
    """A detail as the file writes it: moments as ISO texts in the fair's zone, days as ISO dates."""
    if isinstance(value, datetime):
        return value.astimezone(datetime.fromisoformat(FILE["base"]["asked"]["at"]).tzinfo).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def shown(verdict: Verdict, wanted: dict[str, Any]) -> dict[str, Any]:
    got = {
        "code": verdict.code.value,
        "admitted": verdict.admitted,
        "colour": verdict.colour.value,
        "overridden": verdict.overridden,
        "detail": {key: plain(verdict.detail.get(key)) for key in wanted.get("detail", {})},
    }
    return {key: got[key] for key in wanted}


@pytest.mark.parametrize(
    "case", FILE["cases"], ids=[f"{'+'.join(c['ids'])}: {c['name']}" for c in FILE["cases"]]
)
def test_case(case: dict[str, Any]) -> None:
    verdict = decide(*read_facts(case["change"]))
    assert shown(verdict, case["verdict"]) == case["verdict"]


def test_the_file_names_every_word() -> None:
    assert {case["verdict"]["code"] for case in FILE["cases"]} == {code.value for code in Code}


NOON = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
MOMENTS = st.one_of(st.none(), st.integers(-300, 300).map(lambda m: NOON + timedelta(minutes=m)))
BADGES = st.builds(
    BadgeFacts,
    voided_at=MOMENTS,
    cancelled_at=MOMENTS,
    approved_at=MOMENTS,
    paid_at=MOMENTS,
    new_number=st.none(),
)
CLASSES = st.builds(ClassFacts, *[st.booleans()] * 5)
DOORS = st.one_of(
    st.none(),
    st.tuples(st.integers(-300, 0), st.integers(0, 300)).map(
        lambda span: DoorFacts(NOON + timedelta(minutes=span[0]), NOON + timedelta(minutes=span[1]))
    ),
)
MOVEMENTS = st.lists(
    st.builds(
        Movement,
        at=st.integers(-240, 240).map(lambda m: NOON + timedelta(minutes=m)),
        scan_id=st.uuids().map(str),
        direction=st.sampled_from(["in", "out"]),
        zone=st.integers(1, 2),
        gate=st.integers(1, 3),
    ),
    max_size=6,
)
FACTS = st.builds(
    Facts,
    reading=st.sampled_from(["read", "read", "read", "unknown", "forged", "other_fair"]).map(Reading),
    gate=st.builds(
        GateFacts,
        zone=st.integers(1, 2),
        allowed=st.booleans(),
        anti_passback=st.sampled_from(["off", "warn", "refuse"]),
        open_gate=st.booleans(),
    ),
    zone=st.builds(
        ZoneFacts,
        limit=st.one_of(st.none(), st.integers(0, 3)),
        on_full=st.sampled_from(["warn", "refuse"]),
        inside=st.integers(0, 4),
    ),
    badge=BADGES,
    rules=CLASSES,
    day=st.just(date(2026, 9, 10)),
    door=DOORS,
    presence=MOVEMENTS.map(lambda m: presence_at(m, NOON, NOON - timedelta(hours=4))),
    first=st.one_of(st.none(), st.just(First(NOON - timedelta(hours=1), "Gate A"))),
    last_gate=st.just("Gate A"),
)
ASKED = st.builds(
    Asked,
    at=st.just(NOON),
    kind=st.sampled_from(["badge", "reserve", "clicker"]),
    direction=st.sampled_from(["in", "out"]),
    heads=st.integers(1, 500),
    override=st.booleans(),
)


@given(ASKED, FACTS)
def test_green_and_amber_admit_and_red_does_not(asked: Asked, facts: Facts) -> None:
    verdict = decide(asked, facts)
    assert verdict.admitted == (verdict.colour is not Colour.RED)


@given(ASKED, FACTS)
def test_nobody_is_locked_in_by_questions_4_to_11(asked: Asked, facts: Facts) -> None:
    verdict = decide(replace(asked, direction="out"), replace(facts, reading=Reading()))
    assert verdict.admitted
    assert verdict.code in {Code.EXIT, Code.COUNTED}


@given(ASKED, FACTS)
def test_an_override_admits_all_but_questions_1_to_5(asked: Asked, facts: Facts) -> None:
    plain_answer = decide(replace(asked, override=False), facts)
    answer = decide(replace(asked, override=True), facts)
    assert answer.code is plain_answer.code
    assert answer.admitted == (plain_answer.code not in FINAL or plain_answer.admitted)
    assert answer.overridden == (answer.admitted and not plain_answer.admitted)


@given(ASKED, FACTS)
def test_a_cure_of_the_answer_moves_down_the_order_never_up(asked: Asked, facts: Facts) -> None:
    order = [
        Code.UNKNOWN,
        Code.FORGED,
        Code.OTHER_FAIR,
        Code.VOIDED,
        Code.CANCELLED,
        Code.NOT_APPROVED,
        Code.UNPAID,
    ]
    asked = replace(asked, kind="badge", direction="in", override=False)
    facts = replace(facts, gate=replace(facts.gate, open_gate=False))
    cures = [
        replace(facts, reading=Reading()),
        replace(
            facts,
            reading=Reading(),
            badge=replace(facts.badge or BadgeFacts(), voided_at=None, cancelled_at=None),
        ),
    ]
    before = decide(asked, facts).code
    for cured in cures:
        after = decide(asked, cured).code
        if before in order and after in order:
            assert order.index(after) >= order.index(before)


@given(MOVEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_uploads_does_not_change_where_a_badge_is(
    movements: list[Movement], chance: Any
) -> None:
    shuffled = list(movements)
    chance.shuffle(shuffled)
    morning = NOON - timedelta(hours=4)
    assert presence_at(shuffled, NOON, morning) == presence_at(movements, NOON, morning)


def test_entry_uploaded_after_its_exit_leaves_the_person_outside() -> None:
    entry = Movement(NOON, "a", "in", 1, 1)
    leave = Movement(NOON + timedelta(hours=1), "b", "out", 1, 1)
    later = NOON + timedelta(hours=2)
    assert presence_at([leave, entry], later, NOON - timedelta(hours=4)) == Presence(last=entry, exited=True)
