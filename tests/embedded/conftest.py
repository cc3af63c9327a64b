"""A data folder with the kind of name people give, and nothing running in it afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from embedded import servers, supervisor


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of the same process name their servers in the environment; here that would answer first."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "Phòng Giáo dục" / "dữ liệu"
    yield folder
    monkeypatch.undo()
    supervisor.stop(folder, say=lambda _: None)
    servers.stop(folder, say=lambda _: None)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def processes_of() -> Callable[[Path], list[str]]:
    """The living processes whose command line names this folder; zombies are dead."""

    def look(folder: Path) -> list[str]:
        found = []
        for each in psutil.process_iter(["cmdline", "status"]):
            line = " ".join(each.info["cmdline"] or [])
            if str(folder) in line and each.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(f"{each.pid} {line}")
        return found

    return look
