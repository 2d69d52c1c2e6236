"""The jobs of the register: lists checked, brought in and taken back; reminders of papers; and their letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

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
from exhibitions.core.imports import stages, work
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun, in_portions
from exhibitions.mail import service as mail
from exhibitions.mail.rules import Message
from exhibitions.organisation.queries import organisation, zone

WRITING = N_("Bringing the companies in")
CHANGING = N_("Changing known companies")
PORTION = 200


def register() -> None:
    """Enter the jobs and the letter of this room into the tables of names."""
    jobs.register(
        importing.CHECK,
        check,
        title=N_("Checking a list of companies"),
        labels=work.CHECKED,
        links=_import_links,
        cancellable=True,
    )
    jobs.register(
        importing.RUN,
        run,
        title=N_("Importing a list of companies"),
        labels=work.IMPORTED,
        links=_import_links,
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
    return verdicts.counts()


def run(run: JobRun) -> dict[str, object]:
    row = _subject(run)
    if row.state != stages.RUNNING:
        return {}
    verdicts = _judged(run, row)
    if row.reading.get("known") == stages.LEAVE:
        verdicts.leave_known()
    if verdicts.changes:
        with run.transaction():
            import_writing.keep_before(row, verdicts.changes, run.actor)
    verdicts.reject(_written(run, row, verdicts))
    with run.transaction():
        import_writing.finish(row, verdicts.summary(), run.actor)
    return verdicts.counts()


def undo(run: JobRun) -> dict[str, object]:
    row = _subject(run)
    if row.state != stages.UNDOING:
        return {}
    total = import_queries.count_brought_in(row.id)
    work.undoing(
        run,
        total,
        import_writing.UNDONE_AT_ONCE,
        lambda behind: import_writing.undo_companies(_subject(run), behind),
    )
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
    return work.judging(
        run,
        lambda tell: importing.judged(
            importing.open_file(row), tell, besides=row.id, begun=row.counts.get("begun") or ()
        ),
        lambda refusal: importing.note_refusal(row, refusal),
    )


def _written(run: JobRun, row: CompanyImport, verdicts: Verdicts) -> dict[int, Reason]:
    """Bring the companies in; gives the rows that somebody else was quicker than meanwhile."""
    run.step(WRITING)
    late = work.writing(
        run, verdicts.new, PORTION, lambda portion: import_writing.add_companies(row, portion)
    )
    if verdicts.changes:
        run.step(CHANGING)
    late += work.writing(
        run,
        verdicts.changes,
        PORTION,
        lambda portion: import_writing.change_companies(portion, run.actor),
    )
    return dict(late)
