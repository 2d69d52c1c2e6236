"""O2: the visitor form as its organiser sets it up. Everything it collects has a purpose (P1 to P4)."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.models import BadgeClass
from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form
from exhibitions.core.stale import Stale
from exhibitions.core.web import go, tell
from exhibitions.expos.models import Expo
from exhibitions.visitors.forms import form_setup as forms
from exhibitions.visitors.models import DecisionText, Question
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.consents import NAMES, SUGGESTED, Purpose
from exhibitions.visitors.service import form_setup as service
from exhibitions.visitors.service import notices
from exhibitions.visitors.views.base import blueprint

FORM = "/desk/<slug>/setup/visitor-form"
_PURPOSE = "<any(marketing, leads, photo, abroad):purpose>"
_FIELD_OF = {
    "purpose_missing": "purpose_zh",
    "options_number": "options",
    "kind_answered": "kind",
    "order_incomplete": "number",
    "order_future": "ordered_on",
    "order_days": "days",
}


@blueprint.get(FORM)
@require(Permission.EXPO_EDIT)
def visitor_form(expo: Expo) -> str:
    asked = queries.form_of(expo)
    return render_template(
        "visitors/visitor_form.html",
        expo=expo,
        asked=asked,
        classes=badge_queries.classes(expo),
        class_forms={each.class_id: each for each in queries.class_forms(expo)},
        consents=queries.consents_in_force(expo),
        names=NAMES,
        kinds=dict(forms.KINDS),
        asked_words=dict(forms.ASKED),
        notice_version=notices.current(expo)[0],
        texts=queries.decision_texts(expo),
    )


@blueprint.route(f"{FORM}/fields", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def form_fields(expo: Expo) -> Any:
    form = forms.FieldsForm(data=_field_data(expo))
    if form.accepted():
        try:
            with form.saving(lambda: _field_data(expo), ("expo", expo.id, "visitors.form_saved")):
                service.save_fields(expo, *form.chosen, actor())
        except Stale as refusal:
            form.refuse("company", refusal)
        else:
            return _saved(expo)
    return _page("form_fields", expo, form)


def _field_data(expo: Expo) -> dict[str, str]:
    asked = queries.form_of(expo)
    return {name: getattr(asked, name).value for name in ("company", "region", "visit_day")}


@blueprint.route(f"{FORM}/questions/new", methods=["GET", "POST"], defaults={"question_id": None})
@blueprint.route(f"{FORM}/questions/<int:question_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def question(expo: Expo, question_id: int | None) -> Any:
    row = queries.question_of(expo, question_id) if question_id is not None else None
    if question_id is not None and row is None:
        abort(404)
    form = forms.QuestionForm(data=_question_data(row))
    form.offer(badge_queries.classes(expo), queries.facts_of(row).options if row else ())
    if form.accepted():
        try:
            with form.saving(lambda: _question_data(row), ("expo", expo.id, "visitors.question_saved")):
                service.save_question(expo, row, form.facts(), actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "label_zh"), refusal)
        else:
            return _saved(expo, "questions")
    return _page("question", expo, form, question=row)


def _question_data(row: Question | None) -> dict[str, Any]:
    return forms.QuestionForm.shown(queries.facts_of(row)) if row is not None else {}


@blueprint.post(f"{FORM}/questions/<int:question_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_question(expo: Expo, question_id: int) -> Any:
    row = queries.question_of(expo, question_id)
    if row is None:
        abort(404)
    with transaction():
        service.remove_question(expo, row, actor())
    tell(_("The question is not asked any more. Answers that were given stay."))
    return go("visitors.visitor_form", slug=expo.slug, _anchor="questions")


@blueprint.route(f"{FORM}/classes/<int:class_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def class_form(expo: Expo, class_id: int) -> Any:
    badge_class = badge_queries.class_of(expo, class_id)
    if badge_class is None:
        abort(404)
    form = forms.ClassFormForm(data=_class_data(expo, badge_class))
    if form.accepted():
        try:
            with form.saving(
                lambda: _class_data(expo, badge_class), ("expo", expo.id, "visitors.class_form_saved")
            ):
                _save_class(expo, badge_class, form)
        except Stale as refusal:
            form.refuse("registrable", refusal)
        else:
            return _saved(expo, "classes")
    return _page("class_form", expo, form, badge_class=badge_class)


def _save_class(expo: Expo, badge_class: BadgeClass, form: forms.ClassFormForm) -> None:
    service.save_class(
        expo,
        badge_class,
        actor(),
        registrable=form.registrable.data,
        own_form=form.own_form.data,
        needs_approval=form.needs_approval.data,
        waiting=(form.waiting_zh.data, form.waiting_en.data),
    )


def _class_data(expo: Expo, badge_class: BadgeClass) -> dict[str, Any]:
    """How the class stands; the press is approved first unless somebody has decided otherwise."""
    kept = queries.class_form(expo, badge_class.id)
    press = kept is None and badge_class.audience.value == "media"
    return {
        "registrable": badge_class.registrable,
        "needs_approval": badge_class.needs_approval or press,
        "own_form": kept is not None and kept.own_form,
        "waiting_zh": kept.waiting_zh if kept is not None else "",
        "waiting_en": kept.waiting_en if kept is not None else "",
    }


@blueprint.route(f"{FORM}/consents/{_PURPOSE}", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def consent(expo: Expo, purpose: str) -> Any:
    now = _consent(expo, purpose)
    form = forms.ConsentForm(data={"text_zh": now.zh, "text_en": now.en})
    if form.accepted():
        try:
            with form.saving(lambda: _consent_data(expo, purpose)):
                service.save_consent(expo, purpose, form.text_zh.data, form.text_en.data, actor())
        except Stale as refusal:
            form.refuse("text_zh", refusal)
        else:
            return _saved(expo, "consents")
    suggested = SUGGESTED[Purpose(purpose)]
    return _page("consent", expo, form, now=now, title=NAMES[Purpose(purpose)], suggested=suggested)


def _consent(expo: Expo, purpose: str) -> Any:
    return next(each for each in queries.consents_in_force(expo) if each.purpose == purpose)


def _consent_data(expo: Expo, purpose: str) -> dict[str, str]:
    now = _consent(expo, purpose)
    return {"text_zh": now.zh, "text_en": now.en}


@blueprint.route(f"{FORM}/notice", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def notice(expo: Expo) -> Any:
    shown = _notice_data(expo)
    form = forms.NoticeForm(data=shown)
    if form.accepted():
        try:
            with form.saving(lambda: _notice_data(expo), ("expo", expo.id, "visitors.notice_changed")):
                service.save_notice(expo, {name: form[name].data for name in shown}, actor())
        except Stale as refusal:
            form.refuse("notice_zh", refusal)
        else:
            return _saved(expo, "notice")
    return _page("notice", expo, form, version=notices.current(expo)[0])


def _notice_data(expo: Expo) -> dict[str, str]:
    asked = queries.form_of(expo)
    shown = dict(zip(("notice_zh", "notice_en"), asked.notice, strict=True))
    return shown | dict(zip(("recipients_zh", "recipients_en"), asked.recipients, strict=True))


@blueprint.route(f"{FORM}/real-names", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def real_names(expo: Expo) -> Any:
    order = queries.form_of(expo).order
    form = forms.OrderForm(obj=order)
    if form.accepted():
        try:
            with form.saving(lambda: queries.form_of(expo).order):
                order_data = (
                    form.number.data,
                    form.authority.data,
                    form.ordered_on.data,
                    int(form.days.data),
                )
                service.save_order(expo, *order_data, actor())
        except Refused as refusal:
            form.refuse(_FIELD_OF.get(refusal.code, "number"), refusal)
        else:
            return _saved(expo, "real-names")
    return _page("real_names", expo, form, order=order)


@blueprint.post(f"{FORM}/real-names/end")
@require(Permission.EXPO_EDIT)
def end_real_names(expo: Expo) -> Any:
    with transaction():
        service.end_order(expo, actor())
    tell(_("Real names are not asked any more. Numbers that are kept go when their time is over."))
    return go("visitors.visitor_form", slug=expo.slug, _anchor="real-names")


@blueprint.route(f"{FORM}/texts/new", methods=["GET", "POST"], defaults={"text_id": None})
@blueprint.route(f"{FORM}/texts/<int:text_id>", methods=["GET", "POST"])
@require(Permission.EXPO_EDIT)
def decision_text(expo: Expo, text_id: int | None) -> Any:
    row = queries.decision_text_of(expo, text_id) if text_id is not None else None
    if text_id is not None and row is None:
        abort(404)
    form = forms.DecisionTextForm(data=_text_data(row))
    if form.accepted():
        try:
            with form.saving(lambda: _text_data(row)):
                refusing = form.kind.data == "refuse"
                service.save_text(expo, row, refusing=refusing, zh=form.text_zh.data, en=form.text_en.data)
        except Refused as refusal:
            form.refuse("text_zh", refusal)
        else:
            return _saved(expo, "texts")
    return _page("decision_text", expo, form, text=row)


def _text_data(row: DecisionText | None) -> dict[str, str]:
    if row is None:
        return {}
    kind = "refuse" if row.refusing else "approve"
    return {"kind": kind, "text_zh": row.text_zh, "text_en": row.text_en}


@blueprint.post(f"{FORM}/texts/<int:text_id>/remove")
@require(Permission.EXPO_EDIT)
def remove_text(expo: Expo, text_id: int) -> Any:
    row = queries.decision_text_of(expo, text_id)
    if row is None:
        abort(404)
    with transaction():
        service.remove_text(row)
    return _saved(expo, "texts")


def _saved(expo: Expo, anchor: str | None = None) -> Any:
    tell(_("The form is saved."))
    return go("visitors.visitor_form", slug=expo.slug, _anchor=anchor)


def _page(name: str, expo: Expo, form: Form, **values: Any) -> Any:
    back = url_for("visitors.visitor_form", slug=expo.slug)
    page = render_template(f"visitors/{name}.html", expo=expo, form=form, back=back, **values)
    return page, form.status
