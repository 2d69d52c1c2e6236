"""What the office sets up for the exhibitor's centre: quotas, hours, panels, deadlines, print date, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, lock_named
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import ExhibitorSettings
from exhibitions.exhibitors.rules.centre import Centre, as_data, check_centre, read_centre
from exhibitions.expos.models import Expo
from exhibitions.expos.service import setup_changed


@dataclass(frozen=True, slots=True)
class SetUp:
    """All that the page of the centre's set-up says."""

    centre: Centre
    print_on: date | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


def centre_of(expo: Expo) -> Centre:
    """The fair's settings of the centre, the usual ones where nothing was said."""
    row = queries.settings(expo)
    return read_centre(row.data if row is not None else {})


def set_up_of(expo: Expo) -> SetUp:
    """What the page of the centre's set-up shows."""
    row = queries.settings(expo)
    if row is None:
        return SetUp(read_centre({}))
    return SetUp(read_centre(row.data), row.print_on, row.contact_name, row.contact_phone, row.contact_email)


def save_set_up(expo: Expo, wanted: SetUp, by: Actor) -> None:
    """Keep the set-up; what other rooms keep beside it stays. Raises `Refused` for what makes no sense."""
    check_centre(wanted.centre)
    row = settings_row(expo)
    row.data = row.data | as_data(wanted.centre)
    row.print_on = wanted.print_on
    row.contact_name = wanted.contact_name
    row.contact_phone = wanted.contact_phone
    row.contact_email = wanted.contact_email
    row.changed_at = clock.now()
    # Gates hold the hours of passes.
    setup_changed(expo)
    audit.record("exhibitors.centre_set_up", by, expo_id=expo.id, after={"print_on": wanted.print_on})


def settings_row(expo: Expo) -> ExhibitorSettings:
    """The fair's settings, made where nobody has said anything yet; inside the caller's transaction."""
    row = queries.settings(expo)
    if row is None:
        # Of two who say the first thing at once the second goes on with the row of the first.
        lock_named(f"exhibitor settings {expo.id}")
        row = queries.settings(expo)
    if row is None:
        row = ExhibitorSettings(expo_id=expo.id, data={}, changed_at=clock.now())
        db.session.add(row)
        db.session.flush()
    return row
