"""Jurors are invited, given codes and reminded."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from exhibitions.accounts.models import PersonalLink
from exhibitions.awards.models import (
    AwardSeason,
)
from exhibitions.awards.queries import jury
from exhibitions.awards.rules.states import (
    AssignmentState,
)
from exhibitions.awards.service import assigning, inviting_jurors, jurors
from exhibitions.awards.service.juror_access import check_code
from exhibitions.awards.views import jury_letters
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict as Stale
from exhibitions.core.errors import Refused
from exhibitions.expos.models import Expo
from exhibitions.mail.models import Mail
from tests.awards.making import ROUND, assign, make_sheet
from tests.awards.office import Office, root
from tests.awards.seating.acts import BY, entry, juror

pytestmark = pytest.mark.usefixtures("context")


class TestInvitations:
    def test_the_link_goes_by_mail_and_the_code_is_shown_once(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        row = juror(season, "J01")
        where = f"{root(expo, season)}/jury"
        assert office.awa.post(f"{where}/invite", data={}).headers["Location"].endswith("/jury")
        answer = office.awa.post(f"{where}/invite", data={"id": [str(row.id)]})
        page = office.awa.get(answer.headers["Location"]).get_data(as_text=True)
        found = re.search(r"<strong>(\d{6})</strong>", page)
        assert found is not None
        db.session.expire_all()
        row = juror(season, "J01")
        assert check_code(row, found[1])
        assert found[1] not in row.code_hash
        again = office.awa.get(answer.headers["Location"]).get_data(as_text=True)
        assert found[1] not in again
        (mail,) = db.session.scalars(sa.select(Mail).where(Mail.template == inviting_jurors.INVITATION))
        assert (mail.recipient, found[1] in str(mail.arguments)) == ("j01@jury.example", False)
        new = office.awa.post(f"{where}/{row.id}/code")
        assert new.status_code == 303
        db.session.expire_all()
        assert not check_code(juror(season, "J01"), found[1])

    def test_p22_who_may_not_see_marks_gives_no_code(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        """An organiser who put the own address into a juror's row would enter as that juror."""
        row, where = juror(season, "J01"), f"{root(expo, season)}/jury"
        for path, data in ((f"{where}/invite", {"id": str(row.id)}), (f"{where}/{row.id}/code", {})):
            assert office.zhou.post(path, data=data).status_code == 403
            assert office.awa.post(path, data=data).status_code == 303
        assert office.zhou.get(f"{where}/codes/x").status_code == 403
        for name, offered in (("zhou", False), ("awa", True)):
            for path in (where, f"{where}/{row.id}"):
                page = getattr(office, name).get(path).get_data(as_text=True)
                offers = f'action="{where}/{row.id}/code"' in page or 'value="invite"' in page
                assert offers is offered, (name, path)

    def test_who_leaves_has_no_link(self, app: Flask, expo: Expo, season: AwardSeason) -> None:
        row = juror(season, "J01")
        with transaction():
            inviting_jurors.new_link(row)
            jurors.leave(expo, season, row, "x", BY)
        link = db.session.scalars(sa.select(PersonalLink).where(PersonalLink.kind == jury.LINK)).one()
        assert link.revoked_at is not None
        with transaction(), pytest.raises(Stale):
            inviting_jurors.invite(expo, season, [row], BY)

    def test_a_new_invitation_closes_the_links_of_before(self, expo: Expo, season: AwardSeason) -> None:
        row = juror(season, "J01")
        with transaction():
            inviting_jurors.new_link(row)
            inviting_jurors.invite(expo, season, [row], BY)
        links = db.session.scalars(sa.select(PersonalLink.revoked_at).where(PersonalLink.kind == jury.LINK))
        assert None not in set(links)

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_letters_say_what_is_to_do(
        self, app: Flask, expo: Expo, season: AwardSeason, lang: str
    ) -> None:
        row = juror(season, "J01")
        with transaction():
            place = assign(entry(season, "A001"), row)
        arguments: dict[str, int | str] = {
            "expo_id": expo.id,
            "juror_id": row.id,
            "round": ROUND,
            "token": "TOKEN",
        }
        with app.test_request_context(), force_locale(lang):
            for render in (jury_letters.invitation, jury_letters.reminder):
                letter = render(arguments, lang)
                assert f"http://localhost/{expo.slug}/jury/TOKEN" in letter.text
                assert "<" not in letter.text + letter.subject
            with transaction():
                place.state = AssignmentState.SUBMITTED
            with pytest.raises(Refused):
                jury_letters.reminder(arguments, lang)
            with transaction():
                row.left_at = clock.now()
            with pytest.raises(Refused):
                jury_letters.invitation(arguments, lang)

    def test_only_who_has_open_work_is_reminded_and_once_a_day(
        self, expo: Expo, season: AwardSeason, office: Office
    ) -> None:
        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
            make_sheet(entry(season, "A001"), juror(season, "J02"), "80")
        for _ in range(2):
            office.alice.post(f"{root(expo, season)}/assignments/remind", data={"round": ROUND})
        mails = db.session.scalars(sa.select(Mail.recipient).where(Mail.template == inviting_jurors.REMINDER))
        assert list(mails) == ["j01@jury.example"]
        with transaction():
            assigning.close_round(expo, season, ROUND, BY)
        with transaction(), pytest.raises(Stale):
            inviting_jurors.remind(expo, season, ROUND, BY)

    def test_ticked_jurors_alone_are_reminded(self, expo: Expo, season: AwardSeason, office: Office) -> None:
        with transaction():
            for code in ("J01", "J02", "J03"):
                assign(entry(season, "A001"), juror(season, code))
        chosen = [str(juror(season, "J02").id), str(juror(season, "J04").id)]
        page = office.alice.get(f"{root(expo, season)}/jury").get_data(as_text=True)
        where = re.search(r'formaction="([^"]+/remind[^"]*)"', page)
        assert where is not None

        def written() -> list[str]:
            found = sa.select(Mail.recipient).where(Mail.template == inviting_jurors.REMINDER)
            return list(db.session.scalars(found.order_by(Mail.id)))

        office.alice.post(where[1], data={"only": "ticked"})
        assert written() == []
        office.alice.post(where[1], data={"only": "ticked", "id": chosen})
        assert written() == ["j02@jury.example"]
        office.alice.post(where[1], data={"only": "ticked", "all": "1"})
        assert written() == ["j02@jury.example", "j01@jury.example", "j03@jury.example"]

    def test_a_reminder_of_a_round_that_is_over_is_not_sent(
        self, app: Flask, expo: Expo, season: AwardSeason
    ) -> None:
        with transaction():
            assign(entry(season, "A001"), juror(season, "J01"))
            jury.rounds(season)[ROUND].closes_at = clock.now() - timedelta(minutes=1)
        arguments: dict[str, int | str] = {
            "expo_id": expo.id,
            "juror_id": juror(season, "J01").id,
            "round": ROUND,
            "token": "TOKEN",
        }
        with app.test_request_context(), pytest.raises(Refused):
            jury_letters.reminder(arguments, "en")

    def test_wrong_codes_are_counted_per_juror_and_a_new_code_forgets_them(
        self, app: Flask, expo: Expo, season: AwardSeason
    ) -> None:
        row = juror(season, "J01")
        with transaction():
            links = [f"/{expo.slug}/jury/{inviting_jurors.new_link(row)}/code" for _ in range(2)]
            code = inviting_jurors.new_code(expo, season, row, BY)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        browser = app.test_client()
        asked = [browser.post(link, data={"code": wrong}).status_code for link in links * 3]
        assert asked == [422] * 5 + [429], "a second link has no tries of its own"
        assert browser.post(links[1], data={"code": code}).status_code == 429
        with transaction():
            new = inviting_jurors.new_code(expo, season, juror(season, "J01"), BY)
        assert browser.post(links[0], data={"code": new}).status_code == 303
