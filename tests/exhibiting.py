"""Companies, exhibitors and stands that tests are about."""

from __future__ import annotations

import itertools
from typing import Any

from exhibitions.accounts import service as accounts
from exhibitions.companies.models import Company, CompanyPaper
from exhibitions.companies.rules.papers import PaperKind
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.states import State
from exhibitions.expos.models import Expo, Hall
from exhibitions.files import service as files
from exhibitions.stands.models import HallPlan, Stand

_numbers = itertools.count(1)


def make_company(name: str = "星河家居有限公司", **facts: Any) -> Company:
    """A company in the register, inside the caller's transaction."""
    now = clock.now()
    company = Company(number=f"C{next(_numbers):07d}", name_zh=name, created_at=now, changed_at=now, **facts)
    db.session.add(company)
    db.session.flush()
    return company


def make_exhibitor(
    expo: Expo, name: str = "星河家居有限公司", state: State = State.ADMITTED, **facts: Any
) -> tuple[Exhibitor, ExhibitorPerson, str]:
    """A company in the fair with its owner; gives the exhibitor, the person and the token of the person's link."""
    now = clock.now()
    made = next(_numbers)
    exhibitor = Exhibitor(
        expo_id=expo.id,
        number=f"E{made:07d}",
        reference=f"R{made:07d}",
        company_id=make_company(name).id,
        state=state,
        state_since=now,
        submitted_at=now,
        created_at=now,
        changed_at=now,
        **facts,
    )
    db.session.add(exhibitor)
    db.session.flush()
    person = ExhibitorPerson(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        role=PersonRole.OWNER,
        name="陈芳",
        phone=f"+86139{made:08d}",
        email=f"e{made}@example.org",
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    return exhibitor, person, accounts.mint_link(LINK, person.id, expo_id=expo.id)


def make_hall_plan(
    expo: Expo, width: int = 60_000, depth: int = 40_000, hall: Hall | None = None
) -> HallPlan:
    """A hall (the first of the fair) as a floor of this many millimetres."""
    plan = HallPlan(expo_id=expo.id, hall_id=(hall or expo.halls[0]).id, width=width, depth=depth)
    db.session.add(plan)
    db.session.flush()
    return plan


def make_stand(expo: Expo, number: str = "A01", x: int = 0, y: int = 0, **facts: Any) -> Stand:
    """A stand of 3 × 3 m whose first corner is at (x, y) mm in a `hall` (the first); `w` and `d` (mm) for other sizes."""
    w, d = facts.pop("w", 3000), facts.pop("d", 3000)
    hall = facts.pop("hall", None) or expo.halls[0]
    stand = Stand(
        expo_id=expo.id,
        hall_id=hall.id,
        number=number,
        polygon=[[x, y], [x + w, y], [x + w, y + d], [x, y + d]],
        area=w * d // 100,
        **facts,
    )
    db.session.add(stand)
    db.session.flush()
    return stand


def give_paper(exhibitor: Exhibitor, kind: PaperKind = PaperKind.LICENCE, **facts: Any) -> CompanyPaper:
    """A paper of the exhibitor's company with its copy, without an end unless `valid_to` says one."""
    assert exhibitor.company_id is not None
    copy = files.store(
        b"%PDF-1.4",
        name="licence.pdf",
        content_type="application/pdf",
        purpose="companies.paper",
        expo_id=None,
        owner=SYSTEM,
    )
    paper = CompanyPaper(
        company_id=exhibitor.company_id, kind=kind, file_id=copy.id, created_at=clock.now(), **facts
    )
    db.session.add(paper)
    db.session.flush()
    return paper
