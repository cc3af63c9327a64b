"""Where a test lets the process die: `CRASH_AT=<point>:<nth>` kills it, as a power cut would, at that pass.

Read once, when the process starts. Without it a pass is one comparison; outside a rehearsal the settings refuse it.
What lies between two tables of one move is no point: it is inside one statement, and the server has no half of one.
"""

import os
import signal
from itertools import count

POINTS = (
    "before_commit",  # of a verb's transaction
    "after_commit",  # of a verb's transaction: whoever asked was not answered yet
    "before_bell",  # committed, and the relay not woken
    "after_queued",  # rows are marked queued, nobody was rung for
    "between_rings",  # some of them were rung for
    "after_claim",  # a worker holds the rows, nothing is done
    "before_mark",  # a mail server took a letter, and no mark on disk says so yet
    "after_effect",  # what lies outside the database is done, and nobody wrote that down
    "after_done",  # written down, and the message not acknowledged
    "between_batches",  # of a sweep
)

_asked, _, _nth = os.environ.get("CRASH_AT", "").partition(":")
if _asked and (_asked not in POINTS or not _nth.isdecimal()):
    raise ValueError(f"CRASH_AT: <one of {', '.join(POINTS)}>:<nth>")
_passes = count(1)


def is_armed() -> bool:
    return bool(_asked)


def point(name: str) -> None:
    """Pass a point."""
    if name == _asked and next(_passes) == int(_nth):
        os.kill(os.getpid(), signal.SIGKILL)
