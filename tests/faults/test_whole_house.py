"""F20 and F50 on a whole house of its own: the disk under everything fills up; everything loses its power at once."""

import time

import psutil
import pytest
from sqlalchemy.exc import DBAPIError

from embedded import postgres, supervisor, valkey
from models.base import db
from tests.faults import disks, invariants
from tests.faults.conftest import living_in
from tests.faults.load import Load, loaded
from tests.faults.premises import Premises, opened, wait_for

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(600)]

DISK_MB = 420
READY_SECONDS = 30.0


def is_quiet(premises: Premises) -> bool:
    try:
        return premises.is_drained()
    except DBAPIError:
        return False


def test_f20_while_the_disk_is_full_nothing_acknowledged_is_lost_and_afterwards_it_goes_on_by_itself(
    app, password_hash, tmp_path
):
    if not disks.IS_ROOT:
        pytest.fail("needs root, who may give the house a small disk: run `make test-faults` as root")
    log = tmp_path / "house.log"

    with (
        disks.small(tmp_path / "disk", DISK_MB) as disk,
        living_in(disk / "house", log, password_hash) as (premises, visitors, _url, _log),
        loaded(Load(premises.port), visitors) as load,
    ):
        time.sleep(3)
        before = len(load.acked)
        ballast = disks.fill(disk)
        time.sleep(17)
        ballast.unlink()
        during = len(load.acked)
        wait_for(lambda: len(load.acked) > during + 20, seconds=60, log=log)
        load.over.set()
        wait_for(lambda: is_quiet(premises), seconds=120, log=log)
        report = invariants.look(acked=load.acked, peer=premises.peer)

    assert before > 0
    assert report.broken == []


def test_f50_after_a_power_cut_one_command_brings_everything_back(storm_house, tmp_path):
    premises, visitors, _url, log = storm_house
    with loaded(Load(premises.port), visitors) as load:
        time.sleep(3)
        # What we ourselves hold open would only tell us that it is gone.
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        power_off(premises)
        load.over.set()

    begun = time.monotonic()
    with opened(premises.data, premises.peer, log) as again:
        took = time.monotonic() - begun
        fresh = Load(again.port)
        assert fresh.one(visitors[0])
        wait_for(lambda: is_quiet(again), seconds=60, log=log)
        report = invariants.look(acked=[*load.acked, *fresh.acked], peer=premises.peer)

    assert len(load.acked) > 0
    assert report.broken == []
    assert took < READY_SECONDS


def power_off(premises: Premises) -> None:
    """SIGKILL to all of it before any of it can notice."""
    everybody = []
    for server in (postgres.find(premises.data), valkey.find(premises.data)):
        assert server is not None
        everybody += [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    running = supervisor.status(premises.data)
    assert running is not None
    # Web, worker and clock are its children; the guardian, which would end them in order, is too.
    everybody += [
        psutil.Process(running.pid),
        *psutil.Process(running.pid).children(recursive=True),
    ]
    for process in everybody:
        process.suspend()
    for process in everybody:
        process.kill()
    psutil.wait_procs(everybody, timeout=10)
