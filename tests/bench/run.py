"""Runs the benchmarks of this folder and writes their table to docs/performance.md.

`make bench` measures all, `make bench ONLY=name` renews the rows of one. Each figure is one line at the end: name,
value, target, between tabs.
A benchmark is a module with `measure(stage) -> Iterable[Figure]`. Absolute times mean nothing on shared machines:
what is judged is a ratio to a limit measured in the same run.
"""

import argparse
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from embedded import servers
from tests.bench.figures import Figure, Stage

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = (
    "approve_1", "approve_8", "approve_vs_orm", "page_move", "bulk", "plan", "dashboard", "sweep_100k", "sweep_1m",
    "sweep_vs_orm", "start_busy_p99_ms", "start_idle_p99_ms", "noop_vs_default", "deliveries_vs_single",
    "commit_to_smtp", "verify_rate", "audit_list", "lists", "ready_warm_s", "stack_pss_mib",
)  # fmt: skip
PAGE = ROOT / "docs" / "performance.md"
HEAD = "<!-- figures: written by `make bench` -->"


@contextmanager
def stage() -> Iterator[Stage]:
    """Servers of their own with everything durable switched on, and the house on top of them."""
    from workflow import schema

    with tempfile.TemporaryDirectory(prefix="toasoan-bench-") as folder:
        data = Path(folder)
        addresses = servers.ensure(data, say=lambda _: None)
        try:
            schema.migrate(addresses.admin_url)
            os.environ.update(
                TOASOAN_MODE="demo",
                TOASOAN_DATA=folder,
                DATABASE_URL=schema.url_for(addresses.admin_url, schema.APP),
                DATABASE_FORUM_URL=schema.url_for(addresses.admin_url, schema.FORUM),
                DATABASE_SEALER_URL=schema.url_for(addresses.admin_url, schema.SEALER),
                REDIS_URL=addresses.redis_url,
            )
            yield Stage(data, addresses.admin_url)
        finally:
            servers.stop(data, say=lambda _: None)


def write_page(figures: list[Figure], *, all_of_them: bool) -> None:
    """Each figure's row with its day and machine; what was not measured this time keeps the row it had."""
    words, _, table = PAGE.read_text("utf-8").partition(HEAD)
    rows = (
        {}
        if all_of_them
        else {row.split(" | ")[0]: row for row in table.splitlines() if row.startswith("| ")}
    )
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    for one in figures:
        measured = f"{datetime.now(UTC):%Y-%m-%d}, {machine}"
        rows[f"| {one.name}"] = f"| {one.name} | {one.value} | {one.target} | {one.says} | {measured} |"
    titles = "| figure | value | target | what it is | measured |"
    body = "\n".join(
        [titles, "|---|---|---|---|---|", *(rows[name] for name in rows if rows[name] != titles)]
    )
    PAGE.write_text(f"{words.rstrip()}\n\n{HEAD}\n\n{body}\n", "utf-8")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("only", nargs="?", choices=BENCHMARKS)
    only = asked.parse_args().only
    figures: list[Figure] = []
    with stage() as ready:
        for name in [only] if only else BENCHMARKS:
            print(f"{name} ...", flush=True)
            figures += importlib.import_module(f"tests.bench.{name}").measure(ready)
    write_page(figures, all_of_them=only is None)
    for figure in figures:
        print(f"{figure.name}\t{figure.value}\t{figure.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
