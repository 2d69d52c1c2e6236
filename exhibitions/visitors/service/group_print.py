"""All badges of a group on A4, for its leader: drawn at once for a few, by a job for many. Not a print run of the
office: what people print at home is neither counted nor taken from the stock."""

from __future__ import annotations

from collections.abc import Sequence

from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.files.rules import EXPORT_LIFE
from exhibitions.jobs import queries as job_queries
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.visitors.models import Registration

PRINT = "visitors.group_print"
"""The job, and the purpose of its file."""
AT_ONCE = 40
"""So many badges are drawn while the page waits; more are a job."""
_SHEET = "a4x4"


def draw(expo: Expo, wanted: Sequence[Badge]) -> bytes:
    """A PDF of these badges, four on a page of A4."""
    return badges.pdf_of(expo, wanted, _SHEET)


def ask(expo: Expo, leader: Registration, by: Actor) -> Job:
    """Have the badges of a leader's group drawn; the same wish while it is being done is the same job."""
    return jobs.enqueue(PRINT, _key(expo, leader), {"leader": leader.id}, expo_id=expo.id, actor=by)


def open_job(expo: Expo, leader: Registration) -> Job | None:
    """The job that draws the badges of this group, while there is one."""
    return job_queries.open_job(PRINT, _key(expo, leader))


def keep(expo: Expo, leader_id: int, drawn: files.Bytes, by: Actor) -> StoredFile:
    """Keep a drawn file for a day in place of the earlier ones, inside the caller's transaction.

    Raises `Conflict` for who does not lead the group any more.
    """
    leader = db.session.get_one(Registration, leader_id, populate_existing=True)
    if leader.leader_id is not None:
        raise Conflict("not_a_leader", N_("Who belongs to a group cannot lead another one."))
    drop(expo, leader_id)
    return files.store(
        drawn,
        name=_name(leader_id),
        content_type="application/pdf",
        purpose=PRINT,
        expo_id=expo.id,
        owner=by,
        expires_at=clock.now() + EXPORT_LIFE,
    )


def drop(expo: Expo, leader_id: int) -> None:
    """Take the drawn files of this leader's group away, inside the caller's transaction."""
    for earlier in _files(expo, leader_id):
        files.delete(earlier)


def kept(expo: Expo, leader: Registration) -> StoredFile | None:
    """The newest file of this group that has not expired."""
    alive = [one for one in _files(expo, leader.id) if one.expires_at and one.expires_at > clock.now()]
    return alive[-1] if alive else None


def _files(expo: Expo, leader_id: int) -> list[StoredFile]:
    return file_queries.named(expo.id, PRINT, _name(leader_id))


def _name(leader_id: int) -> str:
    return f"group-{leader_id}.pdf"


def _key(expo: Expo, leader: Registration) -> str:
    return f"{expo.id}/{leader.id}"
