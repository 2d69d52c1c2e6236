"""The blueprint of the room's pages, and who is behind an exhibitor's personal link."""

from __future__ import annotations

from flask import Blueprint, abort

from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.expos.models import Expo

blueprint = Blueprint("exhibitors", __name__)


def mine(expo: Expo, subject_id: int) -> tuple[ExhibitorPerson, Exhibitor]:
    """The person whose link was opened and the exhibitor they act for; 404 to who was removed."""
    person = queries.person(expo, subject_id)
    if person is None:
        abort(404)
    return person, person.exhibitor
