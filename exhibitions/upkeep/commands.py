"""`flask backup`: make, check, list and restore backups of the whole installation."""

from __future__ import annotations

import os
from pathlib import Path

import click
import flask_migrate
from flask.cli import AppGroup

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.service import keeping, making, restoring
from exhibitions.upkeep.service.place import here, out_of_service

backup = AppGroup("backup", help="Backups of everything: database, files and, if wished, keys.")
_COMMAND = Actor("command")
_passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with the passphrase of the keys; else BACKUP_PASSPHRASE, or it is asked for.",
)


def _passphrase(file: Path | None, *, new: bool) -> str:
    given = file.read_text(encoding="utf-8").strip() if file else os.environ.get("BACKUP_PASSPHRASE", "")
    words = given or str(click.prompt("Passphrase of the keys", hide_input=True, confirmation_prompt=new))
    if new and len(words) < 12:
        raise click.ClickException("The passphrase needs at least 12 characters.")
    return words


def _told(refusal: Refused) -> click.ClickException:
    return click.ClickException(refusal.message % refusal.params)


@backup.command("create")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--with-keys", is_flag=True, help="Take the installation's secret along, sealed by a passphrase."
)
@_passphrase_file
def create(file: Path | None, with_keys: bool, passphrase_file: Path | None) -> None:
    """Make a backup while the server runs; without FILE in the folder of backups."""
    target = file or here().folder / archive.file_name(clock.now())
    words = _passphrase(passphrase_file, new=True) if with_keys or passphrase_file else ""
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    try:
        manifest = making.make(db.engine, here(), target.resolve(), words)
    except Refused as refusal:
        raise _told(refusal) from refusal
    with transaction():
        making.record_made(manifest, target.name, _COMMAND)
    click.echo(f"{target}: {manifest.rows:,} rows, {manifest.files:,} files, {_keys_said(manifest)}.")


def _keys_said(manifest: archive.Manifest) -> str:
    return "with keys" if manifest.with_keys else "without keys"


@backup.command("list")
def show() -> None:
    """Show the backups of the folder, the newest first."""
    for one in keeping.kept(here()):
        state = (
            "cannot be read" if one.manifest is None else f"{one.manifest.rows}\t{_keys_said(one.manifest)}"
        )
        tested = "never tested" if one.proof is None else "; ".join(one.proof.wrong) or "tested"
        click.echo(f"{one.path}\t{one.made_at:%Y-%m-%d %H:%M:%S}\t{one.size}\t{state}\t{tested}")


@backup.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Read a whole backup and compare it with its list of contents."""
    try:
        manifest = restoring.check(file)
    except Refused as refusal:
        raise _told(refusal) from refusal
    click.echo(
        f"The backup is whole: {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, release {manifest.version}, "
        f"{manifest.rows:,} rows, {manifest.files:,} files, {_keys_said(manifest)}."
    )


@backup.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside what stands here (PostgreSQL: drop it).")
@_passphrase_file
def restore(file: Path, replace: bool, passphrase_file: Path | None) -> None:
    """Bring a backup back into this place, which must be empty; the server must not run."""
    place = here()
    try:
        with restoring.opened(file) as found:
            sealed = found.manifest.with_keys
        words = (
            _passphrase(passphrase_file, new=False)
            if sealed and _wanted(passphrase_file, found.manifest)
            else ""
        )
        with out_of_service(place.data_dir):
            done = restoring.restore(file, db.engine, place, _migrate, passphrase=words, replace=replace)
            _note(file, done)
    except Refused as refusal:
        raise _told(refusal) from refusal
    manifest = done.manifest
    click.echo(
        f"Restored: {manifest.rows:,} rows in {len(manifest.tables)} tables, {manifest.files:,} files."
    )
    for sentence in _about_keys(done):
        click.echo(sentence)


def _wanted(file: Path | None, manifest: archive.Manifest) -> bool:
    """The keys are asked for only where they are missing; a test of a backup without anybody there does without."""
    missing = archive.key_check(here().secret) != manifest.key_check
    return missing and (file is not None or "BACKUP_PASSPHRASE" in os.environ or os.isatty(0))


def _migrate(revision: str) -> None:
    db.session.remove()
    try:
        flask_migrate.upgrade(revision=revision or "head")
    except SystemExit as error:
        raise click.ClickException(
            "This backup was made by a newer release, whose tables are not known here. Install that release first."
        ) from error


def _note(file: Path, done: restoring.Restored) -> None:
    with transaction():
        audit.record("upkeep.restored", _COMMAND, after={"backup": file.name, "rows": done.manifest.rows})


def _about_keys(done: restoring.Restored) -> list[str]:
    if done.keys and done.secret_written and os.environ.get("SECRET_KEY"):
        return [
            "The keys are in secret.key. SECRET_KEY of the environment is another one and wins: take it away."
        ]
    if done.keys:
        return ["The keys are those of the backup: badges can be signed, sealed values can be read."]
    return [
        "Without the keys of the backup: people sign in, and badges that were given out are still admitted. But",
        "  no badge can be signed before `flask badges rotate-key`, personal values of the audit and other sealed",
        "  fields stay closed, and everybody must sign in anew. Restore with the passphrase, or put secret.key back.",
    ]
