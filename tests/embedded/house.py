"""A house to supervise, run as a program: `python house.py DATA NAME…`.

Each child notes its start and its end in DATA/events. A child named "slow" is ready after 0.3 s,
"deaf" ignores SIGTERM, "parent" has a deaf child of its own, "never" never becomes ready.
"""

import os
import sys
from pathlib import Path

from embedded import supervisor
from embedded.errors import CellarError

CHILD = """
import pathlib, signal, subprocess, sys, time
data, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def note(what):
    with (data / "events").open("a") as file:
        file.write(f"{what} {name}\\n")
def leave(number, frame):
    note("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "deaf" else leave)
if name == "parent":
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", deaf, str(data), "grandchild"])
if name == "slow":
    time.sleep(0.3)
note("start")
while True:
    time.sleep(0.05)
"""


def child(data: Path, name: str) -> supervisor.Child:
    def is_ready() -> bool:
        events = data / "events"
        return name != "never" and events.exists() and f"start {name}\n" in events.read_text()

    return supervisor.Child(
        name,
        lambda: os.execv(sys.executable, [sys.executable, "-c", CHILD, str(data), name]),
        ready=is_ready,
        ready_seconds=1.0 if name == "never" else 20.0,
        stop_seconds=0.5 if name in ("deaf", "parent") else 10.0,
    )


def main() -> int:
    data = Path(sys.argv[1])
    children = [child(data, name) for name in sys.argv[2:]]
    try:
        return supervisor.run(children, data=data, say=tell, when_ready=lambda: tell("ready"))
    except CellarError as refusal:
        tell(refusal.code)
        return 1


def tell(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
