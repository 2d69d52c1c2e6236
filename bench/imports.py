"""100,000 people out of a spreadsheet: seconds and memory of the importing process, and of each stage by CPU time.

The file is like those that fairs get: nine columns, phone numbers typed as numbers, five thousand companies. What other
pages feel meanwhile is measured by a writer of its own, who asks for the same queue.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure
from exhibitions.app import create_app
from exhibitions.core.db import db, transaction
from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.writing import csv_chunks, write_xlsx
from exhibitions.expos.models import Expo
from exhibitions.visitors.rules.columns import columns_of, known_columns
from exhibitions.visitors.rules.import_verdicts import Known, Taken, judge_rows
from exhibitions.visitors.rules.importing import CATEGORIES, Layout
from tests.conftest import settings_for
from tests.factories import make_expo

CHILD = """
import sys
from pathlib import Path
from exhibitions.app import create_app
from tests.conftest import settings_for
app = create_app(settings_for(sys.argv[1], Path(sys.argv[2])))
result = app.test_cli_runner().invoke(args=["import", "visitors", "--expo", "8th", sys.argv[3]])
# Its own peak; what the system tells of a child begins with what its parent had.
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
sys.exit(result.exit_code)
"""
HEADING = ["姓名", "手机号", "邮箱", "单位名称", "职务", "所在地区", "观众类别", "预计参观日期", "备注"]
COMPANIES = 5_000


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run imports five hundred rows."""
    count = 500 if short else 100_000
    with tempfile.TemporaryDirectory() as folder:
        xlsx, text = Path(folder) / "list.xlsx", Path(folder) / "list.csv"
        write_xlsx(xlsx, "x", rows(count))
        with text.open("wb") as stream:
            stream.writelines(csv_chunks(rows(count)))
        yield rate("rows read from XLSX", count, lambda: read(xlsx), limit=128_000)
        yield rate("rows read from CSV", count, lambda: read(text), limit=1_150_000)
        yield rate("rows read from XLSX and judged", count, lambda: judge(xlsx))
        yield from imported(xlsx, count, Path(folder))


def rows(count: int) -> Iterator[list[str | int]]:
    """The heading and `count` people."""
    yield list(HEADING)
    for n in range(count):
        company = f"大连轻工第{n % COMPANIES}有限公司"
        yield [
            f"张{n}",
            13_800_000_000 + n,
            f"u{n}@example.com",
            company,
            "经理",
            "辽宁大连",
            "专业观众",
            "2016-08-19",
            "",
        ]


def read(path: Path) -> None:
    """Read every row."""
    for _ in open_table(path, known_columns).rows():
        pass


def judge(path: Path) -> None:
    """Read and judge every row."""
    table = open_table(path, known_columns)
    layout = Layout(columns_of(table.heading), len(table.heading))
    judge_rows(table.rows(), layout, Known(Taken(), {}, frozenset(CATEGORIES.values())))


def rate(
    what: str, count: int, work: Callable[[], None], limit: float | None = None, goal: float | None = None
) -> Figure:
    """Things a second of CPU time."""
    began = time.process_time()
    work()
    return Figure(what, "", count / (time.process_time() - began), "/s a core", limit=limit, goal=goal)


def imported(path: Path, count: int, folder: Path) -> Iterator[Figure]:
    """The whole import by a process of its own, while this one writes a row every 20 ms as the pages would."""
    url = f"sqlite:///{folder / 'bench.db'}"
    app = create_app(settings_for(url, folder))
    with app.app_context():
        db.create_all()
        expo_id = make_expo()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, url, str(folder), str(path)], stdout=subprocess.PIPE, text=True
        )
        waits = list(turns(child, expo_id))
        spent, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        said = child.communicate()[0].split()
        db.engine.dispose()
    if child.returncode != 0:
        raise RuntimeError("the import has failed")
    whole = count == 100_000
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield Figure(
        f"{count:,} rows imported",
        "SQLite",
        spent,
        "s",
        goal=15 if whole else None,
        least=True,
        note="start included",
    )
    yield Figure(f"{count:,} rows imported, CPU", "SQLite", cpu, "s", least=True)
    yield Figure(
        "memory of the importing process", "SQLite", int(said[-1]) / 1024, "MiB", goal=300, least=True
    )
    waits.sort()
    yield Figure(
        "another writer meanwhile, p95",
        "SQLite",
        waits[len(waits) * 95 // 100] * 1000,
        "ms",
        goal=300,
        least=True,
    )


def turns(child: subprocess.Popen[str], expo_id: int) -> Iterator[float]:
    """Seconds that a small write of another process takes, again and again until the child ends."""
    while child.poll() is None:
        began = time.monotonic()
        with transaction() as session:
            session.get_one(Expo, expo_id).hotline = str(began)[:50]
        yield time.monotonic() - began
        time.sleep(0.02)
