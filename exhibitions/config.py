"""The settings of an installation, read once from the environment and checked with a sentence each."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

WEAK_KEY_LENGTH = 32
PAYMENT_PROVIDERS = ("manual", "sandbox")
MAIL_SECURITY = ("starttls", "tls", "none")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")
_PLUG_IN = re.compile(r"[A-Za-z0-9_-]+|[A-Za-z_][\w.]*:[A-Za-z_]\w*", re.ASCII)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_POSTGRESQL = "postgresql+psycopg"
_DATABASE_LIKE = f"an address like {_POSTGRESQL}://user:password@host/name is expected"


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
    backup_dir: Path | None = None
    backup_days: int = 14
    backup_passphrase_file: str = ""
    metrics_token: str = ""
    metrics_from: tuple[str, ...] = ()
    password_list: str = ""
    time_zone: str = "Asia/Shanghai"
    sms_sender: str = ""
    payment_provider: str = "manual"

    @staticmethod
    def from_env(environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raises `SettingError` with a sentence for the first wrong setting."""
        env = os.environ if environ is None else environ
        data_dir = _data_dir(env.get("DATA_DIR") or "data")
        port = _number(env, "PORT", 8000, 0, 65535)
        production = _switch(env, "PRODUCTION")
        return Settings(
            data_dir=data_dir,
            database_url=_database_url(env, data_dir),
            secret_key=_secret_key(env, data_dir, production),
            public_url=_public_url(env, port, production),
            port=port,
            production=production,
            allowed_hosts=_allowed_hosts(env),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 10),
            limits_url=_limits_url(env),
            mail=_mail(env),
            web_processes=_number(env, "WEB_PROCESSES", 1, 1, 64),
            backup_dir=Path(env.get("BACKUP_DIR") or data_dir / "backups").expanduser().resolve(),
            backup_days=_number(env, "BACKUP_DAYS", 14, 1, 3650),
            backup_passphrase_file=_readable(env, "BACKUP_PASSPHRASE_FILE"),
            metrics_token=_metrics_token(env),
            metrics_from=_networks(env),
            password_list=_readable(env, "PASSWORD_LIST"),
            time_zone=_zone(env),
            sms_sender=_sms_sender(env, production),
            payment_provider=_payment_provider(env, production),
        )


def _data_dir(text: str) -> Path:
    try:
        folder = Path(text).expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(
            f"DATA_DIR: a folder that the server may write to is expected; {text} cannot be made ({reason})."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingError(
            f"DATA_DIR: a folder that the server may write to is expected; {text} cannot be written to."
        )
    return folder


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    # The length is asked first: Python refuses to read a number of thousands of digits.
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise SettingError(f"{name}: a whole number from {least} to {most} is expected, not {text!r}.")
    return int(text)


def _zone(env: Mapping[str, str]) -> str:
    name = env.get("TIME_ZONE") or "Asia/Shanghai"
    if name not in available_timezones():
        raise SettingError(
            f"TIME_ZONE: a name like Asia/Shanghai or Europe/Berlin is expected, not {name!r}."
        )
    return name


def _payment_provider(env: Mapping[str, str], production: bool) -> str:
    name = env.get("PAYMENT_PROVIDER", "").strip() or ("manual" if production else "sandbox")
    if name not in PAYMENT_PROVIDERS:
        raise SettingError(f"PAYMENT_PROVIDER: manual or sandbox is expected, not {name!r}.")
    if name == "sandbox" and production:
        raise SettingError("PAYMENT_PROVIDER: sandbox moves no money and is not for production.")
    return name


def _sms_sender(env: Mapping[str, str], production: bool) -> str:
    name = env.get("SMS_SENDER", "").strip()
    if name and not _PLUG_IN.fullmatch(name):
        raise SettingError(
            f"SMS_SENDER: the name of an installed sender, module:attribute or sandbox is expected, not {name!r}."
        )
    if name == "sandbox" and production:
        raise SettingError("SMS_SENDER: sandbox sends nothing and is not for production.")
    return name


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "0")
    if text not in ("", "0", "1"):
        raise SettingError(f"{name}: 0 or 1 is expected, not {text!r}.")
    return text == "1"


def _database_url(env: Mapping[str, str], data_dir: Path) -> str:
    text = env.get("DATABASE_URL", "")
    if not text:
        return f"sqlite:///{data_dir / 'exhibitions.db'}"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingError(f"DATABASE_URL: {_DATABASE_LIKE}.") from error
    return _supported(url).render_as_string(hide_password=False)


def _supported(url: URL) -> URL:
    """The address with the one driver that is installed for its database; never shows the password."""
    backend, _, driver = url.drivername.partition("+")
    if backend in ("postgres", "postgresql"):
        if driver not in ("", "psycopg"):
            raise SettingError(f"DATABASE_URL: the driver {driver} is not supported; {_DATABASE_LIKE}.")
        return url.set(drivername=_POSTGRESQL)
    if url.drivername != "sqlite":
        raise SettingError(
            f"DATABASE_URL: {url.drivername} is not supported, only SQLite and PostgreSQL; {_DATABASE_LIKE}."
        )
    if not url.database or url.database == ":memory:":
        # Each web process would have a database of its own.
        raise SettingError(
            "DATABASE_URL: SQLite needs a file; an address like sqlite:////var/lib/fair.db is expected."
        )
    return url


def _secret_key(env: Mapping[str, str], data_dir: Path, production: bool) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if production and (len(given) < WEAK_KEY_LENGTH or len(set(given)) < 10):
            raise SettingError(
                f"SECRET_KEY: at least {WEAK_KEY_LENGTH} random characters are expected in production."
            )
        return given
    try:
        key = _kept_key(data_dir / "secret.key")
    except OSError as error:
        raise SettingError(
            f"SECRET_KEY: the file secret.key in DATA_DIR cannot be read or made ({error.strerror}); "
            "set SECRET_KEY or let the server read and write that file."
        ) from error
    if len(key) < WEAK_KEY_LENGTH:
        raise SettingError(
            "SECRET_KEY: the file secret.key in DATA_DIR is damaged; restore it from the backup."
        )
    return key


def _kept_key(path: Path) -> str:
    """The key in the file, which is made when missing; empty when the file holds no text."""
    if not path.exists():
        fresh = path.with_name(f"secret.key.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A link is made whole or not at all: of two processes that start together, both read the same key.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes().decode("ascii", "ignore").strip()


def _public_url(env: Mapping[str, str], port: int, production: bool) -> str:
    text = (env.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    try:
        parts = urlsplit(text)
        # Asking for the port raises ValueError when it is none.
        host = parts.netloc.removesuffix(f":{parts.port}")
        bare = f"{parts.scheme}://{parts.netloc}".lower() == text.lower()
        right = bare and parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host))
    except ValueError:
        right = False
    if not right:
        raise SettingError(f"PUBLIC_URL: an address like https://fair.example.org is expected, not {text!r}.")
    if production and urlsplit(text).scheme == "http" and not _is_near(urlsplit(text).hostname or ""):
        raise SettingError(
            "PUBLIC_URL: an address like https://fair.example.org is expected in production: over http, passwords "
            f"and names can be read on the way; not {text!r}."
        )
    return text


def _is_near(host: str) -> bool:
    """Whether a host is this machine or stands in a network of one's own, which http does not leave (ASVS 12.2.1)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa"))


def _allowed_hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in env.get("ALLOWED_HOSTS", "").split(",") if host.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise SettingError(
                "ALLOWED_HOSTS: host names like fair.example.org,10.0.0.5, without http:// and port, "
                f"are expected, not {host!r}."
            )
    return hosts


def _limits_url(env: Mapping[str, str]) -> str:
    text = env.get("LIMITS_URL") or "memory://"
    try:
        storage_from_string(text)
    except ConfigurationError as error:
        if text.startswith("redis"):
            raise SettingError(
                "LIMITS_URL: redis:// needs the Python package redis, which is not installed; "
                "install it or use memory://."
            ) from error
        raise SettingError("LIMITS_URL: memory:// or redis://host is expected.") from error
    except ValueError as error:
        raise SettingError("LIMITS_URL: memory:// or redis://host is expected.") from error
    return text


def _readable(env: Mapping[str, str], name: str) -> str:
    path = env.get(name, "")
    if path and not os.access(path, os.R_OK):
        raise SettingError(f"{name}: a file that the server may read is expected; {path} cannot be read.")
    return path


def _metrics_token(env: Mapping[str, str]) -> str:
    token = env.get("METRICS_TOKEN", "")
    if token and len(token) < 16:
        raise SettingError("METRICS_TOKEN: at least 16 random characters are expected.")
    return token


def _networks(env: Mapping[str, str]) -> tuple[str, ...]:
    networks = tuple(one.strip() for one in env.get("METRICS_FROM", "").split(",") if one.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise SettingError(
                f"METRICS_FROM: addresses or networks like 10.0.0.5,192.168.1.0/24 are expected, not {network!r}."
            ) from error
    return networks


def _mail(env: Mapping[str, str]) -> MailSettings:
    server, sender = env.get("MAIL_SERVER", ""), env.get("MAIL_FROM", "")
    security = env.get("MAIL_SECURITY") or "starttls"
    if server and not _HOST.fullmatch(server):
        raise SettingError(f"MAIL_SERVER: a host name like mail.example.org is expected, not {server!r}.")
    if security not in MAIL_SECURITY:
        raise SettingError(f"MAIL_SECURITY: one of {', '.join(MAIL_SECURITY)} is expected, not {security!r}.")
    if (server or sender) and not _ADDRESS.fullmatch(parseaddr(sender)[1]):
        raise SettingError(
            f"MAIL_FROM: the sender's address, like fair@example.org, is expected, not {sender!r}."
        )
    for name, other in (("MAIL_USERNAME", "MAIL_PASSWORD"), ("MAIL_PASSWORD", "MAIL_USERNAME")):
        if env.get(name) and not env.get(other):
            raise SettingError(
                f"{name}: user and password at the mail server belong together; {other} is missing."
            )
    return MailSettings(
        server=server,
        port=_number(env, "MAIL_PORT", 587, 1, 65535),
        username=env.get("MAIL_USERNAME", ""),
        password=env.get("MAIL_PASSWORD", ""),
        security=security,
        sender=sender or "noreply@localhost",
    )
