"""Papers of companies: entered with their copies, and reminded of 60, 30 and 7 days before they end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import BinaryIO

from exhibitions.audit import service as audit
from exhibitions.companies import queries
from exhibitions.companies.models import Company, CompanyPaper
from exhibitions.companies.queries import expiries
from exhibitions.companies.rules.copies import Copy, kept_copy
from exhibitions.companies.rules.papers import PaperFacts, checked_paper, reminder_due
from exhibitions.companies.service import CONTACT, check_living
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Refused
from exhibitions.core.regions import NEAR
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.mail import service as mail
from exhibitions.mail.service import texting

COPY = "companies.paper"
"""The purpose of a copy among the stored files."""
LETTER = "companies.paper_ends"
REMIND = "companies.remind"
PORTION = 50


def prepare_copy(stream: BinaryIO) -> tuple[Copy, files.Bytes]:
    """Make the copy of an uploaded paper and put it on the disk, outside a transaction. Raises what `kept_copy` raises."""
    copy = kept_copy(stream.read())
    return copy, files.write(copy.content)


def drop_copy(copy: tuple[Copy, files.Bytes] | None) -> None:
    """Take the bytes of a copy off the disk again, when its paper was refused."""
    if copy is not None:
        files.remove_bytes(copy[1].path)


def add(
    company: Company, facts: PaperFacts, copy: tuple[Copy, files.Bytes] | None, by: Actor
) -> CompanyPaper:
    """Enter a paper. Raises what `checked_paper` raises, and `Refused` (papers_full)."""
    check_living(company)
    if len(queries.papers(company)) >= queries.MOST_PAPERS:
        raise Refused("papers_full", N_("A company has at most 100 papers. Remove those that are over."))
    kept = checked_paper(facts)
    now = clock.now()
    paper = CompanyPaper(company_id=company.id, created_at=now, **asdict(kept))
    if copy is not None:
        paper.file_id = _store(kept, copy).id
    _checked(paper, by)
    db.session.add(paper)
    db.session.flush()
    db.session.expire(company, ["papers"])
    company.changed_at = now
    audit.record(
        "companies.paper_added",
        by,
        subject=("company", company.id),
        after={name: value for name, value in asdict(kept).items() if value} | {"copy": copy is not None},
    )
    return paper


def hand_in(company: Company, facts: PaperFacts, file_id: int, by: Actor) -> None:
    """Enter a paper that came with an application, whose copy is kept already; the same copy twice is one paper."""
    check_living(company)
    if any(paper.file_id == file_id for paper in queries.papers(company)):
        return
    paper = CompanyPaper(
        company_id=company.id, created_at=clock.now(), file_id=file_id, **asdict(checked_paper(facts))
    )
    db.session.add(paper)
    db.session.flush()
    db.session.expire(company, ["papers"])
    audit.record(
        "companies.paper_added",
        by,
        subject=("company", company.id),
        after={"kind": facts.kind, "copy": True},
    )


def keep_copy(facts: PaperFacts, copy: tuple[Copy, files.Bytes]) -> StoredFile:
    """Keep the copy of a paper whose company is not in the register yet, for `hand_in`."""
    return _store(facts, copy)


def change(
    company: Company, paper: CompanyPaper, facts: PaperFacts, copy: tuple[Copy, files.Bytes] | None, by: Actor
) -> None:
    """Set the facts of a paper; a new copy takes the place of the old one. With a new last day reminders begin anew."""
    check_living(company)
    kept = checked_paper(facts)
    values = asdict(kept)
    before = {name: getattr(paper, name) for name in values}
    changed = [name for name in values if before[name] != values[name]]
    if not changed and copy is None:
        return
    for name in changed:
        setattr(paper, name, values[name])
    if "valid_to" in changed:
        paper.reminded, paper.to_tell = None, False
    if copy is not None:
        old = db.session.get(StoredFile, paper.file_id) if paper.file_id else None
        paper.file_id = _store(kept, copy).id
        if old is not None:
            db.session.flush()
            files.delete(old)
    _checked(paper, by)
    company.changed_at = clock.now()
    db.session.flush()
    audit.record(
        "companies.paper_changed",
        by,
        subject=("company", company.id),
        before={name: before[name] for name in changed},
        after={name: values[name] for name in changed} | ({"copy": True} if copy is not None else {}),
    )


def remove(company: Company, paper: CompanyPaper, by: Actor) -> None:
    """Take a paper and its copy out of the register."""
    stored = db.session.get(StoredFile, paper.file_id) if paper.file_id else None
    before: dict[str, object] = {"kind": paper.kind, "number": paper.number, "valid_to": paper.valid_to}
    db.session.delete(paper)
    db.session.flush()
    if stored is not None:
        files.delete(stored)
    db.session.expire(company, ["papers"])
    company.changed_at = clock.now()
    audit.record("companies.paper_removed", by, subject=("company", company.id), before=before)


def told(paper: CompanyPaper, by: Actor) -> None:
    """Note that somebody has told the company that its paper ends."""
    if paper.to_tell:
        paper.to_tell = False
        audit.record(
            "companies.reminded",
            by,
            subject=("company", paper.company_id),
            after={"kind": paper.kind, "days": paper.reminded},
        )


def remind(today: date, behind: int = 0) -> int | None:
    """Remind of a portion of the papers that end, inside the caller's transaction; where to go on, None at the end.

    Each of the three reminders goes out once, by mail to the company's contact, else as a text message; a company that
    neither reaches stands on the list of those to tell.
    """
    rows = expiries.to_remind(today, behind, PORTION)
    for paper in rows:
        due = reminder_due(paper.valid_to, paper.reminded, today)
        if due is not None:
            paper.reminded = due
            paper.to_tell = not _send(paper, due)
    return rows[-1].id if rows else None


def language_of(company: Company) -> str:
    """The language in which a company is written to: zh in China, Hong Kong, Macao and Taiwan, else en."""
    return "zh" if company.country in ("CN", "", *NEAR) else "en"


def _send(paper: CompanyPaper, due: int) -> bool:
    company = db.session.get_one(Company, paper.company_id)
    contact = queries.main_contact(company, by_email=True) or queries.main_contact(company)
    phone = texting.number_for(contact.phone) if contact else None
    if contact is None or not (contact.email or phone):
        return False
    mail.send(
        LETTER,
        contact.email or "",
        language_of(company),
        {"company": company.id, "paper": paper.id, "days": due},
        key=f"{LETTER}/{paper.id}/{paper.valid_to}/{due}",
        expo_id=None,
        subject=(CONTACT, contact.id),
        phone=contact.phone,
    )
    audit.record(
        "companies.reminded", SYSTEM, subject=("company", company.id), after={"kind": paper.kind, "days": due}
    )
    return True


def _checked(paper: CompanyPaper, by: Actor) -> None:
    """Who of the office entered or corrected it has looked at it; a company's own upload waits for that."""
    paper.checked_at = clock.now() if by.kind == "user" else None
    paper.checked_by = by.id if by.kind == "user" else None


def _store(facts: PaperFacts, copy: tuple[Copy, files.Bytes]) -> StoredFile:
    made, written = copy
    # The system owns it, so that it stays when the person who brought it is erased.
    return files.store(
        written,
        name=f"{facts.kind.value}.{made.ending}",
        content_type=made.content_type,
        purpose=COPY,
        expo_id=None,
        owner=SYSTEM,
    )
