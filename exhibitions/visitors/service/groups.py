"""Groups: people whom a registered person brings along, named together, each with a badge; and who leads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.queries import Offered
from exhibitions.badges.rules.classes import Issued
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict, Refused
from exhibitions.core.search import found_by
from exhibitions.core.signing import hash_link_token
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Registration
from exhibitions.visitors.queries import HOLDER, Row, groups, registration_of
from exhibitions.visitors.rules.group_list import CLASS_CLOSED, MOST_IN_GROUP, Member
from exhibitions.visitors.rules.registration import Channel
from exhibitions.visitors.rules.spelling import is_spelling
from exhibitions.visitors.service import group_print
from exhibitions.visitors.service.invitations import invited_by
from exhibitions.visitors.service.registering import (
    Entry,
    Person,
    Registered,
    check_alive,
    check_open,
    held_by,
    row_of,
    store_many,
)
from exhibitions.visitors.service.registration import cancel, correct, holder_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """People of a list of whom all is made that needs no lock, their signed badges too; nothing of it is stored."""

    rows: list[dict[str, Any]]
    class_keys: list[str]
    badges: list[badges.Draft]


def gather(
    expo: Expo,
    leader: Registration,
    members: Sequence[Member],
    *,
    form_key: str = "",
    channel: Channel = Channel.COMPANION,
) -> Gathered:
    """Make the people of a list ready for `bring`, best before the transaction: signing 500 badges takes its time.

    What a line does not say is as with the leader: company, region, day, and the class where it is open. `form_key` is
    the secret of the form. A source that has ended counts for nobody new. Raises `Refused("class_closed")` for a class
    that people outside may not choose; the office's own lists may name any.
    """
    own, classes = _classes(expo, leader, channel)
    source, _ = invited_by(expo, leader.source)
    entry = Entry(channel, leader.language, source, form_key, leader_id=leader.id)
    rows, chosen = [], []
    for member in members:
        badge_class = classes.get(member.class_key) if member.class_key else own
        if badge_class is None:
            raise Refused("class_closed", CLASS_CLOSED)
        person = Person(
            member.name,
            member.company or leader.company,
            member.phone,
            region=leader.region,
            visit_day=leader.visit_day,
        )
        rows.append(row_of(expo, badge_class, person, entry))
        chosen.append(badge_class)
    drafts = badges.draft_many(expo, [(each, leader.visit_day) for each in chosen])
    return Gathered(rows, [each.key for each in chosen], drafts)


def open_classes(expo: Expo, own: BadgeClass) -> dict[str, Offered]:
    """The classes in which somebody of the class `own` may bring people, by key; who says none gets the first.

    A personal link is no right to give out badges: of a class that the public form does not offer (guests of honour, the
    organiser's own, builders) it brings nobody, unless each is approved.
    """
    found = {each.key: each for each in badge_queries.registrable_classes(expo)}
    if own.key in found or own.needs_approval:
        return {own.key: badge_queries.offered(own)} | found
    return found


def _classes(
    expo: Expo, leader: Registration, channel: Channel
) -> tuple[Issued | None, Mapping[str, Issued]]:
    classes = badge_queries.classes(expo)
    own = next(found for found in classes if found.id == leader.class_id)
    if channel is not Channel.COMPANION:
        return own, {found.key: found for found in classes}
    found = open_classes(expo, own)
    return next(iter(found.values()), None), found


def sent_list(expo: Expo, leader: Registration, form_key: str | None) -> bool:
    """Whether the form with this secret has brought its people to this leader already (a double click, a reload)."""
    return bool(form_key) and groups.has_come(expo, leader, hash_link_token(form_key or ""))


def bring(expo: Expo, leader: Registration, gathered: Gathered, by: Actor) -> list[Registered]:
    """Register the people of a list, a badge each, in few statements; the very same form a second time does nothing.

    A mobile number that another registration of the fair has is not said to anybody outside: the person comes without
    it, and the office finds the two together (`same_phone_id`). Raises `Refused` when there would be more than
    `MOST_IN_GROUP`, `Conflict` when the leader's registration has ended, or the fair is closed or full; the office's own
    lists are taken in any case.
    """
    # Two lists sent at once are counted one after the other.
    db.session.refresh(leader, with_for_update=True)
    if gathered.rows[0]["channel"] is Channel.COMPANION:
        check_alive(leader)
    else:
        check_leads(leader)
    if leader.leader_id is not None:
        raise Conflict("not_a_leader", N_("Who belongs to a group cannot lead another one."))
    rows = gathered.rows
    if groups.has_come(expo, leader, rows[0]["form_key"]):
        return []
    room = room_for(expo, leader)
    if len(rows) > room:
        raise Refused("names_many", N_("You can bring %(room)s more. Shorten the list"), room=room)
    if rows[0]["channel"] is Channel.COMPANION:
        check_open(expo, on_site=False, more=len(rows))
    known = groups.phones_taken(expo, [row["phone"] for row in rows if row["phone"]])
    rows = [_told_apart(row, known) for row in rows]
    try:
        ids = store_many(rows, gathered.class_keys, expo.consent_version, by)
    except Conflict:
        # Somebody has registered with one of the numbers at this very moment, which is nobody's business here.
        raise Conflict(
            "group_again", N_("The list could not be stored just now. Send it once more.")
        ) from None
    held = [held_by(number, row) for number, row in zip(ids, rows, strict=True)]
    badges.give_many(expo, [(draft, *one) for draft, one in zip(gathered.badges, held, strict=True)])
    audit.record(
        "visitors.group_brought", by, expo_id=expo.id, subject=(HOLDER, leader.id), after={"people": len(ids)}
    )
    return [
        Registered(number, expo.id, None, leader.language, row["state"])
        for number, row in zip(ids, rows, strict=True)
    ]


def check_leads(leader: Registration) -> None:
    """Raise `Conflict` when the leader's registration has ended. The office goes on with the group of who was erased."""
    if leader.erased_at is None:
        check_alive(leader)


def room_for(expo: Expo, leader: Registration) -> int:
    """How many more people the leader may bring; who was cancelled takes no place."""
    return max(0, MOST_IN_GROUP - groups.size(expo, leader))


def _told_apart(row: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    """The row without a number that is somebody else's, and whose it is."""
    other = known.get(row["phone"] or "")
    if other is None:
        return row | {"same_phone_id": None}
    return row_without_phone(row) | {"same_phone_id": other}


def row_without_phone(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a registration without its number, which its search words hold as well."""
    return row | {"phone": None, **found_by(row["name"], row["company"], None, None)}


def announce(expo: Expo, leader: Registration, heads: int, by: Actor) -> None:
    """Say how many come with the leader's own code, himself among them; 1: everybody shows a code of their own.

    Gates ask the leader then how many are there (decision 0006). Raises `Refused` below 1 or above 500, and `Conflict`
    when the leader's registration has ended.
    """
    check_alive(leader)
    if not 1 <= heads <= MOST_IN_GROUP:
        raise Refused("heads_many", N_("Enter a number from 1 to %(most)s"), most=MOST_IN_GROUP)
    badge = badge_queries.current_badge(expo, HOLDER, leader.id)
    if badge is None or badge.heads == heads:
        return
    before, badge.heads = badge.heads, heads
    audit.record(
        "visitors.group_announced",
        by,
        expo_id=expo.id,
        subject=(HOLDER, leader.id),
        before={"heads": before},
        after={"heads": heads},
    )


def rename(expo: Expo, row: Row, name: str, by: Actor) -> None:
    """Correct how somebody is spelled who has not come yet; the code stays.

    Raises `Conflict("came_already")` after the first entry: what the gate saw is a fact. Raises `Refused("other_name")`
    for a name that is not the same one spelled right: number, consents and links are the first person's (`give_place`).
    """
    _lock_place(expo, row)
    registration = row.registration
    if not is_spelling(registration.name, name):
        raise Refused(
            "other_name", N_("This looks like somebody else. Choose below that somebody else comes instead")
        )
    correct(expo, registration, replace(Person.of(registration), name=name), row.badge_class, by)


def give_place(expo: Expo, leader: Registration, row: Row, name: str, by: Actor) -> int:
    """Let somebody else come in place of a person of the group who has not come yet; gives the new badge's number.

    The first registration ends, and with it its code, number, consents and links; the new one says company, region and
    day as that did, and takes its place whether or not the fair still takes others. Raises `Conflict` like `rename`, and
    `Refused("class_closed")` for a place that only the office gives.
    """
    db.session.refresh(leader, with_for_update={"of": Registration})
    check_alive(leader)
    _lock_place(expo, row)
    before = row.registration
    own = next(each for each in badge_queries.classes(expo) if each.id == leader.class_id)
    badge_class = open_classes(expo, own).get(row.badge_class.key)
    if badge_class is None:
        raise Refused("class_closed", CLASS_CLOSED)
    cancel(expo, before, by)
    source, _ = invited_by(expo, before.source)
    entry = Entry(Channel.COMPANION, before.language, source, leader_id=leader.id)
    person = Person(name, before.company, region=before.region, visit_day=before.visit_day)
    fresh = row_of(expo, badge_class, person, entry)
    (number,) = store_many([fresh], [badge_class.key], expo.consent_version, by)
    drafts = badges.draft_many(expo, [(badge_class, before.visit_day)])
    badges.give_many(expo, [(drafts[0], *held_by(number, fresh))])
    group_print.drop(expo, leader.id)
    audit.record(
        "visitors.place_given",
        by,
        expo_id=expo.id,
        subject=(HOLDER, before.id),
        after={"registration": number},
    )
    badge = badge_queries.current_badge(expo, HOLDER, number)
    return badge.number if badge is not None else 0


def _lock_place(expo: Expo, row: Row) -> None:
    """See the person and the badge as they are now; raises `Conflict` when the registration has ended or somebody came."""
    db.session.refresh(row.registration, with_for_update={"of": Registration})
    check_alive(row.registration)
    if row.badge is not None:
        # Who comes in at this moment waits, or came before.
        badges.lock(row.badge)
    found = registration_of(expo, row.registration.id)
    if found is None or found.came:
        raise Conflict(
            "came_already", N_("This person has come in already; the name stays. Ask at the visitor desk.")
        )


def hand_on(expo: Expo, leader: Registration, member: Registration, by: Actor) -> None:
    """Let a member lead the group from now on; who led it before is one of its people.

    Announced heads go along. Links that were given out to the leader before open only the own badge from now on, as any
    member's, and the file of everybody's badges goes. Raises `Conflict` when either registration has ended, or `member` is not of this group.
    """
    db.session.refresh(leader, with_for_update=True)
    check_leads(leader)
    check_alive(member)
    if member.leader_id != leader.id:
        raise Conflict("not_a_member", N_("This person is not in the group (any more)."))
    now = clock.now()
    theirs = sa.update(Registration).where(
        Registration.expo_id == expo.id, Registration.leader_id == leader.id, Registration.id != member.id
    )
    db.session.execute(theirs.values(leader_id=member.id), execution_options={"synchronize_session": False})
    leader.leader_id, member.leader_id = member.id, None
    leader.changed_at = member.changed_at = now
    db.session.flush()
    group_print.drop(expo, leader.id)
    badges.regroup(expo, HOLDER, leader.id, member.id)
    old, new = (badge_queries.current_badge(expo, HOLDER, one.id) for one in (leader, member))
    if old is not None and new is not None:
        heads = old.heads
        for badge, person, count in ((old, leader, 1), (new, member, heads)):
            badges.correct(badge, holder_of(person, count), badge.badge_class)
    for one in (leader, member):
        audit.record(
            "visitors.group_handed_on",
            by,
            expo_id=expo.id,
            subject=(HOLDER, one.id),
            after={"leader": member.id},
        )
