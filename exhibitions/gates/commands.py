"""`flask gates`: pairing devices and ending them from the command line."""

from __future__ import annotations

import json

import click
from flask.cli import AppGroup

from exhibitions.core.db import transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.commands import find_expo
from exhibitions.expos.models import Expo, Gate
from exhibitions.expos.queries import gate_by_name
from exhibitions.gates.queries import lists
from exhibitions.gates.queries.devices import device_of
from exhibitions.gates.service import chief, pairing

gates = AppGroup("gates", help="Gate devices.")


def find_gate(expo: Expo, name: str) -> Gate:
    """The gate with this name or code, or the sentence that there is none."""
    gate = gate_by_name(expo, name)
    if gate is None:
        raise click.ClickException(f"The fair {expo.slug} has no gate called {name}.")
    return gate


@gates.command("pair")
@click.option("--expo", "slug", required=True)
@click.option(
    "--gate", "names", required=True, multiple=True, help="Repeat it for a device at several gates."
)
@click.option("--name", default="", help="What the device is called on the board.")
@click.option("--no-override", is_flag=True, help="Its operators may not override a refusal.")
@click.option("--json", "as_json", is_flag=True)
def pair(slug: str, names: tuple[str, ...], name: str, no_override: bool, as_json: bool) -> None:
    """Make a device for a gate and print its token, which is shown only now."""
    expo = find_expo(slug)
    try:
        with transaction():
            chosen = [find_gate(expo, each) for each in names]
            device, token = pairing.pair(expo, pairing.Rights(chosen, name, may_override=not no_override))
            answer = {
                "token": token,
                "gate": {"id": chosen[0].id, "name": _shown_name(chosen[0], names[0])},
                "expo": expo.slug,
                "expires_at": device.expires_at.isoformat(),
            }
    except Refused as refusal:
        raise click.ClickException(refusal.message % refusal.params) from refusal
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(
            f"Device {device.id} of {expo.slug} until {device.expires_at:%Y-%m-%d %H:%M} UTC. Token: {token}"
        )


def _shown_name(gate: Gate, asked: str) -> str:
    if asked in (gate.name_zh, gate.name_en):
        return asked
    return gate.name_zh or gate.name_en or gate.code


@gates.command("revoke")
@click.option("--expo", "slug", required=True)
@click.option("--device", "device_id", type=int, required=True)
@click.option("--reason", default="")
def revoke(slug: str, device_id: int, reason: str) -> None:
    """End a device: its next request is refused; what it holds is handed in after pairing again."""
    expo = find_expo(slug)
    with transaction():
        device = device_of(expo, device_id)
        if device is None:
            raise click.ClickException(f"The fair {slug} has no device {device_id}.")
        pairing.revoke(device, reason=reason)
    click.echo(f"Device {device_id} is ended.")


@gates.command("review")
@click.option("--expo", "slug", required=True)
def review(slug: str) -> None:
    """List the scans that wait for the chief's decision, the first fifty, one a line."""
    expo = find_expo(slug)
    for scan in lists.in_review(expo):
        click.echo(
            f"{scan.scan_id}\t{scan.review}\t{scan.scanned_at:%Y-%m-%d %H:%M} UTC\tdevice {scan.device_id}"
        )
    click.echo(f"{lists.counts(expo).review} scans of {slug} wait for a decision.")


@gates.command("open-gate")
@click.argument("act", type=click.Choice(["start", "end"]))
@click.option("--expo", "slug", required=True)
@click.option("--reason", default="", help="Why; needed to start, kept and listed.")
def open_gate(act: str, slug: str, reason: str) -> None:
    """Open-gate mode: all devices admit and count, until it is ended."""
    expo = find_expo(slug)
    try:
        with transaction():
            if act == "start":
                chief.start_open_gate(expo, reason)
            else:
                chief.end_open_gate(expo)
    except Refused as refusal:
        raise click.ClickException(refusal.message % refusal.params) from refusal
    report = lists.open_gate_reports(expo)[:1]
    if act == "start" or not report:
        click.echo(f"The gates of {slug} are open." if report else f"The gates of {slug} were not open.")
    else:
        click.echo(f"Open-gate mode of {slug} has ended: {report[0].scans} scans, {report[0].heads} people.")
