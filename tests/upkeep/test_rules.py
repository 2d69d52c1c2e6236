"""When a backup is due and when it goes; which light each fact gives."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from exhibitions.core.errors import Refused
from exhibitions.organisation import rules as organisation
from exhibitions.upkeep.rules import archive, health
from exhibitions.upkeep.rules.health import GIBI, MEBI, Facts, Tone

NOW = datetime(2026, 8, 19, 12, tzinfo=UTC)
WELL = Facts(NOW, last_backup=NOW, last_proof=NOW, wal=0, worker_seen=NOW)


def tone_of(key: str, **changed: object) -> Tone:
    facts = Facts(**{**vars(WELL), **changed})
    return next(check.tone for check in health.judge(facts) if check.key == key)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def test_everything_is_well() -> None:
    checks = health.judge(WELL)
    assert {check.tone for check in checks} == {Tone.GOOD}
    assert health.worst(checks) is Tone.GOOD
    assert health.ready(checks) == {"database": True, "migrations": True, "worker": True}


@pytest.mark.parametrize(
    ("key", "changed", "tone"),
    [
        ("database", {"database": False}, Tone.STOP),
        ("migrations", {"migrations": False}, Tone.STOP),
        ("worker", {"worker": False}, Tone.STOP),
        ("worker", {"worker_seen": None}, Tone.GOOD),
        ("worker", {"worker_seen": ago(hours=2)}, Tone.WAIT),
        ("jobs", {"oldest_job": ago(seconds=30)}, Tone.GOOD),
        ("jobs", {"oldest_job": ago(minutes=3)}, Tone.WAIT),
        ("jobs", {"oldest_job": ago(minutes=11)}, Tone.STOP),
        ("failed", {"failed_jobs": 1}, Tone.WAIT),
        ("mail", {"has_mail_server": False}, Tone.WAIT),
        ("mail", {"late_mails": 1}, Tone.WAIT),
        ("mail", {"failed_mails": 1}, Tone.WAIT),
        ("texts", {"has_text_sender": True}, Tone.GOOD),
        ("texts", {"has_text_sender": True, "late_texts": 1}, Tone.WAIT),
        ("texts", {"has_text_sender": True, "failed_texts": 1}, Tone.WAIT),
        ("disk", {"disk_free": GIBI}, Tone.WAIT),
        ("disk", {"disk_free": MEBI}, Tone.STOP),
        ("wal", {"wal": 65 * MEBI}, Tone.WAIT),
        ("wal", {"wal": 513 * MEBI}, Tone.STOP),
        ("backup", {"last_backup": None}, Tone.STOP),
        ("backup", {"last_backup": ago(hours=27)}, Tone.WAIT),
        ("backup", {"last_backup": ago(hours=73)}, Tone.STOP),
        ("backup", {"last_proof": None}, Tone.WAIT),
        ("clock", {"newest_entry": NOW + timedelta(seconds=30)}, Tone.WAIT),
        ("clock", {"database_clock": ago(minutes=2)}, Tone.STOP),
        ("devices", {"devices": 4}, Tone.GOOD),
        ("devices", {"devices": 4, "silent": 1}, Tone.WAIT),
    ],
)
def test_each_light(key: str, changed: dict[str, object], tone: Tone) -> None:
    assert tone_of(key, **changed) is tone


def test_without_a_sender_of_text_messages_there_is_no_light() -> None:
    assert "texts" not in [check.key for check in health.judge(Facts(NOW, late_texts=1))]


def test_a_dead_database_hides_what_it_would_have_told() -> None:
    checks = health.judge(Facts(NOW, database=False))
    assert [check.key for check in checks] == ["database", "disk", "backup"]
    assert health.ready(checks) == {"database": False}
    assert health.worst(checks) is Tone.STOP
    assert all(check.advice for check in checks if check.tone is not Tone.GOOD)


def test_postgresql_has_no_write_ahead_log_here() -> None:
    assert "wal" not in {check.key for check in health.judge(Facts(NOW))}
    assert health.worst(health.judge(Facts(NOW, last_backup=NOW))) is Tone.WAIT


def test_old_backups_go_but_never_the_newest() -> None:
    made = [("a", ago(days=20)), ("b", ago(days=15)), ("c", ago(days=14))]
    assert archive.too_old(made, NOW, 14) == ["a", "b"]
    assert archive.too_old(made[:2], NOW, 14) == ["a"]
    assert archive.too_old([], NOW, 14) == []


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-08-19 12:00", True),
        ("2026-08-19 02:59", "2026-08-19 03:00", True),
        ("2026-08-19 03:00", "2026-08-19 23:59", False),
        ("2026-08-18 04:00", "2026-08-19 02:59", False),
        ("2026-08-18 02:00", "2026-08-19 02:59", True),
    ],
)
def test_a_night_is_due_at_three_on_the_organisers_clock(last: str | None, now: str, due: bool) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)

    assert archive.night_is_due(at(last) if last else None, at(now), "Asia/Shanghai") is due


def test_names_of_backups() -> None:
    name = archive.file_name(NOW, "nightly")
    assert name == "exhibitions-20260819-120000-nightly.zip"
    assert archive.key_of(name) == "20260819-120000-nightly"
    assert archive.key_of(archive.file_name(NOW)) == "20260819-120000"
    assert archive.key_of("../x.zip") == ""
    assert archive.differences({"a": 1, "b": 2}, {"a": 1, "c": 1}) == [
        "b: 0 instead of 2",
        "c: 1 instead of 0",
    ]


def test_what_an_organisation_may_be_called() -> None:
    assert organisation.clean(" 大连\u202e  轻工\n联合会\x00 ") == "大连 轻工 联合会"
    with pytest.raises(Refused, match="organisation_nameless"):
        organisation.check_facts(organisation.Facts())
    with pytest.raises(Refused, match="timezone_unknown"):
        organisation.check_facts(organisation.Facts(name_zh="x", timezone="x"))
    organisation.check_facts(organisation.Facts(name_en="x"))


def test_a_logo_of_too_many_pixels_is_refused_by_its_header() -> None:
    """F17: a small file may claim a huge picture."""
    out = io.BytesIO()
    Image.new("1", (5000, 4000)).save(out, "PNG")
    with pytest.raises(Refused) as refused:
        organisation.drawn_anew(out.getvalue())
    assert refused.value.code == "logo_pixels"
