"""What an import writes: people with consent and badge by the portion, changes of known people, and the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.bulk import NewRows
from exhibitions.core.db import db
from exhibitions.core.imports import stages
from exhibitions.core.search import found_by
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.visitors.models import Import, Registration
from exhibitions.visitors.queries import HOLDER
from exhibitions.visitors.queries import importing as queries
from exhibitions.visitors.rules.import_verdicts import Change
from exhibitions.visitors.rules.importing import Person, Reason, language_of
from exhibitions.visitors.rules.registration import ALIVE, Channel, State
from exhibitions.visitors.service.import_comparing import FIELDS, differences, facts, place
from exhibitions.visitors.service.registration import cancel, holder_of

_PERSONAL = frozenset({"name", "company", "title", "phone", "email", "note"})
_COLUMNS = (
    *FIELDS,
    "state",
    "channel",
    "source",
    "form_key",
    "language",
    "search",
    "sort_name",
    "sort_company",
    "expo_id",
    "import_id",
    "created_at",
    "changed_at",
)
_PEOPLE = NewRows(cast(sa.Table, Registration.__table__), _COLUMNS)

Portion = Sequence[tuple[int, Person]]


def add_people(expo: Expo, row: Import, portion: Portion) -> list[tuple[int, Reason]]:
    """Register a portion of the people, each with consent and badge, and note how far the import came.

    Inside the caller's transaction. Rows that were done before are left alone. Returns the rows whose number or address
    somebody else has taken since the file was judged: the unique index is the judge.
    """
    waiting = [(number, person) for number, person in portion if number > row.done_row]
    if not waiting:
        return []
    classes = {found.key: found for found in badge_queries.classes(expo)}
    behind = queries.last_brought_in(expo, row.id)
    _insert(expo, row, [person for _, person in waiting], classes)
    made = queries.keys_brought_in(expo, row.id, behind)
    came = [(made[_key(person)], person) for _, person in waiting if _key(person) in made]
    if came:
        badges.issue_many(
            expo, [(classes[person.category], _holder(number, person, row.id)) for number, person in came]
        )
    row.done_row = waiting[-1][0]
    return [(number, _who_was_first(expo, person)) for number, person in waiting if _key(person) not in made]


def _key(person: Person) -> tuple[str | None, str | None]:
    return person.phone, person.email


def _insert(expo: Expo, row: Import, people: Sequence[Person], classes: Mapping[str, BadgeClass]) -> None:
    """Store the people whose number and address are free."""
    now = clock.now()
    same = {"expo_id": expo.id, "import_id": row.id, "created_at": now, "changed_at": now}
    rows = (_values(person, classes[person.category]) | same for person in people)
    _PEOPLE.insert(db.session.connection(), [tuple(map(values.__getitem__, _COLUMNS)) for values in rows])


def _values(person: Person, badge_class: BadgeClass) -> dict[str, Any]:
    return {
        **facts(person, badge_class),
        "state": State.WAITING if badge_class.needs_approval else State.REGISTERED,
        "channel": Channel.IMPORT,
        "source": "",
        "form_key": "",
        "language": language_of(person),
        **found_by(person.name, person.company, person.phone, person.email),
    }


def _holder(number: int, person: Person, import_id: int) -> badges.Holder:
    return badges.Holder(
        HOLDER,
        number,
        person.name,
        person.company,
        place(person.region),
        person.visit_day,
        title=person.title,
        import_id=import_id,
    )


def _who_was_first(expo: Expo, person: Person) -> Reason:
    theirs = sa.select(Registration.id).where(
        Registration.expo_id == expo.id, Registration.phone == person.phone, Registration.state.in_(ALIVE)
    )
    taken = person.phone is not None and db.session.scalar(theirs.limit(1)) is not None
    return Reason.DUPLICATE_PHONE if taken else Reason.DUPLICATE_EMAIL


def keep_before(expo: Expo, row: Import, changes: Sequence[Change], by: Actor) -> None:
    """Keep what people were like before the import changes them, for the way back; the file dies with the import's.

    Inside a transaction of its own before the first change; a second time keeps what was kept first. Which people are
    being changed is noted, so that work that goes on after a fall counts them as changed.
    """
    if not changes or "before" in row.counts:
        return
    before = {
        number: {name: _plain(old) for name, (old, _) in changed.items()}
        for number, changed in differences(expo, [(known, person) for _, known, person in changes]).items()
    }
    stored = files.store(
        json.dumps(before, ensure_ascii=False).encode(),
        name="before.json",
        content_type="application/json",
        purpose=queries.BEFORE,
        expo_id=expo.id,
        owner=by,
        expires_at=clock.now() + stages.LIFE * 2,
    )
    row.counts = {**row.counts, "before": stored.id, "begun": [known for _, known, _ in changes]}


def change_people(expo: Expo, row: Import, changes: Sequence[Change], by: Actor) -> list[tuple[int, Reason]]:
    """Change a portion of known people, badges and all; returns the rows whose number or address was taken meanwhile."""
    classes = {found.id: found for found in badge_queries.classes(expo)}
    altered = differences(expo, [(registration, person) for _, registration, person in changes])
    rows = queries.registrations(expo, altered)
    late = []
    for number, registration, person in changes:
        if registration in altered:
            after = {name: then for name, (_, then) in altered[registration].items()}
            if not _change(expo, rows[registration], after, classes, by):
                late.append((number, _who_was_first(expo, person)))
    return late


def _change(
    expo: Expo,
    registration: Registration,
    after: Mapping[str, Any],
    classes: Mapping[int, BadgeClass],
    by: Actor,
) -> bool:
    before = {name: getattr(registration, name) for name in after}
    try:
        with db.session.begin_nested():
            for name, value in after.items():
                setattr(registration, name, value)
            registration.changed_at = clock.now()
            for name, value in found_by(
                registration.name, registration.company, registration.phone, registration.email
            ).items():
                setattr(registration, name, value)
            db.session.flush()
    except IntegrityError:
        # Somebody else has the number since the file was judged: this row is a duplicate now.
        return False
    badge = badge_queries.current_badge(expo, HOLDER, registration.id)
    if badge is not None:
        holder = holder_of(registration, badge.heads)
        badges.correct(badge, holder, classes[registration.class_id])
    audit.record(
        "visitors.corrected",
        by,
        expo_id=expo.id,
        subject=(HOLDER, registration.id),
        before=before,
        after=dict(after),
        personal=_PERSONAL & after.keys(),
    )
    return True


def finish(row: Import, counts: dict[str, object], by: Actor) -> None:
    """The import is through: keep its counts."""
    kept = {name: row.counts[name] for name in ("before",) if name in row.counts}
    row.state, row.counts, row.finished_at = stages.DONE, counts | kept, clock.now()
    said = {name: counts[name] for name in ("rows", "created", "updated", "unchanged", "by_reason")}
    audit.record("visitors.imported", by, expo_id=row.expo_id, subject=("import", row.id), after=said)


def undo_people(expo: Expo, row: Import, behind: int, by: Actor) -> int | None:
    """Take back a portion of the people who came with the import; returns where to go on, None at the end.

    Who has come in at a gate or brings colleagues is a fact by now: that registration is cancelled and stays.
    """
    people = queries.brought_in(expo, row.id, behind)
    if not people:
        return None
    numbers = [person.id for person in people]
    badges.remove_of_holders(expo, HOLDER, numbers)
    staying = queries.with_badges(expo, numbers) | queries.leaders(expo, numbers)
    for person in people:
        if person.id in staying:
            cancel(expo, person, by)
    gone = [number for number in numbers if number not in staying]
    db.session.execute(
        sa.delete(Registration).where(Registration.id.in_(gone)),
        execution_options={"synchronize_session": False},
    )
    return numbers[-1]


def undo_changes(expo: Expo, row: Import, by: Actor) -> None:
    """Make the people whom the import changed what they were, as far as the file of that is still there."""
    stored = queries.kept_file(expo, row.counts.get("before"))
    if stored is None:
        return
    with files.open_file(stored) as stream:
        before: dict[str, dict[str, Any]] = json.load(stream)
    classes = {found.id: found for found in badge_queries.classes(expo)}
    rows = queries.registrations(expo, [int(number) for number in before])
    for number, values in before.items():
        if int(number) in rows:
            _change(expo, rows[int(number)], _read_back(values), classes, by)
    files.delete(stored)


def finish_undo(row: Import, by: Actor) -> None:
    """Everything is taken back."""
    row.state, row.undone_at = stages.UNDONE, clock.now()
    row.counts = {name: value for name, value in row.counts.items() if name != "before"}
    audit.record("visitors.import_undone", by, expo_id=row.expo_id, subject=("import", row.id))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read_back(values: Mapping[str, Any]) -> dict[str, Any]:
    day = values.get("visit_day")
    return {**values, "visit_day": date.fromisoformat(day)} if day else dict(values)
