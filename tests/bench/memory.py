"""Memory of the whole running house: every process's own share (PSS), so that what is shared counts once."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import psutil

from tests.bench.figures import Figure, Stage, free_port
from tests.bench.ready import await_answer, clean_environment


def measure(stage: Stage) -> Iterable[Figure]:
    del stage
    with tempfile.TemporaryDirectory(prefix="toasoan-memory-") as folder:
        port = free_port()
        environment = {**clean_environment(), "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        line = [str(Path(sys.executable).with_name("toasoan")), "--data", folder]
        subprocess.run([*line, "up"], env=environment, check=True, capture_output=True)
        try:
            await_answer(port)
            shares = {process: _share(process) for process in _of(Path(folder))}
        finally:
            subprocess.run([*line, "down"], env=environment, check=True, capture_output=True)
    total = sum(shares.values())
    return [
        Figure(
            "memory_mib",
            f"{total:.0f}",
            "<= 500",
            f"PSS of all {len(shares)} processes after the first page, MiB",
        )
    ]


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
