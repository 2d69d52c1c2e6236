"""The jobs of imports (check, bring in, take back, forget the files), of messages to many, and of reminders."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for

from exhibitions.core import clock
from exhibitions.core.access import Permission
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.core.imports import stages, work
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun
from exhibitions.visitors.models import Import, Mailing, Registration
from exhibitions.visitors.queries import groups
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.queries.mailing import mailing_of, reminding
from exhibitions.visitors.queries.reminders import fairs_with_reminders
from exhibitions.visitors.rules.import_verdicts import Verdicts
from exhibitions.visitors.rules.importing import Reason
from exhibitions.visitors.service import group_print, identities, mailing, notices, reminders, telling
from exhibitions.visitors.service import import_writing as writing
from exhibitions.visitors.service import importing as service

WRITING = N_("Bringing the people in")
CHANGING = N_("Changing known people")
MAILING = N_("Putting the messages into the outbox")
PORTION = 500
CHANGES = 100


def register() -> None:
    """Enter the jobs of this room into the table of names."""
    jobs.register(
        service.CHECK,
        check,
        title=N_("Checking a list of visitors"),
        labels=work.CHECKED,
        links=_links,
        cancellable=True,
    )
    jobs.register(
        service.RUN, run, title=N_("Importing a list of visitors"), labels=work.IMPORTED, links=_links
    )
    jobs.register(service.UNDO, undo, title=N_("Taking back an import of visitors"), links=_links)
    jobs.register(
        "visitors.import_files",
        expire,
        title=N_("Deleting the files of imports after a day"),
        quick=True,
        every=timedelta(hours=1),
    )
    jobs.register(
        group_print.PRINT,
        print_group,
        title=N_("Drawing the badges of a group"),
        labels={"badges": N_("Badges")},
    )
    jobs.register(
        "visitors.notices",
        tell_anew,
        title=N_("Keeping a new version of a changed privacy notice"),
        quick=True,
        every=timedelta(minutes=10),
    )
    jobs.register(
        "visitors.identities",
        forget_identities,
        title=N_("Erasing numbers of identity papers whose time is over"),
        quick=True,
        every=timedelta(hours=1),
    )
    jobs.register(
        "visitors.reminders",
        remind,
        title=N_("Telling people that registration is open"),
        quick=True,
        every=timedelta(minutes=10),
    )
    jobs.register(
        mailing.SEND,
        send_mailing,
        title=N_("Sending a message to many"),
        steps=(MAILING,),
        labels={"people": N_("People"), "no_address": N_("Without an address")},
        links=_mailing_links,
    )
    jobs.register(
        "visitors.before",
        remind_before,
        title=N_("Reminding people before their visit"),
        every=timedelta(minutes=30),
    )


def _links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    if expo is None:
        return []
    url = url_for("visitors.import_file", slug=expo.slug, import_id=job.arguments["import_id"])
    return [jobs.Link(N_("Show the import"), url, Permission.VISITORS_IMPORT)]


def print_group(run: JobRun) -> dict[str, object]:
    """Draw all badges of a group outside of any transaction and keep the file for its leader."""
    expo = db.session.get_one(Expo, run.expo_id)
    number = int(run.arguments["leader"])
    drawn: list[int] = []

    def draw() -> files.Bytes:
        wanted = groups.badges(expo, db.session.get_one(Registration, number))
        drawn[:] = [len(wanted)]
        return files.write(group_print.draw(expo, wanted) if wanted else b"")

    def keep(written: files.Bytes) -> None:
        if written.size:
            group_print.keep(expo, number, written, run.actor)

    files.make_list(run, expo.id, draw, keep)
    return {"badges": drawn[0]}


def check(run: JobRun) -> dict[str, object]:
    expo, row = _subject(run)
    verdicts = _judged(run, expo, row, by_contact=True)
    with run.transaction():
        service.note_check(row, verdicts)
    return verdicts.counts()


def run(run: JobRun) -> dict[str, object]:
    expo, row = _subject(run)
    if row.state != stages.RUNNING:
        return {}
    known = row.reading.get("known", service.BY_NUMBER)
    verdicts = _judged(run, expo, row, by_contact=known != service.BY_NUMBER)
    if known == stages.LEAVE:
        verdicts.leave_known()
    if verdicts.changes:
        with run.transaction():
            writing.keep_before(expo, row, verdicts.changes, run.actor)
    verdicts.reject(_written(run, expo, row, verdicts))
    with run.transaction():
        writing.finish(row, verdicts.summary(), run.actor)
    return verdicts.counts()


def undo(run: JobRun) -> dict[str, object]:
    expo, row = _subject(run)
    if row.state != stages.UNDOING:
        return {}
    total = queries.count_brought_in(expo, row.id)
    work.undoing(run, total, PORTION, lambda behind: writing.undo_people(*_subject(run), behind, run.actor))
    expo, row = _subject(run)
    with run.transaction():
        writing.undo_changes(expo, row, run.actor)
        writing.finish_undo(row, run.actor)
    return {}


def expire(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"files": service.expire_files(clock.now())}


def remind(run: JobRun) -> dict[str, object]:
    told = 0
    with run.transaction():
        for expo in fairs_with_reminders():
            told += reminders.tell(expo)
    return {"told": told}


def send_mailing(run: JobRun) -> dict[str, object]:
    run.step(MAILING)
    while True:
        with run.transaction():
            expo, row = _mailing(run)
            more = mailing.send_portion(expo, row)
            counts = dict(row.counts)
        if not more:
            return {"people": counts.get("done", 0), "no_address": counts.get("no_address", 0)}
        run.progress(counts.get("done", 0), counts.get("people", 0))
        db.session.expunge_all()


def _mailing(run: JobRun) -> tuple[Expo, Mailing]:
    expo = db.session.get(Expo, run.expo_id)
    row = mailing_of(expo, int(run.arguments["mailing_id"])) if expo else None
    if expo is None or row is None:
        raise NotFound("mailing_gone", N_("This message is not there any more."))
    return expo, row


def _mailing_links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    if expo is None:
        return []
    url = url_for("visitors.mailing", slug=expo.slug, mailing_id=job.arguments["mailing_id"])
    return [jobs.Link(N_("Show the message"), url, Permission.MESSAGES_SEND)]


def remind_before(run: JobRun) -> dict[str, object]:
    portions = 0
    for expo, row in reminding():
        behind: int | None = 0
        while behind is not None:
            with run.transaction():
                behind = telling.remind(expo, row, behind)
            portions += 1
            run.progress(portions, portions)
    return {}


def tell_anew(run: JobRun) -> dict[str, object]:
    with run.transaction():
        return {"fairs": notices.renew_all()}


def forget_identities(run: JobRun) -> dict[str, object]:
    erased = 0
    while True:
        with run.transaction():
            portion = identities.expire(clock.now())
        if not portion:
            return {"erased": erased}
        erased += portion


def _subject(run: JobRun) -> tuple[Expo, Import]:
    expo = db.session.get(Expo, run.expo_id)
    row = queries.import_of(expo, int(run.arguments["import_id"])) if expo else None
    if expo is None or row is None:
        raise NotFound("import_gone", N_("This import is not there any more."))
    return expo, row


def _judged(run: JobRun, expo: Expo, row: Import, *, by_contact: bool) -> Verdicts:
    return work.judging(
        run,
        lambda tell: service.judged(
            expo,
            service.open_file(expo, row),
            tell,
            besides=row.id,
            begun=row.counts.get("begun") or (),  # type: ignore[arg-type]
            by_contact=by_contact,
        ),
        lambda refusal: service.note_refusal(row, refusal),
    )


def _written(run: JobRun, expo: Expo, row: Import, verdicts: Verdicts) -> dict[int, Reason]:
    """Bring the people in; gives the rows that somebody else was quicker than meanwhile."""
    run.step(WRITING)
    late = work.writing(run, verdicts.new, PORTION, lambda portion: writing.add_people(expo, row, portion))
    if verdicts.changes:
        run.step(CHANGING)
    late += work.writing(
        run,
        verdicts.changes,
        CHANGES,
        lambda portion: writing.change_people(expo, row, portion, run.actor),
    )
    return dict(late)
