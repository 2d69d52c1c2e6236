"""P1 to P4 as people use them: the form from its settings, consents, real names, the notice, decisions, the press."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.audit.models import Entry
from exhibitions.audit.service import readable
from exhibitions.badges.models import Badge
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict
from exhibitions.expos import queries as expo_queries
from exhibitions.visitors import service
from exhibitions.visitors.models import Answer, Consent, Identity, Notice, Question, Registration
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.consents import Purpose
from exhibitions.visitors.rules.questions import Kind, Option, QuestionFacts
from exhibitions.visitors.rules.registration import State
from exhibitions.visitors.service import form_setup, identities, notices
from exhibitions.visitors.views.letters import letter
from tests.engines import both_engines
from tests.people import People
from tests.visitors.registering import add, all_rows, change_class, fair, form, link_of, register

FORM = "/desk/8th/setup/visitor-form"
ID, PASSPORT = "11010519491231002X", "E98765123"
QUESTION = {
    "kind": "several",
    "label_zh": "关注的展品",
    "label_en": "Interests",
    "purpose_zh": "规划参观路线",
    "purpose_en": "To plan routes",
    "options": "家居 | Home\n五金 | Tools",
    "position": "1",
}


def text_of(response: Any) -> str:
    return str(response.get_data(as_text=True))


def set_up(
    app: Flask, *, question: bool = False, needed: bool = False, order: bool = False, **texts: str
) -> int:
    """Change the form of the fair past the pages; gives the id of the question."""
    with app.app_context(), transaction():
        expo, number = fair(), 0
        if question:
            options = (Option("1", "家居", "Home"), Option("2", "五金", "Tools"))
            facts = QuestionFacts(Kind.SEVERAL, "关注", "Interests", "路线", "Routes", options, needed)
            row = form_setup.save_question(expo, None, facts, SYSTEM)
            number = row.id
        if order:
            form_setup.save_order(expo, "8号", "大连市公安局", date(2026, 1, 1), 30, SYSTEM)
        for purpose, text in texts.items():
            form_setup.save_consent(expo, purpose, text, text, SYSTEM)
        return number


def consents(app: Flask) -> list[tuple[str, int, str, str, bool]]:
    with app.app_context():
        rows = db.session.query(Consent).order_by(Consent.id).all()
        return [(r.purpose, r.version, r.language, r.channel.value, r.withdrawn_at is None) for r in rows]


def test_p4_a_question_without_a_purpose_is_refused(app: Flask, people: People) -> None:
    wrong = people.alice.post(
        f"{FORM}/questions/new?lang=en", data=QUESTION | {"purpose_zh": "", "purpose_en": ""}
    )
    assert wrong.status_code == 422
    assert text_of(wrong).count("No question is asked without a purpose") == 2
    assert people.alice.post(f"{FORM}/questions/new", data=QUESTION).status_code == 303
    with app.app_context():
        assert db.session.query(Question).one().label_en == "Interests"


def test_p4_the_report_lists_fields_and_purposes(people: People) -> None:
    people.alice.post(f"{FORM}/questions/new", data=QUESTION)
    page = text_of(people.alice.get(f"{FORM}/report?lang=en"))
    assert "Interests" in page
    assert "To plan routes" in page
    assert "To have enough staff at the gates" in page


def test_a_fair_has_at_most_ten_questions(people: People) -> None:
    for _ in range(10):
        assert people.alice.post(f"{FORM}/questions/new", data=QUESTION).status_code == 303
    assert people.alice.post(f"{FORM}/questions/new", data=QUESTION).status_code == 422


def test_another_fairs_question_is_not_there(people: People) -> None:
    assert people.alice.get(f"{FORM}/questions/999").status_code == 404
    assert people.bob.get(FORM).status_code == 403
    assert people.charlie.get(FORM).status_code == 404


@both_engines
def test_needed_questions_come_before_the_badge_on_a_page_of_their_own(app: Flask, people: People) -> None:
    number = set_up(app, question=True, needed=True)
    page = people.nobody.post("/8th/register?lang=en", data=form())
    assert page.status_code == 200
    assert "A few questions" in text_of(page)
    assert '<input type="hidden" name="phone" value="138 0013 8000" />' in text_of(page)
    assert " checked" not in text_of(page)
    nothing = people.nobody.post("/8th/register?lang=en", data=form(seen="questions"))
    assert nothing.status_code == 422
    assert text_of(nothing).count("Choose an answer") == 2
    sent = form(seen="questions") | {f"q-{number}": ["1", "2"]}
    answer = people.nobody.post("/8th/register", data=sent)
    assert answer.status_code == 303
    with app.app_context():
        assert [row.value for row in db.session.query(Answer).order_by(Answer.id)] == ["1", "2"]
        person = db.session.query(Registration).one()
        asked = sa.select(Registration.id).where(queries.answered(number, "2"))
        assert list(db.session.scalars(asked)) == [person.id]
    record = text_of(people.alice.get(f"/desk/8th/visitors/{person.id}?lang=en"))
    assert "Home, Tools" in record


def test_the_language_switch_keeps_the_step_and_the_typing(app: Flask, people: People) -> None:
    """B8, B7: the second page stays the second page."""
    number = set_up(app, question=True, needed=True)
    sent = form(seen="questions", _lang="en") | {f"q-{number}": "2"}
    page = text_of(people.nobody.post("/8th/register?lang=en", data=sent))
    assert "A few questions" in page
    assert re.search(rf'name="q-{number}"\s+value="2" checked', page)
    assert all_rows(app) == []


@both_engines
def test_voluntary_questions_come_after_the_badge_and_block_nothing(app: Flask, people: People) -> None:
    number = set_up(app, question=True, marketing="愿意")
    where = register(people.nobody)
    assert where.endswith("/more")
    badge = where.removesuffix("/more")
    assert people.nobody.get(badge + "/code.png").status_code == 200
    page = text_of(people.nobody.get(where))
    assert " checked" not in page
    assert people.nobody.post(where, data={f"q-{number}": "1", "agree": "marketing"}).status_code == 303
    assert consents(app)[1:] == [("marketing", 1, "zh", "online", True)]
    again = people.nobody.post(where, data={f"q-{number}": "2"})
    assert again.status_code == 303
    with app.app_context():
        assert [row.value for row in db.session.query(Answer)] == ["2"]


def test_the_fields_of_the_form_follow_the_settings(app: Flask, people: People) -> None:
    sent = {"company": "optional", "region": "off", "visit_day": "needed"}
    assert people.alice.post(f"{FORM}/fields", data=sent).status_code == 303
    page = text_of(people.nobody.get("/8th/register"))
    assert 'name="region"' not in page
    wrong = people.nobody.post("/8th/register?lang=en", data=form(company="", region=""))
    assert wrong.status_code == 422
    day = clock.today("Asia/Shanghai").isoformat()
    register(people.nobody, company="", region="", visit_day=day)


@both_engines
def test_p1_with_nothing_ticked_there_is_a_badge_and_only_the_necessary(app: Flask, people: People) -> None:
    set_up(app, marketing="甲", leads="乙", photo="丙", abroad="丁")
    where = register(people.nobody)
    people.nobody.post(where, data={})
    assert consents(app) == [("service", 1, "zh", "online", True)]
    with app.app_context():
        assert db.session.query(Badge).one().approved_at is not None


@both_engines
def test_p1_versions_withdrawal_and_who_agrees_now(app: Flask, people: People) -> None:
    """A changed text is a new version, each keeps the one that was seen, one click ends it, mailings leave out."""
    set_up(app, marketing="第一版")
    first = register(people.nobody).removesuffix("/more")
    people.nobody.post(first + "/more", data={"agree": "marketing"})
    set_up(app, marketing="第二版")
    second = register(people.nobody, phone="13800138001", form_key="b").removesuffix("/more")
    people.nobody.post(second + "/more?lang=en", data={"agree": "marketing"})
    with app.app_context():
        people_now = list(db.session.scalars(queries.agreeing(fair(), Purpose.MARKETING)))
        one, two = db.session.query(Registration).order_by(Registration.id)
        seen = [service.export_person(fair(), each)["consents"] for each in (one, two)]
    assert people_now == [one.id, two.id]
    texts = [[(c["version"], c["text"]) for c in each if c["purpose"] == "marketing"] for each in seen]  # type: ignore[attr-defined]
    assert texts == [[(1, "第一版")], [(2, "第二版")]]
    assert people.nobody.post(first + "/agreements/marketing", data={"agree": "no"}).status_code == 303
    with app.app_context():
        assert list(db.session.scalars(queries.agreeing(fair(), Purpose.MARKETING))) == [two.id]
    people.nobody.post(first + "/agreements/marketing", data={"agree": "yes"})
    people.nobody.post(first + "/agreements/marketing", data={"agree": "yes"})
    # What ended stays as history; agreeing twice is agreeing once.
    kept = [
        (version, standing) for purpose, version, _, _, standing in consents(app) if purpose == "marketing"
    ]
    assert kept == [(1, False), (2, True), (2, True)]


def test_p1_the_letter_leads_to_taking_back(app: Flask, people: People) -> None:
    set_up(app, marketing="甲")
    person = add(app, email="wang@example.org")
    with app.app_context():
        message = letter(letters.BADGE_LINK, {"expo_id": fair().id, "registration_id": person}, "en")
    assert "#agreements" in message.text


def test_p1_the_desk_takes_back_for_who_calls(app: Flask, people: People) -> None:
    set_up(app, leads="乙")
    where = register(people.nobody)
    people.nobody.post(where, data={"agree": "leads"})
    person = all_rows(app)[0].id
    assert people.bob.post(f"/desk/8th/visitors/{person}/agreements/leads/withdraw").status_code == 303
    assert consents(app)[-1][-1] is False


def test_p1_an_earlier_text_of_the_service_stays_readable(app: Flask, people: People) -> None:
    data = {"consent_zh": "新的文本", "consent_en": "New words"}
    people.alice.post("/desk/8th/setup/registration", data=data)
    page = text_of(people.alice.get("/desk/8th/visitors/consent-texts?lang=en"))
    assert "我同意为参观目的处理以上信息" in page
    assert "新的文本" in page


def test_p1_what_is_not_offered_cannot_be_agreed_to(people: People) -> None:
    where = register(people.nobody)
    assert people.nobody.post(where + "/agreements/marketing", data={"agree": "yes"}).status_code == 422


def test_p2_without_an_order_the_visitor_never_sees_the_field(app: Flask, people: People) -> None:
    page = people.nobody.post(
        "/8th/register", data=form(identity_number=ID, identity_kind="resident", identity_agreed="y")
    )
    assert page.status_code == 303
    with app.app_context():
        assert db.session.query(Identity).count() == 0


@both_engines
def test_p4_real_names_have_a_step_and_a_consent_of_their_own(app: Flask, people: People) -> None:
    set_up(app, order=True)
    step = text_of(people.nobody.post("/8th/register?lang=en", data=form()))
    assert "Your identity paper" in step
    assert " checked" not in step
    sent = form(seen="identity", identity_kind="resident", identity_number=ID)
    unticked = people.nobody.post("/8th/register", data=sent)
    assert unticked.status_code == 422
    wrong = people.nobody.post(
        "/8th/register", data=sent | {"identity_number": ID[:-1] + "1", "identity_agreed": "y"}
    )
    assert wrong.status_code == 422
    assert all_rows(app) == []
    done = people.nobody.post("/8th/register", data=sent | {"identity_agreed": "y"})
    assert done.status_code == 303
    assert [row[0] for row in consents(app)] == ["service", "identity"]
    with app.app_context():
        kept = db.session.query(Identity).one()
        assert ID.encode() not in kept.sealed
        assert identities.masked(kept) == "1*****02X"
    page = text_of(people.nobody.get(done.headers["Location"]))
    assert "1*****02X" in page
    assert ID not in page


def test_p2_who_rather_shows_the_paper_at_the_desk_waits_there(app: Flask, people: People) -> None:
    """Refusing stores no number and ends nothing: the badge waits for the desk."""
    set_up(app, order=True)
    sent = form(seen="identity", at_the_desk="1", identity_number="")
    assert people.nobody.post("/8th/register", data=sent).status_code == 303
    assert all_rows(app)[0].state is State.WAITING
    with app.app_context():
        assert db.session.query(Identity).count() == 0


def test_p11_the_number_is_masked_and_each_reading_has_a_reason(app: Flask, people: People) -> None:
    set_up(app, order=True)
    sent = form(seen="identity", identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    people.nobody.post("/8th/register", data=sent)
    person = all_rows(app)[0].id
    address = f"/desk/8th/visitors/{person}/identity"
    assert PASSPORT not in text_of(people.alice.get(f"/desk/8th/visitors/{person}"))
    assert "E*****123" in text_of(people.bob.get(f"/desk/8th/visitors/{person}"))
    assert people.bob.post(address, data={"reason": "look"}).status_code == 403
    assert people.alice.post(address, data={"reason": " "}).status_code == 422
    shown = people.alice.post(address, data={"reason": "公安核查"})
    assert PASSPORT in text_of(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    with app.app_context():
        (entry,) = readable(db.session.query(Entry).filter_by(action="visitors.identity_read"))
        assert (entry.subject_id, entry.reason) == (person, "公安核查")
        exported = service.export_person(fair(), db.session.get_one(Registration, person))
        assert exported["identity"] == {"kind": "passport", "number": "E*****123"}


def test_p11_a_flipped_byte_is_a_clean_error(app: Flask, people: People) -> None:
    set_up(app, order=True)
    sent = form(seen="identity", identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    people.nobody.post("/8th/register", data=sent)
    with app.app_context(), transaction():
        kept = db.session.query(Identity).one()
        kept.sealed = kept.sealed[:-1] + bytes([kept.sealed[-1] ^ 1])
    with app.app_context(), transaction():
        kept = db.session.query(Identity).one()
        with pytest.raises(Conflict) as broken:
            identities.reveal(fair(), kept, SYSTEM, "why")
        assert broken.value.code == "identity_broken"
    person = all_rows(app)[0].id
    page = people.alice.get(f"/desk/8th/visitors/{person}")
    assert page.status_code == 200


@both_engines
def test_p4_numbers_are_erased_on_time(app: Flask, people: People) -> None:
    set_up(app, order=True)
    sent = form(seen="identity", identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    people.nobody.post("/8th/register", data=sent)
    with app.app_context():
        last = expo_queries.visitor_days(fair())[-1]
    now = clock.now() + (last - clock.today("Asia/Shanghai"))
    for days, gone in ((29, 0), (32, 1), (32, 0)):
        with app.app_context(), transaction():
            assert identities.expire(now + timedelta(days=days)) == gone
    with app.app_context():
        assert db.session.query(Identity).count() == 0
        assert db.session.query(Registration).one().name == "王敏"


def test_p2_taking_the_consent_back_erases_the_number_at_once(app: Flask, people: People) -> None:
    set_up(app, order=True)
    sent = form(seen="identity", identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    where = people.nobody.post("/8th/register", data=sent).headers["Location"]
    assert people.nobody.post(where + "/agreements/identity", data={"agree": "no"}).status_code == 303
    with app.app_context():
        assert db.session.query(Identity).count() == 0


def test_p3_the_notice_is_public_versioned_and_in_both_languages(app: Flask, people: People) -> None:
    sent = {
        "recipients_zh": "韩国合作单位",
        "recipients_en": "Partners in Korea",
        "notice_zh": "",
        "notice_en": "",
    }
    assert people.alice.post(f"{FORM}/notice", data=sent).status_code == 303
    people.alice.post(f"{FORM}/questions/new", data=QUESTION)
    english = text_of(people.nobody.get("/8th/privacy?lang=en"))
    assert "Partners in Korea" in english
    assert "To plan routes" in english
    assert "规划参观路线" in text_of(people.nobody.get("/8th/privacy?lang=zh"))
    first = people.nobody.get("/8th/privacy/1?lang=en")
    assert "To plan routes" not in text_of(first)
    assert "Partners in Korea" in text_of(first)
    assert people.nobody.get("/8th/privacy/99").status_code == 404
    with app.app_context():
        assert [each.version for each in db.session.query(Notice).order_by(Notice.id)] == [1, 2]


def test_p3_each_collecting_form_links_to_the_notice(app: Flask, people: People) -> None:
    set_up(app, question=True, needed=True, order=True, marketing="甲")
    pages = [people.nobody.get("/8th/register"), people.nobody.post("/8th/register", data=form())]
    with_question = form(seen="questions") | {f"q-{set_up(app)}": "1"}
    pages.append(people.nobody.post("/8th/register", data=with_question))
    person = add(app)
    pages.append(people.nobody.get(link_of(app, person) + "/more"))
    assert all('href="/8th/privacy"' in text_of(page) for page in pages)


def test_p3_a_change_elsewhere_in_the_set_up_is_kept_by_the_job(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        assert notices.renew_all() == 1
        assert notices.renew_all() == 0
    with app.app_context(), transaction():
        expo = fair()
        expo.hotline = "0411-9"
        expo.setup_version += 1
    with app.app_context(), transaction():
        assert notices.renew_all() == 1
        assert [each.version for each in queries.notices(fair())] == [2, 1]


def test_approving_and_refusing_with_words(app: Flask, people: People) -> None:
    change_class(app, "trade", needs_approval=True)
    people.alice.post(
        f"{FORM}/texts/new", data={"kind": "refuse", "text_zh": "名额已满", "text_en": "No places left"}
    )
    with app.app_context():
        text = queries.decision_texts(fair())[0].id
    where = register(people.nobody)
    one = all_rows(app)[0].id
    page = text_of(people.bob.get(f"/desk/8th/visitors/{one}/refuse?text={text}"))
    assert "名额已满</textarea>" in page.replace("\n", "")
    assert people.charlie.post(f"/desk/8th/visitors/{one}/refuse", data={"message": "x"}).status_code == 404
    assert (
        people.bob.post(f"/desk/8th/visitors/{one}/refuse", data={"message": "名额已满"}).status_code == 303
    )
    assert "名额已满" in text_of(people.nobody.get(where))
    assert people.bob.post(f"/desk/8th/visitors/{one}/refuse", data={"message": "x"}).status_code == 409
    two = add(app, phone="+8613800138001", email="li@example.org")
    people.bob.post(f"/desk/8th/visitors/{two}/approve", data={"message": "请从南门入场"})
    with app.app_context():
        arguments: dict[str, int | str] = {"expo_id": fair().id, "registration_id": two}
        assert "请从南门入场" in letter(letters.APPROVED, arguments, "zh").text
    three = add(app, phone="+8613800138002", email="zhao@example.org")
    people.bob.post(f"/desk/8th/visitors/{three}/refuse", data={"message": "下届再见"})
    with app.app_context():
        written = letter(letters.REFUSED, {"expo_id": fair().id, "registration_id": three}, "zh")
        assert "下届再见" in written.text
        assert "王敏" not in written.subject


def test_the_press_has_a_form_of_its_own(app: Flask, people: People) -> None:
    """Medium and press card, approved first by default; a badge of class media, which is never a visitor's."""
    assert people.nobody.get("/8th/register/press").status_code == 404
    with app.app_context():
        media = db.session.execute(sa.text("SELECT id FROM badge_classes WHERE key = 'media'")).scalar()
    shown = text_of(people.alice.get(f"{FORM}/classes/{media}"))
    assert re.search(r'name="needs_approval"\s+value="y" checked', shown)
    people.alice.post(
        f"{FORM}/classes/{media}", data={"own_form": "y", "needs_approval": "y", "waiting_zh": "三天内答复"}
    )
    first = text_of(people.nobody.get("/8th/register/press?lang=en"))
    assert "Registration of the press" in first
    assert "Medium" in first
    assert people.nobody.get("/8th/register/media").status_code == 200
    assert 'href="/8th/register/press"' in text_of(people.nobody.get("/8th/register"))
    with app.app_context():
        card = db.session.query(Question).one()
    sent = form(visitor_class="media", company="大连日报", seen="questions") | {f"q-{card.id}": "K-2026-1"}
    where = people.nobody.post("/8th/register/press", data=sent).headers["Location"]
    person = all_rows(app)[0]
    assert (person.company, person.state) == ("大连日报", State.WAITING)
    assert "三天内答复" in text_of(people.nobody.get(where))
    assert people.nobody.post("/8th/register", data=form(visitor_class="media")).status_code == 422


def test_p19_no_personal_data_in_address_code_and_log(
    app: Flask, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    number = set_up(app, question=True, needed=True, order=True)
    sent = form(identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    where = people.nobody.post(
        "/8th/register", data=sent | {"seen": ["questions", "identity"], f"q-{number}": "1"}
    ).headers["Location"]
    people.alice.post(f"/desk/8th/visitors/{all_rows(app)[0].id}/identity", data={"reason": "check"})
    written = capsys.readouterr()
    for canary in (PASSPORT, "王敏", "13800138000", "星河家居"):
        assert canary not in where
        assert canary not in written.out + written.err


def test_what_was_asked_goes_with_the_person(app: Flask, people: People) -> None:
    """P9: answers, message and number leave with the name."""
    number = set_up(app, question=True, needed=True, order=True)
    sent = form(identity_kind="passport", identity_number=PASSPORT, identity_agreed="y")
    people.nobody.post("/8th/register", data=sent | {"seen": ["questions", "identity"], f"q-{number}": "1"})
    with app.app_context(), transaction():
        service.erase_person(db.session.query(Registration).one())
    with app.app_context():
        assert db.session.query(Answer).count() == db.session.query(Identity).count() == 0


def test_a_question_with_answers_is_retired_and_its_answers_stay(app: Flask, people: People) -> None:
    number = set_up(app, question=True, needed=True)
    people.nobody.post("/8th/register", data=form(seen="questions") | {f"q-{number}": "1"})
    assert people.alice.post(f"{FORM}/questions/{number}/remove").status_code == 303
    person = all_rows(app)[0].id
    assert "家居" in text_of(people.alice.get(f"/desk/8th/visitors/{person}"))
    assert people.alice.get(f"{FORM}/questions/{number}").status_code == 404
    assert register(people.nobody, phone="13800138009", form_key="n").count("/") == 3


def test_the_preview_shows_every_step(app: Flask, people: People) -> None:
    set_up(app, question=True, needed=True, order=True, photo="拍照")
    page = text_of(people.alice.get(f"{FORM}/preview?lang=en&class=trade"))
    for words in ("Interests", "Your identity paper", "拍照", "Company"):
        assert words in page
    assert "Company" not in text_of(people.alice.get(f"{FORM}/preview?lang=en&class=public"))


def test_answers_are_columns_of_an_export(app: Flask, people: People) -> None:
    number = set_up(app, question=True, needed=True)
    people.nobody.post("/8th/register", data=form(seen="questions") | {f"q-{number}": ["1", "2"]})
    sent = {"columns": ["name", f"q-{number}"], "reason": "planning"}
    sheet = people.alice.post("/desk/8th/visitors/export?lang=en", data=sent)
    assert sheet.status_code == 200
    assert "Interests" in text_of(sheet)
    assert "Home, Tools" in text_of(sheet)
