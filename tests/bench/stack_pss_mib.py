"""Memory of the whole running house: every process's own share (PSS), so that what is shared counts once."""

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from tests.bench.figures import Figure, Stage
from tests.bench.ready_warm_s import await_answer, running

SETTLING_SECONDS = 8
"""The first minute's jobs run as soon as a clock and a worker are there, and those of each minute as it begins; idle
is what comes after, when the connections of the burst are let go."""


def measure(stage: Stage) -> Iterable[Figure]:
    del stage
    with tempfile.TemporaryDirectory(prefix="toasoan-memory-") as folder, running(Path(folder)) as port:
        await_answer(port)
        time.sleep(SETTLING_SECONDS)
        time.sleep(max(0.0, SETTLING_SECONDS - time.time() % 60))
        shares = {process: _share(process) for process in _of(Path(folder))}
    total = sum(shares.values())
    yield Figure(
        "stack_pss_mib",
        f"{total:.0f}",
        "<= 300",
        f"PSS of all {len(shares)} processes of the idle demo: PostgreSQL, Valkey, web, worker, clock, their"
        " supervisor and its guardian, MiB",
    )


def _of(data: Path) -> list[psutil.Process]:
    """The processes of this data folder, and their children."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = " ".join(process.info["cmdline"] or []) + str(
            (process.info["environ"] or {}).get("TOASOAN_DATA")
        )
        if str(data) in words:
            found += [process, *process.children(recursive=True)]
    return list({process.pid: process for process in found}.values())


def _share(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / 1024 / 1024
    except psutil.NoSuchProcess:
        return 0.0
