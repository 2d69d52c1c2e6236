"""Files of imports that hold a person who was erased: found row by row, and taken away (P9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path

from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, end_reading
from exhibitions.core.errors import Refused
from exhibitions.core.imports.reading import choice_of
from exhibitions.core.sheets.table import text_of
from exhibitions.files import service as files
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.probing import Probe, is_about
from exhibitions.visitors.service import importing


def is_busy(expo_id: int) -> bool:
    """Whether an import is just bringing people in or taking them back: its file is needed to the end."""
    return queries.any_running(expo_id)


def files_about(expo_id: int, probe: Probe, tell: Callable[[], None] = lambda: None) -> list[int]:
    """The imports of the fair whose kept file has a row about the person. Reads for seconds; keeps no transaction open.

    A file that cannot be read row by row may hold anybody, and is named as well.
    """
    if probe.is_empty:
        return []
    found = []
    for row, stored in queries.kept_files(expo_id):
        with files.open_file(stored) as stream:
            path = Path(str(stream.name))
        choice = choice_of(row.reading)
        end_reading()
        tell()
        try:
            table = importing.open_path(path, choice).table
            about = is_about(table.heading, probe) or any(
                is_about(map(text_of, line.cells), probe) for line in table.rows()
            )
        except Refused:
            about = True
        if about:
            found.append(row.id)
    return found


def forget_files(expo_id: int, import_ids: Collection[int]) -> int:
    """Put reports without people in the place of these imports' files; gives how many there were."""
    kept = [pair for pair in queries.kept_files(expo_id) if pair[0].id in import_ids]
    for row, stored in kept:
        importing.put_report(row, stored)
    return len(kept)


def forget_befores(expo_id: int, registration_id: int) -> int:
    """Take the person out of what was kept for the undo of imports; gives the number of files that were written anew."""
    done = 0
    for stored in queries.kept_befores(expo_id):
        with files.open_file(stored) as stream:
            before: dict[str, object] = json.load(stream)
        if before.pop(str(registration_id), None) is None:
            continue
        fresh = files.store(
            json.dumps(before, ensure_ascii=False).encode(),
            name=stored.name,
            content_type=stored.content_type,
            purpose=stored.purpose,
            expo_id=expo_id,
            owner=SYSTEM,
            expires_at=stored.expires_at,
        )
        for row in queries.with_before(expo_id, stored.id):
            row.counts = {**row.counts, "before": fresh.id}
        db.session.flush()
        files.delete(stored)
        done += 1
    return done
