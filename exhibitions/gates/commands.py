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
from exhibitions.gates.queries.devices import device_of
from exhibitions.gates.service import pairing

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
