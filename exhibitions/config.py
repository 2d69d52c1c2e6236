"""The settings of an installation, read once from the environment and checked with a sentence each."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

WEAK_KEY_LENGTH = 32
MAIL_SECURITY = ("starttls", "tls", "none")


class SettingError(Exception):
    """A setting is wrong; the message is a sentence that names it and says what is expected."""


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves. Without `server`, messages are written as .eml files into DATA_DIR/outbox."""

    server: str = ""
    port: int = 587
    username: str = ""
    password: str = ""
    security: str = "starttls"
    sender: str = ""


@dataclass(frozen=True)
class Settings:
    """All settings. `data_dir` holds the whole state of a small installation."""

    data_dir: Path
    database_url: str
    secret_key: str
    public_url: str
    port: int
    production: bool
    allowed_hosts: tuple[str, ...]
    trusted_proxies: int
    limits_url: str
    mail: MailSettings
    web_processes: int = 1
    pool_size: int = 20

    @staticmethod
    def from_env(environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raises `SettingError` with a sentence for the first wrong setting."""
        env = os.environ if environ is None else environ
        data_dir = _data_dir(env.get("DATA_DIR", "data"))
        port = _number(env, "PORT", 8000, 65535)
        production = _switch(env, "PRODUCTION")
        return Settings(
            data_dir=data_dir,
            database_url=_database_url(env, data_dir),
            secret_key=_secret_key(env, data_dir, production),
            public_url=_public_url(env, port),
            port=port,
            production=production,
            allowed_hosts=tuple(h.strip() for h in env.get("ALLOWED_HOSTS", "").split(",") if h.strip()),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 10),
            limits_url=env.get("LIMITS_URL", "memory://"),
            mail=_mail(env),
            web_processes=max(1, _number(env, "WEB_PROCESSES", 1, 64)),
        )


def _data_dir(text: str) -> Path:
    folder = Path(text).expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"DATA_DIR: the folder {text} cannot be made ({error.strerror}).") from error
    if not os.access(folder, os.W_OK):
        raise SettingError(f"DATA_DIR: the folder {text} cannot be written to.")
    return folder


def _number(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise SettingError(f"{name}: a whole number from 0 to {most} is expected, not {text!r}.")
    return int(text)


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "0")
    if text not in ("", "0", "1"):
        raise SettingError(f"{name}: 0 or 1 is expected, not {text!r}.")
    return text == "1"


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    text = env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'exhibitions.db'}"
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise SettingError(
            "DATABASE_URL: an address like postgresql+psycopg://user:password@host/name is expected."
        ) from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SettingError(f"DATABASE_URL: sqlite and postgresql are supported, not {url.drivername}.")
    return url.render_as_string(hide_password=False)


def _secret_key(env: Mapping[str, str], data_dir: Path, production: bool) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if production and (len(given) < WEAK_KEY_LENGTH or len(set(given)) < 10):
            raise SettingError(
                f"SECRET_KEY: at least {WEAK_KEY_LENGTH} random characters are expected in production."
            )
        return given
    path = data_dir / "secret.key"
    if not path.exists():
        fresh = data_dir / f"secret.key.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A link is made whole or not at all: of two processes that start together, both read the same key.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    key = path.read_text().strip()
    if len(key) < WEAK_KEY_LENGTH:
        raise SettingError(
            "SECRET_KEY: the file secret.key in DATA_DIR is damaged; restore it from the backup."
        )
    return key


def _public_url(env: Mapping[str, str], port: int) -> str:
    text = (env.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(f"PUBLIC_URL: an address like https://fair.example.org is expected, not {text!r}.")
    return text


def _mail(env: Mapping[str, str]) -> MailSettings:
    server = env.get("MAIL_SERVER", "")
    security = env.get("MAIL_SECURITY", "starttls")
    if security not in MAIL_SECURITY:
        raise SettingError(f"MAIL_SECURITY: one of {', '.join(MAIL_SECURITY)} is expected, not {security!r}.")
    sender = env.get("MAIL_FROM", "")
    if server and "@" not in sender:
        raise SettingError("MAIL_FROM: the sender's address is needed when MAIL_SERVER is set.")
    return MailSettings(
        server=server,
        port=_number(env, "MAIL_PORT", 587, 65535),
        username=env.get("MAIL_USERNAME", ""),
        password=env.get("MAIL_PASSWORD", ""),
        security=security,
        sender=sender or "noreply@localhost",
    )
