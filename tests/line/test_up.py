"""The whole house by one command: up, used, stopped, and nothing left behind."""

import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.line.conftest import Line

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.long]


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status


def wait_for(log: Path, words: str, running: subprocess.Popen[bytes], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while words not in log.read_text() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.01)


def wait_until_quiet(line: Line, seconds: float = 30) -> list[str]:
    until = time.monotonic() + seconds
    while (left := line.processes()) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def test_up_returns_when_all_is_ready_and_down_leaves_no_process(
    line: Line, installed: Line, free_port: str
) -> None:
    up = installed.done("up", "--demo", "--port", free_port, "--json")
    address = f"http://127.0.0.1:{free_port}"

    assert up.row["url"] == address
    assert "publisher@example.edu.vn" in up.err
    assert get(f"{address}/") == 200
    assert get(f"{address}/vao/dang-nhap") == 200
    second = installed("up", "--port", free_port, "--json")
    assert (second.code, second.row["code"]) == (1, "already_running")
    # A command attaches to what runs.
    assert line.done("report", "month", "2021-05", "--json").rows
    assert line.done("down", "--json").row["stopped"][0] == "toasoan"
    assert wait_until_quiet(line) == []
    assert line.done("down", "--json").row["stopped"] == []


@contextmanager
def in_foreground(line: Line, port: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The house in somebody's terminal, ready; what it says goes into `log`."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            line.argv("up", "--foreground", "--port", port),
            env=line.environment(PYTHONUNBUFFERED="1"),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_for(log, "đã sẵn sàng", running)
        yield running


def test_ctrl_c_stops_all_of_it_in_order(line: Line, free_port: str, tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with in_foreground(line, free_port, log) as running:
        running.send_signal(signal.SIGINT)
        code = running.wait(60)

    said = log.read_text()
    assert code == 0, said
    order = [word for word in said.split() if word in {"clock:", "worker:", "web:", "Valkey:", "PostgreSQL:"}]
    assert order[-5:] == ["clock:", "worker:", "web:", "Valkey:", "PostgreSQL:"]
    assert wait_until_quiet(line) == []


def test_an_impatient_second_ctrl_c_leaves_no_server_behind(
    line: Line, free_port: str, tmp_path: Path
) -> None:
    log = tmp_path / "up.log"
    with in_foreground(line, free_port, log) as running:
        running.send_signal(signal.SIGINT)
        # The house's own processes are gone, the servers are about to go.
        wait_for(log, "web: đã dừng", running)
        for _ in range(3):
            running.send_signal(signal.SIGINT)
            time.sleep(0.02)
        code = running.wait(60)

    assert code == 0, log.read_text()
    assert wait_until_quiet(line) == []


def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path: Path) -> None:
    line = Line(tmp_path / "dữ liệu")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        said = line("up", "--port", str(taken.getsockname()[1]), "--json")

    assert (said.code, said.row["code"]) == (1, "port_taken")
    assert line.processes() == []
