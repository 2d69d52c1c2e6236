"""Issue 4 demand 2, P20: messages to many companies reach whom they are for, once, and let go whoever has enough."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from exhibitions.companies.models import CompanyContact
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMailing, ExhibitorPerson, RecruitingLeave
from exhibitions.exhibitors.queries import mailing as queries
from exhibitions.exhibitors.rules.states import State
from exhibitions.exhibitors.service import mailing as service
from exhibitions.exhibitors.views import mailing as pages
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import expo_by_slug
from exhibitions.mail.models import Bounce, Mail
from exhibitions.mail.rules import State as MailState
from exhibitions.mail.rules.many import Purpose
from exhibitions.mail.rules.many import State as MailingState
from exhibitions.mail.rules.texts import Words
from tests.exhibiting import make_exhibitor
from tests.factories import make_expo
from tests.people import People

BY = Actor("system")
WORDS = {"zh": Words("邀请参展 {fair}", "{name}您好：\n{company}\n{page}"), "en": Words("", "")}
LIST = "/desk/8th/exhibitors"


def fair() -> Expo:
    found = expo_by_slug("8th")
    assert found is not None
    return found


def written(ids: list[int], purpose: Purpose = Purpose.SERVICE) -> ExhibitorMailing:
    mailing = service.begin(fair(), ids, BY)
    service.write(fair(), mailing, purpose, WORDS, BY)
    return mailing


def three() -> tuple[Exhibitor, Exhibitor, Exhibitor]:
    """One with an address, one whose address bounced, one without any."""
    found = [make_exhibitor(fair(), name, State.PROSPECT) for name in ("甲公司", "乙公司", "丙公司")]
    found[1][1].email = "gone@example.org"
    found[2][1].email = None
    db.session.add(Bounce(address="gone@example.org", problem="unknown_recipient", at=found[1][0].created_at))
    db.session.flush()
    return found[0][0], found[1][0], found[2][0]


def sent(expo: Expo, mailing: ExhibitorMailing) -> None:
    while service.send_portion(expo, mailing):
        pass


def test_it_says_whom_it_reaches_and_goes_to_each_once(context: None) -> None:
    make_expo()
    with transaction():
        rows = three()
        mailing = written([row.id for row in rows])
        reach = queries.reach(fair(), mailing.chosen, Purpose.SERVICE)
        assert (reach.companies, reach.by_mail, reach.bounced, reach.no_address) == (3, 1, 1, 1)
        service.send(fair(), mailing, None, BY)
        with pytest.raises(Conflict):
            service.send(fair(), mailing, None, BY)
        sent(fair(), mailing)
        mailing.state, mailing.done_id = MailingState.SENDING, 0
        sent(fair(), mailing)
    mails = db.session.scalars(sa.select(Mail).where(Mail.template == "exhibitors.mailing")).all()
    assert len(mails) == 3
    assert sum(mail.state is MailState.NO_ADDRESS for mail in mails) == 1


def test_who_left_gets_no_invitation_but_what_is_about_the_own_stand(context: None) -> None:
    make_expo()
    with transaction():
        one, *_rest = three()
        address = db.session.scalar(
            sa.select(ExhibitorPerson.email).where(ExhibitorPerson.exhibitor_id == one.id)
        )
        service.leave(address or "", BY)
        service.leave(address or "", BY)
        invitation = written([one.id], Purpose.MARKETING)
        with pytest.raises(Conflict):
            service.send(fair(), invitation, None, BY)
        about = written([one.id])
        service.send(fair(), about, None, BY)
        sent(fair(), about)
        service.join(address or "", BY)
        assert queries.reach(fair(), [one.id], Purpose.MARKETING).by_mail == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1


def test_a_draft_is_refused_without_words_or_companies(context: None) -> None:
    make_expo()
    with transaction():
        with pytest.raises(Refused):
            service.begin(fair(), [], BY)
        one, *_rest = three()
        mailing = service.begin(fair(), [one.id], BY)
        with pytest.raises(Refused):
            service.send(fair(), mailing, None, BY)
        with pytest.raises(Refused):
            service.write(
                fair(), mailing, Purpose.SERVICE, {"zh": Words("x", "{secret}"), "en": Words("", "")}, BY
            )
        service.remove(fair(), mailing, BY)


def test_what_is_stopped_stays_in_the_house(context: None) -> None:
    make_expo()
    with transaction():
        one, *_rest = three()
        mailing = written([one.id])
        service.send(fair(), mailing, None, BY)
        sent(fair(), mailing)
        assert service.stop(fair(), mailing, BY) == 1
        with pytest.raises(Conflict):
            service.stop(fair(), mailing, BY)


def test_pages_lead_from_the_list_to_the_outbox(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        number = three()[0].number
    assert people.bob.post(f"{LIST}/messages/start", data={"id": number}).status_code == 403
    begun = people.alice.post(f"{LIST}/messages/start", data={"id": number})
    assert begun.status_code == 303
    page = begun.location
    wrong = people.alice.post(page, data={"purpose": "service", "subject_zh": "{name}", "body_zh": "x"})
    assert wrong.status_code == 422
    kept = people.alice.post(
        page, data={"purpose": "marketing", "subject_zh": "邀请参展", "body_zh": "{company}：{page}"}
    )
    assert kept.status_code == 303
    shown = people.alice.get(kept.location).text
    assert "甲公司" in shown
    assert people.alice.post(f"{kept.location}/test").status_code == 303
    assert people.alice.post(f"{kept.location}/send").status_code == 303
    assert people.alice.post(f"{kept.location}/send").status_code == 409
    assert people.alice.get(f"{LIST}/messages").status_code == 200
    assert people.alice.post(f"{LIST}/messages/start", data={}).status_code == 303


def put_in_outbox(mailing: ExhibitorMailing) -> dict[str, int | str]:
    """Send a message to one company; gives what the outbox keeps of it until it leaves."""
    service.send(fair(), mailing, None, BY)
    sent(fair(), mailing)
    db.session.flush()
    return dict(db.session.scalars(sa.select(Mail)).one().arguments)


def test_a_message_that_waited_never_carries_the_link_of_who_came_after(app: Flask, people: People) -> None:
    """§2.8, RFC 8058: a link is for one person; leaving counts for the address that got the message."""
    with app.test_request_context(), transaction() as session:
        one, *_rest = three()
        arguments = put_in_outbox(written([one.id], Purpose.MARKETING))
        first = session.get_one(ExhibitorPerson, arguments["person_id"])
        # Somebody else takes the place over meanwhile.
        first_address, first.email = first.email, "other@example.org"
    with app.test_request_context(), pytest.raises(Refused):
        pages.to_company(arguments, "zh")
    with app.test_request_context(), transaction() as session:
        session.get_one(ExhibitorPerson, arguments["person_id"]).email = first_address
    with app.test_request_context():
        message = pages.to_company(arguments, "zh")
    with app.test_request_context(), transaction() as session:
        gone = session.get_one(ExhibitorPerson, arguments["person_id"])
        gone.removed_at = gone.created_at
    with app.test_request_context(), pytest.raises(Refused):
        pages.to_company(arguments, "zh")
    path = message.unsubscribe_url.removeprefix("http://localhost")
    assert people.nobody.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with app.app_context():
        assert db.session.scalars(sa.select(RecruitingLeave.address)).all() == [first_address]


def test_a_contact_of_the_register_leaves_by_its_own_address(app: Flask, people: People) -> None:
    with app.test_request_context(), transaction() as session:
        one, person, *_rest = make_exhibitor(fair(), "甲公司", State.PROSPECT)
        session.delete(person)
        contact = CompanyContact(
            company_id=one.company_id, role="main", position=0, name="李红", email="li@example.org"
        )
        session.add(contact)
        session.flush()
        arguments = put_in_outbox(written([one.id], Purpose.MARKETING))
        assert arguments["contact_id"] == contact.id
    with app.test_request_context():
        message = pages.to_company(arguments, "zh")
    path = message.unsubscribe_url.removeprefix("http://localhost")
    # An applicant that comes later is first among the company's people, and got no message.
    with app.app_context(), transaction() as session:
        late = {"name": "后来", "email": "late@example.org", "language": "zh", "role": "owner"}
        row = session.query(Exhibitor).one()
        moment = row.created_at
        session.add(ExhibitorPerson(expo_id=row.expo_id, exhibitor_id=row.id, created_at=moment, **late))
    with app.test_request_context():
        assert "exhibitor/" not in pages.to_company(arguments, "zh").text
    assert people.nobody.post(path).status_code == 200
    with app.app_context():
        assert db.session.scalars(sa.select(RecruitingLeave.address)).all() == ["li@example.org"]


def test_an_invitation_carries_its_link_to_leave(app: Flask, people: People) -> None:
    """RFC 8058: the address takes a POST without a token of ours."""
    with app.test_request_context(), transaction():
        one, *_rest = three()
        arguments = put_in_outbox(written([one.id], Purpose.MARKETING))
    with app.test_request_context():
        message = pages.to_company(arguments, "zh")
    assert message.unsubscribe_url
    path = message.unsubscribe_url.removeprefix("http://localhost")
    assert people.nobody.get(path).status_code == 200
    assert people.nobody.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with app.test_request_context(), pytest.raises(Refused):
        pages.to_company(arguments, "zh")
    assert people.nobody.post(path, data={"again": "1"}).status_code == 200
    assert people.nobody.get("/8th/no-invitations/invented").status_code == 404
