"""The supervisor: starts in order, restarts the dead, stops in reverse, leaves nothing behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from embedded import places, supervisor
from embedded.errors import CellarError

pytestmark = pytest.mark.fault

HOUSE = Path(__file__).with_name("house.py")
Processes = Callable[[Path], list[str]]


def eventually(holds: Callable[[], object], *, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class House:
    """The supervised house of house.py, as its own process; lines it said are in `said` once it ended."""

    def __init__(self, data: Path, *names: str) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        argv = [sys.executable, str(HOUSE), str(data), *names]
        # What it says goes to a file: a killed house may leave children that still hold a pipe.
        self.output = data / "said.txt"
        with self.output.open("w") as file:
            self.process = subprocess.Popen(argv, stdout=file, start_new_session=True)

    def is_ready(self) -> bool:
        found = supervisor.status(self.data)
        return found is not None and found.is_ready

    def pid_of(self, name: str) -> int:
        found = supervisor.status(self.data)
        assert found is not None
        return found.children[name]["pid"] or 0

    def send(self, number: signal.Signals) -> int:
        """Send a signal to the supervisor alone and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def events(self) -> list[str]:
        return (self.data / "events").read_text().splitlines()

    def said(self) -> list[str]:
        return self.output.read_text().splitlines()


@pytest.fixture
def house(data: Path) -> Iterator[Callable[..., House]]:
    built: list[House] = []

    def build(*names: str) -> House:
        built.append(House(data, *names))
        return built[-1]

    yield build
    for each in built:
        if each.process.poll() is None:
            each.send(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_children_start_one_after_the_other_and_stop_in_reverse(
    house: Callable[..., House], data: Path, processes_of: Processes, number: signal.Signals
) -> None:
    it = house("slow", "worker", "clock")
    assert eventually(it.is_ready)

    code = it.send(number)

    assert code == 0
    assert it.events() == ["start slow", "start worker", "start clock", "end clock", "end worker", "end slow"]
    assert [re.sub(r" sau .*", "", line) for line in it.said()] == [
        "slow: sẵn sàng",
        "worker: sẵn sàng",
        "clock: sẵn sàng",
        "ready",
        "clock: đã dừng.",
        "worker: đã dừng.",
        "slow: đã dừng.",
    ]
    assert processes_of(data) == []
    assert supervisor.status(data) is None


def test_a_child_that_will_not_stop_is_ended_with_all_its_family(
    house: Callable[..., House], data: Path, processes_of: Processes
) -> None:
    it = house("parent", "deaf")
    assert eventually(it.is_ready)

    code = it.send(signal.SIGINT)

    assert code == 0
    assert it.said()[-2:] == ["deaf: phải dừng ngay.", "parent: đã dừng."]
    assert processes_of(data) == []


def test_a_second_signal_does_not_wait(
    house: Callable[..., House], data: Path, processes_of: Processes
) -> None:
    it = house("web", "worker")
    assert eventually(it.is_ready)
    os.kill(it.pid_of("worker"), signal.SIGSTOP)  # it will not react for its ten seconds

    begun = time.monotonic()
    it.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    code = it.send(signal.SIGINT)

    assert code == 0
    assert time.monotonic() - begun < 5
    assert processes_of(data) == []


def test_a_child_that_died_is_started_again_and_its_orphans_are_ended(
    house: Callable[..., House], data: Path, processes_of: Processes
) -> None:
    it = house("web", "parent")
    assert eventually(it.is_ready)
    web, parent = it.pid_of("web"), it.pid_of("parent")
    orphan = psutil.Process(parent).children()[0].pid

    os.kill(parent, signal.SIGKILL)

    assert eventually(lambda: it.events().count("start parent") == 2)
    assert not any(line.startswith(f"{orphan} ") for line in processes_of(data))
    found = supervisor.status(data)
    assert found is not None
    assert found.children["web"] == {"pid": web, "restarts": 0}
    assert found.children["parent"]["restarts"] == 1
    assert "parent: đã chết (mã -9), khởi động lại sau 0,2 giây." in it.said()


@pytest.mark.parametrize("is_guardian_killed_first", [False, True])
def test_a_killed_supervisor_leaves_nobody_behind(
    house: Callable[..., House], data: Path, processes_of: Processes, is_guardian_killed_first: bool
) -> None:
    it = house("web", "parent", "deaf")
    assert eventually(it.is_ready)
    if is_guardian_killed_first:
        first = guardian_of(it)
        first.kill()
        assert eventually(lambda: guardian_of(it) not in (None, first))

    it.send(signal.SIGKILL)

    assert eventually(lambda: processes_of(data) == [])
    assert supervisor.status(data) is None
    # The web child was asked politely before anything was forced.
    assert "end web" in it.events()


def guardian_of(it: House) -> psutil.Process | None:
    for each in psutil.Process(it.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # the first one, dead and not yet buried
            if "guardian.py" in " ".join(each.cmdline()):
                return each
    return None


def test_a_house_can_be_built_again_where_one_was_killed(
    house: Callable[..., House], processes_of: Processes
) -> None:
    first = house("web")
    assert eventually(first.is_ready)
    first.send(signal.SIGKILL)

    second = house("web", "clock")

    assert eventually(second.is_ready)
    assert second.send(signal.SIGTERM) == 0


def test_a_child_that_never_gets_ready_ends_the_house_in_order(
    house: Callable[..., House], data: Path, processes_of: Processes
) -> None:
    it = house("web", "never")

    code = it.process.wait(timeout=30)

    assert code == 1
    assert it.said()[-3:] == ["never: đã dừng.", "web: đã dừng.", "child_not_ready"]
    assert processes_of(data) == []


def test_a_second_house_on_the_same_data_is_refused(house: Callable[..., House], data: Path) -> None:
    first = house("web")
    assert eventually(first.is_ready)

    with pytest.raises(CellarError) as refusal:
        supervisor.run([], data=data, say=lambda _: None)

    assert refusal.value.code == "already_running"
    assert refusal.value.fields["pid"] == first.process.pid


def test_a_detached_house_is_returned_once_ready_and_stopped_by_its_folder(
    data: Path, said: list[str], processes_of: Processes
) -> None:
    argv = [sys.executable, str(HOUSE), str(data), "slow", "clock"]
    data.mkdir(parents=True)

    pid = supervisor.detach(lambda: os.execv(argv[0], argv), data=data, say=said.append)
    found = supervisor.status(data)
    was_stopped = supervisor.stop(data, say=lambda _: None)

    assert found is not None
    assert (found.pid, found.is_ready, list(found.children)) == (pid, True, ["slow", "clock"])
    assert [re.sub(r" sau .*", "", line) for line in said] == ["slow: sẵn sàng", "clock: sẵn sàng", "ready"]
    assert was_stopped
    assert supervisor.stop(data, say=lambda _: None) is False
    assert eventually(lambda: processes_of(data) == [])


def test_a_detached_house_that_fails_shows_its_last_words(data: Path) -> None:
    with pytest.raises(CellarError) as refusal:
        supervisor.detach(lambda: sys.exit("no port"), data=data, say=lambda _: 0)

    assert refusal.value.code == "supervisor_died"
    assert "no port" in refusal.value.says


def test_a_disk_that_is_full_costs_words_and_notes_but_nobody_his_life(tmp_path, monkeypatch):
    place = places.Place.at(tmp_path).prepare()
    full = OSError(28, "No space left on device")

    def no_room(*_: object) -> None:
        raise full

    minder = supervisor._Supervisor([], place, no_room, None, None)
    assert minder.is_written
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", no_room)
        minder.note_ready()
        minder.say("web: đã chết")
    assert (minder.is_written, supervisor._state(place)["is_ready"]) == (False, False)

    minder._write_state()
    assert supervisor._state(place)["is_ready"]
