"""Who acts for a company (spec exhibitors-stands §2.8), and who on its stand counts as what (spec statistics, E rules)."""

from __future__ import annotations

import pytest

from exhibitions.core.errors import Conflict, Forbidden, Refused
from exhibitions.exhibitors.rules import co_exhibitors as co
from exhibitions.exhibitors.rules import people
from exhibitions.exhibitors.rules.co_exhibitors import CoState, Declaration, Origin, Part, Source
from exhibitions.exhibitors.rules.people import Duty, PersonRole

BOTH = Declaration(own_goods=True, own_staff=True)
GOODS = Declaration(own_goods=True, own_staff=False)
STAFF = Declaration(own_goods=False, own_staff=True)


def test_goods_with_own_staff_make_a_co_exhibitor_and_goods_alone_a_represented_company_e1_e4() -> None:
    assert co.part(BOTH) is Part.CO_EXHIBITOR
    assert co.part(GOODS) is Part.REPRESENTED
    assert co.part(STAFF) is Part.NONE
    co.check_admission(BOTH)
    for other in (GOODS, STAFF):
        with pytest.raises(Refused, match="not_co_exhibitor"):
            co.check_admission(other)


def test_it_counts_once_admitted_identifiable_and_present_with_goods_e1_e3_case_12() -> None:
    for source in Source:
        assert co.counts(CoState.ADMITTED, BOTH, source)
    assert not co.counts(CoState.ADMITTED, BOTH, None)
    assert not co.counts(CoState.ADMITTED, GOODS, Source.CATALOGUE)
    assert not any(co.counts(state, BOTH, Source.APPLICATION) for state in set(CoState) - {CoState.ADMITTED})


def test_the_moves_of_a_co_exhibitor() -> None:
    for one, other in co.MOVES:
        co.check_move(one, other)
    with pytest.raises(Conflict, match="already"):
        co.check_move(CoState.ADMITTED, CoState.ADMITTED)
    with pytest.raises(Conflict, match="no_such_move"):
        co.check_move(CoState.ADMITTED, CoState.DECLARED)
    assert (CoState.WITHDRAWN, CoState.ADMITTED) not in co.MOVES


def test_the_contract_s_address_gives_the_country_and_another_one_needs_a_reason_e5() -> None:
    assert co.country_for_statistics("CN") == "CN"
    assert co.country_for_statistics("CN", "CN") == "CN"
    assert co.country_for_statistics("CN", "KR", "Headquarters in Seoul") == "KR"
    with pytest.raises(Refused, match="country_reason"):
        co.country_for_statistics("CN", "KR", " ")


def test_hong_kong_macao_and_taiwan_are_overseas_and_apart_from_foreign_countries_e6_e10() -> None:
    assert co.origin("CN") is Origin.HOME
    assert {co.origin(each) for each in ("HK", "MO", "TW")} == {Origin.NEAR}
    assert co.origin("DE") is Origin.FOREIGN
    assert co.origin("HK", host="KR") is Origin.FOREIGN
    assert co.origin("") is Origin.UNKNOWN


def test_the_owner_may_everything_and_a_lead_scanner_only_looks_and_scans() -> None:
    assert all(people.may(PersonRole.OWNER, duty) for duty in Duty)
    assert {duty for duty in Duty if people.may(PersonRole.LEAD_SCANNER, duty)} == {Duty.SEE, Duty.LEADS}
    assert not people.may(PersonRole.STAND_MANAGER, Duty.SIGN)
    with pytest.raises(Forbidden):
        people.check_duty(PersonRole.CONTRACTOR, Duty.MONEY)
    assert set(people.ROLE_WORDS) == set(people.ROLE_HINTS) == set(PersonRole)


def test_only_an_owner_asks_others_in_up_to_the_limit() -> None:
    people.check_invite(PersonRole.OWNER, people.MOST_PEOPLE - 1)
    with pytest.raises(Refused, match="people_full"):
        people.check_invite(PersonRole.OWNER, people.MOST_PEOPLE)
    with pytest.raises(Forbidden):
        people.check_invite(PersonRole.FINANCE, 1)


def test_the_last_owner_stays() -> None:
    owner, other = PersonRole.OWNER, PersonRole.FINANCE
    people.check_change(owner, owner, None, [owner])
    people.check_change(owner, owner, owner, [])
    people.check_change(owner, other, None, [owner])
    for to in (None, other):
        with pytest.raises(Conflict, match="last_owner"):
            people.check_change(owner, owner, to, [other])
    with pytest.raises(Forbidden):
        people.check_change(other, other, owner, [owner])
