"""`flask awards`: a published result computed again, by anyone and without a database."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from flask.cli import AppGroup

from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.case import Problem
from exhibitions.awards.rules.judging import Outcome, Unjudgeable, decide
from exhibitions.awards.service import bundle
from exhibitions.core.errors import Refused

awards = AppGroup("awards", help="Results of awards.")

_MOST_SENTENCES = 20
_MOST_UNPACKED = 4 * result_file.MOST_BYTES


@awards.command("recompute", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines, as docs/result-file.md describes it.")
@click.option("--why", "entry", help="The steps that led to one entry's medal.")
@click.option(
    "--seal",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write the file with its result and hash there.",
)
def recompute(file: Path, as_json: bool, entry: str | None, seal: Path | None) -> None:
    """Compute the result of FILE from its marks and rules, and compare it with the one that it states.

    FILE is a result file or the ZIP in which it is published; of a ZIP the check sums are compared as well. Ends with 1 when the file cannot be judged, states another result than its marks give, or was changed after it was
    sealed; each reason is a sentence on standard error.
    """
    try:
        content = result_file.read(_bytes_of(file))
        outcome = decide(content)
    except Refused as refusal:
        raise click.ClickException(refusal.message % refusal.params) from refusal
    except Unjudgeable as error:
        raise click.ClickException("\n".join(_sentences(error.problems))) from error
    found = result_file.document(content, outcome)
    if entry is not None:
        click.echo("\n".join(_why(outcome, entry)))
    elif as_json:
        click.echo(msgspec.json.Encoder(decimal_format="number").encode(found).decode())
    else:
        click.echo(_table(found))
    if seal is not None:
        _write(seal, result_file.sealed(content, outcome))
    if found["differences"]:
        raise click.ClickException("\n".join(found["differences"][:_MOST_SENTENCES]))


def _bytes_of(path: Path) -> bytes:
    """The result file itself, out of its ZIP where it lies in one. Raises ClickException for a ZIP that is not ours."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MOST_UNPACKED:
                raise click.ClickException(f"{path.name} is too large when unpacked.")
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise click.ClickException(f"{path.name} cannot be unpacked: {error}.") from error
    if bundle.RESULT not in parts:
        raise click.ClickException(f"{path.name} holds no {bundle.RESULT}.")
    wrong = bundle.wrong_sums(parts)
    if wrong:
        raise click.ClickException("\n".join(f"{name} is not the file that was packed." for name in wrong))
    return parts[bundle.RESULT]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error


def _sentences(problems: Iterable[Problem]) -> Iterator[str]:
    listed = list(problems)
    for where, refusal in listed[:_MOST_SENTENCES]:
        yield f"{where}: {refusal.message % refusal.params}"
    if len(listed) > _MOST_SENTENCES:
        yield f"... and {len(listed) - _MOST_SENTENCES} more."


def _why(outcome: Outcome, entry: str) -> Iterator[str]:
    line = next((line for line in outcome.lines if line.entry == entry), None)
    if line is None:
        raise click.ClickException(f"There is no entry {entry}.")
    yield from (f"{index}. {step.message % step.params}" for index, step in enumerate(line.steps, 1))
    yield f"Medal: {line.medal or 'none'}."


def _table(found: dict[str, Any]) -> str:
    lines = [f"{'rank':>4}  {'score':>9}  {'medal':<8} entry"]
    for line in found["ranking"]:
        rank = "–" if line["rank"] is None else line["rank"]
        score = "–" if line["score"] is None else line["score"]
        flags = f"  ({', '.join(line['flags'])})" if line["flags"] else ""
        lines.append(f"{rank:>4}  {score!s:>9}  {line['medal'] or '–':<8} {line['entry']}{flags}")
    lines.append("  ".join(f"{medal} {count}" for medal, count in found["medals"].items()))
    lines += [f"Warning: {warning}" for warning in found["warnings"]]
    lines.append(f"Content SHA-256 {found['hash']}")
    return "\n".join(lines)
