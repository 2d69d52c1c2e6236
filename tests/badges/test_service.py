"""Badges in the store: issued, cancelled, replaced, bound, erased (design.md §5, check-in.md C4, reprint, replace, reserve)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit import service as audit
from exhibitions.audit.models import Entry
from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeClass, BadgeDay, SigningKey
from exhibitions.badges.rules import number, token
from exhibitions.badges.rules.reserves import MOST_AT_ONCE
from exhibitions.badges.rules.setup import ClassFacts
from exhibitions.badges.rules.token import Token, parse_code
from exhibitions.badges.service import Holder
from exhibitions.core import signing
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.expos.models import Expo, Gate
from tests.engines import both_engines
from tests.factories import make_expo

pytestmark = both_engines
BOB = Actor("user", None, "Bob")
WANG = Holder("registration", 7, "王伟", "大连轻工", "辽宁", None, 1)


def klass(fair: Expo, key: str = "trade") -> BadgeClass:
    found = queries.class_by_key(fair, key)
    assert found is not None
    return found


def issued(fair: Expo, holder: Holder = WANG, key: str = "trade") -> Badge:
    with transaction():
        return badges.issue(fair, klass(fair, key), holder)


def badges_of_seven(fair: Expo) -> list[Badge]:
    """All badges that registration 7 ever had, the oldest first."""
    theirs = sa.select(Badge).where(Badge.expo_id == fair.id, Badge.holder_kind == "registration")
    return list(db.session.scalars(theirs.where(Badge.holder_id == 7).order_by(Badge.id)))


def free_reserves(fair: Expo) -> list[Badge]:
    """The reserve badges that are bound to nobody, by number."""
    free = sa.select(Badge).where(Badge.expo_id == fair.id, Badge.reserve, Badge.holder_id.is_(None))
    return list(db.session.scalars(free.order_by(Badge.number)))


def test_an_issued_badge_has_a_code_that_verifies_with_the_public_key(fair: Expo) -> None:
    badge = issued(fair)
    code = badges.code_of(fair, badge)
    read = parse_code(code)
    assert isinstance(read, Token)
    assert read.claims == token.Claims(
        key_number=0, fair=fair.code, badge=badge.number, class_number=1, first_day=0, days=0, issue=1
    )
    assert read.signature == badge.signature
    message = token.signed_message(token.encode(read.claims))
    assert signing.verify(queries.public_keys()[0], message, read.signature)
    assert (badge.name, badge.company, badge.region, badge.prints, badge.reserve) == (
        "王伟",
        "大连轻工",
        "辽宁",
        0,
        False,
    )
    assert number.LOWEST <= badge.number <= number.HIGHEST


def test_the_code_holds_no_personal_data(fair: Expo) -> None:
    """P19."""
    badge = issued(fair)
    read = parse_code(badges.code_of(fair, badge))
    other = issued(fair, replace(WANG, id=8, name="李娜", company="别家"))
    assert isinstance(read, Token)
    raw = token.encode(read.claims)
    assert len(raw) == 16
    assert all(word.encode() not in raw + read.signature for word in ("王伟", "大连轻工", "辽宁"))
    assert badges.code_of(fair, badge) != badges.code_of(fair, other)


def test_the_private_key_is_stored_encrypted_only(fair: Expo) -> None:
    issued(fair)
    key = db.session.get_one(SigningKey, 0)
    assert len(key.private_key) == 12 + 32 + 16
    with transaction():
        number_, sign = badges.signer()
    signature = sign(b"m")
    assert number_ == 0
    assert signing.verify(key.public_key, b"m", signature)
    with pytest.raises(ValueError, match="32"):
        signing.sign(key.private_key, b"m")


def test_rotation_signs_anew_and_keeps_old_codes_valid(fair: Expo) -> None:
    old = issued(fair)
    with transaction():
        assert badges.rotate(BOB, "yearly").number == 1
    new = issued(fair, replace(WANG, id=8))
    assert (old.key_number, new.key_number) == (0, 1)
    public = queries.public_keys()
    assert sorted(public) == [0, 1]
    for badge in (old, new):
        read = parse_code(badges.code_of(fair, badge))
        assert isinstance(read, Token)
        message = token.signed_message(token.encode(read.claims))
        assert signing.verify(public[badge.key_number], message, read.signature)
        assert not signing.verify(public[1 - badge.key_number], message, read.signature)
    assert [key.number for key in queries.keys_in_force()] == [1]


def test_there_are_32_key_numbers_and_no_more(fair: Expo) -> None:
    with transaction():
        for expected in range(32):
            assert badges.rotate(BOB).number == expected
        with pytest.raises(Refused) as refused:
            badges.rotate(BOB)
    assert refused.value.code == "keys_used_up"


def test_many_badges_are_issued_in_their_order_with_codes_of_their_own(fair: Expo) -> None:
    holders = [replace(WANG, id=at, name=f"王{at}") for at in range(1, 301)]
    with transaction():
        numbers = badges.issue_many(fair, [(klass(fair), holder) for holder in holders])
        assert badges.issue_many(fair, []) == []
    assert len(set(numbers)) == 300
    current = queries.current_badges(fair, "registration", range(1, 301))
    assert [current[at].number for at in range(1, 301)] == numbers
    assert [current[at].name for at in range(1, 301)] == [holder.name for holder in holders]
    public = queries.public_keys()
    for badge in current.values():
        read = parse_code(badges.code_of(fair, badge))
        assert isinstance(read, Token)
        message = token.signed_message(token.encode(read.claims))
        assert signing.verify(public[0], message, badge.signature)


def test_a_number_is_never_given_out_twice(fair: Expo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generator is made to repeat itself; the fair still has every number once."""
    drawn = iter([300_000_001, 300_000_001, 300_000_001, 300_000_002, 300_000_003, 300_000_003, 300_000_004])
    monkeypatch.setattr(number, "new_number", lambda: next(drawn))
    first, second = issued(fair), issued(fair, replace(WANG, id=8))
    with transaction():
        more = badges.issue_many(fair, [(klass(fair), replace(WANG, id=at)) for at in (9, 10)])
    assert [first.number, second.number, *sorted(more)] == [
        300_000_001,
        300_000_002,
        300_000_003,
        300_000_004,
    ]


def test_the_unique_constraint_is_the_last_judge_of_numbers(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another transaction takes the number between the look and the insert."""
    taken = issued(fair).number
    answers = iter([{}, {taken: None}])
    monkeypatch.setattr(queries, "taken_numbers", lambda *_: set(next(answers, {taken: None})))
    drawn = iter([taken, taken, 300_000_002])
    monkeypatch.setattr(number, "new_number", lambda: next(drawn))
    with transaction():
        assert badges.issue_many(fair, [(klass(fair), replace(WANG, id=8))]) == [300_000_002]


def test_a_draft_whose_number_was_given_out_meanwhile_gets_another_one(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(fair)
    drawn = iter([300_000_001, 300_000_001, 300_000_002])
    monkeypatch.setattr(number, "new_number", lambda: next(drawn))
    drafted = badges.draft(fair, klass(fair))
    assert issued(fair, replace(WANG, id=8)).number == 300_000_001
    with transaction():
        badge_id = badges.give(drafted, replace(WANG, id=9))
    badge = queries.badge_of(fair, badge_id)
    assert badge is not None
    assert badge.number == 300_000_002
    read = parse_code(badges.code_of(fair, badge))
    assert isinstance(read, Token)
    message = token.signed_message(token.encode(read.claims))
    assert signing.verify(queries.public_keys()[0], message, read.signature)


def test_a_draft_made_before_the_very_first_key_is_signed_when_it_is_given(fair: Expo) -> None:
    drafted = badges.draft(fair, klass(fair))
    assert queries.public_keys() == {}
    with transaction():
        badge_id = badges.give(drafted, WANG)
    badge = queries.badge_of(fair, badge_id)
    assert badge is not None
    assert isinstance(parse_code(badges.code_of(fair, badge)), Token)
    assert sorted(queries.public_keys()) == [0]


def test_a_number_that_stays_taken_is_an_error_in_the_end(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = issued(fair).number
    monkeypatch.setattr(queries, "taken_numbers", lambda *_: set())
    monkeypatch.setattr(number, "new_number", lambda: taken)
    with pytest.raises(RuntimeError, match="number"), transaction():
        badges.issue_many(fair, [(klass(fair), replace(WANG, id=8))])
    with pytest.raises(RuntimeError, match="number"):
        issued(fair, replace(WANG, id=8))


def test_two_processes_that_make_the_very_first_key_share_one(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issued(fair)
    monkeypatch.setattr(queries, "key_in_force", lambda: None)
    second = issued(fair, replace(WANG, id=8))
    assert (first.key_number, second.key_number) == (0, 0)
    assert sorted(queries.public_keys()) == [0]


def test_the_public_form_offers_registrable_classes_only(fair: Expo) -> None:
    assert [found.key for found in queries.registrable_classes(fair)] == ["trade", "public"]


def test_keys_are_listed_and_changed_from_the_command_line(fair: Expo, app: Flask) -> None:
    issued(fair)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["badges", "rotate-key", "--reason", "yearly"]).output == (
        "New badges are signed with key 1.\n"
    )
    lines = [line.split("\t") for line in runner.invoke(args=["badges", "keys"]).output.splitlines()]
    assert [(number_, state) for number_, _, state in lines] == [("0", "retired"), ("1", "in force")]
    assert [bytes.fromhex(public) for _, public, _ in lines] == [
        key for _, key in sorted(queries.public_keys().items())
    ]


def test_two_fairs_may_have_the_same_number_but_never_the_same_code(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = db.session.get_one(Expo, make_expo("9th", 9))
    monkeypatch.setattr(number, "new_number", lambda: 300_000_001)
    here, there = issued(fair), issued(other)
    assert here.number == there.number
    assert badges.code_of(fair, here) != badges.code_of(other, there)


def test_only_day_bound_classes_carry_their_day_in_the_code(fair: Expo) -> None:
    """design.md §5: set only for day-bound classes, counted from the first build-up day."""
    first = queries.first_hall_day(fair)
    assert first == fair.days[0].date
    day = first + timedelta(days=2)
    free = issued(fair, replace(WANG, planned_day=day))
    with transaction():
        klass(fair).planned_day_only = True
    bound = issued(fair, replace(WANG, id=8, planned_day=day))
    anyday = issued(fair, replace(WANG, id=9))
    far = issued(fair, replace(WANG, id=10, planned_day=first - timedelta(days=1)))
    assert [(it.first_day, it.days) for it in (free, bound, anyday, far)] == [(0, 0), (2, 1), (0, 0), (0, 0)]


def test_corrected_facts_and_another_class_keep_the_code(fair: Expo) -> None:
    """check-in.md: who changed day or class is admitted with the old picture."""
    badge = issued(fair)
    code = badges.code_of(fair, badge)
    with transaction():
        badges.correct(badge, replace(WANG, name="王维", company="新公司"), klass(fair, "public"))
    db.session.expire_all()
    assert (badge.name, badge.company, badge.badge_class.key) == ("王维", "新公司", "public")
    assert badges.code_of(fair, badge) == code


def test_cancelling_keeps_the_first_moment(fair: Expo) -> None:
    badge = issued(fair)
    early, late = (datetime(2016, 8, 19, hour, tzinfo=UTC) for hour in (2, 3))
    with transaction():
        badges.cancel(badge, early)
        badges.cancel(badge, late)
    assert badge.cancelled_at == early


def test_approval_and_payment_are_moments_on_the_badge(fair: Expo) -> None:
    badge = issued(fair)
    moment = datetime(2016, 8, 1, 2, tzinfo=UTC)
    with transaction():
        badges.approve(badge, moment)
        badges.approve(badge)
        badges.mark_paid(badge, moment)
    assert (badge.approved_at, badge.paid_at) == (moment, moment)
    with transaction():
        badges.mark_paid(badge, None)
    assert badge.paid_at is None


def came_in(fair: Expo, badge: Badge, day: date) -> None:
    gate = db.session.scalars(sa.select(Gate).where(Gate.expo_id == fair.id)).first()
    assert gate is not None
    with transaction():
        db.session.add(
            BadgeDay(
                expo_id=fair.id,
                badge_id=badge.id,
                day=day,
                first_at=datetime(2016, 8, 19, 2, tzinfo=UTC),
                first_gate_id=gate.id,
            )
        )


def test_a_replaced_badge_is_voided_and_its_holder_is_not_first_twice(fair: Expo) -> None:
    """C4, and check-in.md: a visit is of a person, not of a badge."""
    old = issued(fair)
    came_in(fair, old, date(2016, 8, 19))
    with transaction():
        badges.approve(old)
        new = badges.replace(fair, old, " lost ", BOB)
    assert old.voided_at == new.issued_at
    assert old.replaced_by_id == new.id
    assert new.issue == old.issue + 1
    assert new.number != old.number
    assert (new.name, new.company, new.holder_id, new.approved_at) == (
        old.name,
        old.company,
        7,
        old.approved_at,
    )
    assert [row.day for row in queries.badge_days(fair, new.id)] == [date(2016, 8, 19)]
    assert [row.day for row in queries.badge_days(fair, old.id)] == [date(2016, 8, 19)]
    assert queries.current_badge(fair, "registration", 7) == new
    assert [badge.id for badge in badges_of_seven(fair)] == [old.id, new.id]
    (entry,) = audit.readable(db.session.scalars(sa.select(Entry).where(Entry.action == "badges.replaced")))
    assert (entry.subject_id, entry.after, entry.reason) == (old.id, {"replaced_by": new.id}, "lost")


def test_a_voided_cancelled_or_unexplained_badge_is_not_replaced(fair: Expo) -> None:
    lost, gone, fine = issued(fair), issued(fair, replace(WANG, id=8)), issued(fair, replace(WANG, id=9))
    with transaction():
        badges.replace(fair, lost, "lost", BOB)
        badges.cancel(gone)
    for badge, reason, code in (
        (lost, "again", "badge_voided"),
        (gone, "lost", "badge_cancelled"),
        (fine, " ", "reason_needed"),
    ):
        with pytest.raises(Refused) as refused, transaction():
            badges.replace(fair, badge, reason, BOB)
        assert refused.value.code == code
    assert queries.current_badge(fair, "registration", 9) == fine


def test_of_eight_desks_that_replace_one_badge_at_once_exactly_one_does(fair: Expo, app: Flask) -> None:
    old = issued(fair)
    number_, expo_id = old.id, fair.id
    answers: list[str] = []
    start = threading.Barrier(8)

    def desk() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    here = session.get_one(Expo, expo_id)
                    badges.replace(here, session.get_one(Badge, number_), "lost", BOB)
                answers.append("replaced")
            except Conflict as conflict:
                answers.append(conflict.code)
            db.session.remove()

    threads = [threading.Thread(target=desk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["badge_voided"] * 7 + ["replaced"]
    db.session.rollback()
    assert len(badges_of_seven(fair)) == 2


def test_a_reprint_keeps_the_code_and_raises_the_count(fair: Expo) -> None:
    """C4: reprinted: the one code."""
    badge = issued(fair)
    code = badges.code_of(fair, badge)
    with transaction():
        badges.count_print(fair, badge, "", BOB)
        badges.count_print(fair, badge, "paper jam", BOB)
    assert badge.prints == 2
    assert badges.code_of(fair, badge) == code
    rows = audit.readable(db.session.scalars(sa.select(Entry).where(Entry.subject_kind == "badge")))
    assert [(row.action, row.reason) for row in rows] == [
        ("badges.printed", ""),
        ("badges.reprinted", "paper jam"),
    ]


def test_reserve_badges_are_valid_unnamed_and_bound_once(fair: Expo) -> None:
    with transaction():
        made = badges.issue_reserves(fair, klass(fair, "vip"), 3, BOB)
    assert len(made) == 3
    assert all(badge.reserve and badge.holder_id is None and badge.name == "" for badge in made)
    assert free_reserves(fair) == made
    code = badges.code_of(fair, made[0])
    with transaction():
        badges.bind_reserve(fair, made[0], replace(WANG, id=21), BOB)
    assert (made[0].name, made[0].holder_id, made[0].badge_class.key) == ("王伟", 21, "vip")
    assert badges.code_of(fair, made[0]) == code
    assert free_reserves(fair) == made[1:]
    with pytest.raises(Conflict) as twice, transaction():
        badges.bind_reserve(fair, made[0], replace(WANG, id=22), BOB)
    assert twice.value.code == "reserve_bound"
    with pytest.raises(Refused) as named, transaction():
        badges.bind_reserve(fair, issued_before(fair), WANG, BOB)
    assert named.value.code == "badge_not_reserve"


def issued_before(fair: Expo) -> Badge:
    return badges.issue(fair, klass(fair), replace(WANG, id=99))


@pytest.mark.parametrize("count", [0, -1, MOST_AT_ONCE + 1])
def test_reserve_badges_are_made_in_reasonable_numbers(fair: Expo, count: int) -> None:
    with pytest.raises(Refused) as refused, transaction():
        badges.issue_reserves(fair, klass(fair), count, BOB)
    assert refused.value.code == "reserve_count"


def test_badges_of_an_undone_import_go_unless_they_came_in(fair: Expo) -> None:
    with transaction():
        badges.issue_many(fair, [(klass(fair), replace(WANG, id=at)) for at in (1, 2, 3)])
    came_in(fair, queries.current_badges(fair, "registration", [2])[2], date(2016, 8, 19))
    with transaction():
        assert badges.remove_of_holders(fair, "registration", [1, 2]) == 1
    left = queries.current_badges(fair, "registration", [1, 2, 3])
    assert sorted(left) == [2, 3]
    assert left[2].cancelled_at is not None
    assert left[3].cancelled_at is None


def test_cancelling_holders_cancels_their_live_badges(fair: Expo) -> None:
    with transaction():
        badges.issue_many(fair, [(klass(fair), replace(WANG, id=at)) for at in (1, 2)])
        assert badges.cancel_of_holders(fair, "registration", [1]) == 1
        assert badges.cancel_of_holders(fair, "registration", [1, 5]) == 0
    assert [
        it.cancelled_at is None for it in queries.current_badges(fair, "registration", [1, 2]).values()
    ] == [False, True]


def test_merged_registrations_share_their_badges(fair: Expo) -> None:
    issued(fair), issued(fair, replace(WANG, id=8))
    with transaction():
        badges.move_holder(fair, "registration", 8, 7)
    db.session.expire_all()
    assert len(badges_of_seven(fair)) == 2


def test_export_names_everything_about_a_holder_and_nobody_else(fair: Expo) -> None:
    """P7."""
    badge = issued(fair)
    issued(fair, replace(WANG, id=8, name="别人"))
    came_in(fair, badge, date(2016, 8, 19))
    exported = badges.export_person("registration", 7)
    assert [(it["number"], it["name"], it["class"], it["days"]) for it in exported] == [
        (badge.number, "王伟", "trade", ["2016-08-19"])
    ]


def test_erasure_takes_the_words_and_stops_the_badge_but_keeps_the_days(fair: Expo) -> None:
    """P9: identity removed, statistics kept, the badge stops."""
    badge = issued(fair)
    came_in(fair, badge, date(2016, 8, 19))
    with transaction():
        assert badges.erase_person("registration", 7) == 1
    db.session.expire_all()
    assert (badge.name, badge.company) == ("", "")
    assert badge.cancelled_at is not None
    assert len(queries.badge_days(fair, badge.id)) == 1


def test_badges_are_found_through_their_own_fair_only(fair: Expo) -> None:
    other = db.session.get_one(Expo, make_expo("9th", 9))
    badge = issued(fair)
    assert queries.badge_of(fair, badge.id) == badge
    assert queries.badge_by_number(fair, badge.number) == badge
    assert queries.badge_of(other, badge.id) is None
    assert queries.badge_by_number(other, badge.number) is None
    assert queries.current_badge(other, "registration", 7) is None
    assert queries.class_of(other, badge.class_id) is None


def test_setup_is_written_and_read_again_the_same(fair: Expo) -> None:
    dumped = badges.dump_setup(fair)
    assert [facts.key for facts in dumped] == [
        "trade",
        "public",
        "vip",
        "media",
        "exhibitor",
        "organiser",
        "buildup",
    ]
    other = db.session.get_one(Expo, make_expo("9th", 9))
    with transaction():
        badges.load_setup(other, dumped[:2], BOB)
    assert badges.dump_setup(other) == dumped[:2]
    changed = [structs_replace(dumped[0], colour="#123456"), structs_replace(dumped[2], number=2)]
    with transaction():
        badges.load_setup(other, changed, BOB)
        badges.load_setup(other, changed, BOB)
    assert badges.dump_setup(other) == changed


def structs_replace(facts: ClassFacts, **values: object) -> ClassFacts:
    return ClassFacts(**({field: getattr(facts, field) for field in facts.__struct_fields__} | values))


def test_a_class_with_badges_neither_goes_nor_changes_its_number(fair: Expo) -> None:
    issued(fair)
    dumped = badges.dump_setup(fair)
    for document in (dumped[1:], [structs_replace(dumped[0], number=200), *dumped[1:]]):
        with pytest.raises(Conflict) as conflict, transaction():
            badges.load_setup(fair, document, BOB)
        assert conflict.value.code == "class_in_use"
    assert badges.dump_setup(fair) == dumped


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": 2}, "class_twice"),
        ({"key": "public"}, "class_twice"),
        ({"name_zh": " ", "name_en": ""}, "class_nameless"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(
    fair: Expo, change: dict[str, object], code: str
) -> None:
    dumped = badges.dump_setup(fair)
    with pytest.raises(Refused) as refused, transaction():
        badges.load_setup(fair, [structs_replace(dumped[0], **change), *dumped[1:]], BOB)
    assert refused.value.code == code


def test_a_class_is_added_and_changed_by_hand(fair: Expo) -> None:
    facts = structs_replace(
        badges.dump_setup(fair)[0], number=20, key="student", name_zh="学生", name_en="Student"
    )
    with transaction():
        made = badges.save_class(fair, None, facts, BOB)
        badges.save_class(fair, made, structs_replace(facts, colour="#ffbf47"), BOB)
    assert badges.facts_of(klass(fair, "student")) == structs_replace(facts, colour="#ffbf47")
    entries = db.session.scalars(
        sa.select(Entry).where(Entry.action == "badges.class_saved").order_by(Entry.id)
    ).all()
    assert (entries[1].before, entries[1].after) == ({"colour": "#0B6E6E"}, {"colour": "#ffbf47"})
