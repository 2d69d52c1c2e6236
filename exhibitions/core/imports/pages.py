"""What the pages of an import say alike in every room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from flask_babel import gettext as _

from exhibitions.core import clock
from exhibitions.core.errors import NotFound, Refused
from exhibitions.core.imports.stages import LIFE, RUNNING, UNDOING, can_undo
from exhibitions.core.sheets.table import Unreadable


class Checkable(Protocol):
    """A file that was opened, and says whether its columns are enough."""

    def check(self) -> None:
        """Raise `Unreadable` unless they are."""


class Counted(Protocol):
    """An import with what its check or its end has found."""

    @property
    def state(self) -> str:
        """Where it stands (`core.imports.stages`)."""

    @property
    def finished_at(self) -> datetime | None:
        """When everything was brought in."""

    @property
    def counts(self) -> Mapping[str, Any]:
        """The `summary` of its verdicts; empty before the check."""


FileT = TypeVar("FileT", bound=Checkable)


def opened(open_file: Callable[[], FileT], counts: Mapping[str, Any]) -> tuple[FileT | None, Refused | None]:
    """The file as it is read now and, when it cannot be imported as it is, why: by itself, or as its check has found."""
    try:
        found = open_file()
    except (Unreadable, NotFound) as refusal:
        return None, refusal
    try:
        found.check()
        if counts.get("refused"):
            return found, Unreadable(str(counts["refused"]), str(counts["sentence"]))
    except Unreadable as refusal:
        return found, refusal
    return found, None


def outcome(
    row: Counted, room: str, reason_texts: Mapping[Any, str], duplicates: Collection[Any]
) -> dict[str, Any]:
    """What the page says of a check or an import that is over.

    `reason_texts` has a message id by reason, `duplicates` the reasons that say that a row names somebody known.
    """
    counts: dict[str, Any] = dict(row.counts)
    # Imports from before new, changed and unchanged rows were told apart.
    changed = len(counts.get("changes", ()))
    counts = {"created": counts.get("accepted", 0) - changed, "updated": changed, "unchanged": 0} | counts
    by_reason: dict[str, int] = counts.get("by_reason", {})
    return {
        "counts": counts,
        "reasons": [(_(reason_texts[name]), number) for name, number in by_reason.items()],
        "doubles": any(name in duplicates for name in by_reason),
        "can_undo": can_undo(row, clock.now()),
        "undo_until": row.finished_at + LIFE if row.finished_at else None,
        "stopped": {RUNNING: f"{room}.run_import", UNDOING: f"{room}.undo_import"}.get(row.state),
    }
