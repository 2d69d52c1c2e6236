"""Saying who the organiser is."""

from __future__ import annotations

from dataclasses import asdict

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.files import service as files
from exhibitions.files.service import Bytes
from exhibitions.organisation import queries, rules
from exhibitions.organisation.models import Organisation
from exhibitions.organisation.rules import Facts

LOGO = "organisation.logo"


def facts_of(row: Organisation | None) -> Facts:
    """The facts as they stand; those of an installation that has not said who it is are empty."""
    return Facts(**{name: getattr(row, name) for name in asdict(Facts())}) if row else Facts()


def save(facts: Facts, by: Actor) -> Organisation:
    """Set the facts of the organiser. Raises `Refused` (organisation_nameless, timezone_unknown)."""
    rules.check_facts(facts)
    row = queries.organisation()
    before, after = asdict(facts_of(row)), asdict(facts)
    if row is None:
        row = Organisation(changed_at=clock.now())
        db.session.add(row)
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        for name in changed:
            setattr(row, name, after[name])
        row.changed_at = clock.now()
        audit.record(
            "organisation.changed",
            by,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    db.session.flush()
    return row


def set_logo(row: Organisation, picture: Bytes, by: Actor) -> None:
    """Take a picture that `rules.drawn_anew` made and `files.write` has put on the disk as the logo."""
    old = queries.logo()
    # The system owns it, so that it stays when the person who brought it is erased.
    kept = files.store(
        picture, name="logo.png", content_type="image/png", purpose=LOGO, expo_id=None, owner=SYSTEM
    )
    row.logo_id = kept.id
    row.changed_at = clock.now()
    db.session.flush()
    if old is not None:
        files.delete(old)
    audit.record("organisation.logo_changed", by, after={"size": picture.size})
