"""The papers of an application, kept in its answers until they are the company's own in the register."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.companies.rules.copies import Copy
from exhibitions.companies.rules.papers import PaperFacts, checked_paper
from exhibitions.companies.service import papers
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.exhibitors.rules.application import MOST_PAPERS
from exhibitions.exhibitors.service.applying import PAPERS, check_writable
from exhibitions.exhibitors.service.moving import SUBJECT, lock
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files


def add(exhibitor: Exhibitor, facts: PaperFacts, copy: tuple[Copy, files.Bytes], by: Actor) -> None:
    """Keep a paper with the application; the same copy twice is one.

    Raises `Conflict` once it is sent, `Refused` for too many and what `checked_paper` raises.
    """
    lock(exhibitor)
    check_writable(exhibitor)
    kept = checked_paper(facts)
    known = exhibitor.answers.get(PAPERS) or []
    if len(known) >= MOST_PAPERS:
        raise Refused("papers_many", N_("At most %(most)s papers can be handed in"), most=MOST_PAPERS)
    if any(paper["sha256"] == copy[1].sha256 for paper in known):
        return
    row = papers.keep_copy(kept, copy)
    paper = {
        "file_id": row.id,
        "name": row.name,
        "sha256": row.sha256,
        "kind": kept.kind.value,
        "number": kept.number,
        "valid_to": kept.valid_to.isoformat() if kept.valid_to else "",
    }
    exhibitor.answers = {**exhibitor.answers, PAPERS: [*known, paper]}
    _record("exhibitors.paper_added", exhibitor, by, kept.kind.value)


def remove(exhibitor: Exhibitor, file_id: int, by: Actor) -> None:
    """Take a paper off the application; its file goes unless it is in the register already."""
    lock(exhibitor)
    check_writable(exhibitor)
    known = exhibitor.answers.get(PAPERS) or []
    gone = [paper for paper in known if paper["file_id"] == file_id]
    if not gone:
        return
    rest = [paper for paper in known if paper["file_id"] != file_id]
    exhibitor.answers = {**exhibitor.answers, PAPERS: rest}
    row = file_queries.file_of(None, file_id)
    if row is not None and exhibitor.company_id is None:
        files.delete(row)
    _record("exhibitors.paper_removed", exhibitor, by, gone[0]["kind"])


def _record(action: str, exhibitor: Exhibitor, by: Actor, kind: str) -> None:
    audit.record(action, by, expo_id=exhibitor.expo_id, subject=(SUBJECT, exhibitor.id), after={"kind": kind})
