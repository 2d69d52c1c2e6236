"""Named questions about the organiser."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.files.models import StoredFile
from exhibitions.organisation.models import Organisation
from exhibitions.organisation.rules import ZONE


def organisation() -> Organisation | None:
    """The organiser of this installation; None before somebody has said who it is."""
    return db.session.scalar(sa.select(Organisation).order_by(Organisation.id).limit(1))


def zone() -> str:
    """The IANA zone of the organiser's clock."""
    found = organisation()
    return found.timezone if found else ZONE


def logo() -> StoredFile | None:
    """The stored picture of the organiser's logo."""
    found = sa.select(StoredFile).join(Organisation, Organisation.logo_id == StoredFile.id)
    return db.session.scalar(found.order_by(Organisation.id).limit(1))
