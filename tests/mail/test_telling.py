"""Without a sender: words to paste, a picture to send, and the tick of who was told, by which way, by whom (F14, P13)."""

import io

import pytest
from flask import Flask
from PIL import Image

from exhibitions.audit.models import Entry
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.jobs.commands.running import drain
from exhibitions.mail import queries, service
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import UNTOLD, State, Way
from exhibitions.mail.service import telling
from exhibitions.visitors.models import Registration
from exhibitions.visitors.rules import letters
from exhibitions.visitors.rules.registration import State as RegistrationState
from exhibitions.visitors.service import telling as visitor_telling
from tests.engines import both_engines
from tests.factories import make_expo
from tests.mail.test_pages import text
from tests.people import People
from tests.visitors.registering import add, change_class, fair

BOB = Actor("user", 2, "Bob")


def tell(app: Flask, registration_id: int, letter: str = letters.APPROVED) -> int:
    """A letter to a person that is not sent yet; gives its number."""
    with app.app_context(), transaction():
        visitor_telling.tell(db.session.get_one(Registration, registration_id), letter)
        return db.session.query(Mail).order_by(Mail.id.desc()).limit(1).one().id


def row(mail_id: int) -> Mail:
    db.session.rollback()
    return db.session.get_one(Mail, mail_id, populate_existing=True)


@both_engines
def test_who_has_no_address_is_on_the_list_until_somebody_ticks(app: Flask, people: People) -> None:
    mail_id = tell(app, add(app))
    with app.app_context():
        assert row(mail_id).state is State.NO_ADDRESS
        assert drain() == 0
        assert queries.counts(fair().id) == {"failed": 0, UNTOLD: 1, "waiting": 0, "sent": 0}
    page = text(people.bob, "/desk/8th/mail")
    assert "Registration approved" in page
    assert "No address" in page
    assert (
        people.bob.post("/desk/8th/mail/told", data={"id": str(mail_id), "way": "wechat"}).status_code == 303
    )
    with app.app_context():
        told = row(mail_id)
        assert (told.told_way, told.told_by_name) == ("wechat", "Bob")
        assert told.told_at is not None
        assert queries.counts(fair().id)[UNTOLD] == 0
        entry = db.session.query(Entry).filter_by(action="mail.told").one()
        assert (entry.subject_id, entry.after) == (mail_id, {"way": "wechat"})
    assert "Everybody was told" in text(people.bob, "/desk/8th/mail?box=untold")
    page = text(people.bob, f"/desk/8th/mail/{mail_id}")
    assert "WeChat" in page
    assert "Bob" in page


def test_a_letter_that_only_lies_in_the_folder_is_not_told(app: Flask, people: People) -> None:
    mail_id = tell(app, add(app, email="wang@example.org"))
    with app.app_context():
        drain()
        assert (row(mail_id).state, row(mail_id).in_folder) == (State.SENT, True)
        assert queries.counts(fair().id)[UNTOLD] == 1
    page = text(people.bob, "/desk/8th/mail?box=untold")
    assert "To hand over" in page
    assert "No sender is set up." in page


def test_told_is_noted_once_and_can_be_taken_back(app: Flask, people: People) -> None:
    mail_id = tell(app, add(app))
    with app.app_context():
        with transaction():
            assert telling.told([row(mail_id)], Way.PHONE, BOB) == 1
        with transaction():
            assert telling.told([row(mail_id)], Way.SMS, BOB) == 0
        assert row(mail_id).told_way == "phone"
    assert people.bob.post(f"/desk/8th/mail/{mail_id}/not-told").status_code == 303
    assert people.bob.post(f"/desk/8th/mail/{mail_id}/not-told").status_code == 303
    with app.app_context():
        assert (row(mail_id).told_way, row(mail_id).told_at, row(mail_id).told_by_name) == ("", None, "")


def test_all_of_the_list_are_ticked_at_once(app: Flask, people: People) -> None:
    for n in range(3):
        tell(app, add(app, f"王{n}", f"+861380013800{n}"))
    answer = people.bob.post("/desk/8th/mail/told", data={"all": "1", "way": "phone"}, follow_redirects=True)
    assert answer.status_code == 200
    with app.app_context():
        assert queries.counts(fair().id)[UNTOLD] == 0


@pytest.mark.parametrize("way", ["", "pigeon"])
def test_an_unknown_way_is_refused(app: Flask, people: People, way: str) -> None:
    assert people.bob.post("/desk/8th/mail/told", data={"way": way}).status_code == 422


def test_the_words_to_paste_carry_a_link_that_opens_the_badge(app: Flask, people: People) -> None:
    mail_id = tell(app, add(app, "王 <敏>"))
    path = f"/desk/8th/mail/{mail_id}"
    assert "http://localhost/8th/badge/" not in people.bob.get(path).text
    answer = people.bob.post(f"{path}/words")
    assert answer.status_code == 303
    page = people.bob.get(answer.location).text
    assert "您的登记已通过审核" in page
    link = page.partition("http://localhost/8th/badge/")[2].split()[0]
    assert people.nobody.get(f"/8th/badge/{link}").status_code == 200
    # A reload shows the same and makes no further link; another browser sees nothing of it.
    assert link in people.bob.get(answer.location).text
    assert link not in people.alice.get(answer.location).text
    with app.app_context():
        assert db.session.query(Entry).filter_by(action="mail.shown").one().actor_id is not None


def test_words_that_have_lost_their_sense_are_not_shown(app: Flask, people: People) -> None:
    number = add(app)
    mail_id = tell(app, number)
    look = people.bob.post(f"/desk/8th/mail/{mail_id}/words").location
    with app.app_context(), transaction():
        db.session.get_one(Registration, number).state = RegistrationState.CANCELLED
    page = text(people.bob, look)
    assert "This registration has ended." in page
    assert "/8th/badge/" not in page
    with app.app_context(), transaction() as session:
        session.get_one(Mail, mail_id).state = State.WITHDRAWN
    assert people.bob.post(f"/desk/8th/mail/{mail_id}/words").status_code == 409
    assert people.bob.get(f"/desk/8th/mail/{mail_id}/picture.png").status_code == 404


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("王敏", "星河家居"),
        ("欧阳娜娜与她的姐妹兄弟们十二", "大连市轻工业联合会第八届中国轻工商品博览会组委会办公室有限公司"),
        ("Nguyễn Thị Hoàng Anh-Schmidt von der Leyen", "A company with a very long name of many words, Ltd."),
        ("𠮷野", ""),
        ("김민준", "주식회사 한국산업"),
    ],
)
def test_the_picture_is_small_and_its_code_opens_the_gate(
    app: Flask, people: People, name: str, company: str
) -> None:
    """ux.md §2: a real address, at most 150 kB; an independent reader finds the badge's own code."""
    zxing = pytest.importorskip("zxingcpp")
    mail_id = tell(app, add(app, name, company=company))
    answer = people.bob.get(f"/desk/8th/mail/{mail_id}/picture.png")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert len(answer.data) < 150_000
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size == (750, 1180)
    (code,) = zxing.read_barcodes(picture.convert("L"))
    assert code.text.startswith("B")
    assert len(code.text) == 121


def test_no_picture_while_the_badge_opens_no_gate(app: Flask, people: People) -> None:
    change_class(app, "trade", needs_approval=True)
    from_poster = tell(app, add(app), letters.CHANGED)
    assert people.bob.get(f"/desk/8th/mail/{from_poster}/picture.png").status_code == 404
    refused = tell(app, add(app, "李丽", "+8613800138009"), letters.REFUSED)
    assert "picture.png" not in people.bob.get(f"/desk/8th/mail/{refused}").text
    assert people.bob.get(f"/desk/8th/mail/{refused}/picture.png").status_code == 404


def test_another_fairs_message_is_not_here(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    mail_id = tell(app, add(app, slug="9th"))
    for path in ("", "/picture.png"):
        assert people.alice.get(f"/desk/8th/mail/{mail_id}{path}").status_code == 404
    assert people.alice.post(f"/desk/8th/mail/{mail_id}/words").status_code == 404
    people.alice.post("/desk/8th/mail/told", data={"id": str(mail_id), "way": "phone"})
    with app.app_context():
        assert row(mail_id).told_at is None
    assert people.alice.get(f"/desk/8th/mail/{2**70}").status_code == 404


def test_who_told_is_forgotten_with_the_account_and_what_was_told_is_exported(
    app: Flask, people: People
) -> None:
    number = add(app)
    mail_id = tell(app, number)
    with app.app_context():
        with transaction():
            telling.told([row(mail_id)], Way.IN_PERSON, BOB)
        (kept,) = service.export_person("visitor", number)
        assert kept["told"] == "in_person"
        with transaction():
            service.erase_person("user", 2)
        assert row(mail_id).told_by_name == ""
        assert clock.now() >= (row(mail_id).told_at or clock.now())
