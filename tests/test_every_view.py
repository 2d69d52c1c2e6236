"""Owner, colleague and stranger on every view that is not open to everybody.

The views come from `url_map`. `VIEWS` says what each answers to who is let in; one that is missing there, or that is
gone, fails. Who is let in comes from the marks and the tables of rights; which right a view shall demand is held by
docs/access.md (tests/cli/test_access.py).
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, template_rendered
from werkzeug.test import TestResponse

from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import Passkey, PersonalLink, SignIn, User
from exhibitions.accounts.rules import ORGANISATION_RIGHTS, OrganisationRole
from exhibitions.app import create_app
from exhibitions.core import clock
from exhibitions.core.access import Kind, Mark, mark_of
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.forms import Form
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import Role
from exhibitions.expos.rules.roles import RIGHTS
from exhibitions.gates.models import Device, Pairing
from exhibitions.jobs import service as jobs
from exhibitions.visitors.models import Registration
from exhibitions.visitors.service import importing
from tests.asked import counted
from tests.companies.register import fill_register
from tests.conftest import settings_for
from tests.factories import make_expo
from tests.full_fair import Everything, failed_mail, fill, kept_file
from tests.people import sign_in


@dataclass(frozen=True)
class Way:
    """What a view answers to who is let in; `others` is for who has the right, where the thing is somebody else's."""

    answer: int = 200
    data: dict[str, str] = field(default_factory=dict)
    others: int | None = None


MOST_QUESTIONS = 16
"""No page behind the desk asks the database more often."""
MOST_OF_THE_DESK = 27
"""The desk itself (O1): its figures are those of two editions, and its tasks and events come from several rooms."""
PAGE, DONE, ASKED = Way(200), Way(303), Way(422)
COMPANIES = "/desk/<slug>/exhibitors/messages/<int:mailing_id>"
DESK, BADGE = "/desk/<slug>", "/<slug>/badge/<token>"
CENTRE, CO_EXHIBITOR = "/<slug>/exhibitor/<token>", "/<slug>/co-exhibitor/<token>"
ENTRIES = f"{DESK}/awards/<int:season_id>/entries"
ENTRY, MY_ENTRY = f"{ENTRIES}/<int:entry_id>", f"{CENTRE}/awards/entries/<int:entry_id>"
LEFT = "/<slug>/no-invitations/<token>"
JURY = "/<slug>/jury/<token>"
SCORED = f"{JURY}/entries/<int:assignment_id>"
APPLY, REVIEW = f"{CENTRE}/apply", f"{DESK}/exhibitors/<number>/application"
COPY, ERASING = "/<slug>/my-data/<token>", "/desk/privacy/people/<int:registration_id>"
FIRM_PERSON = "/desk/privacy/company-people/<kind>/<int:row_id>"
AWARD = f"{DESK}/awards/<int:season_id>"
OFFICE_JURY, ASSIGNMENTS, PAPER_JURY = f"{AWARD}/jury", f"{AWARD}/assignments", f"{AWARD}/paper"
CHIEF = f"{DESK}/gates/chief"
TASKS = f"{DESK}/tasks"
STAFF, MEMBER = "/desk/people", f"{DESK}/people"
ONE, LINKS = f"{STAFF}/<int:user_id>", "/sign-in"
SETUP, PEOPLE, BADGES = f"{DESK}/setup", f"{DESK}/visitors", f"{DESK}/badges"
IMPORT, PERSON = f"{PEOPLE}/imports/<int:import_id>", f"{PEOPLE}/<int:registration_id>"
LEAVE = "/<slug>/unsubscribe/<token>"
TEXT, MAIL = f"{DESK}/mail/texts/<kind>", f"{DESK}/mail/<int:mail_id>"
MANY, MAILING = f"{DESK}/mail/many", f"{DESK}/mail/many/<int:mailing_id>"
FORM, PURPOSE = f"{SETUP}/visitor-form", "<any(marketing, leads, photo, abroad):purpose>"
INVITED, SOURCE = f"{PEOPLE}/invitations", f"{PEOPLE}/invitations/<int:source_id>"
GUESTS, GUEST = f"{PEOPLE}/guests", f"{PEOPLE}/guests/<int:guest_id>"
POSTER = "<any(zh, en):lang>/<any(pdf, png):kind>"
PAPERS = "<any(csv, xlsx):kind>"
PRICES, ORDER = f"{DESK}/prices", f"{DESK}/orders/<number>"
PRICE_TABLE = f"{PRICES}/<any(rates, surcharges, fees, discounts, cancellation):table>"
CONTRACT = "contract/<any(zh, en):lang>"
SUPPLEMENT = f"{DESK}/orders/supplements/<number>"
SEASON = f"{DESK}/awards/<int:season_id>"
STAND, HOLDS = f"{CENTRE}/stand", f"{DESK}/floor-plan/holds"
MONEY_DEEDS = ("payment", "refund", "credit", "cancel", "invoice")
REGISTER, COMPANY = "/desk/companies", "/desk/companies/<int:company_id>"
LISTS = f"{REGISTER}/imports/<int:import_id>"
PARTS = {"units": "unit", "halls": "hall", "zones": "zone", "gates": "gate", "days": "day"}

DRAWN = {
    "zone": "",
    "sides": "",
    "hall": "1",
    "x": "20",
    "y": "20",
    "width": "3",
    "depth": "3",
    "kind": "shell",
    "number": "B01",
}
RULE_TABLE = f"{SEASON}/rules/<any(criteria, levels, rounds):table>"
OWN_TABLE = f"{SEASON}/categories/<int:category_id>/<any(criteria, levels):table>"
EDITED = (("GET", PAGE), ("POST", ASKED))
FLOOR, HALL = f"{DESK}/floor-plan", f"{DESK}/floor-plan/halls/<int:hall_id>"

VIEWS: dict[str, Way] = {
    f"GET {DESK}/awards": PAGE,
    f"GET {DESK}/awards/new": PAGE,
    f"POST {DESK}/awards/new": ASKED,
    f"GET {SEASON}": PAGE,
    f"GET {SEASON}/facts": PAGE,
    f"POST {SEASON}/facts": ASKED,
    f"GET {SEASON}/move/<any(on, back):way>": PAGE,
    # Who comes second finds that the season has moved.
    f"POST {SEASON}/move/<any(on, back):way>": Way(303, {"to": "scored"}),
    f"GET {SEASON}/rules": PAGE,
    f"GET {SEASON}/rules/print": PAGE,
    f"GET {SEASON}/rules/freeze": PAGE,
    f"POST {SEASON}/rules/freeze": ASKED,
    f"POST {SEASON}/rules/discard": DONE,
    **{f"{method} {SEASON}/rules/{page}": way for page in ("method", "medals") for method, way in EDITED},
    **{
        f"{method} {table}/{line}": way
        for table in (RULE_TABLE, OWN_TABLE)
        for line in ("new", "<int:place>")
        for method, way in EDITED
    },
    **{
        f"POST {table}/<int:place>/{deed}": Way(303, {"line": "innovation"})
        for table in (RULE_TABLE, OWN_TABLE)
        for deed in ("remove", "<any(up, down):way>")
    },
    f"POST {OWN_TABLE}/own": DONE,
    f"GET {OWN_TABLE}/common": PAGE,
    # Its lines are not those that were shown, which is told on the page of the category.
    f"POST {OWN_TABLE}/common": DONE,
    **{f"{method} {SEASON}/categories/new": way for method, way in EDITED},
    f"GET {SEASON}/categories/<int:category_id>": PAGE,
    f"POST {SEASON}/categories/<int:category_id>": ASKED,
    # Judging has begun, which is told on the rules.
    f"POST {SEASON}/categories/<int:category_id>/remove": DONE,
    f"POST {SEASON}/categories/<int:category_id>/<any(up, down):way>": DONE,
    f"GET {ENTRIES}": PAGE,
    f"POST {ENTRIES}/search": DONE,
    f"POST {ENTRIES}/export/<any(csv, xlsx):kind>": PAGE,
    f"POST {ENTRIES}/many": DONE,
    f"GET {ENTRIES}/add": PAGE,
    f"POST {ENTRIES}/add": Way(303, {"company": "无名工坊", "category": "A", "product_zh": "木碗"}),
    f"GET {ENTRY}": PAGE,
    f"POST {ENTRY}": Way(303, {"deed": "accept"}),
    f"GET {ENTRY}/edit": PAGE,
    f"POST {ENTRY}/edit": Way(303, {"category": "A", "product_zh": "木碗"}),
    f"POST {ENTRY}/files": DONE,
    f"GET {ENTRY}/files/<int:file_id>": PAGE,
    f"POST {ENTRY}/files/<int:file_id>/remove": DONE,
    f"GET {CENTRE}/awards": PAGE,
    f"POST {CENTRE}/awards/<int:season_id>/enter": DONE,
    f"GET {MY_ENTRY}": PAGE,
    f"POST {MY_ENTRY}": Way(303, {"product_zh": "木碗"}),
    f"GET {MY_ENTRY}/check": PAGE,
    f"POST {MY_ENTRY}/check": ASKED,
    f"POST {MY_ENTRY}/withdraw": DONE,
    f"GET {MY_ENTRY}/files/<int:file_id>": PAGE,
    f"POST {MY_ENTRY}/files/<int:file_id>/remove": DONE,
    # Who has not typed the code on this browser is led to its form, whatever was asked for (tests/awards/test_juror_code.py).
    f"GET {JURY}": DONE,
    f"GET {JURY}/code": PAGE,
    f"POST {JURY}/code": ASKED,
    **{
        f"{method} {JURY}/{part}": DONE
        for part in ("interests", "leave", "order", "order/check")
        for method in ("GET", "POST")
    },
    f"GET {JURY}/order/fields": Way(403),
    f"POST {JURY}/order/fields": Way(403),
    f"GET {JURY}/offline.js": PAGE,
    **{f"{method} {SCORED}{part}": DONE for part in ("", "/check", "/recuse") for method in ("GET", "POST")},
    f"GET {SCORED}/fields": Way(403),
    f"POST {SCORED}/fields": Way(403),
    f"GET {SCORED}/pictures/<int:number>": DONE,
    **{f"GET {SEASON}/{page}": PAGE for page in ("result", "tally", "press", "certificates", "complaints")},
    **{f"GET {SEASON}/{file}": PAGE for file in ("result.zip", f"tally.{PAPERS}", "certificates.pdf")},
    f"GET {SEASON}/result/<number>": PAGE,
    **{
        f"POST {SEASON}/result/<number>/{deed}": ASKED
        for deed in ("override", "second-judging", "withdrawal", "revoke")
    },
    f"GET {SEASON}/deliberation": PAGE,
    f"POST {SEASON}/deliberation": DONE,
    **{f"POST {SEASON}/deliberation/{deed}": ASKED for deed in ("vote", "lock", "reopen", "lift-embargo")},
    # Out of turn, which is told on the page.
    **{f"POST {SEASON}/deliberation/{deed}": DONE for deed in ("begin", "publish", "moment")},
    # Whoever proposed it cannot sign it, which is told on the page.
    f"POST {SEASON}/deliberation/decisions/<int:decision_id>/sign": DONE,
    f"POST {SEASON}/deliberation/decisions/<int:decision_id>/take-back": DONE,
    f"POST {SEASON}/certificates": DONE,
    f"POST {SEASON}/certificates/issue": DONE,
    f"GET {SEASON}/complaints/<int:complaint_number>": PAGE,
    f"POST {SEASON}/complaints/<int:complaint_number>": ASKED,
    f"GET {OFFICE_JURY}": PAGE,
    f"GET {OFFICE_JURY}/new": PAGE,
    f"POST {OFFICE_JURY}/new": ASKED,
    f"GET {OFFICE_JURY}/<int:juror_id>": PAGE,
    f"POST {OFFICE_JURY}/<int:juror_id>": ASKED,
    f"POST {OFFICE_JURY}/<int:juror_id>/leave": DONE,
    f"POST {OFFICE_JURY}/<int:juror_id>/back": DONE,
    f"POST {OFFICE_JURY}/<int:juror_id>/code": DONE,
    f"POST {OFFICE_JURY}/invite": DONE,
    f"GET {OFFICE_JURY}/codes/<word>": PAGE,
    f"GET {OFFICE_JURY}/panels/<int:category_id>": PAGE,
    f"POST {OFFICE_JURY}/panels/<int:category_id>": Way(303, {"president": "0"}),
    f"GET {OFFICE_JURY}/interests": PAGE,
    f"POST {OFFICE_JURY}/interests/search": DONE,
    f"GET {OFFICE_JURY}/interests/new": PAGE,
    f"POST {OFFICE_JURY}/interests/new": ASKED,
    f"GET {OFFICE_JURY}/interests/<int:conflict_id>": PAGE,
    f"POST {OFFICE_JURY}/interests/<int:conflict_id>": ASKED,
    f"GET {ASSIGNMENTS}": PAGE,
    f"GET {ASSIGNMENTS}/drawing": PAGE,
    # The lots would give something else than no page has shown, which is told on the page.
    f"POST {ASSIGNMENTS}/drawing": DONE,
    f"POST {ASSIGNMENTS}/give": Way(404),
    f"POST {ASSIGNMENTS}/remind": DONE,
    f"POST {ASSIGNMENTS}/open-round": DONE,
    f"POST {ASSIGNMENTS}/close-round": DONE,
    f"GET {ASSIGNMENTS}/<int:assignment_id>": PAGE,
    f"POST {ASSIGNMENTS}/<int:assignment_id>/take": DONE,
    f"POST {ASSIGNMENTS}/<int:assignment_id>/back": DONE,
    f"POST {ASSIGNMENTS}/<int:assignment_id>/reopen": DONE,
    f"GET {PAPER_JURY}": PAGE,
    f"POST {PAPER_JURY}/print": Way(200),
    f"POST {PAPER_JURY}/find": DONE,
    f"GET {PAPER_JURY}/<number>": PAGE,
    f"POST {PAPER_JURY}/<number>": ASKED,
    f"GET {PAPER_JURY}/<number>/settle": PAGE,
    f"POST {PAPER_JURY}/<number>/settle": ASKED,
    f"GET {PAPER_JURY}/<number>/scan": PAGE,
    f"POST {PAPER_JURY}/<number>/scan": ASKED,
    f"GET {PAPER_JURY}/<number>/scan/file": PAGE,
    f"GET {FLOOR}": PAGE,
    f"GET {FLOOR}.pdf": PAGE,
    f"POST {FLOOR}/undo": Way(409, {"change": "0"}),
    f"GET {HALL}": PAGE,
    f"POST {HALL}": Way(303, {"width": "70", "depth": "40"}),
    f"GET {HALL}/picture": PAGE,
    f"POST {HALL}/picture": ASKED,
    f"GET {HALL}/picture.png": PAGE,
    f"POST {HALL}/picture/remove": DONE,
    f"GET {HALL}/scale": PAGE,
    f"POST {HALL}/scale": Way(
        303, {"ax": "0", "ay": "0", "bx": "60", "by": "0", "distance": "60", "at_x": "0", "at_y": "0"}
    ),
    f"GET {HALL}/row": PAGE,
    f"POST {HALL}/row": Way(
        303,
        {
            "x": "6",
            "y": "20",
            "count": "4",
            "width": "3",
            "depth": "3",
            "direction": "right",
            "start": "1",
            "step": "1",
            "digits": "2",
            "prefix": "B",
            "kind": "shell",
            "zone": "",
        },
    ),
    f"GET {HALL}/shapes/new": PAGE,
    f"POST {HALL}/shapes/new": Way(303, {"kind": "exit", "x": "0", "y": "20", "width": "1", "depth": "4"}),
    f"GET {HALL}/shapes/<int:shape_id>": PAGE,
    f"POST {HALL}/shapes/<int:shape_id>": Way(
        303, {"kind": "stage", "x": "30", "y": "20", "width": "7", "depth": "4"}
    ),
    f"POST {HALL}/shapes/<int:shape_id>/remove": DONE,
    f"GET {FLOOR}/import": PAGE,
    f"POST {FLOOR}/import": Way(200, {"pasted": "number,x,y,w,d\nB01,20,20,3,3", "unit": "m"}),
    f"GET {FLOOR}/import/template": PAGE,
    f"POST {FLOOR}/chosen": Way(303, {"id": "9A01", "decision": "merge"}),
    f"GET {FLOOR}/many/<stand_numbers>": PAGE,
    f"POST {FLOOR}/many/<stand_numbers>": Way(303, {"kind": "raw", "zone": "-", "for_sale": "-"}),
    f"GET {FLOOR}/merge/<stand_numbers>": PAGE,
    f"POST {FLOOR}/merge/<stand_numbers>": Way(303, {"surviving": "8.1A01"}),
    f"GET {FLOOR}/remove/<stand_numbers>": PAGE,
    f"POST {FLOOR}/remove/<stand_numbers>": Way(303, {"confirm": "2"}),
    f"GET {FLOOR}/stands/new": PAGE,
    f"POST {FLOOR}/stands/new": Way(303, DRAWN),
    f"GET {FLOOR}/stands/<stand_number>": PAGE,
    f"POST {FLOOR}/stands/<stand_number>": Way(303, DRAWN | {"number": "8.1A01"}),
    f"POST {FLOOR}/stands/<stand_number>/remove": DONE,
    f"GET {FLOOR}/stands/<stand_number>/split": PAGE,
    f"POST {FLOOR}/stands/<stand_number>/split": Way(303, {"widths": "1, 2", "numbers": "8.1A01, 8.1A09"}),
    f"GET {FLOOR}/versions": PAGE,
    f"POST {FLOOR}/versions": Way(303, {"note": "Draft", "deed": "save"}),
    f"GET {FLOOR}/versions/<int:plan_version>": PAGE,
    # Nothing is held: nothing to order, and no contract.
    f"GET {CENTRE}/order": PAGE,
    f"POST {CENTRE}/order": Way(409),
    f"GET {CENTRE}/order/{CONTRACT}": Way(404),
    f"GET {PRICES}": PAGE,
    f"GET {PRICES}/general": PAGE,
    f"POST {PRICES}/general": ASKED,
    f"GET {PRICES}/example": PAGE,
    f"POST {PRICES}/put-in-force": DONE,
    f"POST {PRICES}/discard": DONE,
    f"GET {PRICE_TABLE}/new": PAGE,
    f"POST {PRICE_TABLE}/new": ASKED,
    f"GET {PRICE_TABLE}/<int:place>": PAGE,
    f"POST {PRICE_TABLE}/<int:place>": ASKED,
    f"POST {PRICE_TABLE}/<int:place>/remove": DONE,
    f"POST {PRICE_TABLE}/<int:place>/<any(up, down):way>": DONE,
    f"GET {ORDER}": PAGE,
    f"GET {ORDER}/{CONTRACT}": PAGE,
    f"POST {ORDER}": DONE,
    f"GET {ORDER}/stamped-copy": PAGE,
    f"POST {ORDER}/not-stamped": DONE,
    f"GET {ORDER}/smaller": PAGE,
    f"POST {ORDER}/smaller": ASKED,
    f"GET {SUPPLEMENT}/<any(zh, en):lang>": PAGE,
    f"POST {SUPPLEMENT}": DONE,
    f"POST {SUPPLEMENT}/not-stamped": DONE,
    f"GET {SUPPLEMENT}/stamped-copy": PAGE,
    f"GET {CENTRE}/order/supplements/<number>/<any(zh, en):lang>": PAGE,
    f"POST {CENTRE}/order/supplements/<number>": DONE,
    f"GET {DESK}/orders/services/ordered/<int:ordered_id>/cancel": PAGE,
    f"POST {DESK}/orders/services/ordered/<int:ordered_id>/cancel": ASKED,
    f"POST {CENTRE}/services/<int:ordered_id>/cancel": DONE,
    f"GET {DESK}/orders/contracts": PAGE,
    # Nothing is ticked.
    f"POST {DESK}/orders/contracts/print": DONE,
    f"POST {DESK}/orders/contracts/stamped": DONE,
    f"GET {BADGE}": PAGE,
    f"GET {BADGE}/calendar.ics": PAGE,
    f"GET {BADGE}/cancel": PAGE,
    f"POST {BADGE}/cancel": DONE,
    f"GET {BADGE}/change": PAGE,
    f"POST {BADGE}/change": DONE,
    f"GET {BADGE}/card.png": PAGE,
    f"GET {BADGE}/code.png": PAGE,
    f"GET {BADGE}/colleagues": PAGE,
    f"POST {BADGE}/colleagues": Way(303, {"names": "赵六"}),
    f"GET {DESK}/orders": PAGE,
    f"POST {DESK}/orders/search": Way(303, {"q": "王"}),
    f"POST {DESK}/orders/export/{PAPERS}": PAGE,
    f"GET {DESK}/orders/<number>/money": PAGE,
    **{f"GET {DESK}/orders/<number>/{deed}": PAGE for deed in MONEY_DEEDS},
    **{f"POST {DESK}/orders/<number>/{deed}": ASKED for deed in MONEY_DEEDS},
    f"GET {DESK}/payments/<int:payment_id>/counter": PAGE,
    f"POST {DESK}/payments/<int:payment_id>/counter": ASKED,
    f"GET {DESK}/payments/<int:payment_id>/receipt": PAGE,
    f"GET {DESK}/payment-slips/<int:slip_id>/file": PAGE,
    f"POST {DESK}/payment-slips/<int:slip_id>/seen": DONE,
    f"GET {DESK}/orders/days": PAGE,
    f"GET {DESK}/orders/days/<day>": PAGE,
    f"POST {DESK}/orders/days/<day>": ASKED,
    f"GET {DESK}/orders/invoices": PAGE,
    f"GET {DESK}/orders/invoices/export": PAGE,
    f"POST {DESK}/orders/invoices/export": ASKED,
    f"GET {DESK}/orders/invoices/<int:invoice_id>": PAGE,
    f"POST {DESK}/orders/invoices/<int:invoice_id>": DONE,
    f"GET {DESK}/orders/invoices/<int:invoice_id>/change": PAGE,
    f"POST {DESK}/orders/invoices/<int:invoice_id>/change": ASKED,
    f"GET {DESK}/orders/reminders": PAGE,
    f"POST {DESK}/orders/reminders": DONE,
    f"GET {DESK}/orders/statements": PAGE,
    f"POST {DESK}/orders/statements": ASKED,
    f"GET {DESK}/orders/statements/<int:statement_id>": PAGE,
    f"POST {DESK}/orders/statements/<int:statement_id>/book": DONE,
    f"POST {DESK}/orders/statement-rows/<int:row_id>/assign": DONE,
    f"POST {DESK}/orders/statement-rows/<int:row_id>/aside": DONE,
    "GET /<slug>/exhibitor/<token>/payments": PAGE,
    "POST /<slug>/exhibitor/<token>/payments": PAGE,
    "POST /<slug>/exhibitor/<token>/sandbox-payment": DONE,
    f"GET {CENTRE}/application": PAGE,
    # Admitted: the office alone calls that off.
    f"POST {CENTRE}/application/withdraw": DONE,
    f"POST {CENTRE}/application/begin-again": DONE,
    f"GET {CENTRE}/people": PAGE,
    f"POST {CENTRE}/people": ASKED,
    f"GET {CENTRE}/people/<int:person_id>": PAGE,
    f"POST {CENTRE}/people/<int:person_id>": DONE,
    # The last owner stays, which is told on the list.
    f"POST {CENTRE}/people/<int:person_id>/remove": DONE,
    f"POST {CENTRE}/people/<int:person_id>/send-again": DONE,
    **{
        f"{method} {APPLY}/{step}": way
        for step, asked in (
            # Nothing typed is nothing changed.
            *((step, DONE) for step in ("company", "details", "contact", "products", "stand")),
            *((step, ASKED) for step in ("represented", "papers", "check")),
        )
        for method, way in (("GET", PAGE), ("POST", asked))
    },
    f"GET {APPLY}/co-exhibitors": PAGE,
    f"GET {APPLY}/co-exhibitors/new": PAGE,
    f"POST {APPLY}/co-exhibitors/new": ASKED,
    f"GET {APPLY}/co-exhibitors/<int:co_id>": PAGE,
    f"POST {APPLY}/co-exhibitors/<int:co_id>": DONE,
    f"POST {APPLY}/co-exhibitors/<int:co_id>/remove": DONE,
    f"POST {APPLY}/represented/<int:represented_id>/remove": DONE,
    f"GET {APPLY}/papers/<int:file_id>": PAGE,
    f"POST {APPLY}/papers/<int:file_id>/remove": DONE,
    f"GET {CO_EXHIBITOR}": PAGE,
    f"POST {CO_EXHIBITOR}": DONE,
    f"POST {CO_EXHIBITOR}/withdraw": DONE,
    f"GET {DESK}/exhibitors/applications": PAGE,
    # Nobody is ticked, which is told on the list.
    f"POST {DESK}/exhibitors/applications/admit": DONE,
    f"GET {DESK}/exhibitors/application-setup": PAGE,
    f"POST {DESK}/exhibitors/application-setup": DONE,
    f"GET {REVIEW}": PAGE,
    f"POST {REVIEW}/ask": ASKED,
    f"POST {REVIEW}/check": ASKED,
    f"POST {REVIEW}/decide": ASKED,
    f"POST {REVIEW}/call-off": ASKED,
    f"POST {REVIEW}/restore": ASKED,
    f"POST {REVIEW}/take-over": DONE,
    f"POST {REVIEW}/co-exhibitors/<int:co_id>": Way(303, {"to": "admitted"}),
    f"POST {REVIEW}/co-exhibitors/<int:co_id>/ask": DONE,
    f"GET {REVIEW}/papers/<int:file_id>": PAGE,
    f"GET {REVIEW}/letter/<any(zh, en):lang>.pdf": PAGE,
    f"GET {CENTRE}": PAGE,
    f"POST {CENTRE}/messages": Way(303, {"text": "您好"}),
    f"GET {CENTRE}/badges": PAGE,
    f"POST {CENTRE}/badges": ASKED,
    f"POST {CENTRE}/badges/<int:staff_id>/cancel": DONE,
    f"POST {CENTRE}/badges/print": DONE,
    f"GET {CENTRE}/entry": PAGE,
    f"POST {CENTRE}/entry": Way(303, {"name_zh": "星河"}),
    f"POST {CENTRE}/entry/send": DONE,
    f"POST {CENTRE}/entry/products": Way(303, {"product_zh": "门"}),
    f"POST {CENTRE}/entry/products/<int:product_id>/remove": DONE,
    f"GET {CENTRE}/entry/pictures/<int:file_id>": PAGE,
    f"GET {CENTRE}/services": PAGE,
    f"POST {CENTRE}/services": ASKED,
    "GET /desk/<slug>/exhibitors/centre": PAGE,
    "POST /desk/<slug>/exhibitors/centre": DONE,
    "GET /desk/<slug>/exhibitors/requests": PAGE,
    "POST /desk/<slug>/exhibitors/requests/<number>/<int:staff_id>/<any(grant, refuse):answer>": DONE,
    "GET /desk/<slug>/exhibitors/<number>/messages": PAGE,
    "POST /desk/<slug>/exhibitors/<number>/messages": Way(303, {"text": "您好"}),
    "POST /desk/<slug>/exhibitors/<number>/messages/seen": DONE,
    "GET /desk/<slug>/exhibitors/directory": PAGE,
    "POST /desk/<slug>/exhibitors/directory/printed": DONE,
    "POST /desk/<slug>/exhibitors/directory/publish": DONE,
    "POST /desk/<slug>/exhibitors/directory/withdraw": DONE,
    "POST /desk/<slug>/exhibitors/directory/pdf": Way(303, {"lang": "zh"}),
    "GET /desk/<slug>/exhibitors/directory/<number>": PAGE,
    "POST /desk/<slug>/exhibitors/directory/<number>/<any(accept, refuse):answer>": Way(409),
    f"GET /desk/<slug>/exhibitors/fascias.{PAPERS}": PAGE,
    f"GET {DESK}/orders/clearing": PAGE,
    f"GET {DESK}/orders/clearing/rules": PAGE,
    f"POST {DESK}/orders/clearing/rules": ASKED,
    f"POST {DESK}/orders/clearing/ask": DONE,
    f"GET {DESK}/orders/<number>/clearing": PAGE,
    f"POST {DESK}/orders/<number>/clearing": ASKED,
    f"POST {DESK}/orders/<number>/clearing/release": DONE,
    "GET /desk/<slug>/orders/services": PAGE,
    "GET /desk/<slug>/orders/services/ordered.xlsx": PAGE,
    "GET /desk/<slug>/orders/services/new": PAGE,
    "POST /desk/<slug>/orders/services/new": ASKED,
    "GET /desk/<slug>/orders/services/<int:service_id>": PAGE,
    "POST /desk/<slug>/orders/services/<int:service_id>": ASKED,
    "POST /desk/<slug>/orders/services/<int:service_id>/end": DONE,
    "GET /desk/<slug>/exhibitors": PAGE,
    "POST /desk/<slug>/exhibitors/search": Way(303, {"q": "王"}),
    "GET /desk/<slug>/exhibitors/board": PAGE,
    "GET /desk/<slug>/exhibitors/messages": PAGE,
    "POST /desk/<slug>/exhibitors/messages/start": DONE,
    f"GET {COMPANIES}": PAGE,
    f"GET {COMPANIES}/edit": PAGE,
    f"POST {COMPANIES}/edit": Way(303, {"purpose": "service", "subject_zh": "通知", "body_zh": "{company}"}),
    f"POST {COMPANIES}/test": DONE,
    f"POST {COMPANIES}/send": Way(303, {"send_at": ""}),
    f"POST {COMPANIES}/stop": Way(409),
    f"POST {COMPANIES}/remove": DONE,
    f"GET {LEFT}": PAGE,
    f"POST {LEFT}": PAGE,
    "POST /desk/<slug>/exhibitors/many": Way(303, {"deed": "contacted", "id": "E0"}),
    "GET /desk/<slug>/exhibitors/export": PAGE,
    "POST /desk/<slug>/exhibitors/export": ASKED,
    "GET /desk/<slug>/exhibitors/new": PAGE,
    "POST /desk/<slug>/exhibitors/new": ASKED,
    "GET /desk/<slug>/exhibitors/copy": PAGE,
    "POST /desk/<slug>/exhibitors/copy": ASKED,
    "GET /desk/<slug>/exhibitors/<number>": PAGE,
    f"GET {DESK}/exhibitors/settle": PAGE,
    # While the fair runs nobody is settled, which is told on the page.
    f"POST {DESK}/exhibitors/settle": DONE,
    f"POST {DESK}/exhibitors/settle/undo": DONE,
    f"GET {DESK}/exhibitors/<number>/merge": PAGE,
    f"POST {DESK}/exhibitors/<number>/merge": PAGE,
    f"POST {DESK}/exhibitors/<number>/merge/find": DONE,
    f"POST {DESK}/exhibitors/merges/<int:merge_id>/part": DONE,
    "POST /desk/<slug>/exhibitors/<number>/stage": Way(409, {"stage": "contacted"}),
    "GET /desk/<slug>/exhibitors/<number>/talk": PAGE,
    "POST /desk/<slug>/exhibitors/<number>/talk": ASKED,
    "GET /desk/<slug>/exhibitors/<number>/step": PAGE,
    "POST /desk/<slug>/exhibitors/<number>/step": Way(303, {"next_step": "寄合同"}),
    "POST /desk/<slug>/exhibitors/<number>/step-done": DONE,
    "GET /desk/<slug>/exhibitors/<number>/note": PAGE,
    "POST /desk/<slug>/exhibitors/<number>/note": Way(303, {"note": "老客户"}),
    "GET /<slug>/exhibitor/<token>/figures": PAGE,
    "POST /<slug>/exhibitor/<token>/figures": ASKED,
    "POST /<slug>/exhibitor/<token>/figures/nothing": DONE,
    "POST /<slug>/exhibitor/<token>/figures/signed": ASKED,
    "GET /desk/<slug>/sales-figures": PAGE,
    "GET /desk/<slug>/sales-figures/days.svg": PAGE,
    "POST /desk/<slug>/sales-figures/remind": DONE,
    "GET /desk/<slug>/sales-figures/freeze": PAGE,
    "POST /desk/<slug>/sales-figures/freeze": DONE,
    "GET /desk/<slug>/sales-figures/export": PAGE,
    "POST /desk/<slug>/sales-figures/export": ASKED,
    "GET /desk/<slug>/sales-figures/<number>": PAGE,
    "POST /desk/<slug>/sales-figures/<number>": ASKED,
    "GET /desk/<slug>/exhibitor-desk": PAGE,
    "POST /desk/<slug>/exhibitor-desk/search": DONE,
    "GET /desk/<slug>/exhibitor-desk/<number>": PAGE,
    "POST /desk/<slug>/exhibitor-desk/<number>/arrive": ASKED,
    "POST /desk/<slug>/exhibitor-desk/<number>/badge": ASKED,
    "POST /desk/<slug>/exhibitor-desk/<number>/print": DONE,
    "POST /desk/<slug>/exhibitor-desk/<number>/take-back": DONE,
    "GET /desk/<slug>/presence": PAGE,
    "POST /desk/<slug>/presence/<number>": DONE,
    "GET /desk/<slug>/presence/hour": PAGE,
    "POST /desk/<slug>/presence/hour": ASKED,
    "GET /desk/<slug>/exhibition-figures": PAGE,
    "GET /desk/<slug>/exhibition-figures/evidence": PAGE,
    "GET /desk/<slug>/visitors/groups": PAGE,
    "POST /desk/<slug>/visitors/groups/search": Way(303, {"q": "王"}),
    "GET /desk/<slug>/visitors/groups/export": PAGE,
    "POST /desk/<slug>/visitors/groups/export": ASKED,
    "GET /desk/<slug>/visitors/groups/<int:registration_id>": PAGE,
    "GET /desk/<slug>/visitors/groups/<int:registration_id>/add": PAGE,
    "POST /desk/<slug>/visitors/groups/<int:registration_id>/add": Way(303, {"names": "赵六"}),
    "POST /desk/<slug>/visitors/groups/<int:registration_id>/heads": Way(303, {"heads": "45"}),
    "POST /desk/<slug>/visitors/groups/<int:registration_id>/lead": Way(404, {"member": "0"}),
    f"POST {BADGE}/colleagues/search": Way(303, {"q": "李"}),
    f"GET {BADGE}/colleagues/words": PAGE,
    f"GET {BADGE}/colleagues/print": PAGE,
    f"POST {BADGE}/colleagues/print": Way(200, {}),
    f"GET {BADGE}/colleagues/badges.pdf": Way(404),
    f"GET {BADGE}/colleagues/<int:badge_number>": PAGE,
    f"POST {BADGE}/colleagues/<int:badge_number>/link": DONE,
    f"GET {BADGE}/colleagues/<int:badge_number>/change": PAGE,
    f"POST {BADGE}/colleagues/<int:badge_number>/change": Way(303, {"name": "李莉"}),
    f"GET {BADGE}/colleagues/<int:badge_number>/cancel": PAGE,
    f"POST {BADGE}/colleagues/<int:badge_number>/cancel": DONE,
    f"GET {BADGE}/more": PAGE,
    f"POST {BADGE}/more": DONE,
    f"POST {BADGE}/agreements/<any(marketing, leads, photo, abroad, identity):purpose>": DONE,
    f"GET {BADGE}/data": PAGE,
    f"POST {BADGE}/data": DONE,
    f"GET {BADGE}/erase": PAGE,
    f"POST {BADGE}/erase": DONE,
    f"GET {COPY}": PAGE,
    f"GET {COPY}/data.zip": PAGE,
    f"GET {BADGE}/colleagues/<int:badge_number>/code.png": PAGE,
    "POST /api/v1/expos/<slug>/scans": PAGE,
    "GET /gate/<slug>/<int:gate_id>/today": PAGE,
    "GET /gate/<slug>/pair/<token>": PAGE,
    "POST /gate/<slug>/pair/<token>": PAGE,
    "GET /desk": DONE,
    "GET /doors": PAGE,
    "GET /desk/new": PAGE,
    "POST /desk/new": ASKED,
    "GET /desk/new/copy": PAGE,
    "POST /desk/new/copy": PAGE,
    # Without a demo there is nothing to begin anew.
    "POST /demo/again": Way(404),
    "POST /desk/account/display": Way(303, {"size": "large"}),
    "GET /desk/audit": PAGE,
    "POST /desk/audit/export": ASKED,
    f"POST {DESK}/audit/export": ASKED,
    "GET /desk/privacy": PAGE,
    "POST /desk/privacy/find": DONE,
    f"GET {ERASING}/export": PAGE,
    f"POST {ERASING}/export": ASKED,
    f"GET {ERASING}/erase": PAGE,
    f"POST {ERASING}/erase": ASKED,
    f"GET {FIRM_PERSON}/export": PAGE,
    f"POST {FIRM_PERSON}/export": ASKED,
    f"GET {FIRM_PERSON}/erase": PAGE,
    f"POST {FIRM_PERSON}/erase": ASKED,
    "GET /desk/privacy/retention": PAGE,
    "POST /desk/privacy/retention": ASKED,
    "POST /desk/privacy/retention/run": ASKED,
    "GET /desk/privacy/incident": PAGE,
    # Without a question there is no list.
    "POST /desk/privacy/incident": PAGE,
    f"GET {DESK}/processing": PAGE,
    f"GET {DESK}/processing.csv": PAGE,
    "GET /desk/files/<int:file_id>": Way(200, others=404),
    f"GET {LINKS}/invitation/<token>": PAGE,
    f"POST {LINKS}/invitation/<token>": ASKED,
    f"GET {LINKS}/new-password/<token>": PAGE,
    f"POST {LINKS}/new-password/<token>": ASKED,
    "GET /me": PAGE,
    "POST /me": ASKED,
    # Without a secret that waits there is nothing to show or to confirm.
    "GET /me/app": DONE,
    "POST /me/app": DONE,
    "POST /me/app/begin": DONE,
    "POST /me/app/remove": DONE,
    "GET /me/confirm": PAGE,
    "POST /me/confirm": ASKED,
    "POST /me/passkeys": DONE,
    "POST /me/passkeys/<int:passkey_id>/remove": Way(303, others=404),
    "POST /me/passkeys/options": PAGE,
    "GET /me/password": PAGE,
    "POST /me/password": ASKED,
    "GET /me/recovery-codes": DONE,
    # Who has no second step needs no codes.
    "POST /me/recovery-codes": Way(303, others=422),
    "POST /me/sessions/<int:session_id>/end": Way(303, others=404),
    "POST /me/sign-out-everywhere": DONE,
    f"GET {STAFF}": PAGE,
    f"POST {STAFF}/search": DONE,
    f"GET {STAFF}/devices": PAGE,
    f"GET {STAFF}/invite": PAGE,
    f"POST {STAFF}/invite": ASKED,
    f"GET {STAFF}/rights": PAGE,
    f"POST {STAFF}/two-steps": DONE,
    f"GET {ONE}": PAGE,
    f"POST {ONE}/disable": DONE,
    f"POST {ONE}/enable": DONE,
    f"POST {ONE}/fair-roles": ASKED,
    f"POST {ONE}/link": DONE,
    f"GET {ONE}/erase": PAGE,
    f"POST {ONE}/erase": ASKED,
    f"GET {ONE}/reset-second-step": PAGE,
    f"POST {ONE}/reset-second-step": DONE,
    f"POST {ONE}/roles": DONE,
    f"POST {ONE}/sign-out": DONE,
    "GET /desk/jobs": PAGE,
    "GET /desk/jobs/<int:job_id>": PAGE,
    "POST /desk/jobs/<int:job_id>/cancel": DONE,
    f"GET {REGISTER}": PAGE,
    f"POST {REGISTER}/search": Way(303, {"q": "星河"}),
    f"GET {REGISTER}/add": PAGE,
    f"POST {REGISTER}/add": ASKED,
    f"GET {REGISTER}/export": PAGE,
    f"POST {REGISTER}/export": ASKED,
    f"GET {REGISTER}/papers": PAGE,
    f"GET {REGISTER}/doubles": PAGE,
    # Only the first can part them.
    f"POST {REGISTER}/merges/<int:merge_id>/part": DONE,
    f"GET {REGISTER}/imports": PAGE,
    f"POST {REGISTER}/imports": ASKED,
    f"GET {REGISTER}/imports/template": PAGE,
    f"GET {LISTS}": PAGE,
    f"POST {LISTS}/reading": DONE,
    f"POST {LISTS}/check": DONE,
    f"POST {LISTS}/run": Way(422, {"known": "?"}),
    f"GET {LISTS}/undo": PAGE,
    f"POST {LISTS}/undo": Way(422, {"confirm": "9"}),
    f"POST {LISTS}/refused.{PAPERS}": PAGE,
    f"GET {COMPANY}": PAGE,
    f"POST {COMPANY}/unmask": DONE,
    f"GET {COMPANY}/edit": PAGE,
    f"POST {COMPANY}/edit": Way(303, {"name_zh": "大连星河玻璃有限公司"}),
    f"GET {COMPANY}/merge": PAGE,
    f"POST {COMPANY}/merge": PAGE,
    f"POST {COMPANY}/merge/find": Way(303, {"q": "海鸥"}),
    f"GET {COMPANY}/contacts/add": PAGE,
    f"POST {COMPANY}/contacts/add": Way(303, {"role": "main", "name": "李丽"}),
    f"GET {COMPANY}/contacts/<int:contact_id>": PAGE,
    f"POST {COMPANY}/contacts/<int:contact_id>": Way(303, {"role": "press"}),
    # Whoever comes second finds nobody.
    f"POST {COMPANY}/contacts/<int:contact_id>/remove": Way(404, others=303),
    f"GET {COMPANY}/papers/add": PAGE,
    f"POST {COMPANY}/papers/add": Way(303, {"kind": "other"}),
    f"GET {COMPANY}/papers/<int:paper_id>": PAGE,
    f"POST {COMPANY}/papers/<int:paper_id>": Way(303, {"kind": "licence"}),
    f"POST {COMPANY}/papers/<int:paper_id>/told": DONE,
    f"POST {COMPANY}/papers/<int:paper_id>/remove": Way(404, others=303),
    "GET /desk/health": PAGE,
    "GET /desk/mail": PAGE,
    "GET /desk/mail/sender": PAGE,
    "POST /desk/mail/sender/test": DONE,
    "POST /desk/mail/sender/test-text": DONE,
    "POST /desk/mail/<int:mail_id>/again": DONE,
    "GET /desk/settings": PAGE,
    "GET /desk/settings/organisation": PAGE,
    "POST /desk/settings/organisation": ASKED,
    "POST /desk/settings/backups": DONE,
    # There is no backup: what becomes of one is held by tests/upkeep.
    "POST /desk/settings/backups/<key>/test": Way(404),
    "POST /desk/settings/backups/<key>/file": Way(404),
    f"GET {DESK}/": PAGE,
    f"GET {DESK}/attendance": PAGE,
    f"GET {DESK}/audit": PAGE,
    f"GET {BADGES}": PAGE,
    f"GET {BADGES}/<int:badge_id>": PAGE,
    f"POST {BADGES}/<int:badge_id>/print": PAGE,
    f"POST {BADGES}/<int:badge_id>/replace": ASKED,
    f"GET {BADGES}/classes/<int:class_id>/design": PAGE,
    f"POST {BADGES}/classes/<int:class_id>/design": Way(422, {"band": "nowhere"}),
    f"GET {BADGES}/classes/<int:class_id>/preview.png": PAGE,
    f"GET {BADGES}/printers": PAGE,
    f"GET {BADGES}/printers/<int:printer_id>": PAGE,
    f"POST {BADGES}/printers/<int:printer_id>": ASKED,
    f"GET {BADGES}/printers/<int:printer_id>/calibration.pdf": PAGE,
    f"POST {BADGES}/printers/<int:printer_id>/mine": DONE,
    f"POST {BADGES}/printers/<int:printer_id>/readings": ASKED,
    f"POST {BADGES}/printers/<int:printer_id>/remove": DONE,
    f"GET {BADGES}/printers/new": PAGE,
    f"POST {BADGES}/printers/new": ASKED,
    f"GET {BADGES}/replaced": PAGE,
    f"GET {BADGES}/reserves": PAGE,
    f"GET {BADGES}/reserves/handouts/<int:handout_id>": PAGE,
    f"POST {BADGES}/reserves/hand-out": ASKED,
    f"POST {BADGES}/reserves/spoil": ASKED,
    f"POST {BADGES}/reserves/take-back": ASKED,
    f"POST {BADGES}/search": DONE,
    f"GET {BADGES}/stock": PAGE,
    f"POST {BADGES}/stock": ASKED,
    f"POST {BADGES}/stock/expected": ASKED,
    f"GET {BADGES}/classes/<int:class_id>": PAGE,
    f"POST {BADGES}/classes/<int:class_id>": ASKED,
    f"GET {BADGES}/classes/new": PAGE,
    f"POST {BADGES}/classes/new": ASKED,
    f"POST {BADGES}/print": DONE,
    f"POST {BADGES}/reserves": DONE,
    f"GET {BADGES}/runs/<int:run_id>": PAGE,
    f"GET {BADGES}/sample.pdf": PAGE,
    f"GET {DESK}/files/<int:file_id>": Way(200, others=404),
    f"GET {DESK}/gates": PAGE,
    f"GET {DESK}/gates/<int:gate_id>/pair": DONE,
    f"POST {DESK}/gates/<int:gate_id>/pair": DONE,
    f"GET {CHIEF}": PAGE,
    f"GET {CHIEF}/devices/<int:device_id>": PAGE,
    f"POST {CHIEF}/devices/<int:device_id>": ASKED,
    f"GET {CHIEF}/doors": PAGE,
    f"POST {CHIEF}/doors": ASKED,
    f"POST {CHIEF}/doors/move": ASKED,
    f"GET {CHIEF}/open-gate": PAGE,
    f"POST {CHIEF}/open-gate": ASKED,
    f"POST {CHIEF}/open-gate/end": DONE,
    f"GET {CHIEF}/rehearsal": PAGE,
    f"POST {CHIEF}/rehearsal": DONE,
    f"POST {CHIEF}/scans/<int:row_id>/decide": DONE,
    f"GET {DESK}/gates/devices/<int:device_id>/revoke": PAGE,
    f"POST {DESK}/gates/devices/<int:device_id>/revoke": DONE,
    f"GET {DESK}/gates/posts": PAGE,
    f"GET {DESK}/gates/posts/<key>": PAGE,
    f"POST {DESK}/gates/posts/<key>": DONE,
    f"GET {DESK}/gates/posts/print": PAGE,
    f"GET {DESK}/registrations.svg": PAGE,
    f"GET {DESK}/jobs": PAGE,
    f"GET {DESK}/jobs/<int:job_id>": PAGE,
    f"POST {DESK}/jobs/<int:job_id>/cancel": Way(303, others=403),
    f"GET {DESK}/live": PAGE,
    f"GET {DESK}/live/arrivals.svg": PAGE,
    f"GET {DESK}/live/figures": PAGE,
    f"GET {DESK}/mail": PAGE,
    f"GET {MAIL}": PAGE,
    f"POST {MAIL}/again": DONE,
    f"POST {MAIL}/not-told": DONE,
    f"GET {MAIL}/picture.png": PAGE,
    f"POST {MAIL}/words": DONE,
    f"GET {DESK}/mail/returned": PAGE,
    f"POST {DESK}/mail/returned": ASKED,
    f"GET {DESK}/mail/texts": PAGE,
    f"GET {TEXT}": PAGE,
    f"POST {TEXT}": ASKED,
    f"POST {TEXT}/reset": DONE,
    f"POST {DESK}/mail/told": ASKED,
    f"GET {MANY}": PAGE,
    f"GET {MANY}/new": PAGE,
    f"POST {MANY}/new": ASKED,
    f"POST {MANY}/reminder": Way(303, {"days_before": "1"}),
    f"POST {MANY}/start": DONE,
    f"GET {MAILING}": PAGE,
    f"GET {MAILING}/edit": PAGE,
    f"POST {MAILING}/edit": DONE,
    f"POST {MAILING}/remove": DONE,
    f"POST {MAILING}/send": DONE,
    # A draft cannot be stopped.
    f"POST {MAILING}/stop": Way(409),
    f"POST {MAILING}/test": DONE,
    f"GET {MAILING}/without-address": PAGE,
    f"GET {LEAVE}": PAGE,
    f"POST {LEAVE}": PAGE,
    f"POST {LEAVE}/again": PAGE,
    f"GET {MEMBER}": PAGE,
    f"GET {MEMBER}/<int:user_id>": PAGE,
    f"POST {MEMBER}/<int:user_id>": DONE,
    f"POST {MEMBER}/<int:user_id>/link": DONE,
    f"GET {MEMBER}/invite": PAGE,
    f"POST {MEMBER}/invite": ASKED,
    f"POST {MEMBER}/search": DONE,
    f"GET {DESK}/scans": PAGE,
    f"GET {TASKS}": PAGE,
    f"GET {TASKS}/list.csv": PAGE,
    # No deed is named: refused as no form of ours sends it.
    f"POST {TASKS}/many": Way(400),
    f"GET {TASKS}/new": PAGE,
    f"POST {TASKS}/new": ASKED,
    f"GET {TASKS}/<int:task_id>": PAGE,
    f"POST {TASKS}/<int:task_id>": DONE,
    # Only who does a task, or who plans the fair, says that it is done.
    f"POST {TASKS}/<int:task_id>/done": Way(303, others=403),
    f"POST {TASKS}/<int:task_id>/reopen": Way(303, others=403),
    f"POST {TASKS}/<int:task_id>/remove": DONE,
    f"GET {TASKS}/usual": PAGE,
    f"POST {TASKS}/usual": DONE,
    f"GET {TASKS}/recount": PAGE,
    f"POST {TASKS}/recount": DONE,
    f"GET {TASKS}/calendar": PAGE,
    f"POST {TASKS}/calendar": DONE,
    f"POST {TASKS}/calendar/revoke": DONE,
    "GET /<slug>/calendar/<token>/tasks.ics": PAGE,
    "GET /<slug>/preview/<token>": DONE,
    f"GET {SETUP}/copied": PAGE,
    f"GET {SETUP}/permit": PAGE,
    f"POST {SETUP}/permit": ASKED,
    f"GET {SETUP}/previews": PAGE,
    f"POST {SETUP}/previews": ASKED,
    f"POST {SETUP}/previews/<int:preview_id>/revoke": DONE,
    f"GET {SETUP}/units/paste": PAGE,
    f"POST {SETUP}/units/paste": ASKED,
    f"POST {SETUP}/units/<int:unit_id>/<any(up, down):way>": DONE,
    f"GET {SETUP}": PAGE,
    f"GET {SETUP}/facts": PAGE,
    f"POST {SETUP}/facts": ASKED,
    f"GET {SETUP}/registration": PAGE,
    f"POST {SETUP}/registration": DONE,
    f"POST {SETUP}/publish": DONE,
    f"GET {SETUP}/unpublish": PAGE,
    f"POST {SETUP}/unpublish": DONE,
    f"GET {DESK}/visitor-desk": PAGE,
    f"POST {DESK}/visitor-desk/<int:registration_id>/print": PAGE,
    f"POST {DESK}/visitor-desk/<int:registration_id>/replace": DONE,
    f"POST {DESK}/visitor-desk/register": ASKED,
    f"POST {DESK}/visitor-desk/search": DONE,
    f"POST {DESK}/visitor-desk/reserve": ASKED,
    f"POST {DESK}/visitor-desk/<int:registration_id>/reserve": DONE,
    f"GET {PEOPLE}": PAGE,
    f"GET {PERSON}": PAGE,
    f"GET {PERSON}/cancel": PAGE,
    f"POST {PERSON}/cancel": DONE,
    f"GET {PERSON}/correct": PAGE,
    f"POST {PERSON}/correct": DONE,
    # Nobody waits for a decision here: that is a conflict, said to who may decide.
    f"POST {PERSON}/decide": Way(409),
    f"GET {PERSON}/approve": PAGE,
    f"POST {PERSON}/approve": Way(409),
    f"GET {PERSON}/refuse": PAGE,
    f"POST {PERSON}/refuse": Way(409),
    f"GET {PERSON}/identity": PAGE,
    f"POST {PERSON}/identity": ASKED,
    f"POST {PERSON}/agreements/{PURPOSE}/withdraw": DONE,
    f"GET {PEOPLE}/consent-texts": PAGE,
    f"GET {FORM}": PAGE,
    f"GET {FORM}/fields": PAGE,
    f"POST {FORM}/fields": DONE,
    f"GET {FORM}/questions/new": PAGE,
    f"POST {FORM}/questions/new": ASKED,
    f"GET {FORM}/questions/<int:question_id>": PAGE,
    f"POST {FORM}/questions/<int:question_id>": ASKED,
    f"POST {FORM}/questions/<int:question_id>/remove": DONE,
    f"GET {FORM}/classes/<int:class_id>": PAGE,
    f"POST {FORM}/classes/<int:class_id>": DONE,
    f"GET {FORM}/consents/{PURPOSE}": PAGE,
    f"POST {FORM}/consents/{PURPOSE}": DONE,
    f"GET {FORM}/notice": PAGE,
    f"POST {FORM}/notice": DONE,
    f"GET {FORM}/real-names": PAGE,
    f"POST {FORM}/real-names": ASKED,
    f"POST {FORM}/real-names/end": DONE,
    f"GET {FORM}/texts/new": PAGE,
    f"POST {FORM}/texts/new": ASKED,
    f"GET {FORM}/texts/<int:text_id>": PAGE,
    f"POST {FORM}/texts/<int:text_id>": DONE,
    f"POST {FORM}/texts/<int:text_id>/remove": DONE,
    f"GET {FORM}/preview": PAGE,
    f"GET {FORM}/report": PAGE,
    f"POST {PERSON}/link": DONE,
    f"POST {PERSON}/unmask": DONE,
    # Nobody is ticked, which is told on the list.
    f"POST {PEOPLE}/decide": DONE,
    f"POST {PEOPLE}/unmask": DONE,
    f"POST {PEOPLE}/columns": DONE,
    f"POST {PEOPLE}/views": DONE,
    f"POST {PEOPLE}/views/<int:view_id>/remove": Way(303, others=403),
    f"GET {PEOPLE}/doubles": PAGE,
    f"GET {INVITED}": PAGE,
    f"POST {INVITED}/search": DONE,
    f"GET {INVITED}/new": PAGE,
    f"POST {INVITED}/new": ASKED,
    f"GET {INVITED}/paste": PAGE,
    f"POST {INVITED}/paste": ASKED,
    f"GET {SOURCE}": PAGE,
    f"POST {SOURCE}/unmask": DONE,
    f"GET {SOURCE}/change": PAGE,
    f"POST {SOURCE}/change": DONE,
    f"POST {SOURCE}/end": DONE,
    f"GET {SOURCE}/poster/{POSTER}": PAGE,
    f"GET {GUESTS}": PAGE,
    f"POST {GUESTS}/search": DONE,
    f"POST {GUESTS}/unmask": DONE,
    f"GET {GUESTS}/print": PAGE,
    f"POST {GUESTS}/print/full": PAGE,
    f"GET {GUESTS}/new": PAGE,
    f"POST {GUESTS}/new": ASKED,
    f"GET {GUESTS}/paste": PAGE,
    f"POST {GUESTS}/paste": ASKED,
    f"GET {GUEST}": PAGE,
    f"POST {GUEST}/unmask": DONE,
    f"GET {GUEST}/change": PAGE,
    f"POST {GUEST}/change": DONE,
    f"POST {GUEST}/answer": Way(303, {"answer": "confirmed"}),
    f"GET {GUEST}/remove": PAGE,
    f"POST {GUEST}/remove": DONE,
    f"GET {PEOPLE}/invitations/posters": PAGE,
    f"GET {PEOPLE}/invitations/posters/fair/{POSTER}": PAGE,
    f"POST {PEOPLE}/invitations/posters/all": PAGE,
    f"GET {PERSON}/merge": PAGE,
    f"POST {PERSON}/merge": PAGE,
    f"POST {PERSON}/merge/find": DONE,
    f"POST {PEOPLE}/merges/<int:merge_id>/part": DONE,
    f"POST {PEOPLE}/search": DONE,
    f"GET {PEOPLE}/reminders": PAGE,
    f"POST {PEOPLE}/reminders": ASKED,
    f"GET {PEOPLE}/export": PAGE,
    f"POST {PEOPLE}/export": ASKED,
    f"GET {PEOPLE}/imports": PAGE,
    f"POST {PEOPLE}/imports": ASKED,
    f"GET {PEOPLE}/imports/template": PAGE,
    f"GET {IMPORT}": PAGE,
    f"POST {IMPORT}/check": DONE,
    f"POST {IMPORT}/people.{PAPERS}": Way(200, {"reason": "lunch"}),
    f"POST {IMPORT}/reading": DONE,
    f"POST {IMPORT}/refused.{PAPERS}": PAGE,
    f"POST {IMPORT}/run": DONE,
    f"GET {IMPORT}/undo": PAGE,
    f"POST {IMPORT}/undo": PAGE,
    f"GET {STAND}": PAGE,
    f"GET {STAND}/<number>": PAGE,
    f"POST {STAND}/<number>/hold": DONE,
    # Nothing is held yet: back to the list.
    f"GET {STAND}/<number>/release": DONE,
    f"POST {STAND}/<number>/release": DONE,
    f"POST {STAND}-wishes": Way(303, {"first": "9A01"}),
    f"GET {HOLDS}": PAGE,
    f"POST {HOLDS}/search": Way(303, {"q": "9A01"}),
    f"GET {HOLDS}/<int:allocation_id>": PAGE,
    f"POST {HOLDS}/<int:allocation_id>/extend": DONE,
    f"POST {HOLDS}/<int:allocation_id>/move": Way(303, {"number": "9A02"}),
    f"GET {HOLDS}/<int:allocation_id>/end": PAGE,
    f"POST {HOLDS}/<int:allocation_id>/end": Way(303, {"reason": "asked"}),
    f"GET {HOLDS}/<int:allocation_id>/exchange/<int:other_id>": PAGE,
    f"POST {HOLDS}/<int:allocation_id>/exchange/<int:other_id>": DONE,
    f"GET {DESK}/floor-plan/waiting": PAGE,
    f"POST {DESK}/floor-plan/waiting": Way(409),
    f"GET {DESK}/floor-plan/waiting/<exhibitor_number>": PAGE,
    f"POST {DESK}/floor-plan/waiting/<exhibitor_number>": ASKED,
    f"GET {DESK}/floor-plan/order": PAGE,
    f"POST {DESK}/floor-plan/order": DONE,
    f"POST {DESK}/floor-plan/order/scheme": ASKED,
    f"GET {DESK}/floor-plan/order/points": PAGE,
    f"POST {DESK}/floor-plan/order/points": ASKED,
    f"POST {DESK}/floor-plan/order/lot": DONE,
    f"GET {DESK}/floor-plan/order.<any(csv, xlsx):kind>": PAGE,
    f"GET {DESK}/floor-plan/choosing": PAGE,
    f"POST {DESK}/floor-plan/choosing": ASKED,
    f"GET {DESK}/floor-plan/swap-list": PAGE,
    f"POST {DESK}/floor-plan/swap-list/<int:swap_id>/tick": Way(303, {"done": "1"}),
    f"POST {DESK}/floor-plan/swap-list/<int:swap_id>/owner": DONE,
    **{f"GET {SETUP}/{part}": PAGE for part in PARTS},
    **{
        f"{method} {SETUP}/{part}/new": way
        for part in PARTS
        for method, way in (("GET", PAGE), ("POST", ASKED))
    },
    **{f"GET {SETUP}/{part}/<int:{one}_id>": PAGE for part, one in PARTS.items()},
    **{f"POST {SETUP}/{part}/<int:{one}_id>": ASKED for part, one in PARTS.items()},
    **{f"POST {SETUP}/{part}/<int:{one}_id>/remove": DONE for part, one in PARTS.items()},
    # Stands lie in it.
    f"POST {SETUP}/halls/<int:hall_id>/remove": Way(409),
}
SHAPES = {
    "badge": {Kind.PERSONAL_LINK},
    "leave": {Kind.PERSONAL_LINK},
    "copy": {Kind.PERSONAL_LINK},
    "centre": {Kind.PERSONAL_LINK},
    "jury": {Kind.PERSONAL_LINK},
    "look": {Kind.PERSONAL_LINK},
    "pairing": {Kind.DEVICE},
    "scans": {Kind.DEVICE},
    "account": {Kind.PERSONAL_LINK},
    "fair": {Kind.PERMISSION},
    "organisation": {Kind.PERMISSION, Kind.SIGNED_IN},
}
FAIR_PEOPLE = [role.value for role in Role]
_PLACE = re.compile(r"<(?:int:|any\((\w+)[^)]*\):)?(\w+)>")


@dataclass
class World:
    """Two fairs with one of everything each, and everybody who may come to their doors."""

    app: Flask
    here: Everything
    there: Everything
    organisation: dict[str, int | str]
    cookies: dict[str, str]

    def ask(self, who: str, view: str, made: Everything, way: Way, **headers: str) -> TestResponse:
        """The answer to this person, with the words of one fair in the address."""
        method, rule = view.split(" ", 1)
        browser = self.app.test_client()
        if who in self.cookies:
            browser.set_cookie("session", self.cookies[who])
        answer = browser.open(
            self.address(rule, made), method=method, data=way.data or None, headers=headers, buffered=True
        )
        answer.close()
        return answer

    def address(self, rule: str, made: Everything) -> str:
        words = {**self.organisation, **made.places} if "<slug>" in rule else self.organisation
        secret = made.pairing if rule.startswith("/gate/") else made.link
        secret = made.leave if rule.startswith(LEAVE) else secret
        secret = made.copy if rule.startswith(COPY) else secret
        secret = made.calendar if "/calendar/<token>" in rule else secret
        secret = made.preview if "/preview/<token>" in rule else secret
        if rule.startswith(LINKS):
            secret = made.account_links.get(rule.split("/")[2], made.link)
        known = {name: str(number) for name, number in words.items()}
        known |= {"slug": made.slug, "token": secret, "kind": "visitors.badge_link"}
        if not rule.startswith("/desk/"):
            known["key"] = "press"
        known |= made.words_under(rule)
        return _PLACE.sub(lambda place: place[1] or known[place[2]], rule)


def user(email: str) -> int:
    return accounts.create_user(f"{email}@example.org", email, None).id


def build(app: Flask) -> World:
    """Everything that the tests ask for, made once."""
    people = {role.value: user(role.value) for role in Role}
    for higher in OrganisationRole:
        email = f"organisation-{higher.value}"
        found = accounts.create_user(f"{email}@example.org", email, None)
        accounts.grant_organisation_role(found, higher)
        people[email] = found.id
    people |= {"stranger": user("stranger"), "roleless": user("roleless")}
    here, there = (
        db.session.scalars(sa.select(Expo).where(Expo.slug == slug)).one() for slug in ("8th", "9th")
    )
    for role in Role:
        expo_service.grant_role(here, people[role.value], role)
    expo_service.grant_role(there, people["stranger"], Role.ORGANISER)
    mine = fill(here, Actor("user", people["organiser"], "organiser"))
    theirs = fill(there, Actor("user", people["stranger"], "stranger"))
    administrator = Actor("user", people["organisation-administrator"], "administrator")
    person = db.session.get_one(Registration, mine.places["registration_id"])
    for kind in ("invitation", "new-password"):
        ends = clock.now() + timedelta(hours=1)
        mine.account_links[kind] = accounts.mint_link(kind, int(mine.places["user_id"]), expires_at=ends)
    chief = people["organisation-administrator"]
    key = Passkey(
        user_id=chief, credential_id="key", public_key=b"", sign_count=0, name="", created_at=clock.now()
    )
    db.session.add(key)
    accounts.start_session(db.session.get_one(User, chief))
    db.session.flush()
    organisation: dict[str, int | str] = {
        "user_id": people["roleless"],
        "passkey_id": key.id,
        "session_id": db.session.scalars(sa.select(sa.func.max(SignIn.id))).one(),
        "job_id": jobs.enqueue(importing.CHECK, "0", {}, actor=administrator).id,
        "mail_id": failed_mail(None, person),
        "file_id": kept_file(None, administrator),
        "registration_id": person.id,
        "key": 0,
        **fill_register(administrator),
    }
    return World(app, mine, theirs, organisation, dict.fromkeys(people, ""))


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Path]]:
    folder = tmp_path_factory.mktemp("views")
    path = folder / "views.db"
    shutil.copy(sqlite_template, path)
    app = create_app(settings_for(f"sqlite:///{path}", folder))
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        make_expo("8th", 8)
        make_expo("9th", 9)
        with transaction():
            world = build(app)
    for name in world.cookies:
        cookie = sign_in(app, f"{name}@example.org").get_cookie("session")
        assert cookie is not None
        world.cookies[name] = cookie.value
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    kept = folder / "kept.db"
    shutil.copy(path, kept)
    yield world, kept
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(made: tuple[World, Path]) -> Iterator[World]:
    """The world as it was built, whatever the test before did to it."""
    world, kept = made
    yield world
    with world.app.app_context():
        db.session.remove()
        db.engine.dispose()
    path = kept.with_name("views.db")
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    shutil.copy(kept, path)


def marked(app: Flask) -> dict[str, Mark]:
    """Every view by method and address, without those that are open to everybody."""
    return {
        f"{method} {rule.rule}": mark
        for rule in app.url_map.iter_rules()
        if (mark := mark_of(app.view_functions[rule.endpoint])) and mark.kind is not Kind.PUBLIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def mark(world: World, view: str) -> Mark:
    found = marked(world.app).get(view)
    assert found is not None, f"{view} is no view, or is open to everybody"
    return found


def kind_of(view: str) -> str:
    """By the shape of its address; that the shapes are true is tested below."""
    shapes = {
        f" {LINKS}/": "account",
        f" {BADGE}": "badge",
        f" {LEAVE}": "leave",
        f" {CENTRE}": "centre",
        f" {CO_EXHIBITOR}": "centre",
        f" {LEFT}": "centre",
        f" {COPY}": "copy",
        f" {JURY}": "jury",
        "/<slug>/calendar/<token>": "look",
        "/<slug>/preview/<token>": "look",
        "/today": "scans",
        " /gate/": "pairing",
        " /api/": "scans",
        f" {DESK}": "fair",
    }
    return next((kind for shape, kind in shapes.items() if shape in view), "organisation")


def of_kind(kind: str) -> list[str]:
    return [view for view in VIEWS if kind_of(view) == kind]


def to_sign_in(answer: TestResponse) -> bool:
    """By an address, or, where something was typed that must not be lost, by the sign-in page itself (B7)."""
    if answer.status_code == 401:
        return 'action="/sign-in' in answer.text
    return answer.status_code == 303 and answer.location.startswith("/sign-in")


def test_every_view_has_its_line(world: World) -> None:
    """A new view without a line, or a line without its view, fails here."""
    found = marked(world.app)
    assert set(VIEWS) == set(found)
    kinds = {kind: {mark.kind for view, mark in found.items() if kind_of(view) == kind} for kind in SHAPES}
    assert kinds == SHAPES


def owner(permission: str | None) -> str:
    """Who runs what the right is for: the organiser of the fair, or of an award's marks its own office (P22)."""
    return "organiser" if permission in RIGHTS[Role.ORGANISER] else Role.AWARD_ADMIN.value


@pytest.mark.parametrize("view", of_kind("fair"))
def test_a_fairs_view_lets_in_whose_role_has_the_right(world: World, view: str) -> None:
    """Roles without it are refused (403), the organiser of another fair finds nothing (404), nobody signs in first."""
    permission, way = mark(world, view).permission, VIEWS[view]
    refused = {role.value for role in Role if permission not in RIGHTS[role]}
    assert owner(permission) not in refused
    assert "organiser" not in refused or permission == "awards.results"
    shut = {
        **dict.fromkeys(refused, 403),
        **dict.fromkeys(["stranger", "roleless", "organisation-secretary", "organisation-finance"], 404),
    }
    assert {who: world.ask(who, view, world.here, way).status_code for who in shut} == shut
    assert to_sign_in(world.ask("nobody", view, world.here, way))
    others = way.answer if way.others is None else way.others
    for role in set(FAIR_PEOPLE) - refused - {owner(permission)}:
        if way.others is not None or view.startswith("GET"):
            assert world.ask(role, view, world.here, way).status_code == others, role
    entered = world.ask(owner(permission), view, world.here, way)
    assert (entered.status_code, to_sign_in(entered)) == (way.answer, False), entered.text[:2000]


def test_no_page_of_the_desk_asks_the_same_again(world: World) -> None:
    """Every page by GET: no question twice with the same words, and an end to how many there are."""
    fairs = [view for view in of_kind("fair") if view.startswith("GET")]
    pages = {view: owner(mark(world, view).permission) for view in fairs}
    pages |= {view: "organisation-administrator" for view in of_kind("organisation") if "GET" in view}
    asked = {}
    for view, who in pages.items():
        world.ask(who, view, world.here, VIEWS[view])
        with counted(world.app) as asked[view]:
            world.ask(who, view, world.here, VIEWS[view])
    again = {view: sorted({one for one in found if found.count(one) > 1}) for view, found in asked.items()}
    assert {view: found for view, found in again.items() if found} == {}
    most = {f"GET {DESK}/": MOST_OF_THE_DESK, f"GET {PERSON}": 19, f"GET {ERASING}/erase": 23}
    # They show what several rooms know of a company, and of a hall what all halls say of it.
    most |= {
        f"GET {DESK}/exhibitors/<number>": 20,
        f"GET {DESK}/exhibitor-desk/<number>": 19,
        f"GET {DESK}/exhibitors/messages/<int:mailing_id>": 17,
        f"GET {FLOOR}": 19,
    }
    # The whole award is judged on it, with the decisions, their signatures, the minute and every earlier result.
    most |= {f"GET {SEASON}/deliberation": 26}
    # Every room says what it knows of the person.
    most |= {f"GET {FIRM_PERSON}/erase": 18, f"GET {FIRM_PERSON}/export": 17}
    # They bring together what exhibitors, the plan, earlier fairs and the drawings of lots say of everybody's order.
    most |= {f"GET {DESK}/floor-plan/order": 19, f"GET {DESK}/floor-plan/order/points": 19}
    # Its figures come from the plan, the exhibitors, their presence and all scans.
    most |= {f"GET {DESK}/exhibition-figures": 29, f"GET {DESK}/exhibition-figures/evidence": 21}
    # It asks each room what is missing before the fair can begin.
    most |= {f"GET {DESK}/setup": 19}
    # Jurors, panels, entries, companies and every interest are what the lots follow from. A sheet of paper brings both
    # readings, the score by link that may stand beside it, and its rules; the list of them the jurors and their places.
    most |= {f"GET {ASSIGNMENTS}/drawing": 21, f"GET {PAPER_JURY}": 24}
    most |= {f"GET {PAPER_JURY}/<number>{page}": 21 for page in ("", "/scan", "/scan/file")}
    most |= {f"GET {PAPER_JURY}/<number>/settle": 24}
    many = {view: len(found) for view, found in asked.items() if len(found) > most.get(view, MOST_QUESTIONS)}
    assert many == {}


@pytest.mark.parametrize("view", [view for view in of_kind("fair") if view.startswith("POST")])
def test_every_role_with_the_right_may_do_it(world: World, view: str) -> None:
    """One role a time would need as many worlds: the least of them, and the administrator, stand for all."""
    permission, way = mark(world, view).permission, VIEWS[view]
    colleagues = [role.value for role in Role if permission in RIGHTS[role] and role != owner(permission)]
    who = colleagues[0] if colleagues else "organisation-administrator"
    expected = way.answer if way.others is None else way.others
    assert world.ask(who, view, world.here, way).status_code == expected, who


# A place in a table of prices is no row: another fair's list has one of its own in that place.
@pytest.mark.parametrize("view", [v for v in of_kind("fair") if "<int:" in v and "<int:place>" not in v])
def test_a_row_of_another_fair_does_not_exist_here(world: World, view: str) -> None:
    """Even for the administrator, who may enter both fairs: a row is found only through its own."""
    strange = Everything("8th", world.there.places, under=world.there.under)
    for who in (owner(mark(world, view).permission), "organisation-administrator"):
        assert world.ask(who, view, strange, VIEWS[view]).status_code == 404, who


@pytest.mark.parametrize("view", of_kind("organisation"))
def test_a_view_of_the_organisation(world: World, view: str) -> None:
    """Only who holds the right, or everybody signed in; roles in fairs, even all of them, open nothing."""
    found, way = mark(world, view), VIEWS[view]
    rights = {f"organisation-{role}": ORGANISATION_RIGHTS[role] for role in OrganisationRole}
    signed_in = found.kind is Kind.SIGNED_IN
    assert to_sign_in(world.ask("nobody", view, world.here, way))
    for who in sorted(world.cookies, key=lambda who: who == "organisation-administrator"):
        let_in = signed_in or found.permission in rights.get(who, ())
        mine = way.others is None or who == "organisation-administrator"
        expected = (way.answer if mine else way.others) if let_in else 403
        answer = world.ask(who, view, world.here, way)
        assert (answer.status_code, to_sign_in(answer) and "sign-out" not in view) == (expected, False), who


# People, their sessions and their keys are the organisation's, whatever fair they work on; a person is looked up over
# all fairs by who answers for personal data (A3).
OF_PEOPLE = ("/desk/people/", "/me/", ERASING, FIRM_PERSON)
# The register is the organisation's, and no fair has rows of it.
OF_THE_HOUSE = (*OF_PEOPLE, REGISTER)


@pytest.mark.parametrize(
    "view",
    [v for v in of_kind("organisation") if "<int:" in v and not any(part in v for part in OF_THE_HOUSE)],
)
def test_a_row_of_a_fair_is_none_of_the_organisations(world: World, view: str) -> None:
    world.organisation, kept = world.here.places, world.organisation
    try:
        answer = world.ask("organisation-administrator", view, world.here, VIEWS[view])
    finally:
        world.organisation = kept
    assert answer.status_code == 404


def change(world: World, row: type[PersonalLink | Pairing | Device], **values: object) -> None:
    with world.app.app_context(), transaction() as session:
        session.execute(sa.update(row).values(**values))


def now_and_here(world: World, view: str, made: Everything | None = None) -> int:
    return world.ask("nobody", view, made or world.here, VIEWS[view]).status_code


@pytest.mark.parametrize("view", of_kind("badge"))
def test_a_personal_link_opens_its_own_badge_only(world: World, view: str) -> None:
    """Revoked, ended, of another fair, of another kind or invented: 404, to the organiser as to everybody."""
    here, there = world.here, world.there
    wrong = [
        Everything("9th", here.places, link=here.link),
        Everything("8th", here.places, link=there.link),
        Everything("8th", here.places, link="invented"),
        Everything("8th", here.places, link=here.pairing),
        Everything("none", here.places, link=here.link),
    ]
    if "<int:" in view:
        wrong.append(Everything("8th", there.places, link=here.link))
        wrong.append(Everything("8th", {"badge_number": here.places["leader_number"]}, link=here.link))
    assert [now_and_here(world, view, one) for one in wrong] == [404] * len(wrong)
    assert world.ask("organiser", view, wrong[2], VIEWS[view]).status_code == 404
    moment = clock.now()
    for ended in ({"revoked_at": moment}, {"expires_at": moment}, {"kind": "jury"}):
        kept = dict.fromkeys(ended, None) | ({"kind": "badge"} if "kind" in ended else {})
        change(world, PersonalLink, **ended)
        assert (ended, now_and_here(world, view)) == (ended, 404)
        change(world, PersonalLink, **kept)
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("centre"))
def test_a_link_into_the_exhibitors_centre_opens_its_own_company_only(world: World, view: str) -> None:
    """Of another fair, of another kind, ended or invented: 404, to the organiser as to everybody."""
    here, there, rule = world.here, world.there, view.split(" ", 1)[1]
    begin = next(each for each in (CO_EXHIBITOR, LEFT, CENTRE) if rule.startswith(each))

    def with_token(slug: str, token: str) -> Everything:
        # Deeper pages may have a link of their own: it is replaced with the others.
        mine = {
            each: words | {"token": token} for each, words in here.under.items() if each.startswith(begin)
        }
        return Everything(slug, here.places, under={**here.under, **mine})

    mine, theirs = here.words_under(rule)["token"], there.words_under(rule)["token"]
    wrong = [
        with_token(slug, token)
        for slug, token in (
            ("9th", mine),
            ("8th", theirs),
            ("8th", "invented"),
            ("8th", here.link),
            ("none", mine),
        )
    ]
    assert [now_and_here(world, view, one) for one in wrong] == [404] * len(wrong)
    assert world.ask("organiser", view, wrong[2], VIEWS[view]).status_code == 404
    moment = clock.now()
    for ended in ({"revoked_at": moment}, {"expires_at": moment}):
        change(world, PersonalLink, **ended)
        assert (ended, now_and_here(world, view)) == (ended, 404)
        change(world, PersonalLink, **dict.fromkeys(ended, None))
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("leave"))
def test_a_link_to_leave_marketing_opens_nothing_else(world: World, view: str) -> None:
    """Of another fair or kind, or invented: 404 (P20; ASVS 9.2.2)."""
    here, there = world.here, world.there
    wrong = [
        Everything("9th", leave=here.leave),
        Everything("8th", leave=there.leave),
        Everything("8th", leave="invented"),
        Everything("8th", leave=here.link),
    ]
    assert [now_and_here(world, view, one) for one in wrong] == [404] * len(wrong)
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("jury"))
def test_a_jurors_link_opens_the_own_pages_only(world: World, view: str) -> None:
    """J1: of another fair, of another kind, ended or invented: 404, to the organiser as to everybody."""
    here, there = world.here, world.there

    def with_token(slug: str, token: str) -> Everything:
        return Everything(slug, here.places, under={JURY: here.under[JURY] | {"token": token}})

    mine = here.under[JURY]["token"]
    wrong = [with_token("9th", mine), with_token("none", mine)]
    wrong += [with_token("8th", each) for each in (there.under[JURY]["token"], here.link, "invented")]
    assert [now_and_here(world, view, one) for one in wrong] == [404] * len(wrong)
    assert world.ask("organiser", view, wrong[-1], VIEWS[view]).status_code == 404
    moment = clock.now()
    for ended in ({"revoked_at": moment}, {"expires_at": moment}):
        change(world, PersonalLink, **ended)
        assert now_and_here(world, view) == 404
        change(world, PersonalLink, **dict.fromkeys(ended, None))
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("look"))
def test_a_link_to_look_opens_its_own_fair_only(world: World, view: str) -> None:
    """A calendar or preview by another fair's link, another kind's, an ended or invented one: 404."""
    here, there = world.here, world.there
    secrets = [there.calendar, "invented", here.link, here.pairing]
    other = here.preview if "calendar" in view else here.calendar
    for secret in [*secrets, there.preview, other]:
        made = Everything("8th", here.places, calendar=secret, preview=secret)
        assert now_and_here(world, view, made) == 404
    assert now_and_here(world, view, Everything("9th", calendar=here.calendar, preview=here.preview)) == 404
    moment = clock.now()
    for ended in ({"revoked_at": moment}, {"expires_at": moment}):
        change(world, PersonalLink, **ended)
        assert now_and_here(world, view) == 404
        change(world, PersonalLink, **dict.fromkeys(ended, None))
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("account"))
def test_a_link_to_choose_a_password_opens_once_and_for_its_purpose(world: World, view: str) -> None:
    """Revoked, ended, invented, or made for something else: 404, to the administrator as to everybody."""
    here = world.here
    one, other = (here.account_links[kind] for kind in ("invitation", "new-password"))
    swapped = Everything("8th", here.places, account_links={"invitation": other, "new-password": one})
    wrong = [swapped, Everything("8th", link=here.link), Everything("8th", link="invented")]
    assert [now_and_here(world, view, made) for made in wrong] == [404] * len(wrong)
    assert world.ask("organisation-administrator", view, wrong[2], VIEWS[view]).status_code == 404
    moment = clock.now()
    for ended in ({"revoked_at": moment}, {"expires_at": moment}):
        change(world, PersonalLink, **ended)
        assert (ended, now_and_here(world, view)) == (ended, 404)
        change(world, PersonalLink, **dict.fromkeys(ended, None))
    assert now_and_here(world, view) == VIEWS[view].answer


@pytest.mark.parametrize("view", of_kind("pairing"))
def test_a_pairing_link_opens_once_and_in_its_fair(world: World, view: str) -> None:
    here, there = world.here, world.there
    wrong = [
        Everything("9th", pairing=here.pairing),
        Everything("8th", pairing=there.pairing),
        Everything("8th", pairing="invented"),
        Everything("8th", pairing=here.link),
    ]
    assert [now_and_here(world, view, one) for one in wrong] == [404] * len(wrong)
    assert world.ask("organiser", view, wrong[2], VIEWS[view]).status_code == 404
    moment = clock.now()
    change(world, Pairing, used_at=moment)
    assert now_and_here(world, view) == 404
    change(world, Pairing, used_at=None)
    assert now_and_here(world, view) == VIEWS[view].answer
    change(world, Pairing, used_at=None, expires_at=moment)
    assert now_and_here(world, view) == 404


@pytest.mark.parametrize("view", of_kind("scans"))
def test_only_a_paired_device_of_this_fair_may_call(world: World, view: str) -> None:
    """401 for a wrong token, another fair's, a revoked one, none, and for people however mighty (check-in.md)."""
    here, there = world.here, world.there

    def call(token: str, who: str = "nobody", scheme: str = "Device ") -> int:
        item = {
            "scan_id": str(uuid.uuid4()),
            "kind": "badge",
            "code": "x",
            "gate": here.places["gate_id"],
            "direction": "in",
            "scanned_at": clock.now().isoformat(),
        }
        client = world.app.test_client()
        if who in world.cookies:
            client.set_cookie("session", world.cookies[who])
        headers = {"Authorization": f"{scheme}{token}"} if token else {}
        body = json.dumps({"sent_at": clock.now().isoformat(), "scans": [item]})
        method, rule = view.split(" ")
        path = world.address(rule, here)
        answer = client.open(path, method=method, data=body, content_type="application/json", headers=headers)
        return answer.status_code

    assert call(here.device) == VIEWS[view].answer
    wrong = ["", "invented", there.device, here.link, here.pairing]
    assert [call(token) for token in wrong] == [401] * len(wrong)
    assert call(here.device, scheme="Bearer ") == 401
    assert [call("", who) for who in ("organiser", "organisation-administrator")] == [401, 401]
    change(world, Device, revoked_at=clock.now())
    assert call(here.device) == 401


def test_fields_stand_on_the_page_in_the_order_of_their_form(world: World) -> None:
    """ux.md §2: the summary names errors in the order of the form, so it must be that of the page."""
    drawn: list[Form] = []

    def note(_app: object, context: dict[str, object], **_more: object) -> None:
        drawn.extend(value for value in context.values() if isinstance(value, Form))

    public = ["GET /<slug>/register", "GET /<slug>/find-badge"]
    views = [view for view, way in VIEWS.items() if view.startswith("GET") and way.answer == 200] + public
    found = 0
    with template_rendered.connected_to(note, world.app):
        for view in views:
            drawn.clear()
            answer = world.ask("organisation-administrator", view, world.here, Way())
            page = answer.text if drawn else ""
            for form in drawn:
                places = {
                    field.name: page.find(f' id="{field.id}"')
                    for field in form
                    if field.type != "HiddenField"
                }
                shown = [name for name, place in places.items() if place >= 0]
                assert (view, shown) == (view, sorted(shown, key=lambda name: places[name]))
                found += len(shown) > 1
    assert found >= 15


def test_public_pages_of_an_unpublished_fair_do_not_exist(world: World) -> None:
    """O2: nothing public before Publish, on any page of it; who works on it sees it."""
    with world.app.app_context(), transaction() as session:
        session.execute(sa.update(Expo).values(published_at=None))
    views = [
        f"{method} {rule.rule}"
        for rule in world.app.url_map.iter_rules()
        if "<slug>" in rule.rule
        and (mark := mark_of(world.app.view_functions[rule.endpoint]))
        and mark.kind is Kind.PUBLIC
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    assert len(views) > 5
    for view in views:
        answers = [world.ask(who, view, world.here, Way()).status_code for who in ("nobody", "stranger")]
        assert (view, answers) == (view, [404, 404])
        # What one browser did is kept for that browser alone.
        opened = {200, 303, 422, VIEWS.get(view, PAGE).answer}
        # A book is there once the directory is published; a provider's notice must be signed.
        opened |= {404} if "/directory-book/" in view or "<word>" in view else set()
        opened |= {403} if "/payment-notices/" in view else set()
        assert world.ask("viewer", view, world.here, Way()).status_code in opened, view
