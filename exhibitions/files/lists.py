"""Files that list persons, drawn outside of any transaction: none is kept that names who was erased meanwhile (P9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from exhibitions.audit import queries as audit_queries
from exhibitions.files import service
from exhibitions.files.service import Bytes
from exhibitions.jobs.rules import JobRun

T = TypeVar("T")


def make(run: JobRun, expo_id: int, write: Callable[[], Bytes], keep: Callable[[Bytes], T]) -> T:
    """Write a list of persons of a fair and keep it in one transaction of the job; gives what `keep` gives.

    When somebody of the fair was erased after `write` began to read, its bytes go and it is written anew.
    """
    while True:
        before = audit_queries.erasures_of(expo_id)
        written = write()
        with run.transaction():
            if unerased_since(expo_id, before):
                return keep(written)
        service.remove_bytes(written.path)


def unerased_since(expo_id: int, before: audit_queries.Erasures) -> bool:
    """Whether nobody of the fair was erased since then; until the end of the transaction nobody is, either."""
    service.hold_lists(expo_id)
    return audit_queries.erasures_of(expo_id) == before
