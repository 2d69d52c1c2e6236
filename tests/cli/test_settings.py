"""A wrong setting is said in one sentence that names it, by every command and by wsgi.py (docs/operations.md, Settings)."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from exhibitions.cli.failing import say_or_trace, sentence_for
from exhibitions.config import SettingError, Settings
from exhibitions.core.db import busy

ROOT = Path(__file__).resolve().parents[2]
TABLE = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)

WRONG = [
    ("PORT", "abc", "a whole number from 0 to 65535"),
    ("PORT", "65536", "a whole number from 0 to 65535"),
    ("PORT", "9" * 5_000, "a whole number from 0 to 65535"),
    ("DATA_DIR", "/dev/null", "a folder that the server may write to"),
    ("DATA_DIR", "/proc/nowhere", "a folder that the server may write to"),
    ("DATA_DIR", "~nobody-of-this-name/data", "a folder that the server may write to"),
    ("DATABASE_URL", "nothing", "postgresql+psycopg://user:password@host/name"),
    ("DATABASE_URL", "postgresql://x@host:port/x", "postgresql+psycopg://user:password@host/name"),
    ("DATABASE_URL", "postgresql+psycopg2://x@h/x", "the driver psycopg2 is not supported; an address like"),
    ("DATABASE_URL", "mysql://x@h/x", "mysql is not supported, only SQLite and PostgreSQL"),
    ("DATABASE_URL", "sqlite://", "SQLite needs a file"),
    ("SECRET_KEY", "short", "at least 32 random characters"),
    ("PUBLIC_URL", "fair.example.org", "an address like https://fair.example.org"),
    ("PUBLIC_URL", "ftp://fair.example.org", "an address like https://fair.example.org"),
    ("PUBLIC_URL", "https://fair.example.org:port", "an address like https://fair.example.org"),
    ("PUBLIC_URL", "https://fair.example.org/8th", "an address like https://fair.example.org"),
    ("PUBLIC_URL", "https://[::1", "an address like https://fair.example.org"),
    (
        "PUBLIC_URL",
        "http://fair.example.org",
        "an address like https://fair.example.org is expected in production",
    ),
    ("PRODUCTION", "yes", "0 or 1"),
    ("ALLOWED_HOSTS", "ok.example.org,http://fair.example.org", "host names like fair.example.org"),
    ("TRUSTED_PROXIES", "-1", "a whole number from 0 to 10"),
    ("LIMITS_URL", "nowhere://x", "memory:// or redis://host"),
    ("WEB_PROCESSES", "two", "a whole number from 1 to 64"),
    ("MAIL_SERVER", "smtp://mail.example.org", "a host name like mail.example.org"),
    ("MAIL_PORT", "0", "a whole number from 1 to 65535"),
    ("MAIL_SECURITY", "ssl", "starttls, tls, none"),
    ("MAIL_USERNAME", "fair", "MAIL_PASSWORD is missing"),
    ("MAIL_PASSWORD", "secret", "MAIL_USERNAME is missing"),
    ("MAIL_FROM", "fair", "the sender's address, like fair@example.org"),
    ("SMS_SENDER", "two words", "the name of an installed sender, module:attribute or sandbox"),
    ("SMS_SENDER", "nobody-offers-this", "no installed package offers it"),
    ("SMS_SENDER", "no.such:Sender", "No module named 'no'"),
    ("PAYMENT_PROVIDER", "alipay", "manual or sandbox is expected"),
    ("TIME_ZONE", "CST", "a name like Asia/Shanghai or Europe/Berlin"),
    ("BACKUP_DAYS", "0", "a whole number from 1 to 3650"),
    ("BACKUP_PASSPHRASE_FILE", "/nowhere/words", "a file that the server may read"),
    ("METRICS_TOKEN", "short", "at least 16 random characters"),
    ("METRICS_FROM", "nowhere", "addresses or networks like 10.0.0.5,192.168.1.0/24"),
    ("PASSWORD_LIST", "/nowhere/list", "a file that the server may read"),
]


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A right environment, which the test may spoil; it is that of this process as well."""
    for name in TABLE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return {"DATA_DIR": str(tmp_path)}


def run(*arguments: str, **environ: str) -> tuple[int, str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in TABLE}
    done = subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        env={**kept, **environ},
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_every_setting_of_the_table_has_a_wrong_value_here() -> None:
    """But BACKUP_DIR: whether it can be written to is said when a backup is made."""
    assert {name for name, _, _ in WRONG} == set(TABLE) - {"BACKUP_DIR"}


@pytest.mark.parametrize(("name", "value", "expected"), WRONG)
def test_a_wrong_setting_is_one_sentence_of_wsgi(
    name: str, value: str, expected: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("PRODUCTION", "1" if name in ("SECRET_KEY", "PUBLIC_URL") else "0")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "wsgi.py"))
    sentence = str(end.value.code)
    assert sentence.startswith(f"Error: {name}: ")
    assert expected in sentence
    assert "\n" not in sentence


def test_the_sandbox_of_payments_is_not_for_production(environ: dict[str, str]) -> None:
    strict = {**environ, "PRODUCTION": "1", "PUBLIC_URL": "https://fair.example.org"}
    assert Settings.from_env(environ).payment_provider == "sandbox"
    assert Settings.from_env({**environ, "PAYMENT_PROVIDER": "manual"}).payment_provider == "manual"
    assert Settings.from_env(strict).payment_provider == "manual"
    with pytest.raises(SettingError, match=r"^PAYMENT_PROVIDER: sandbox moves no money"):
        Settings.from_env({**strict, "PAYMENT_PROVIDER": "sandbox"})


def test_the_sandbox_of_text_messages_is_not_for_production(environ: dict[str, str]) -> None:
    assert Settings.from_env({**environ, "SMS_SENDER": "sandbox"}).sms_sender == "sandbox"
    strict = {**environ, "SMS_SENDER": "sandbox", "PRODUCTION": "1", "PUBLIC_URL": "https://fair.example.org"}
    with pytest.raises(SettingError, match=r"^SMS_SENDER: sandbox sends nothing"):
        Settings.from_env(strict)


def test_a_folder_without_leave_to_write_is_said(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingError, match=r"^DATA_DIR: .* cannot be written to\.$"):
        Settings.from_env(environ)


def test_a_key_file_that_cannot_be_used_is_said(environ: dict[str, str]) -> None:
    key = Path(environ["DATA_DIR"]) / "secret.key"
    key.write_bytes(b"\xff" * 60)
    with pytest.raises(SettingError, match=r"^SECRET_KEY: the file secret\.key in DATA_DIR is damaged"):
        Settings.from_env(environ)
    key.unlink()
    key.mkdir()
    with pytest.raises(SettingError, match=r"^SECRET_KEY: .* cannot be read or made \(Is a directory\)"):
        Settings.from_env(environ)


@pytest.mark.parametrize(
    "url",
    ["https://fair.example.org", "http://192.168.8.2:8000", "http://fair.local", "http://localhost", ""],
)
def test_production_takes_tls_or_a_network_of_ones_own(url: str, environ: dict[str, str]) -> None:
    """ASVS 12.2.1: over http nothing leaves the own network; docs/laptop.md works in one without https."""
    settings = Settings.from_env({**environ, "PRODUCTION": "1", "PUBLIC_URL": url, "PORT": "8000"})
    assert settings.public_url == (url or "http://localhost:8000")


def test_redis_without_its_package_is_said(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(SettingError, match=r"^LIMITS_URL: redis:// needs the Python package redis"):
        Settings.from_env({**environ, "LIMITS_URL": "redis://host"})


def test_right_settings_are_taken(environ: dict[str, str]) -> None:
    """Also the forms that people write: an old name of the driver, a slash behind, an empty line in a settings file."""
    right = {
        "DATABASE_URL": "postgres://u:p%40w@[::1]:5433/fair",
        "PUBLIC_URL": "https://[2001:db8::1]:8443/",
        "ALLOWED_HOSTS": "fair.local, .example.org,10.0.0.5,",
        "MAIL_SERVER": "mail.example.org",
        "MAIL_FROM": "The fair <fair@example.org>",
        "LIMITS_URL": "",
        "MAIL_SECURITY": "",
    }
    settings = Settings.from_env({**environ, **right})
    assert settings.database_url == "postgresql+psycopg://u:p%40w@[::1]:5433/fair"
    assert settings.public_url == "https://[2001:db8::1]:8443"
    assert settings.allowed_hosts == ("fair.local", ".example.org", "10.0.0.5")
    assert (settings.limits_url, settings.mail.security) == ("memory://", "starttls")
    assert Settings.from_env({**environ, "DATA_DIR": ""}).data_dir == Path("data").resolve()


@pytest.mark.parametrize("command", [("serve",), ("report", "attendance", "--expo", "x"), ("db", "upgrade")])
def test_a_wrong_setting_ends_a_command(command: tuple[str, ...], tmp_path: Path) -> None:
    code, out, error = run(*command, DATA_DIR=str(tmp_path), PORT="abc")
    assert (code, out) == (1, "")
    assert error == "Error: PORT: a whole number from 0 to 65535 is expected, not 'abc'.\n"


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("db", "upgrade")])
def test_an_unreachable_database_ends_a_command(command: tuple[str, ...], tmp_path: Path) -> None:
    url = "postgresql://x:hidden@127.0.0.1:1/x"
    code, out, error = run(*command, DATA_DIR=str(tmp_path), DATABASE_URL=url)
    assert (code, out) == (1, "")
    assert re.fullmatch(r"Error: DATABASE_URL: the database cannot be used \(.*\)\. Expected is .*\n", error)
    assert "hidden" not in error


def test_a_database_without_tables_ends_a_command(tmp_path: Path) -> None:
    code, out, error = run("report", "attendance", "--expo", "x", "--json", DATA_DIR=str(tmp_path))
    assert (code, out) == (1, "")
    assert error.startswith("Error: The database has no tables yet")
    assert error.count("\n") == 1


def test_what_else_is_wrong_with_a_database(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is a letter and no database, " * 40)
    with (
        pytest.raises(DBAPIError) as raised,
        sa.create_engine(f"sqlite:///{tmp_path / 'no.db'}").connect() as link,
    ):
        link.exec_driver_sql("SELECT * FROM expos")
    assert "(file is not a database)" in str(sentence_for(raised.value))
    shut = OperationalError("", None, psycopg.errors.AdminShutdown("terminating connection"))
    assert "(terminating connection)" in str(sentence_for(shut))
    older = ProgrammingError("", None, psycopg.errors.UndefinedColumn("column does not exist"))
    assert "flask db upgrade" in str(sentence_for(older))
    assert sentence_for(busy()) == busy().message
    assert "too busy" in str(sentence_for(sa.exc.TimeoutError()))
    full = OSError(28, "No space left on device", "data/migrate.lock")
    assert str(sentence_for(full)).startswith("DATA_DIR: ")


def test_a_fault_of_the_program_keeps_its_stack_trace(capsys: pytest.CaptureFixture[str]) -> None:
    faults = [
        ValueError("ours"),
        ProgrammingError("", None, psycopg.errors.SyntaxError("ours")),
    ]
    for fault in faults:
        say_or_trace(type(fault), fault, None)
        assert "ours" in capsys.readouterr().err
    say_or_trace(type(busy()), busy(), None)
    assert capsys.readouterr().err == f"Error: {busy().message}\n"
