"""F42 with root's tools: the network between the house and its servers swallows everything, or is down.

What needs no root stands in test_networks.py.
"""

import dataclasses
import os
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from models.base import db
from tests.faults import invariants, networks, proxy
from tests.faults.conftest import serving
from tests.faults.processes import until
from tests.faults.visitors import Sending
from tests.nursery import bearing, rocking

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]


@pytest.mark.parametrize("how", ["silence", "cut"])
def test_f42_a_split_network_holds_nobody_and_costs_nothing(
    make, cast, bear, visiting, only_jobs, post_office, drained, how
):
    """A firewall that drops, or a card that is down, between web and clock and their servers."""
    only_jobs()
    sendings = [Sending(make.submission().code) for _ in range(12)]
    took: list[float] = []

    with (
        networks.apart(os.getpid() % 250) as place,
        proxy.before(proxy.sockets(post_office.environment["DATABASE_URL"]), host=place.server) as postgres,
        proxy.before(
            Path(post_office.environment["REDIS_URL"].removeprefix("unix://")), host=place.server
        ) as valkey,
        rocking("ip", "netns", "exec", place.name) as cradle,
    ):
        binh = dataclasses.replace(visiting(cast.binh), host=place.house)
        away = {
            "DATABASE_URL": proxy.through(
                post_office.environment["DATABASE_URL"], postgres, host=place.server
            ),
            "DATABASE_FORUM_URL": proxy.through(
                post_office.environment["DATABASE_FORUM_URL"], postgres, host=place.server
            ),
            "REDIS_URL": f"redis://{place.server}:{valkey.port}/0",
        }
        born_there = bearing(cradle, post_office)

        def press(mine: list[Sending], port: int) -> None:
            for one in mine:
                begun = time.monotonic()
                binh.send(port, one)  # raises when nobody answers within fifteen seconds
                took.append(time.monotonic() - begun)

        with (
            serving(born_there, post_office, HOST=place.house, **away) as served,
            born_there("clock", **away),
        ):
            assert binh.insist(served.port, sendings[0])
            # The clock has begun. One that is born into a split network ends, for its supervisor to begin again.
            until(_has_handed_on, seconds=60, log=post_office.log)
            getattr(place, how)()
            threads = [
                threading.Thread(target=press, args=(sendings[n + 1 :: 4], served.port)) for n in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            place.mend()
            acked = [one.command for one in sendings if binh.insist(served.port, one)]
            # The clock was on the far side too: its relay goes on by itself.
            with bear("worker", LEASE_SECONDS="120"):
                drained()

    assert len(took) == len(sendings) - 1
    assert len(acked) == len(sendings)
    report = invariants.hold(acked=acked, peer=post_office.peer)
    assert report.raw_doubles == 0
    sent = text("SELECT count(*) FROM audit_event WHERE action = 'submission:submit'")
    assert db.session.execute(sent).scalar_one() == len(sendings)


def _has_handed_on() -> bool:
    queued = db.session.execute(text("SELECT count(*) FROM outbox WHERE state = 'queued'")).scalar_one()
    db.session.rollback()
    return bool(queued > 0)
