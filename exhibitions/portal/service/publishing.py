"""Showing a fair to the public: only when nothing is missing."""

from __future__ import annotations

from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import service as expos
from exhibitions.expos.models import Expo
from exhibitions.portal import queries
from exhibitions.portal.rules.checklist import gaps


def publish(expo: Expo, by: Actor) -> None:
    """Publish the fair; raises `Refused` while something is missing, which the checklist names."""
    if gaps(queries.setup_checklist(expo)):
        raise Refused(
            "not_ready", N_("The fair is not ready to be published. What is missing is marked below.")
        )
    expos.publish(expo, by)
