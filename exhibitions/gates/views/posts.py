"""On-site pages 现场一页纸: who stands where, and one printed page a post."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.i18n import language
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Door, Expo
from exhibitions.expos.queries import days_with_doors, visitor_days
from exhibitions.gates.forms import PostForm
from exhibitions.gates.queries.fair import setup_of
from exhibitions.gates.queries.posts import post_keys, posts_of
from exhibitions.gates.rules import posts as rules
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.service.posts import PostFacts, save_post

blueprint = Blueprint("posts", __name__)
_Days = list[tuple[date, list[Door]]]
_PAGE = "/desk/<slug>/gates/posts"


@blueprint.get(_PAGE)
@require(Permission.GATES_MANAGE)
def posts(expo: Expo) -> str:
    return render_template("gates/posts.html", expo=expo, posts=_listed(expo))


@blueprint.route(f"{_PAGE}/<key>", methods=["GET", "POST"])
@require(Permission.GATES_MANAGE)
def post(expo: Expo, key: str) -> Any:
    if key not in post_keys(expo):
        abort(404)
    form = PostForm(obj=posts_of(expo).get(key))
    if form.accepted():
        try:
            with form.saving(lambda: posts_of(expo).get(key)):
                save_post(expo, key, form.facts(), actor())
        except Stale as refusal:
            form.refuse("person", refusal)
        else:
            tell(_("The post is saved."))
            return go("posts.posts", slug=expo.slug)
    page = render_template("gates/post.html", expo=expo, form=form, name=_name(expo, key))
    return page, form.status


@blueprint.get(f"{_PAGE}/print")
@require(Permission.GATES_MANAGE)
def sheets(expo: Expo) -> str:
    """One page a post; `post` in the address leaves the one with this key."""
    wanted = request.args.get("post")
    if wanted is not None and wanted not in post_keys(expo):
        abort(404)
    setup = setup_of(expo.id, expo.setup_version)
    listed, days = _listed(expo), _days(expo)
    return render_template(
        "gates/post_sheets.html",
        expo=expo,
        posts=listed,
        sheets=[_sheet(setup, one, days) for one in listed if wanted in (None, one["key"])],
        answers=rules.ANSWERS,
        classes={one.key: one.name.text(language()) for one in setup.classes.values()},
    )


def _listed(expo: Expo) -> list[dict[str, Any]]:
    known, nothing = posts_of(expo), PostFacts()
    return [
        {
            "key": key,
            "name": _name(expo, key),
            "facts": PostFacts(**{f: getattr(known[key], f) for f in asdict(nothing)})
            if key in known
            else nothing,
        }
        for key in post_keys(expo)
    ]


def _name(expo: Expo, key: str) -> str:
    if key in rules.PLACES:
        return str(_(rules.PLACES[key]))
    gate = setup_of(expo.id, expo.setup_version).gates[int(key.removeprefix("gate-"))]
    return gate.name.text(language())


def _sheet(setup: Setup, post: dict[str, Any], days: _Days) -> dict[str, Any]:
    """What the page of a post shows besides its person: for a gate, who may pass and where all others go."""
    key, classes = post["key"], sorted(setup.classes.values(), key=lambda one: one.number)
    if key in rules.PLACES:
        every = {"", *(one.key for one in classes)}
        facts = {"steps": rules.steps_of(key), "openings": rules.openings(days, every)}
        return {**post, **facts, "admitted": [], "others": []}
    gates, speaks = list(setup.gates.values()), language()
    gate = setup.gates[int(key.removeprefix("gate-"))]
    admitted = rules.admitted_at(gate, classes)
    return {
        **post,
        "steps": rules.steps_of(""),
        "openings": rules.openings(days, {"", *(one.key for one in admitted)}),
        "admitted": [one.name.text(speaks) for one in admitted],
        "others": [
            (one.name.text(speaks), [other.name.text(speaks) for other in ways])
            for one, ways in rules.ways_for_others(gate, gates, classes)
        ],
    }


def _days(expo: Expo) -> _Days:
    """The days for visitors in order, each with its doors."""
    wanted = set(visitor_days(expo))
    return [(day.date, day.doors) for day in days_with_doors(expo) if day.date in wanted]
