"""Who is at the stands: the inspector's list by hall for a phone, ticks with a photo, and stands that stay empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import number as as_number
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.i18n import local
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries as exhibitors
from exhibitions.exhibitors.forms.onsite import EmptyHourForm, PresenceForm
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor
from exhibitions.exhibitors.queries import presence as queries
from exhibitions.exhibitors.queries.presence import Tick
from exhibitions.exhibitors.rules.pictures import drawn_anew
from exhibitions.exhibitors.rules.presence import Attended, Evidence, Proof, attended, proof_of
from exhibitions.exhibitors.service import presence as service
from exhibitions.exhibitors.service.presence import Seen
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import hall_by_code, present
from exhibitions.files import service as files
from exhibitions.portal.views.frame import blueprint
from exhibitions.reports.queries import arrivals
from exhibitions.reports.queries.arrivals import InHall

_LIST = "/desk/<slug>/presence"
SHOWN = ("open", "absent", "proved", "all")
NOBODY = Evidence()


@dataclass(frozen=True)
class Line:
    """An exhibitor, or one of its co-exhibitors, on the list of its hall."""

    name: str
    number: str
    hall: str
    stands: tuple[str, ...]
    state: Attended
    proof: Proof | None
    tick: Tick | None
    co_exhibitor_id: int | None = None

    @property
    def anchor(self) -> str:
        """Where on the page the line stands."""
        return f"{self.number}-{self.co_exhibitor_id or 0}"


@blueprint.get(_LIST)
@require(Permission.EXHIBITOR_DESK)
def presence(expo: Expo) -> str:
    return _page(expo, PresenceForm(formdata=None))


@blueprint.post(f"{_LIST}/<number>")
@require(Permission.EXHIBITOR_DESK)
def tick_presence(expo: Expo, number: str) -> Any:
    """An inspector's tick; with a photo it proves that own people were there."""
    exhibitor = exhibitors.exhibitor(expo, number)
    if exhibitor is None:
        abort(404)
    form = PresenceForm()
    if not form.accepted():
        return _page(expo, form), 422
    try:
        photo = _photo(form)
        with transaction():
            co = as_number(form.co_exhibitor.data or "")
            seen = Seen(form.present.data == "y", form.note.data or "", photo, co)
            service.note_presence(expo, exhibitor, seen, actor())
    except Refused as refusal:
        tell(_(refusal.message, **refusal.params), "error")
    else:
        tell(_("Noted, with the photo.") if photo else _("Noted. Only a photo makes it a proof."))
    back = {name: request.args[name] for name in ("hall", "show") if name in request.args}
    return go("portal.presence", slug=expo.slug, **back)


def _photo(form: PresenceForm) -> tuple[files.Bytes, str] | None:
    content = form.picture()
    if content is None:
        return None
    drawn, kind = drawn_anew(content)
    return files.write(drawn), kind


@blueprint.route(f"{_LIST}/hour", methods=["GET", "POST"])
@require(Permission.EXHIBITORS_EDIT)
def empty_hour(expo: Expo) -> Any:
    zone = ZoneInfo(expo.timezone)
    now = queries.empty_from(expo)
    form = EmptyHourForm(data={"moment": now.astimezone(zone).replace(tzinfo=None) if now else None})
    if form.accepted() and form.moment.data:
        try:
            with form.saving(lambda: _hour(expo)):
                service.set_empty_from(expo, form.moment.data.replace(tzinfo=zone), actor())
        except Stale as refusal:
            form.refuse("moment", refusal)
        else:
            tell(_("The hour is set."))
            return go("portal.presence", slug=expo.slug, show="absent")
    return render_template("portal/empty_hour.html", expo=expo, form=form), form.status


def _hour(expo: Expo) -> dict[str, datetime | None]:
    now = queries.empty_from(expo)
    return {"moment": now.astimezone(ZoneInfo(expo.timezone)).replace(tzinfo=None) if now else None}


def _page(expo: Expo, form: PresenceForm) -> str:
    show, code = request.args.get("show", "open"), request.args.get("hall", "")
    if show not in SHOWN or (code and hall_by_code(expo, code) is None):
        abort(404)
    until = queries.empty_from(expo)
    lines = lines_of(expo, until)
    here = [line for line in lines if code in ("", line.hall)]
    return render_template(
        "portal/presence.html",
        expo=expo,
        form=form,
        lines=[line for line in here if _is_shown(line, show)],
        counts={one: sum(_is_shown(line, one) for line in here) for one in SHOWN},
        halls=list(dict.fromkeys(line.hall for line in lines)),
        hall=code,
        show=show,
        empty_from=until,
        may_edit=Permission.EXHIBITORS_EDIT in g.rights,
        now=present(expo),
    )


def _is_shown(line: Line, show: str) -> bool:
    if show == "all":
        return True
    if show == "proved":
        return line.state is Attended.PROVED
    return line.state is Attended.ABSENT if show == "absent" else line.state is not Attended.PROVED


def lines_of(expo: Expo, until: datetime | None) -> list[Line]:
    """Everybody with a stand, hall by hall, co-exhibitors behind their main exhibitor; each once, with all its stands."""
    ticks = queries.last_ticks(expo)
    proofs = queries.evidence(expo, noted=ticks)
    shared = arrivals.co_exhibitors(expo)
    now = present(expo)
    grouped: dict[tuple[str, int], list[InHall]] = {}
    for row in arrivals.in_halls(expo):
        grouped.setdefault((row.hall.code, row.exhibitor.id), []).append(row)
    found = []
    for (hall, _id), rows in grouped.items():
        exhibitor, stands = rows[0].exhibitor, tuple(row.stand.number for row in rows)
        for co in (None, *shared.get(exhibitor.id, ())):
            who = (exhibitor.id, co.id if co else None)
            evidence = proofs.get(who, NOBODY)
            state = attended(evidence, now, until) if until else Attended.EXPECTED
            found.append(
                Line(
                    _name(exhibitor, co),
                    exhibitor.number,
                    hall,
                    stands,
                    state,
                    proof_of(evidence),
                    ticks.get(who),
                    who[1],
                )
            )
    return found


def _name(exhibitor: Exhibitor, co: CoExhibitor | None) -> str:
    # Markup where the name stands in the other language: the page shows it as it is.
    if co is not None:
        return local(co, "name")
    return local(exhibitor.company, "name") if exhibitor.company else exhibitor.number
