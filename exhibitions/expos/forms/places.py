"""The forms of organising units, halls and zones."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField

from exhibitions.core.forms import Form
from exhibitions.core.i18n import local
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Hall
from exhibitions.expos.rules import FullPolicy, UnitRole
from exhibitions.expos.rules.setup import HallFacts, UnitFacts, ZoneFacts

UNIT_ROLES = (
    (UnitRole.APPROVER.value, _l("Approved by")),
    (UnitRole.GUIDANCE.value, _l("Guided by")),
    (UnitRole.ORGANISER.value, _l("Organiser")),
    (UnitRole.JOINT_ORGANISER.value, _l("Joint organiser")),
    (UnitRole.HOST.value, _l("Host")),
    (UnitRole.EXECUTIVE_HOST.value, _l("Executive host")),
    (UnitRole.CO_ORGANISER.value, _l("Co-organiser")),
    (UnitRole.SUPPORTER.value, _l("Supporting body")),
    (UnitRole.SPECIAL_SUPPORTER.value, _l("Special support")),
    (UnitRole.SPONSOR.value, _l("Sponsor")),
    (UnitRole.MEDIA_SUPPORTER.value, _l("Media support")),
)
FULL_POLICIES = (
    (FullPolicy.WARN.value, _l("Warn the gate and let in")),
    (FullPolicy.REFUSE.value, _l("Let nobody in until someone leaves")),
)


class UnitForm(Form):
    role = SelectField(_l("Role"), choices=fields.options(UNIT_ROLES), default=UnitRole.ORGANISER.value)
    name_zh = fields.line(_l("Name in Chinese"), 200)
    name_en = fields.line(_l("Name in English"), 200)
    position = fields.position(_l("Position"))

    def facts(self) -> UnitFacts:
        """What was filled in."""
        return UnitFacts(
            role=UnitRole(self.role.data),
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            position=self.position.data,
        )


class PastedUnitsForm(Form):
    role = SelectField(_l("Role"), choices=fields.options(UNIT_ROLES), default=UnitRole.SUPPORTER.value)
    lines = fields.passage(_l("Units, one on each line"), 40_000)


class HallForm(Form):
    code = fields.line(_l("Code"), 16, _l("Enter a code like A1"))
    name_zh = fields.line(_l("Name in Chinese"), 100)
    name_en = fields.line(_l("Name in English"), 100)
    position = fields.position(_l("Position"))

    def facts(self) -> HallFacts:
        """What was filled in."""
        return HallFacts(
            code=self.code.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            position=self.position.data,
        )


class ZoneForm(Form):
    code = fields.line(_l("Code"), 16, _l("Enter a code like A1"))
    hall = SelectField(_l("Hall"))
    name_zh = fields.line(_l("Name in Chinese"), 100)
    name_en = fields.line(_l("Name in English"), 100)
    summary_zh = fields.line(_l("What is shown, in Chinese"), 300)
    summary_en = fields.line(_l("What is shown, in English"), 300)
    capacity = fields.people(_l("Most people at a time"))
    full_policy = RadioField(
        _l("When the zone is full"), choices=fields.options(FULL_POLICIES), default=FullPolicy.WARN.value
    )
    counts_visits = BooleanField(_l("An entry here is a visit of the fair"), default=True)
    position = fields.position(_l("Position"))

    def offer(self, halls: Sequence[Hall]) -> None:
        """Let one of these halls be chosen, or none."""
        named = [(hall.code, local(hall, "name")) for hall in halls]
        self.hall.choices = fields.options([("", _l("No hall")), *named])

    def facts(self) -> ZoneFacts:
        """What was filled in."""
        return ZoneFacts(
            code=self.code.data,
            hall=self.hall.data or None,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            summary_zh=self.summary_zh.data,
            summary_en=self.summary_en.data,
            capacity=self.capacity.data,
            full_policy=FullPolicy(self.full_policy.data),
            counts_visits=self.counts_visits.data,
            position=self.position.data,
        )
