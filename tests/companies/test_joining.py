"""Issue 4.1: doubles compared side by side, merged and parted for 30 days; nothing is lost either way."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.companies import queries, service
from exhibitions.companies.models import Company, CompanyContact, CompanyMerge, CompanyPaper
from exhibitions.companies.queries import doubles
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.service import joining, papers
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from tests.companies.register import BY, CODE, DESK, OTHER_CODE, enter, with_contact, words
from tests.engines import both_engines
from tests.people import People

OF_ABOVE: dict[int, int] = {}
"""What a room above keeps: its row → the company."""


def _move(kept: int, gone: int) -> Any:
    moved = [row for row, company in OF_ABOVE.items() if company == gone]
    OF_ABOVE.update(dict.fromkeys(moved, kept))
    return moved


def _part(kept: int, gone: int, moved: Any) -> None:
    OF_ABOVE.update(dict.fromkeys(moved, gone))


def _uses(ids: Collection[int]) -> set[int]:
    return set(ids) & set(OF_ABOVE.values())


@pytest.fixture
def above(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[int, int]]:
    """A room above that has joined."""
    monkeypatch.setattr(joining, "ROOMS", [joining.Room("above", _move, _part, _uses)])
    OF_ABOVE.clear()
    yield OF_ABOVE
    OF_ABOVE.clear()


def two() -> tuple[Company, Company]:
    """The same company entered twice, inside the caller's transaction."""
    one = with_contact(enter("星河", phone="0411-84801234", note="老客户"))
    other = with_contact(
        enter("星河有限公司", name_en="Star", credit_code=CODE), name="李丽", phone="13900139000", email=""
    )
    papers.add(other, PaperFacts(PaperKind.LICENCE, CODE), None, BY)
    return one, other


def picture() -> dict[str, Any]:
    """All that the register holds, but for moments."""
    tables: dict[str, Any] = {}
    for model in (Company, CompanyContact, CompanyPaper):
        rows = db.session.execute(sa.select(model.__table__).order_by(sa.text("id")))
        tables[model.__tablename__] = [
            {name: value for name, value in row._mapping.items() if name != "changed_at"} for row in rows
        ]
    return tables


@both_engines
def test_merged_and_parted_nothing_is_lost(context: None, above: dict[int, int]) -> None:
    with transaction():
        one, other = two()
        one_id, other_id = one.id, other.id
    above.update({1: one_id, 2: other_id, 3: other_id})
    before = picture()
    with transaction():
        merge = joining.merge(*both(one_id, other_id), {"name_zh": "gone"}, BY)
        assert above == {1: one_id, 2: one_id, 3: one_id}
        kept = queries.company_of(one_id)
        assert kept is not None
        assert (kept.name_zh, kept.name_en, kept.credit_code, kept.note) == (
            "星河有限公司",
            "Star",
            CODE,
            "老客户",
        )
        assert [each.name for each in queries.contacts(kept)] == ["王敏", "李丽"]
        assert len(queries.papers(kept)) == 1
        assert queries.stands_for(other_id) == one_id
        by_code = queries.by_credit_code(CODE)
        assert by_code is not None
        assert by_code.id == one_id
        merge_id = merge.id
    with transaction():
        row = doubles.merge_of(merge_id)
        assert row is not None
        joining.part(row, BY)
    db.session.expire_all()
    assert picture() == before
    assert above == {1: one_id, 2: other_id, 3: other_id}
    with transaction(), pytest.raises(Refused, match="parting_late"):
        joining.part(db.session.get_one(CompanyMerge, merge_id), BY)


def both(one_id: int, other_id: int) -> tuple[Company, Company]:
    return db.session.get_one(Company, one_id), db.session.get_one(Company, other_id)


def test_what_was_typed_since_stays(context: None, above: dict[int, int]) -> None:
    """Parting puts back what the merge changed, and neither a correction nor a contact that came afterwards."""
    with transaction():
        one, other = two()
        row = joining.merge(one, other, {"name_zh": "gone"}, BY)
        facts = service.facts_of(one)
        service.change(one, CompanyFacts(**vars(facts) | {"name_en": "Star River", "credit_code": CODE}), BY)
        new = service.add_contact(one, service.ContactFacts(name="新人"), BY)
        moved = next(each for each in queries.contacts(one) if each.name == "李丽")
        service.remove_contact(one, moved, BY)
        joining.part(row, BY)
        assert (one.name_zh, one.name_en, one.credit_code) == ("星河", "Star River", None)
        assert other.credit_code == CODE
        assert new.company_id == one.id
        assert list(queries.contacts(other)) == []


def test_a_chain_is_parted_from_its_end(context: None, above: dict[int, int]) -> None:
    with transaction():
        one, other = two()
        third = enter("星河股份", credit_code=None)
        first = joining.merge(one, other, {}, BY)
        second = joining.merge(third, one, {}, BY)
        assert queries.stands_for(other.id) == third.id
        with pytest.raises(Conflict, match="merged_since"):
            joining.part(first, BY)
        with pytest.raises(Conflict, match="company_merged"):
            joining.merge(third, one, {}, BY)
        joining.part(second, BY)
        assert (queries.stands_for(other.id), third.credit_code) == (one.id, None)
        joining.part(first, BY)
        assert queries.stands_for(other.id) == other.id
        assert [each.name for each in queries.contacts(other)] == ["李丽"]


def test_two_merges_are_parted_the_later_first(context: None, above: dict[int, int]) -> None:
    with transaction():
        one, other = two()
        third = enter("星河股份")
        first, _second = joining.merge(one, other, {}, BY), joining.merge(one, third, {}, BY)
        with pytest.raises(Conflict, match="merged_since"):
            joining.part(first, BY)


def test_who_has_the_code_by_now_keeps_it(context: None, above: dict[int, int]) -> None:
    with transaction():
        one, other = two()
        row = joining.merge(one, other, {"credit_code": "kept"}, BY)
        enter("别的", credit_code=CODE)
        with pytest.raises(Conflict, match="code_taken_since"):
            joining.part(row, BY)


def test_thirty_days_and_then_it_is_forgotten(context: None, above: dict[int, int]) -> None:
    """P6: what it takes to part them is emptied when the time is over."""
    with transaction():
        one, other = two()
        row = joining.merge(one, other, {}, BY)
        assert joining.forget(clock.now() + timedelta(days=29)) == 0
        row.merged_at = clock.now() - timedelta(days=30)
        db.session.flush()
        with pytest.raises(Refused, match="parting_late"):
            joining.part(row, BY)
        assert joining.forget(clock.now()) == 1
        assert row.before == {}
        assert joining.forget(clock.now()) == 0


def test_what_cannot_be_merged(context: None, above: dict[int, int]) -> None:
    with transaction():
        one, other = two()
        with pytest.raises(Refused, match="same_company"):
            joining.merge(one, one, {}, BY)
        abroad = enter("", name_en="Star", country="KR")
        with pytest.raises(Refused, match="credit_code_foreign"):
            joining.merge(abroad, other, {"country": "kept", "credit_code": "gone"}, BY)


def test_a_room_above_may_refuse(context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(kept: int, gone: int) -> Any:
        raise Conflict("both_exhibit", "Both take part in the same fair.")

    monkeypatch.setattr(joining, "ROOMS", [joining.Room("above", refuse, _part, _uses)])
    with transaction():
        one, other = two()
        one_id, other_id = one.id, other.id
    with pytest.raises(Conflict, match="both_exhibit"), transaction():
        joining.merge(*both(one_id, other_id), {}, BY)
    assert queries.stands_for(other_id) == other_id


def test_doubles_are_found_compared_merged_and_parted_by_hand(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        one, other = two()
        one_id, other_id = one.id, other.id
        enter("海鸥", credit_code=OTHER_CODE)
    page = words(people.dora.get(f"{DESK}/doubles").data)
    assert "Same name in Chinese" in page
    assert "海鸥" not in page
    assert "Another entry may be the same company" in words(people.dora.get(f"{DESK}/{other_id}").data)
    compare = f"{DESK}/{one_id}/merge?with={other_id}"
    assert "0411-8480 1234" in words(people.dora.get(compare).data)
    assert "Star" in words(people.dora.get(f"{DESK}/{one_id}/merge").data + people.dora.get(compare).data)
    found = people.dora.post(f"{DESK}/{one_id}/merge/find", data={"q": "haiou"}, follow_redirects=True)
    assert "海鸥" in words(found.data)
    choice = {"with": str(other_id), "name_zh": "gone", "phone": "gone"}
    assert people.dora.post(f"{DESK}/{one_id}/merge", data=choice).status_code == 303
    record = words(people.dora.get(f"{DESK}/{one_id}").data)
    assert "星河有限公司" in record
    assert "Undo merging" in record
    moved = people.dora.get(f"{DESK}/{other_id}")
    assert moved.headers["Location"].endswith(f"{DESK}/{one_id}")
    assert people.dora.post(f"{DESK}/{one_id}/merge", data=choice).status_code == 200
    assert people.dora.post(f"{DESK}/merges/1/part").status_code == 303
    assert people.dora.get(f"{DESK}/{other_id}").status_code == 200
    assert people.dora.post(f"{DESK}/merges/1/part", follow_redirects=True).status_code == 200
    assert people.dora.post(f"{DESK}/merges/9/part").status_code == 404
    assert people.dora.get(f"{DESK}/{one_id}/merge?with=99").status_code == 404


def test_every_field_is_said_in_words(app: Flask, people: People) -> None:
    """Side by side stands what people read: countries, places and kinds by name, phones in groups."""
    with app.app_context(), transaction():
        enter("星河", country="CN", region="大连", kinds=("dealer",), is_member=True, statistics_country="KR")
        enter("星河有限公司", country="HK", phone="+82 10 1234 5678")
    said = words(people.dora.get(f"{DESK}/1/merge?with=2").data)
    for word in (
        "Mainland China",
        "Hong Kong",
        "Dalian",
        "Dealer",
        "South Korea",
        "+82 10 1234 5678",
        "Yes",
        "No",
    ):
        assert word in said, word
    record = words(people.dora.get(f"{DESK}/1").data)
    assert "Country for the statistics" in record
    same = people.dora.post(f"{DESK}/1/merge", data={"with": "2", "region": "kept", "country": "gone"})
    assert "This place does not lie in the country" in words(people.dora.get(same.headers["Location"]).data)


def test_near_is_asked_of_the_keys(context: None) -> None:
    with transaction():
        one, other = two()
        alike = enter("全别的", website="https://www.star.example")
        lonely = enter("独")
        assert [each.id for each, _ in doubles.near(one)] == [other.id, alike.id]
        assert doubles.near(lonely) == []
        pairs, total = doubles.suspected()
        assert total == len(pairs) == 2


def test_parting_says_who_has_the_code_of_the_kept_one_by_now(context: None) -> None:
    """Each takes its code back, or nothing is done and it is said why; never an error of the database."""
    with transaction():
        kept, gone = (
            enter("甲", credit_code=OTHER_CODE),
            enter("乙", credit_code=CODE),
        )
        row = joining.merge(kept, gone, {"credit_code": "gone"}, BY)
        enter("丙", credit_code=OTHER_CODE)
    with pytest.raises(Conflict) as refused, transaction():
        joining.part(row, BY)
    assert refused.value.code == "code_taken_since"
    assert refused.value.params["name"] == "丙"
