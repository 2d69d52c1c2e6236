"""spec exhibitors-stands §2.6: copies of papers as people photograph them, and reminders at 60, 30 and 7 days."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from exhibitions.companies import handlers, queries, service
from exhibitions.companies.models import Company, CompanyPaper
from exhibitions.companies.queries import expiries, listing
from exhibitions.companies.rules import copies
from exhibitions.companies.rules.copies import kept_copy
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.service import papers
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Conflict, Refused
from exhibitions.files import service as files
from exhibitions.files.models import StoredFile
from exhibitions.jobs import service as jobs
from exhibitions.mail.models import Mail
from tests.companies.register import BY, DESK, PDF, body_of, enter, finish, photograph, with_contact, words
from tests.people import People

TODAY = date(2026, 8, 1)


def colours(content: bytes) -> tuple[str, str]:
    """Which of red and blue is above and which below in a picture."""
    with Image.open(io.BytesIO(content)) as picture:
        rgb = picture.convert("RGB")
        above, below = (rgb.getpixel((rgb.width // 2, at)) for at in (5, rgb.height - 5))
    names = ["red" if pixel[0] > pixel[2] else "blue" for pixel in (above, below)]  # type: ignore[index]
    return names[0], names[1]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_licence_photographed_upside_down_is_turned_and_forgets_where(kind: str) -> None:
    content = photograph(kind=kind)
    assert b"SECRETPHONE" in content
    copy = kept_copy(content)
    assert (copy.content_type, copy.ending) == ("image/jpeg", "jpg")
    assert colours(copy.content) == ("red", "blue")
    assert b"SECRETPHONE" not in copy.content


def test_a_large_photograph_is_shrunk() -> None:
    out = io.BytesIO()
    Image.effect_noise((6000, 4000), 90).save(out, "JPEG", quality=100)
    content = out.getvalue()
    assert len(content) > 15_000_000
    copy = kept_copy(content)
    with Image.open(io.BytesIO(copy.content)) as picture:
        assert max(picture.size) == copies.SIDE
    assert len(copy.content) < 5_000_000


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "1", "I;16"])
def test_every_kind_of_picture_is_taken(mode: str) -> None:
    picture = Image.new(mode, (40, 30))
    out = io.BytesIO()
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(io.BytesIO(kept_copy(out.getvalue()).content)) as copy:
        assert copy.size == (40, 30)


def test_what_is_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[bytes, str]] = [
        (b"", "copy_unreadable"),
        (b"<svg onload=alert(1)>", "copy_unreadable"),
        (photograph()[:200], "copy_unreadable"),
    ]
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    cases.append((gif.getvalue(), "copy_unreadable"))
    monkeypatch.setattr(copies, "MOST_PIXELS", 100)
    monkeypatch.setattr(copies, "MOST_PDF_BYTES", 100)
    cases += [
        (photograph(), "copy_pixels"),
        (PDF + b" " * 100, "copy_large"),
        (b"%PDF-1.7\nPK\x03\x04", "copy_unreadable"),
    ]
    for content, code in cases:
        with pytest.raises(Refused) as refusal:
            kept_copy(content)
        assert refusal.value.code == code
    assert kept_copy(PDF).ending == "pdf"


def test_a_paper_with_its_copy_from_the_page_to_the_reader(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        company_id = enter().id
    page = f"{DESK}/{company_id}/papers"
    sent: dict[str, Any] = {"kind": "licence", "number": "91210200ma0abcde63", "valid_to": "2030-01-31"}
    assert (
        people.dora.post(f"{page}/add", data=sent | {"copy": (io.BytesIO(photograph()), "a.jpg")}).status_code
        == 303
    )
    record = people.dora.get(f"{DESK}/{company_id}").get_data(as_text=True)
    assert "91210200MA0ABCDE63" in record
    with app.app_context():
        file_id = db.session.get_one(CompanyPaper, 1).file_id
    got = people.dora.get(f"/desk/files/{file_id}")
    assert got.status_code == 200
    assert "attachment" in got.headers["Content-Disposition"]
    assert colours(got.data) == ("red", "blue")
    got.close()
    assert people.alice.get(f"/desk/files/{file_id}").status_code in (403, 404)
    # A new copy takes the old one's place; without one the old stays.
    assert people.dora.get(f"{page}/1").status_code == 200
    assert people.dora.post(f"{page}/1", data=sent | {"valid_to": "2031-01-31"}).status_code == 303
    new = sent | {"copy": (io.BytesIO(PDF), "a.pdf")}
    assert people.dora.post(f"{page}/1", data=new).status_code == 303
    with app.app_context():
        paper = db.session.get_one(CompanyPaper, 1)
        stored = db.session.get_one(StoredFile, paper.file_id)
        assert stored.content_type == "application/pdf"
        assert db.session.get(StoredFile, file_id) is None
    assert people.dora.post(f"{page}/1/remove").status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 0


def test_what_is_said_of_a_wrong_paper(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        company_id = enter().id
    page = f"{DESK}/{company_id}/papers/add"
    for sent, sentence in (
        ({"kind": "food_production", "number": "SC1"}, "14 digits"),
        ({"kind": "other", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "before the first"),
        ({"kind": "other", "copy": (io.BytesIO(b"MZ"), "a.exe")}, "no PDF, JPG or PNG"),
    ):
        answer = people.dora.post(page, data=sent)
        assert answer.status_code == 422
        assert sentence in words(answer.data)


def test_forty_megabytes_are_taken_and_more_gets_a_sentence(app: Flask, people: People) -> None:
    """A 40 MB licence passes, though other pages take 32 MB; what is larger still is refused in words, not by a fault."""
    with app.app_context(), transaction():
        company_id = enter().id
    page = f"{DESK}/{company_id}/papers/add"
    large = photograph() + b"\0" * (40 * 1024 * 1024)
    fields = {"kind": "licence"}
    assert people.dora.post(page, **body_of(fields, large)).status_code == 303
    answer = people.dora.post(page, **body_of(fields, b"\0" * copies.MOST_BYTES))
    assert answer.status_code == 413
    assert "too large" in words(answer.data)
    assert people.dora.post(f"{DESK}/imports", **body_of(fields, large)).status_code == 413


def reminded(paper: CompanyPaper) -> int | None:
    return paper.reminded


def add_paper(company: Company, days: int, kind: PaperKind = PaperKind.LICENCE) -> CompanyPaper:
    return papers.add(
        company, PaperFacts(kind, valid_to=clock.today("Asia/Shanghai") + timedelta(days=days)), None, BY
    )


def test_reminders_go_by_mail_once_each_and_the_rest_is_told(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            reached = with_contact(enter())
            nobody = enter("海鸥")
            without = with_contact(enter("信天翁"), email="")
            for company in (reached, nobody, without):
                add_paper(company, 20)
            add_paper(reached, 61)
            add_paper(reached, -1)
        for _again in range(2):
            with transaction():
                behind: int | None = 0
                while behind is not None:
                    behind = papers.remind(clock.today("Asia/Shanghai"), behind)
        mails = db.session.scalars(sa.select(Mail)).all()
        assert [(mail.recipient, mail.arguments["days"]) for mail in mails] == [("wang@star.example", 30)]
        told = expiries.listed(expiries.TO_TELL, clock.today("Asia/Shanghai"))
        assert [company.name_zh for _, company in told] == ["海鸥", "信天翁"]
        assert expiries.counts(clock.today("Asia/Shanghai")) == {"ending": 3, "over": 1, "to-tell": 2}
        message = handlers.paper_ends(mails[0].arguments, "zh")
        assert "大连星河玻璃有限公司" in message.text
        assert "大连" not in message.subject
    page = people.dora.get(f"{DESK}/papers?view=to-tell")
    assert "海鸥" in words(page.data)
    assert "138****8000" in words(page.data)
    assert people.dora.post(f"{DESK}/2/papers/2/told").status_code == 303
    assert "海鸥" not in words(people.dora.get(f"{DESK}/papers?view=to-tell").data)
    for view in ("ending", "over", "nonsense"):
        assert people.dora.get(f"{DESK}/papers?view={view}").status_code == 200
    for state, number in (("ending", 3), ("over", 1), ("none", 0)):
        assert len(ids(app, state)) == number, state


def ids(app: Flask, state: str) -> list[int]:
    with app.app_context():
        return list(listing.ids_of(listing.Filters(papers=state), clock.today("Asia/Shanghai")))


def test_a_renewed_paper_begins_anew_and_its_letter_is_withdrawn(context: None) -> None:
    with transaction():
        company = with_contact(enter())
        paper = add_paper(company, 5)
        papers.remind(clock.today("Asia/Shanghai"))
        assert reminded(paper) == 7
        arguments = {"company": company.id, "paper": paper.id, "days": 7}
        later = clock.today("Asia/Shanghai") + timedelta(days=400)
        papers.change(company, paper, PaperFacts(paper.kind, valid_to=later), None, BY)
        assert reminded(paper) is None
        with pytest.raises(Refused, match="paper_renewed"):
            handlers.paper_ends(arguments, "zh")
        papers.remove(company, paper, BY)
        with pytest.raises(Refused, match="paper_gone"):
            handlers.paper_ends(arguments, "zh")


def test_the_worker_reminds_and_forgets(app: Flask) -> None:
    with app.app_context(), transaction():
        add_paper(with_contact(enter()), 7)
        for name in (papers.REMIND, "companies.forget_merges", "companies.import_files"):
            jobs.enqueue(name, "now", {})
    finish(app.test_client())
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Mail.id))) == 1


def test_bounds_and_merged_companies(context: None) -> None:
    with transaction():
        company = enter()
        for _each in range(queries.MOST_PAPERS):
            db.session.add(CompanyPaper(company_id=company.id, kind=PaperKind.OTHER, created_at=clock.now()))
        for number in range(queries.MOST_CONTACTS):
            service.add_contact(company, service.ContactFacts(name=f"人{number}"), BY)
        db.session.flush()
        with pytest.raises(Refused, match="papers_full"):
            papers.add(company, PaperFacts(PaperKind.OTHER), None, BY)
        with pytest.raises(Refused, match="contacts_full"):
            service.add_contact(company, service.ContactFacts(name="人"), BY)
        company.merged_into_id = enter("海鸥").id
        with pytest.raises(Conflict, match="company_merged"):
            papers.add(company, PaperFacts(PaperKind.OTHER), None, BY)


def test_a_company_abroad_is_written_to_in_english(context: None) -> None:
    with transaction():
        assert papers.language_of(enter("", name_en="Hanbit", country="KR")) == "en"
        assert papers.language_of(enter("港", country="HK")) == "zh"


def test_no_copy_is_left_behind_by_a_refusal(app: Flask, people: People) -> None:
    """What was written for a refused form has no row and is swept away."""
    with app.app_context(), transaction():
        company_id = enter().id
    sent = {"kind": "food_production", "number": "SC1", "copy": (io.BytesIO(photograph()), "a.jpg")}
    assert people.dora.post(f"{DESK}/{company_id}/papers/add", data=sent).status_code == 422
    with app.app_context():
        assert files.sweep(clock.now() + timedelta(days=1)) == 0
