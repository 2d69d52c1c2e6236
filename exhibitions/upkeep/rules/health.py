"""How the installation is: each thing that can go wrong as a light, a sentence, and what to do about it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exhibitions.core.errors import N_

MEBI = 1 << 20
GIBI = 1 << 30
# A write-ahead log of this size does not shrink by itself: something reads for minutes.
WAL_AMBER, WAL_RED = 64 * MEBI, 512 * MEBI
DISK_AMBER, DISK_RED = 2 * GIBI, 300 * MEBI
LATE_AMBER, LATE_RED = timedelta(minutes=1), timedelta(minutes=10)
SEEN_AMBER = timedelta(hours=1)
BACKUP_AMBER, BACKUP_RED = timedelta(hours=26), timedelta(hours=72)
CLOCK_AMBER, CLOCK_RED = timedelta(seconds=5), timedelta(seconds=60)


class Tone(enum.StrEnum):
    """Green, amber, red; the names are those of the macro that draws them."""

    GOOD = "good"
    WAIT = "wait"
    STOP = "stop"


@dataclass(frozen=True)
class Check:
    """One line of the page: `title`, `sentence` (with `params`) and `advice` are English message ids.

    `blocks` tells that the service cannot do its work without it: /readyz says so too.
    """

    key: str
    title: str
    tone: Tone
    sentence: str
    advice: str = ""
    params: dict[str, object] = field(default_factory=dict)
    blocks: bool = False


@dataclass(frozen=True)
class Facts:
    """What was found; moments are UTC, sizes in bytes. What does not apply is None."""

    now: datetime
    database: bool = True
    migrations: bool = True
    worker: bool = True
    worker_seen: datetime | None = None
    oldest_job: datetime | None = None
    failed_jobs: int = 0
    late_mails: int = 0
    failed_mails: int = 0
    has_mail_server: bool = True
    has_text_sender: bool = False
    late_texts: int = 0
    failed_texts: int = 0
    disk_free: int = 100 * GIBI
    wal: int | None = None
    last_backup: datetime | None = None
    last_proof: datetime | None = None
    newest_entry: datetime | None = None
    database_clock: datetime | None = None
    devices: int = 0
    silent: int = 0


def judge(facts: Facts) -> list[Check]:
    """Every check, in the order of the page."""
    found = [_database(facts)]
    if not facts.database:
        return [*found, _disk(facts), _backup(facts)]
    found += [
        _migrations(facts),
        _worker(facts),
        _jobs(facts),
        _failed(facts),
        _mail(facts),
        *_texts(facts),
        _disk(facts),
    ]
    if facts.wal is not None:
        found.append(_wal(facts.wal))
    return [*found, _backup(facts), _clock(facts), _devices(facts)]


def ready(checks: list[Check]) -> dict[str, bool]:
    """What /readyz says: each thing without which nothing works, and whether it is well."""
    return {check.key: check.tone is not Tone.STOP for check in checks if check.blocks}


def worst(checks: list[Check]) -> Tone:
    """The light of the whole."""
    tones = {check.tone for check in checks}
    return next((tone for tone in (Tone.STOP, Tone.WAIT) if tone in tones), Tone.GOOD)


def _database(facts: Facts) -> Check:
    title = N_("Database")
    if facts.database:
        return Check("database", title, Tone.GOOD, N_("The database answers."), blocks=True)
    advice = N_("Look whether its disk is full or its server stands still; the log names the reason.")
    return Check("database", title, Tone.STOP, N_("The database does not answer."), advice, blocks=True)


def _migrations(facts: Facts) -> Check:
    title = N_("Tables")
    if facts.migrations:
        return Check("migrations", title, Tone.GOOD, N_("The tables are those of this release."), blocks=True)
    advice = N_("Start the server again: it brings the tables up to date before it serves.")
    return Check(
        "migrations", title, Tone.STOP, N_("The tables are those of another release."), advice, blocks=True
    )


def _worker(facts: Facts) -> Check:
    title = N_("Job worker")
    params: dict[str, object] = {"time": facts.worker_seen}
    if not facts.worker:
        sentence = N_("Work is waiting and nobody takes it.")
        advice = N_("Start the server again. If it comes back to this, the log says why the worker ends.")
        return Check("worker", title, Tone.STOP, sentence, advice, blocks=True)
    if facts.worker_seen is None:
        return Check("worker", title, Tone.GOOD, N_("Nothing has been waiting so far."), blocks=True)
    if facts.now - facts.worker_seen > SEEN_AMBER:
        sentence = N_("It last finished something at %(time)s.")
        advice = N_("It has something to do every few minutes. Look whether `flask serve` runs.")
        return Check("worker", title, Tone.WAIT, sentence, advice, params, blocks=True)
    return Check(
        "worker", title, Tone.GOOD, N_("It last finished something at %(time)s."), "", params, blocks=True
    )


def _jobs(facts: Facts) -> Check:
    title = N_("Waiting work")
    waited = facts.now - facts.oldest_job if facts.oldest_job else timedelta()
    if waited <= LATE_AMBER:
        return Check("jobs", title, Tone.GOOD, N_("Nothing waits for longer than a minute."))
    tone = Tone.STOP if waited > LATE_RED else Tone.WAIT
    params: dict[str, object] = {"minutes": int(waited.total_seconds() // 60)}
    sentence = N_("The oldest work has been waiting for %(minutes)s minutes.")
    advice = N_("Long imports and print runs come one after another. See under long work what is being done.")
    return Check("jobs", title, tone, sentence, advice, params)


def _failed(facts: Facts) -> Check:
    title = N_("Failed work")
    if not facts.failed_jobs:
        return Check("failed", title, Tone.GOOD, N_("Nothing failed in the last seven days."))
    params: dict[str, object] = {"count": facts.failed_jobs}
    sentence = N_("Failed in the last seven days: %(count)s.")
    advice = N_("Open it under long work: it says what was done, and what is safe to repeat.")
    return Check("failed", title, Tone.WAIT, sentence, advice, params)


def _mail(facts: Facts) -> Check:
    title = N_("Messages")
    if not facts.has_mail_server:
        sentence = N_("No mail server is set up. Messages are written to the folder outbox.")
        return Check(
            "mail", title, Tone.WAIT, sentence, N_("Set MAIL_SERVER and MAIL_FROM, or send nothing by mail.")
        )
    params: dict[str, object] = {"late": facts.late_mails, "failed": facts.failed_mails}
    if facts.late_mails or facts.failed_mails:
        sentence = N_(
            "Waiting for more than 15 minutes: %(late)s. Given up in the last seven days: %(failed)s."
        )
        advice = N_("The list of messages names the reason of each.")
        return Check("mail", title, Tone.WAIT, sentence, advice, params)
    return Check("mail", title, Tone.GOOD, N_("Everything that had to leave has left."))


def _texts(facts: Facts) -> list[Check]:
    """Text messages, where a sender of these is set up."""
    if not facts.has_text_sender:
        return []
    title = N_("Text messages")
    params: dict[str, object] = {"late": facts.late_texts, "failed": facts.failed_texts}
    if facts.late_texts or facts.failed_texts:
        sentence = N_(
            "Waiting for more than 15 minutes: %(late)s. Given up in the last seven days: %(failed)s."
        )
        advice = N_("The list of messages names the reason of each.")
        return [Check("texts", title, Tone.WAIT, sentence, advice, params)]
    return [Check("texts", title, Tone.GOOD, N_("Everything that had to leave has left."))]


def _disk(facts: Facts) -> Check:
    title = N_("Disk")
    params: dict[str, object] = {"size": round(facts.disk_free / GIBI, 1)}
    sentence = N_("%(size)s GB are free.")
    if facts.disk_free >= DISK_AMBER:
        return Check("disk", title, Tone.GOOD, sentence, "", params)
    tone = Tone.STOP if facts.disk_free < DISK_RED else Tone.WAIT
    advice = N_("Move old backups to another disk or make room. When it is full nothing can be saved.")
    return Check("disk", title, tone, sentence, advice, params)


def _wal(size: int) -> Check:
    title = N_("Write-ahead log")
    params: dict[str, object] = {"size": round(size / MEBI, 1)}
    sentence = N_("It has %(size)s MB.")
    if size <= WAL_AMBER:
        return Check("wal", title, Tone.GOOD, sentence, "", params)
    tone = Tone.STOP if size > WAL_RED else Tone.WAIT
    advice = N_(
        "Some program has been reading the database for minutes. Close it; the log then shrinks by itself."
    )
    return Check("wal", title, tone, sentence, advice, params)


def _backup(facts: Facts) -> Check:
    return backup_check(facts.now, facts.last_backup, facts.last_proof)


def backup_check(now: datetime, last: datetime | None, proved: datetime | None) -> Check:
    """Whether the newest good backup is young enough, and any backup was ever tested."""
    title = N_("Backup")
    if last is None:
        advice = N_("Make one now under system settings.")
        return Check("backup", title, Tone.STOP, N_("There is no backup yet."), advice)
    params: dict[str, object] = {"time": last}
    sentence = N_("The last good one is of %(time)s.")
    if now - last > BACKUP_AMBER:
        tone = Tone.STOP if now - last > BACKUP_RED else Tone.WAIT
        advice = N_("One is made every night. See under long work why it failed, and make one now.")
        return Check("backup", title, tone, sentence, advice, params)
    if proved is None:
        sentence = N_("The last good one is of %(time)s. None was ever tested.")
        return Check(
            "backup", title, Tone.WAIT, sentence, N_("Test the newest one under system settings."), params
        )
    return Check("backup", title, Tone.GOOD, sentence, "", params)


def _clock(facts: Facts) -> Check:
    """The clock is wrong when it stands before what has happened already, or apart from the database's own."""
    title = N_("Clock")
    behind = facts.newest_entry - facts.now if facts.newest_entry else timedelta()
    apart = abs(facts.database_clock - facts.now) if facts.database_clock else timedelta()
    off = max(behind, apart)
    if off <= CLOCK_AMBER:
        return Check("clock", title, Tone.GOOD, N_("It is %(time)s."), "", {"time": facts.now})
    tone = Tone.STOP if off > CLOCK_RED else Tone.WAIT
    params: dict[str, object] = {"seconds": int(off.total_seconds())}
    sentence = N_("The clock is off by %(seconds)s seconds or more.")
    advice = N_("Let the system set its clock from the network, or set it by hand before the gates open.")
    return Check("clock", title, tone, sentence, advice, params)


def _devices(facts: Facts) -> Check:
    title = N_("Gate devices")
    params: dict[str, object] = {"silent": facts.silent, "devices": facts.devices}
    if facts.silent:
        sentence = N_("%(silent)s of %(devices)s have not spoken for five minutes while their fair is open.")
        advice = N_(
            "Their gates and batteries stand on the live board. What they scanned arrives when they are back."
        )
        return Check("devices", title, Tone.WAIT, sentence, advice, params)
    if facts.devices:
        return Check(
            "devices",
            title,
            Tone.GOOD,
            N_("All %(devices)s have spoken in the last five minutes."),
            "",
            params,
        )
    return Check("devices", title, Tone.GOOD, N_("No fair with devices is open now."))
