"""What the public sees of a fair: the list of fairs, the home of one, its privacy notice."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for

from exhibitions.awards.service import showing_winners
from exhibitions.badges.rules.classes import Audience
from exhibitions.core.access import public
from exhibitions.core.i18n import language
from exhibitions.core.web import go
from exhibitions.expos import queries as expos
from exhibitions.expos.forms.places import UNIT_ROLES
from exhibitions.expos.models import Expo, Unit
from exhibitions.expos.rules.calendar import Phase, Standing, standing
from exhibitions.portal import queries
from exhibitions.portal.rules.maps import map_links
from exhibitions.portal.views.frame import address, blueprint
from exhibitions.visitors.queries import form as visitor_form
from exhibitions.visitors.rules.registration import OpenState


@blueprint.get("/")
@public
def home() -> Any:
    fairs = expos.published_expos()
    if len(fairs) == 1:
        return go("portal.fair", slug=fairs[0].slug)
    days = expos.open_days_of(fairs)
    return render_template("portal/home.html", fairs=[(fair, days.get(fair.id, [])) for fair in fairs])


@blueprint.get("/<slug>/")
@public
def fair(expo: Expo) -> str:
    now = expos.present(expo)
    days = expos.open_days(expo)
    stands = standing(days, now, expo.timezone, expo.cutoff_hour)
    return render_template(
        "portal/fair.html",
        expo=expo,
        days=days,
        standing=stands,
        registration=queries.registration_state(expo, now).value,
        register_url=_register_url(expo, stands),
        remind_url=address("visitors.remind", slug=expo.slug),
        find_url=address("visitors.find", slug=expo.slug),
        press_url=_press_url(expo),
        privacy_url=address("visitors.privacy", slug=expo.slug),
        is_free=queries.is_free(expo),
        zones=expo.zones,
        units=_by_role(expo.units),
        maps=map_links(_place(expo), language()),
        next_fair=expos.next_edition(expo) if stands.phase is Phase.OVER else None,
        medals=showing_winners.counts(expo),
        came=queries.attendance_after(expo) if stands.phase is Phase.OVER else None,
        page_url=current_app.config["PUBLIC_URL"] + url_for("portal.fair", slug=expo.slug),
        public_url=current_app.config["PUBLIC_URL"],
    )


def _press_url(expo: Expo) -> str:
    """Where the press registers, if it has a form of its own."""
    press = [each for each in visitor_form.form_of(expo).own if each.audience is Audience.MEDIA]
    return address("visitors.register_as", slug=expo.slug, key="press") if press else ""


def _register_url(expo: Expo, stands: Standing) -> str:
    if (
        stands.phase is Phase.OVER
        or queries.registration_state(expo, expos.present(expo)) is not OpenState.OPEN
    ):
        return ""
    return address("visitors.register", slug=expo.slug)


def _place(expo: Expo) -> str:
    chinese = " ".join(part for part in (expo.city, expo.venue_zh or expo.address_zh) if part)
    english = " ".join(part for part in (expo.venue_en or expo.address_en, expo.city) if part)
    return chinese if language() == "zh" and (expo.venue_zh or expo.address_zh) else english or chinese


def _by_role(units: list[Unit]) -> list[tuple[str, list[Unit]]]:
    grouped = [(label, [unit for unit in units if unit.role.value == role]) for role, label in UNIT_ROLES]
    return [(str(label), found) for label, found in grouped if found]
