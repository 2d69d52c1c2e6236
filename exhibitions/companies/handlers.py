"""The jobs of the register: lists checked, brought in and taken back; reminders of papers; and their letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from flask import current_app, url_for
from flask_babel import gettext as _

from exhibitions.companies.models import Company, CompanyImport, CompanyPaper
from exhibitions.companies.queries import importing as import_queries
from exhibitions.companies.rules.import_verdicts import Verdicts
from exhibitions.companies.rules.importing import Reason
from exhibitions.companies.rules.papers import KIND_TEXTS
from exhibitions.companies.service import import_writing, importing, joining, papers
from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.core.i18n import format_date
from exhibitions.core.sheets.table import Unreadable
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun, in_portions
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.organisation.queries import organisation, zone

READING = N_("Reading and checking the rows")
WRITING = N_("Bringing the companies in")
CHANGING = N_("Changing known companies")
UNDOING = N_("Taking the import back")
PORTION = 200
CHECKED = {"rows": N_("Rows"), "accepted": N_("Can be imported"), "rejected": N_("Rejected")}
IMPORTED = {
    "rows": N_("Rows"),
    "created": N_("New"),
    "updated": N_("Changed"),
    "unchanged": N_("Unchanged"),
    "rejected": N_("Rejected"),
}
T = TypeVar("T")


def register() -> None:
    """Enter the jobs and the letter of this room into the tables of names."""
    jobs.register(
        importing.CHECK,
        check,
        title=N_("Checking a list of companies"),
        labels=CHECKED,
        links=_import_links,
        cancellable=True,
    )
    jobs.register(
        importing.RUN, run, title=N_("Importing a list of companies"), labels=IMPORTED, links=_import_links
    )
    jobs.register(importing.UNDO, undo, title=N_("Taking back an import of companies"), links=_import_links)
    jobs.register(
        "companies.import_files",
        expire,
        title=N_("Deleting the files of imports of companies after a day"),
        quick=True,
        every=timedelta(hours=1),
    )
    jobs.register(
        papers.REMIND,
        remind,
        title=N_("Reminding companies of papers that end"),
        quick=True,
        every=timedelta(hours=6),
    )
    jobs.register(
        joining.FORGET,
        forget,
        title=N_("Forgetting how to part companies that were merged 30 days ago"),
        quick=True,
        every=timedelta(hours=6),
    )
    mail.register(papers.LETTER, paper_ends, N_("Reminder of a paper that ends"))


def _import_links(job: Job) -> list[jobs.Link]:
    url = url_for("companies.import_file", import_id=job.arguments["import_id"])
    return [jobs.Link(N_("Show the import"), url, Permission.COMPANIES_EDIT)]


def check(run: JobRun) -> dict[str, object]:
    row = _subject(run)
    verdicts = _judged(run, row)
    with run.transaction():
        importing.note_check(row, verdicts)
    return _counts(verdicts)


def run(run: JobRun) -> dict[str, object]:
    row = _subject(run)
    if row.state != importing.RUNNING:
        return {}
    verdicts = _judged(run, row)
    if row.reading.get("known") == importing.LEAVE:
        verdicts.leave_known()
    if verdicts.changes:
        with run.transaction():
            import_writing.keep_before(row, verdicts.changes, run.actor)
    late = dict(_add(run, row, verdicts) + _change(run, verdicts))
    # Rows that somebody else was quicker than while they were written are rejected after all.
    verdicts.new = [pair for pair in verdicts.new if pair[0] not in late]
    verdicts.changes = [change for change in verdicts.changes if change[0] not in late]
    verdicts.rejected = sorted([*verdicts.rejected, *late.items()])
    with run.transaction():
        import_writing.finish(row, importing.summary(verdicts), run.actor)
    return _counts(verdicts)


def undo(run: JobRun) -> dict[str, object]:
    row = _subject(run)
    if row.state != importing.UNDOING:
        return {}
    run.step(UNDOING)
    total, behind = import_queries.count_brought_in(row.id), 0
    done = 0
    while True:
        with run.transaction():
            next_behind = import_writing.undo_companies(row, behind)
        if next_behind is None:
            break
        behind, done = next_behind, min(done + import_writing.UNDONE_AT_ONCE, total)
        run.progress(done, total)
        db.session.expunge_all()
        row = _subject(run)
    with run.transaction():
        import_writing.undo_changes(row, run.actor)
        import_writing.finish_undo(row, run.actor)
    return {}


def expire(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"files": importing.expire_files(clock.now())}


def remind(run: JobRun) -> dict[str, object]:
    behind: int | None = 0
    portions = 0
    while behind is not None:
        with run.transaction():
            behind = papers.remind(clock.today(zone()), behind)
        portions += 1
        run.progress(portions, portions)
    return {}


def forget(run: JobRun) -> dict[str, object]:
    return {"merges": in_portions(run, lambda: joining.forget(clock.now()))}


def paper_ends(arguments: Mapping[str, int | str], lang: str) -> Message:
    """The reminder of a paper that ends; refused when it was renewed or taken out meanwhile, or is over."""
    company = db.session.get(Company, int(arguments["company"]))
    paper = db.session.get(CompanyPaper, int(arguments["paper"]))
    today = clock.today(zone())
    if company is None or paper is None or paper.valid_to is None or paper.valid_to < today:
        raise Refused("paper_gone", N_("This paper is not there any more, or is over."))
    if (paper.valid_to - today).days > int(arguments["days"]):
        raise Refused("paper_renewed", N_("This paper has been renewed."))
    own = organisation()
    names = (own.name_zh, own.name_en) if own else ("", "")
    sender = (names[0] or names[1]) if lang == "zh" else (names[1] or names[0])
    # Not render_template: the pages' navigation needs a request, and a letter has none.
    body = current_app.jinja_env.get_template("companies/mail/paper_ends.txt").render(
        company=(company.name_zh or company.name_en)
        if lang == "zh"
        else (company.name_en or company.name_zh),
        kind=_(KIND_TEXTS[paper.kind]),
        number=paper.number,
        day=format_date(paper.valid_to),
        sender=sender,
    )
    subject = _(
        "%(kind)s valid until %(day)s", kind=_(KIND_TEXTS[paper.kind]), day=format_date(paper.valid_to)
    )
    return Message(subject, body)


def _subject(run: JobRun) -> CompanyImport:
    row = import_queries.import_of(int(run.arguments["import_id"]))
    if row is None:
        raise NotFound("import_gone", N_("This import is not there any more."))
    return row


def _judged(run: JobRun, row: CompanyImport) -> Verdicts:
    """Judge the file; a file that is refused as a whole says so on its page as well as on the job's."""
    run.step(READING)
    try:
        opened = importing.open_file(row)
        begun = row.counts.get("begun") or ()
        return importing.judged(opened, lambda rows: run.progress(rows, 0), besides=row.id, begun=begun)
    except Unreadable as refusal:
        with run.transaction():
            importing.note_refusal(row, refusal)
        raise


def _add(run: JobRun, row: CompanyImport, verdicts: Verdicts) -> list[tuple[int, Reason]]:
    run.step(WRITING)
    late: list[tuple[int, Reason]] = []
    for start, portion in _portions(verdicts.new):
        with run.transaction():
            late += import_writing.add_companies(row, portion)
        run.progress(start + len(portion), len(verdicts.new))
    return late


def _change(run: JobRun, verdicts: Verdicts) -> list[tuple[int, Reason]]:
    late: list[tuple[int, Reason]] = []
    if verdicts.changes:
        run.step(CHANGING)
    for start, portion in _portions(verdicts.changes):
        with run.transaction():
            late += import_writing.change_companies(portion, run.actor)
        run.progress(start + len(portion), len(verdicts.changes))
    return late


def _portions(items: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    for start in range(0, len(items), PORTION):
        yield start, items[start : start + PORTION]


def _counts(verdicts: Verdicts) -> dict[str, object]:
    return {
        "rows": verdicts.rows,
        "accepted": verdicts.accepted,
        "created": len(verdicts.new),
        "updated": len(verdicts.changes),
        "unchanged": len(verdicts.same),
        "rejected": len(verdicts.rejected),
    }
