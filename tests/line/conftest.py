"""The command line as people use it: the installed `toasoan`, in a process and on a data folder of its own."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from embedded import postgres, servers, valkey

PROGRAM = Path(sys.executable).parent / "toasoan"
DATA = Path(__file__).resolve().parents[2] / "tasks" / "rehearsal" / "data"
OURS = ("TOASOAN_", "DATABASE_", "REDIS_", "SECRET_", "SMTP_", "PUBLIC_", "HOST", "PORT", "MAIL_")


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        return [json.loads(row) for row in self.out.splitlines()]

    @property
    def row(self) -> Any:
        (only,) = self.rows
        return only


@dataclass
class Line:
    """`toasoan --data FOLDER …`, with nothing of ours in the environment but `more`."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str | Path, **more: str) -> Said:
        done = subprocess.run(
            self.argv(*words), env=self.environment(**more), capture_output=True, text=True, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def done(self, *words: str | Path, **more: str) -> Said:
        """The same, for steps of a story that must succeed."""
        said = self(*words, **more)
        assert said.code == 0, said.out + said.err
        return said

    def argv(self, *words: str | Path) -> list[str]:
        return [str(PROGRAM), "--data", str(self.folder), *map(str, words)]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {**kept, **self.more, **more}

    def bring_in(self) -> None:
        for what, file in (
            ("units", "units.csv"),
            ("categories", "categories.csv"),
            ("committees", "committees.csv"),
            ("submissions", "submissions.json"),
        ):
            self.done("import", what, DATA / file)

    def processes(self) -> list[str]:
        """Command lines of what still runs on this folder."""
        return [
            " ".join(words)
            for process in psutil.process_iter(["cmdline"])
            if str(self.folder) in " ".join(words := process.info["cmdline"] or [])
        ]


def line_on(folder: Path) -> Iterator[Line]:
    # A power cut may eat what a test keeps: its servers need not wait for the disk.
    postgres.start(folder, settings=postgres.CARELESS)
    valkey.start(folder)
    try:
        yield Line(folder)
    finally:
        servers.stop(folder, say=lambda _: None)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Servers on an empty folder whose name has a space and Vietnamese letters."""
    yield from line_on(tmp_path / "dữ liệu")


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
