"""O6, groups 团体: who leads them, who is on their lists and who came; people added, heads announced, a leader changed."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from exhibitions.badges import queries as badge_queries
from exhibitions.core import asked
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.asked import ReasonForm
from exhibitions.core.contact import masked_phone, written_phone
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import typed_number
from exhibitions.core.i18n import local
from exhibitions.core.sheets.writing import Value
from exhibitions.core.tables import as_xlsx
from exhibitions.core.web import go, passed, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors import queries, service
from exhibitions.visitors.forms.groups import GroupForm, HeadsForm
from exhibitions.visitors.queries import Row
from exhibitions.visitors.queries import groups as found_groups
from exhibitions.visitors.rules.registration import Channel, State
from exhibitions.visitors.service.groups import check_leads, room_for, sent_list
from exhibitions.visitors.views import words
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.list import shown

_GROUPS = "/desk/<slug>/visitors/groups"
_GROUP = f"{_GROUPS}/<int:registration_id>"


@blueprint.get(_GROUPS)
@require(Permission.VISITORS_VIEW)
def groups(expo: Expo) -> str:
    wanted = _wanted()
    found = found_groups.found(expo, wanted, asked.page())
    return render_template(
        "visitors/groups.html",
        expo=expo,
        found=found,
        rows=[_line(expo, each) for each in found.rows],
        text=wanted.text,
        order=wanted.order,
        filters={"status": wanted.state, "size": wanted.people_in},
        options={"status": [(word, str(words.STATES[word])) for word in State], "size": _sizes()},
        rights=g.rights,
        query=passed(("s", "status", "size", "sort")),
    )


def _wanted() -> found_groups.GroupFilters:
    """What the address asks of the list; what is unknown asks for nothing."""
    args = request.args
    order, state, size = args.get("sort", ""), args.get("status", ""), args.get("size", "")
    return found_groups.GroupFilters(
        asked.kept_text(args.get("s", "")),
        order if order.removeprefix("-") in found_groups.ORDERS else "-registered",
        state if state in list(State) else "",
        size if size in found_groups.SIZES else "",
    )


@blueprint.route(f"{_GROUPS}/export", methods=["GET", "POST"])
@require(Permission.VISITORS_EXPORT)
def export_groups(expo: Expo) -> Any:
    """P13: the groups that the list shows, all its pages, with their leaders' full numbers, for a reason."""
    found = found_groups.found(expo, _wanted(), size=found_groups.MOST_TAKEN)
    form = ReasonForm()
    if not form.accepted():
        page = render_template("visitors/groups_export.html", expo=expo, form=form, total=found.total)
        return page, 422 if form.errors else 200
    with transaction():
        service.record(expo, len(found.rows), _COLUMNS, actor(), form.reason.data or "")
    heading = [_("Group leader"), _("Company"), _("Mobile number"), _("People"), _("Announced on one code")]
    rows = [[*heading, _("Came"), _("Source"), _("State")], *(_row(expo, each) for each in found.rows)]
    return as_xlsx(f"{_('groups')}-{expo.slug}", _("Groups"), rows, [16, 30, 16, 8, 8, 8, 20, 10])


_COLUMNS = ("name", "company", "phone", "people", "heads", "came", "source", "state")


def _row(expo: Expo, group: found_groups.Group) -> list[Value]:
    return [
        group.name or _("Erased person"),
        group.company,
        written_phone(group.phone),
        group.people + 1,
        group.heads if group.heads > 1 else None,
        group.came,
        words.source(group.source, expo.id),
        str(words.STATES[group.state.value]),
    ]


def _sizes() -> list[tuple[str, str]]:
    """What the filter of sizes offers."""
    return [
        (
            word,
            _("%(least)s to %(most)s people", least=least, most=most)
            if most
            else _("more than %(most)s people", most=least - 1),
        )
        for word, (least, most) in found_groups.SIZES.items()
    ]


def _line(expo: Expo, group: found_groups.Group) -> dict[str, Any]:
    return {
        "group": group,
        "phone": group.phone and masked_phone(group.phone),
        "source": words.source(group.source, expo.id),
        "state": group.state.value,
    }


@blueprint.post(f"{_GROUPS}/search")
@require(Permission.VISITORS_VIEW)
def search_groups(expo: Expo) -> Any:
    return go("visitors.groups", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.get(_GROUP)
@require(Permission.VISITORS_VIEW)
def group(expo: Expo, registration_id: int) -> str:
    return _page(expo, _leader(expo, registration_id), HeadsForm())


@blueprint.post(f"{_GROUP}/heads")
@require(Permission.VISITORS_EDIT)
def announce_heads(expo: Expo, registration_id: int) -> Any:
    """How many come in with the leader's own code; 1 is everybody by a code of their own."""
    row = _leader(expo, registration_id)
    form = HeadsForm()
    if not form.accepted():
        return _page(expo, row, form), 422 if form.errors else 200
    with transaction():
        service.announce(expo, row.registration, form.kept_heads, actor())
    tell(_("The gates ask the leader about this number from now on."))
    return go("visitors.group", slug=expo.slug, registration_id=registration_id)


@blueprint.post(f"{_GROUP}/lead")
@require(Permission.VISITORS_EDIT)
def hand_group_on(expo: Expo, registration_id: int) -> Any:
    """Another of its people leads the group from now on."""
    row = _leader(expo, registration_id)
    number = typed_number(request.form.get("member", "")) or 0
    member = queries.registration_of(expo, number)
    if member is None or member.registration.leader_id != row.registration.id:
        abort(404)
    with transaction():
        service.hand_on(expo, row.registration, member.registration, actor())
    tell(
        _(
            "The group has another leader. Make a new link for this leader; the earlier one opens only the own badge."
        )
    )
    return go("visitors.group", slug=expo.slug, registration_id=number)


@blueprint.route(f"{_GROUP}/add", methods=["GET", "POST"])
@require(Permission.VISITORS_EDIT)
def add_to_group(expo: Expo, registration_id: int) -> Any:
    row = _leader(expo, registration_id)
    check_leads(row.registration)
    form = GroupForm()
    offered = {each.key: badge_queries.offered(each) for each in badge_queries.classes(expo)}
    form.allow(room_for(expo, row.registration), offered, found_groups.phones(expo, row.registration))
    if form.is_submitted() and sent_list(expo, row.registration, form.form_key.data):
        return go("visitors.group", slug=expo.slug, registration_id=registration_id)
    ready = form.accepted()
    if ready and not form.to_be_seen:
        try:
            return _add(expo, row, form)
        except Refused as refusal:
            form.refuse("names", refusal)
    seen = ready or bool(form.confirmed.data)
    names = {key: local(each, "name") for key, each in offered.items()}
    page = render_template(
        "visitors/group_add.html", expo=expo, form=form, row=row, seen=seen, class_names=names
    )
    return page, 422 if form.errors else 200


def _add(expo: Expo, row: Row, form: GroupForm) -> Any:
    number, slug, people = row.registration.id, expo.slug, form.listed.people
    key = form.form_key.data or ""
    gathered = service.gather(expo, row.registration, people, form_key=key, channel=Channel.DESK)
    with transaction():
        service.bring(expo, row.registration, gathered, actor())
    tell(ngettext("%(num)s badge is made.", "%(num)s badges are made.", len(people)))
    return go("visitors.group", slug=slug, registration_id=number)


def _page(expo: Expo, row: Row, form: HeadsForm) -> str:
    found = found_groups.members(expo, row.registration, page=asked.page())
    people, came = found_groups.counts(expo, row.registration)
    if not form.heads.data:
        form.heads.data = str(row.badge.heads if row.badge else 1)
    return render_template(
        "visitors/group.html",
        expo=expo,
        leader=shown(row),
        form=form,
        found=found,
        people=[shown(each) for each in found.rows],
        counted=people + 1,
        came=came + row.came,
        rights=g.rights,
    )


def _leader(expo: Expo, registration_id: int) -> Row:
    row = queries.registration_of(expo, registration_id)
    if row is None or row.registration.leader_id is not None:
        abort(404)
    # The group of an erased leader goes on (P18): its people have their badges, and one of them can lead it.
    if row.registration.erased_at is not None and not found_groups.counts(expo, row.registration)[0]:
        abort(404)
    return row
