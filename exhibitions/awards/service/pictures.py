"""Files of entries: pictures drawn anew, under names that tell nothing, and papers that only the office reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibitions.awards.models import AwardEntry, EntryFile
from exhibitions.awards.queries import entries as queries
from exhibitions.awards.rules import entering as rules
from exhibitions.awards.rules import entry_deeds as deeds
from exhibitions.awards.rules.states import FileKind
from exhibitions.awards.service.entering import check_writable
from exhibitions.awards.service.entry_moves import lock, note
from exhibitions.companies.rules.copies import kept_copy
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors.rules.pictures import drawn_anew
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile

PURPOSE = {FileKind.PICTURE: "awards.picture", FileKind.PAPER: "awards.paper"}
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "application/pdf": "pdf"}


@dataclass(frozen=True, slots=True)
class Ready:
    """A file as it is kept, its bytes on the disk already."""

    kind: FileKind
    content: files.Bytes
    content_type: str


def ready_picture(content: bytes) -> Ready:
    """A picture drawn anew: no camera, place, comment or colour profile is left in it. Raises `Refused` in words."""
    drawn, content_type = drawn_anew(content)
    return Ready(FileKind.PICTURE, files.write(drawn), content_type)


def ready_paper(content: bytes) -> Ready:
    """A paper, PDF or photographed. Raises `Refused` in words."""
    copy = kept_copy(content)
    return Ready(FileKind.PAPER, files.write(copy.content), copy.content_type)


def add(entry: AwardEntry, ready: Sequence[Ready], by: Actor) -> None:
    """Put files to an entry; the same bytes twice are one file. Raises `Refused` above what an entry may have.

    Who calls has asked whether the entry may still be changed.
    """
    if not ready:
        return
    lock(entry)
    known = queries.contents(entry)
    for one in ready:
        if (one.kind, one.content.sha256) in known:
            continue
        known.add((one.kind, one.content.sha256))
        _add(entry, one)
    rules.check_pictures(_count(entry, FileKind.PICTURE))
    rules.check_papers(_count(entry, FileKind.PAPER))
    note(entry, deeds.FILES, by, facts={"file": len(entry.files)})


def taken_over(entry: AwardEntry, file_id: int | None, ready: Sequence[Ready]) -> list[Ready]:
    """The picture of a product of the directory, drawn before any transaction, where the entry has none and none came."""
    kinds = [each.kind for each in entry.files] + [each.kind for each in ready]
    has_one = FileKind.PICTURE in kinds
    stored = file_queries.file_of(entry.expo_id, file_id) if file_id is not None and not has_one else None
    if stored is None:
        return []
    with files.open_file(stored) as stream:
        return [ready_picture(stream.read())]


def remove_own(entry: AwardEntry, file_id: int, by: Actor) -> None:
    """Take a file off an entry by the company. Raises `Conflict` when the entry was submitted meanwhile."""
    lock(entry)
    check_writable(entry)
    remove(entry, file_id, by)


def remove(entry: AwardEntry, file_id: int, by: Actor) -> None:
    """Take a file off an entry; one that is gone already is no error. Who calls has asked whether it may be changed."""
    lock(entry)
    row = next((each for each in entry.files if each.id == file_id), None)
    if row is None:
        return
    stored = file_queries.file_of(entry.expo_id, row.file_id)
    entry.files.remove(row)
    db.session.delete(row)
    db.session.flush()
    if stored is not None:
        files.delete(stored)
    note(entry, deeds.FILES, by, facts={"file": len(entry.files)})


def stored(entry: AwardEntry, file_id: int, kinds: Sequence[FileKind]) -> StoredFile:
    """The file with this number of this entry, if it is one of these kinds. Raises `NotFound` for any other."""
    row = next((each for each in entry.files if each.id == file_id and each.kind in kinds), None)
    found = file_queries.file_of(entry.expo_id, row.file_id) if row is not None else None
    if found is None:
        raise NotFound("file_gone", N_("The file is not there any more."))
    return found


def _add(entry: AwardEntry, one: Ready) -> None:
    position = max((each.position for each in entry.files if each.kind is one.kind), default=0) + 1
    # The product keeps it: it goes with the entry, not with who of the company or the office has sent it.
    kept = files.store(
        one.content,
        name=f"{one.kind.value}-{position}.{_ENDINGS[one.content_type]}",
        content_type=one.content_type,
        purpose=PURPOSE[one.kind],
        expo_id=entry.expo_id,
        owner=SYSTEM,
    )
    entry.files.append(EntryFile(expo_id=entry.expo_id, file_id=kept.id, kind=one.kind, position=position))
    db.session.flush()


def _count(entry: AwardEntry, kind: FileKind) -> int:
    return sum(each.kind is kind for each in entry.files)
