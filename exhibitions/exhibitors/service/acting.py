"""Who acts for an exhibitor: the person behind a personal link, for pages of this room and of rooms above."""

from __future__ import annotations

from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.expos.models import Expo


def mine(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """The person whose link was opened and the exhibitor they act for; `NotFound` for who was removed."""
    person = queries.person(expo, subject_id)
    if person is None:
        raise NotFound("nobody_here", N_("There is nothing at this address."))
    return person, person.exhibitor
