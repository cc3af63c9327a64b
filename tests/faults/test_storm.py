"""A storm over the whole house: nothing is lost, nothing doubled, every letter comes. `make storm MINUTES=30`.

Beside it stands the usual way, commit and then send, on the same servers at the same time (`careless.py`).
"""

import contextlib
import math
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tests.faults import invariants, usual
from tests.faults.load import Load, loaded
from tests.faults.premises import LEASE_SECONDS, Premises, wait_for

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(7200)]

SECONDS = 60 * float(os.environ.get("MINUTES") or 1)
SEED = int(os.environ.get("SEED") or 20210520)
CALM_SECONDS = 20.0
PATIENCE_SECONDS = 120.0
"""Of what waits, something is done at least this often."""

FAULTS: dict[str, Callable[[Premises, random.Random], object]] = {
    "web killed": lambda house, _: house.kill("web"),
    "worker killed": lambda house, _: house.kill("worker"),
    "clock killed": lambda house, _: house.kill("clock"),
    "worker frozen past its lease": lambda house, _: house.freeze("worker", LEASE_SECONDS + 2),
    "Redis killed": lambda house, _: house.lose_redis(),
    "Redis away": lambda house, dice: house.lose_redis(seconds=dice.uniform(2, 8)),
    "Redis empty": lambda house, _: house.flush_redis(),
    "PostgreSQL stopped": lambda house, dice: house.stop_postgres(seconds=dice.uniform(0, 2)),
}
OPENS_THE_WINDOW = ("worker killed", "worker frozen past its lease")
"""While a mail server's 250 is on its way and no mark says so: a letter may be there."""


@pytest.fixture
def tell(capfd) -> Callable[..., None]:
    """Past pytest's capture: these numbers are what the run is for."""

    def aloud(*sentences: str) -> None:
        with capfd.disabled():
            sys.stdout.write("".join(f"\n{sentence}" for sentence in sentences))
            sys.stdout.flush()

    return aloud


@pytest.mark.timeout(7200)
def test_a_storm_loses_nothing_and_the_usual_way_does(storm_house, tell):
    premises, visitors, url, log = storm_house
    dice, struck = random.Random(SEED), Counter()

    with usual.peer(premises.data, url, log) as careless:
        with loaded(Load(premises.port), visitors) as load:
            ends_at = time.monotonic() + SECONDS
            while time.monotonic() < ends_at:
                time.sleep(dice.uniform(1, 3))
                name = dice.choice(list(FAULTS))
                struck[name] += 1
                FAULTS[name](premises, dice)
                careless.strike(dice)
            careless.stop_ordering()
        calm_after = _drain(premises, log)
        time.sleep(max(0, CALM_SECONDS - calm_after))
        placed, lost, lost_silently = careless.numbers()

    report = invariants.look(acked=load.acked, peer=premises.peer)
    windows = sum(struck[name] for name in OPENS_THE_WINDOW)
    tell(
        f"seed {SEED}, {SECONDS:.0f} s, {sum(struck.values())} faults {dict(struck)}",
        f"Tòa Soạn: {len(load.acked)} acknowledged, {report.letters} letters, {report.raw_doubles} raw doubles"
        f" ({100 * report.raw_doubles / max(1, report.letters):.2f} %), broken: {len(report.broken)},"
        f" drained after {calm_after:.1f} s, presses {dict(load.presses)}",
        f"commit, then send: {placed} placed, {CALM_SECONDS:.0f} s after the storm {lost} without their letter,"
        f" {lost_silently} of them with a sender who was told that all is well",
    )
    assert report.broken == []
    assert len(load.acked) > SECONDS / 2
    assert report.raw_doubles <= max(windows, 0.0005 * report.letters)
    assert lost > 0, "a storm that costs the usual way nothing proves nothing"


@pytest.mark.parametrize("name", FAULTS)
def test_after_any_single_fault_service_is_normal_within_twenty_seconds(storm_house, tell, name):
    premises, visitors, _url, log = storm_house
    load = Load(premises.port)
    assert load.one(visitors[0])
    wait_for(lambda: _quiet(premises), seconds=60, log=log)

    with loaded(Load(premises.port), visitors) as during:
        FAULTS[name](premises, random.Random(SEED))
        began = time.monotonic()
        assert load.one(visitors[0])
        answered = time.monotonic() - began
    wait_for(lambda: _quiet(premises), seconds=60, log=log)
    took = time.monotonic() - began

    tell(f"{name}: a sending acknowledged after {answered:.1f} s, every letter there after {took:.1f} s")
    report = invariants.look(acked=[*load.acked, *during.acked], peer=premises.peer)
    assert report.broken == []
    assert answered < CALM_SECONDS
    assert took < CALM_SECONDS


def _drain(premises: Premises, log: Path) -> float:
    """Wait as long as ever fewer rows wait, however many a long storm has left; the seconds that took.

    A row that five faults met in a row waits its turn: half a minute or more.
    """
    began = last = time.monotonic()
    waiting: dict[str, int] = {}
    fewest = math.inf
    while time.monotonic() - last < PATIENCE_SECONDS:
        with contextlib.suppress(DBAPIError):
            waiting = premises.waiting()
            if not waiting:
                return time.monotonic() - began
            if sum(waiting.values()) < fewest:
                fewest, last = sum(waiting.values()), time.monotonic()
        time.sleep(0.2)
    raise AssertionError(
        f"after {last - began:.0f} s these wait on: {waiting}; the log ends:\n{log.read_text()[-4000:]}"
    )


def _quiet(premises: Premises) -> bool:
    try:
        return premises.is_drained()
    except DBAPIError:
        return False
