"""A crash point kills at its nth pass and at no other; nobody arms one outside a rehearsal."""

import os
import signal
import subprocess
import sys

import pytest

from workflow.engine import crashing
from workflow.settings import Settings, UnsafeSettings

PASSING = """
from workflow.engine import crashing
for number in range(1, 4):
    crashing.point("after_commit")
    crashing.point("before_commit")
    print(number, flush=True)
"""


@pytest.mark.parametrize(
    ("crash_at", "passes", "code"),
    [
        ("", 3, 0),
        ("before_bell:1", 3, 0),
        ("before_commit:1", 0, -signal.SIGKILL),
        ("before_commit:3", 2, -signal.SIGKILL),
        ("before_commit:4", 3, 0),
        ("before_comit:1", 0, 1),
        ("before_commit:once", 0, 1),
    ],
)
def test_a_process_dies_at_that_pass_of_that_point(crash_at, passes, code):
    done = subprocess.run(
        [sys.executable, "-c", PASSING],
        env={**os.environ, "CRASH_AT": crash_at},
        capture_output=True,
        check=False,
    )

    assert (len(done.stdout.split()), done.returncode) == (passes, code)


def test_production_does_not_start_with_an_armed_point(monkeypatch):
    monkeypatch.setattr(crashing, "_asked", "before_commit")
    house = Settings(
        mode="production", secret_key="x" * 40, database_url="postgresql://a/b", public_url="https://a"
    )

    with pytest.raises(UnsafeSettings, match="CRASH_AT"):
        house.refuse_unsafe()
    monkeypatch.setattr(crashing, "_asked", "")
    house.refuse_unsafe()
