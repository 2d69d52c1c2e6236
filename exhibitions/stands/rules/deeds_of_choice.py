"""What the audit trail calls holding, assigning and moving."""

from __future__ import annotations

from exhibitions.core.errors import N_

CHOICE = {
    "stands.held": N_("Stand held"),
    "stands.expired": N_("Hold of a stand ended by its time"),
    "stands.released": N_("Stand let go"),
    "stands.extended": N_("Hold of a stand extended"),
    "stands.replaced": N_("Hold of a stand ended for somebody else"),
    "stands.assigned": N_("Stand assigned"),
    "stands.moved": N_("Exhibitor moved to another stand"),
    "stands.given_up": N_("Stand given up"),
    "stands.wished": N_("Wished stands changed"),
    "stands.proposed": N_("Stands assigned by a proposal"),
    "stands.choosing": N_("Rules of choosing a stand changed"),
    "stands.points_scheme": N_("Scheme of priority points changed"),
    "stands.points_counted": N_("Priority points counted"),
    "stands.points_brought": N_("Priority points brought from a list"),
    "stands.lot_drawn": N_("Lot drawn"),
    "stands.swap_done": N_("Ticked as made again"),
    "stands.swap_reopened": N_("Tick of what was made again taken back"),
    "stands.swap_owner": N_("Given to somebody to make again"),
}
