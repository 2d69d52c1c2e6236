"""A2 and health: who the organiser is, backups by the page, lights that agree with /readyz, figures for machines."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from PIL import Image

from exhibitions.audit import queries as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.files.models import StoredFile
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from exhibitions.organisation import queries as organisations
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.service import keeping
from exhibitions.upkeep.service.place import here
from tests.engines import both_engines
from tests.people import People

SETTINGS = "/desk/settings"


@pytest.fixture
def stamped(app: Flask) -> None:
    """The tables say that they are this release's."""
    with app.app_context():
        flask_migrate.stamp()


def work(app: Flask) -> int:
    """Do what waits; a context of its own, because who asks must not be remembered from one request to the next."""
    with app.app_context():
        return drain()


def actions(app: Flask) -> list[str]:
    """What was done, the newest first."""
    with app.app_context():
        return [entry.action for entry in audit.entries(None)]


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def said(people: People, **fields: object) -> tuple[int, str]:
    answer = people.dora.post(
        f"{SETTINGS}/organisation",
        data={"name_zh": "大连轻工业联合会", "timezone": "Asia/Shanghai", **fields},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.text


def test_the_organiser_is_said_once_and_stands_on_public_pages(
    app: Flask, stamped: None, people: People
) -> None:
    logo = (io.BytesIO(picture()), "logo.png")
    assert said(people, name_en="Dalian Light Industry Federation", logo=logo)[0] == 303
    page = people.dora.get(SETTINGS).text
    assert "大连轻工业联合会" in page
    assert "/logo.png" in page
    assert "大连轻工业联合会" in people.nobody.get("/8th/").text
    shown = people.nobody.get("/logo.png", buffered=True)
    assert shown.content_type == "image/png"
    with Image.open(io.BytesIO(shown.data)) as found:
        assert found.size == (512, 171)
    assert {"organisation.changed", "organisation.logo_changed"} <= set(actions(app))
    # Another logo takes the place of the first, whose file is dropped.
    assert said(people, logo=(io.BytesIO(picture("JPEG")), "x.jpg"))[0] == 303
    with app.app_context():
        assert db.session.query(StoredFile).filter_by(purpose="organisation.logo").count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name_zh": " "}, "Enter the name in Chinese or in English."),
        ({"timezone": "Asia/Dalian"}, "There is no such time zone."),
        ({"logo": (io.BytesIO(b"<svg onload=alert(1)>"), "x.png")}, "This is no PNG, JPEG or WebP picture"),
        ({"name_en": "x" * 201}, "At most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    app: Flask, stamped: None, people: People, fields: dict[str, object], words: str
) -> None:
    people.dora.set_cookie("lang", "en")
    status, page = said(people, **fields)
    assert (status, words in page) == (422, True)
    with app.app_context():
        assert organisations.organisation() is None


def test_without_a_logo_its_address_has_nothing(app: Flask, stamped: None, people: People) -> None:
    assert people.nobody.get("/logo.png").status_code == 404


@both_engines
def test_a_backup_is_made_tested_and_fetched_from_the_page(app: Flask, stamped: None, people: People) -> None:
    """A2: back up now, restore test, download; each of the three is written down (P12)."""
    answer = people.dora.post(f"{SETTINGS}/backups")
    assert answer.location.startswith("/desk/jobs/")
    # A second click finds the work that is under way.
    assert people.dora.post(f"{SETTINGS}/backups").location == answer.location
    assert work(app) == 1
    done = people.dora.get(f"{answer.location}?lang=en")
    assert (done.status_code, "Show the backups" in done.text) == (200, True)
    [backup] = keeping.kept(here())
    assert people.dora.post(f"{SETTINGS}/backups/{backup.key}/test").status_code == 303
    assert work(app) == 1
    [tested] = keeping.kept(here())
    assert tested.proof is not None
    assert (tested.proof.wrong, tested.proof.rows) == ([], tested.manifest and tested.manifest.rows)
    assert not list(here().folder.glob(".proof-*"))
    fetched = people.dora.post(f"{SETTINGS}/backups/{backup.key}/file", buffered=True)
    assert fetched.data == backup.path.read_bytes()
    assert "attachment" in fetched.headers["Content-Disposition"]
    assert actions(app)[:3] == ["upkeep.backup_fetched", "upkeep.backup_proved", "upkeep.backup_made"]
    page = people.dora.get(SETTINGS).text
    assert backup.key in page
    for other in ("../../secret", "20260101-000000"):
        assert people.dora.post(f"{SETTINGS}/backups/{other}/file").status_code == 404
    for stranger in (people.alice, people.bob, people.charlie):
        assert stranger.post(f"{SETTINGS}/backups/{backup.key}/file").status_code == 403


def test_a_backup_that_is_not_good_is_called_so(app: Flask, stamped: None, people: People) -> None:
    people.dora.post(f"{SETTINGS}/backups")
    work(app)
    [backup] = keeping.kept(here())
    content = bytearray(backup.path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    backup.path.write_bytes(content)
    people.dora.post(f"{SETTINGS}/backups/{backup.key}/test")
    work(app)
    with app.app_context():
        assert db.session.query(Job).filter_by(name=keeping.PROVE).one().state is State.FAILED
    [tested] = keeping.kept(here())
    assert not tested.good
    assert keeping.newest_good(here()) is None


def test_every_night_one_is_made_and_old_ones_go(app: Flask, stamped: None, people: People) -> None:
    folder = here().folder
    folder.mkdir()
    old = clock.now() - timedelta(days=here().days, hours=1)
    for path in (folder / archive.file_name(old), folder / "notes.zip"):
        path.write_bytes(b"x")
    for name in (archive.file_name(old, "nightly"), ".copy-x", "y.zip.part"):
        path = folder / name
        path.mkdir() if name.startswith(".") else path.write_bytes(b"x")
    for _ in range(2):
        with app.app_context(), transaction():
            jobs.enqueue(keeping.NIGHTLY, "periodic", {})
        work(app)
    left = sorted(path.name for path in folder.iterdir())
    nights = [name for name in left if name.endswith("-nightly.zip")]
    assert len(nights) == 1
    assert left == sorted([".copy-x", "backup.lock", *nights, "notes.zip", "y.zip.part"])
    assert "upkeep.backups_deleted" in actions(app)


def lights(people: People) -> str:
    people.dora.set_cookie("lang", "en")
    return people.dora.get("/desk/health").text


def test_health_agrees_with_readyz(app: Flask, stamped: None, people: People) -> None:
    """Red about what the service cannot do without, exactly when /readyz says no."""
    assert "Act now" in lights(people)  # There is no backup yet.
    assert people.nobody.get("/readyz").get_json()["checks"] == {
        "database": True,
        "migrations": True,
        "worker": True,
    }
    with app.app_context(), transaction() as session:
        waiting = jobs.enqueue("x", "y", {}, actor=SYSTEM)
        waiting.run_after = clock.now() - timedelta(minutes=12)
        session.flush()
    page = lights(people)
    assert "Work is waiting and nobody takes it." in page
    assert "has been waiting for 12 minutes" in page
    answer = people.nobody.get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["worker"]) == (503, False)


def test_tables_of_another_release_are_red_on_both(app: Flask, people: People) -> None:
    with app.app_context():
        flask_migrate.stamp(revision="0001")
    assert "The tables are those of another release." in lights(people)
    assert people.nobody.get("/readyz").get_json()["checks"]["migrations"] is False


def test_figures_are_closed_unless_opened(app: Flask, people: People, stamped: None, tmp_path: Path) -> None:
    """ASVS 13.4.5: nobody without token or address, and no word of a person for who is let in."""
    assert people.nobody.get("/metrics").status_code == 404
    assert people.dora.get("/metrics").status_code == 404
    vars(app.config["SETTINGS"])["metrics_token"] = "0123456789abcdef"
    wrong = people.nobody.get("/metrics", headers={"Authorization": "Bearer 0123456789abcdeg"})
    assert wrong.status_code == 404
    people.nobody.get("/8th/find-badge?phone=13900000001")
    text = people.nobody.get("/metrics", headers={"Authorization": "Bearer 0123456789abcdef"}).text
    assert 'exhibitions_requests_total{endpoint="visitors.find",method="GET",status="200"}' in text
    assert "13900000001" not in text
    assert 'exhibitions_jobs_open{state="queued"} 0.0' in text
    assert 'exhibitions_age_seconds{state="newest_backup"} +Inf' in text
    vars(app.config["SETTINGS"]).update(metrics_token="", metrics_from=("127.0.0.0/8",))
    assert people.nobody.get("/metrics").status_code == 200
    assert people.nobody.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 404
