"""The same done to many companies of the list: at once for some pages of them, as a job for thousands (ux.md §9)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.rules.recruiting import BY_HAND
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import recruiting
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job

CHANGE = "exhibitors.many"
AT_ONCE = 200
"""So many are done while the page waits; more are a job."""
SELECTION = "exhibitors.selection"
"""The purpose of a file that holds the numbers of who was selected."""
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: a stage of recruiting (`State`), or OWNER with the colleague who looks after them (None: nobody)."""

    action: str
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How many were changed, and how many stay because they have applied already; or the job that does it."""

    changed: int = 0
    stayed: int = 0
    job: Job | None = None


def change(expo: Expo, deed: Deed, numbers: Sequence[str], by: Actor) -> Done:
    """Do it to the companies with these numbers, inside the caller's transaction, or have it done in the background.

    The same wish while its job is open is a second click. Raises `Refused` for a deed that the list does not have.
    """
    _check(deed)
    if len(numbers) <= AT_ONCE:
        return do(expo, deed, numbers, by)
    kept = files.keep_selection(SELECTION, expo.id, numbers, by, {"deed": asdict(deed)})
    same = hashlib.sha256(repr((deed, sorted(numbers))).encode()).hexdigest()[:32]
    return Done(job=jobs.enqueue(CHANGE, f"{expo.id}/{same}", {"file_id": kept}, expo_id=expo.id, actor=by))


def do(expo: Expo, deed: Deed, numbers: Sequence[str], by: Actor) -> Done:
    """Do it now to those that it fits; to the others, and done twice, it changes nothing."""
    rows = listing.of_numbers(expo, numbers)
    if deed.action == OWNER:
        return Done(recruiting.give_to(rows, deed.user_id, by))
    return Done(*recruiting.put_many(rows, State(deed.action), by))


def _check(deed: Deed) -> None:
    if deed.action != OWNER and deed.action not in {state.value for state in BY_HAND}:
        raise Refused("no_such_deed", N_("Choose what is to be done with them."))
