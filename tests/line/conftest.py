"""The command line as people use it: `toasoan`, in a process and on a data folder of its own."""

import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask

import toasoan
from embedded import postgres, servers, valkey
from look import line as look_line
from tests import nursery

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


Run = Callable[..., Said]
SON, MINH, PHUONG, MAI = (f"--as={name}@example.edu.vn" for name in ("son", "minh", "phuong", "mai"))


@dataclass
class Line:
    """`toasoan --data FOLDER …`, with nothing of ours in the environment but `more`.

    Each command is a process of its own: out of the cradle, which has read the program already, or the installed one.
    """

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    cradle: subprocess.Popen[str] | None = None

    def __call__(self, *words: str | Path, **more: str) -> Said:
        environment = self.environment(**more)
        if self.cradle:
            return _born(self.cradle, self.argv(*words)[1:], environment)
        done = subprocess.run(self.argv(*words), env=environment, capture_output=True, text=True, check=False)
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


def _born(cradle: subprocess.Popen[str], words: list[str], environment: dict[str, str]) -> Said:
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "said.out"
        pid = nursery.begin(cradle, "command", environment, out, *words)
        while psutil.pid_exists(pid):
            time.sleep(0.005)
        code = out.with_suffix(".code")
        # Killed, or ended past `main`: it has not said how.
        how = int(code.read_text()) if code.exists() else -1
        return Said(how, out.read_text("utf-8"), out.with_suffix(".err").read_text("utf-8"))


@pytest.fixture
def line(tmp_path: Path, cradle: subprocess.Popen[str]) -> Iterator[Line]:
    """Servers on an empty folder whose name has a space and Vietnamese letters."""
    folder = tmp_path / "dữ liệu"
    # A power cut may eat what a test keeps: its servers need not wait for the disk.
    postgres.start(folder, settings=postgres.CARELESS)
    valkey.start(folder)
    try:
        yield Line(folder, cradle=cradle)
    finally:
        servers.stop(folder, say=lambda _: None)


@pytest.fixture
def installed(line: Line) -> Line:
    """The same, each command read from the disk as the console script has it."""
    return dataclasses.replace(line, cradle=None)


@pytest.fixture
def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def run(app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    # The command line notes its data folder in the environment; it is put back afterwards.
    monkeypatch.setenv("TOASOAN_DATA", os.environ["TOASOAN_DATA"])

    def line(*words: object) -> Said:
        capsys.readouterr()  # what the test's own requests logged
        with pytest.raises(SystemExit) as end:
            look_line.main(toasoan.toasoan, lambda: app, [str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(end.value.code or 0), said.out, said.err)

    return line
