"""What tests of the register share: companies as people enter them, lists as people upload them."""

from __future__ import annotations

import io
import re
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from exhibitions.companies import queries, service
from exhibitions.companies.models import Company
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.service import importing, joining, papers
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.files import service as files
from exhibitions.jobs.commands.running import drain

CODE, OTHER_CODE = "91210200MA0ABCDE63", "91210200744370215R"
BY = SYSTEM
DESK = "/desk/companies"


def enter(name: str = "大连星河玻璃有限公司", by: Actor = BY, **facts: Any) -> Company:
    """A company of the register, inside the caller's transaction."""
    return service.add(CompanyFacts(name_zh=name, **facts), by)


def with_contact(company: Company, **facts: Any) -> Company:
    """The company with a person there, inside the caller's transaction."""
    values: dict[str, Any] = {"name": "王敏", "phone": "13800138000", "email": "wang@star.example"} | facts
    service.add_contact(company, service.ContactFacts(**values), BY)
    return company


def upload(browser: FlaskClient, text: str, name: str = "list.csv") -> str:
    """Upload a list and let it be checked; gives the address of its page."""
    sent = {"file": (io.BytesIO(text.encode()), name)}
    address = browser.post(f"{DESK}/imports", data=sent).headers["Location"]
    browser.post(f"{address}/check")
    return str(address)


def finish(browser: FlaskClient) -> None:
    """Let the worker do what waits."""
    with browser.application.app_context():
        drain()


def photograph(size: tuple[int, int] = (400, 300), *, turned: int = 3, kind: str = "JPEG") -> bytes:
    """A picture, red above and blue below, held upside down (EXIF orientation 3), with a place in its EXIF."""
    picture = Image.new("RGB", size, "blue")
    picture.paste((255, 0, 0), (0, 0, size[0], size[1] // 2))
    if turned == 3:
        picture = picture.rotate(180)
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "SECRETPHONE"
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def words(page: bytes) -> str:
    """The text of a page without its marks, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def body_of(fields: dict[str, str], content: bytes) -> dict[str, object]:
    """A form with a large file as the arguments of a request: what the client would spool to a disk stays in memory."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()
    ]
    parts.append('--x\r\nContent-Disposition: form-data; name="copy"; filename="a.jpg"\r\n\r\n')
    return {
        "data": "\r\n".join(parts).encode() + content + b"\r\n--x--\r\n",
        "content_type": "multipart/form-data; boundary=x",
    }


def fill_register(by: Actor) -> dict[str, int]:
    """One of everything in the register: what the places of its addresses stand for, inside the caller's transaction."""
    company = with_contact(enter(by=by, credit_code=CODE))
    paper = papers.add(company, PaperFacts(PaperKind.LICENCE, CODE), None, by)
    merge = joining.merge(company, enter("大连星河玻璃", by=by), {}, by)
    kept = files.write("公司名称,信用代码\n月亮,\n坏,1\n".encode())
    return {
        "company_id": company.id,
        "contact_id": queries.contacts(company)[0].id,
        "paper_id": paper.id,
        "merge_id": merge.id,
        "import_id": importing.begin(kept, "companies.csv", by).id,
    }


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
"""The least that passes for a PDF."""
