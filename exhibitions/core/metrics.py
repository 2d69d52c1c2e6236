"""Figures for a monitoring system (Prometheus): how many, how long. Names of endpoints and states, never of people.

Under `flask serve` every process keeps its numbers in a file of its own in PROMETHEUS_MULTIPROC_DIR, and whoever is asked
adds them all up; without that folder a process tells of itself alone.
"""

from __future__ import annotations

import os
from collections import Counter as Tally
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_OWN = CollectorRegistry()
# Around the bars of the product: 50 ms a scan, 200 ms a page, 300 ms a search.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_requests = Counter(
    "exhibitions_requests", "Answered requests.", ["endpoint", "method", "status"], registry=_OWN
)
_seconds = Histogram(
    "exhibitions_request_seconds", "How long answers took.", ["endpoint"], buckets=_BUCKETS, registry=_OWN
)
_scans = Counter("exhibitions_scans", "Answers to scans, by status.", ["status"], registry=_OWN)
_jobs = Counter("exhibitions_jobs", "Jobs that ended, by how.", ["name", "end"], registry=_OWN)
_job_seconds = Histogram(
    "exhibitions_job_seconds",
    "How long jobs took.",
    ["name"],
    buckets=(0.1, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0),
    registry=_OWN,
)
_pool = Gauge(
    "exhibitions_database_connections",
    "Database connections in use when a process last answered.",
    multiprocess_mode="livesum",
    registry=_OWN,
)


def request_answered(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. `endpoint` is the name of a view, `-` for an address that is none."""
    # Whoever invents methods must not fill the memory with their names.
    _requests.labels(endpoint, method if method in _METHODS else "other", str(status)).inc()
    _seconds.labels(endpoint).observe(seconds)


def scans_answered(statuses: Iterable[str]) -> None:
    """Count what the scans of one call were answered."""
    for status, count in Tally(statuses).items():
        _scans.labels(status).inc(count)


def job_ended(name: str, end: str, seconds: float) -> None:
    """Count one job that ended."""
    _jobs.labels(name, end).inc()
    _job_seconds.labels(name).observe(seconds)


def connections(in_use: int) -> None:
    """Say how many connections of this process's pool are in use."""
    _pool.set(in_use)


class _Moment:
    """Gauges of this moment; they are asked for, not kept, so that no file of a process remembers them."""

    def __init__(self, now: Iterable[tuple[str, str, dict[str, float]]]) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges, for the library."""
        for name, words, values in self._now:
            family = GaugeMetricFamily(name, words, labels=["state"])
            for state, value in values.items():
                family.add_metric([state], value)
            yield family


def text(now: Iterable[tuple[str, str, dict[str, float]]]) -> bytes:
    """Everything in Prometheus' text form, with the gauges of this moment: name, help, and value by the label `state`."""
    registry = CollectorRegistry()
    registry.register(_Moment(now))
    kept = _OWN
    if os.environ.get(FOLDER):
        kept = CollectorRegistry()
        MultiProcessCollector(kept)  # type: ignore[no-untyped-call]
    return generate_latest(kept) + generate_latest(registry)
