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

import bench
from bench.figures import Figure, table

_NO_MEASUREMENT = frozenset({"run", "crowd", "drill", "burst", "figures", "recount", "served"})


def scripts() -> list[str]:
    """The names of all measurements."""
    return sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in _NO_MEASUREMENT
    )


def measure(names: list[str], *, short: bool) -> list[Figure]:
    """Run the named measurements. Raises AttributeError for a module without `measure`."""
    figures: list[Figure] = []
    for name in names:
        module = importlib.import_module(f"bench.{name}")
        began = time.monotonic()
        found = list(module.measure(short))
        print(
            f"{name}: {len(found)} figures in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
        )
        figures += found
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what the product promises about speed.")
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--short", action="store_true", help="seconds instead of minutes; judges nothing")
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    print(table(measure(options.names or scripts(), short=options.short)))


if __name__ == "__main__":
    main()
