"""`make bench`: every measurement of this folder, one after the other, in one table.

A measurement is a module with `measure(short: bool) -> Iterable[Figure]`; a name on the command line runs it alone.
A short run proves only that everything runs. No figure fails it: figures are read by people, an exception is a fault.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable

import bench
from bench.figures import Figure, table

Measurement = Callable[[bool], Iterable[Figure]]


def measurements() -> dict[str, Measurement]:
    """Every measurement by the name of its module; what measures nothing by itself has no `measure`."""
    modules = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    loaded = {name: importlib.import_module(f"bench.{name}") for name in modules}
    return {name: module.measure for name, module in loaded.items() if hasattr(module, "measure")}


def figures_of(chosen: dict[str, Measurement], *, short: bool) -> list[Figure]:
    """Run these measurements one after the other and tell of each how long it took."""
    figures: list[Figure] = []
    for name, measurement in chosen.items():
        began = time.monotonic()
        found = list(measurement(short))
        print(
            f"{name}: {len(found)} figures in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
        )
        figures += found
    return figures


def main() -> None:
    """Measure and print."""
    known = measurements()
    parser = argparse.ArgumentParser(description="Measure what the product promises about speed.")
    parser.add_argument("names", nargs="*", help=f"only these of: {', '.join(known)}")
    parser.add_argument("--short", action="store_true", help="seconds instead of minutes; judges nothing")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"no measurement: {', '.join(sorted(unknown))}")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    chosen = {name: known[name] for name in options.names or known}
    print(table(figures_of(chosen, short=options.short)))


if __name__ == "__main__":
    main()
