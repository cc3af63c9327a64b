"""F42: the network between the house and its database and Redis is split, silently or loudly, and comes back."""

import dataclasses
import os
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from models.base import db
from tests.faults import invariants, networks, proxy
from tests.faults.conftest import FULL, rocking
from tests.faults.visitors import Sending
from workflow import founding

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

QUICKLY = (
    "&connect_timeout=2&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=2000"
    "&sslmode=disable&gssencmode=disable"
)
"""The patience of every address of ours (founding.REACHING), scaled down."""


def sockets(address: str) -> Path:
    return Path(parse_qs(urlsplit(address).query)["host"][0]) / ".s.PGSQL.5432"


def through(address: str, between: proxy.Proxy, host: str = "127.0.0.1") -> str:
    query = f"host={host}&port={between.port}{QUICKLY}"
    return urlsplit(address)._replace(query=query).geturl()


def test_every_address_of_ours_gives_up_a_network_that_swallows_what_is_sent():
    address = founding.driven("postgresql://toasoan_app@db.example.edu.vn/toasoan?connect_timeout=2")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    # Whoever names a patience of her own is taken at her word.
    assert asked == {**founding.REACHING, "connect_timeout": "2"}


def test_f42_a_line_that_is_cut_and_then_silent_holds_nobody_for_long(
    make, cast, web, visiting, only_jobs, post_office
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(2)], visiting(cast.binh)
    address = post_office.environment["DATABASE_URL"]

    with proxy.before(sockets(address)) as between, web(DATABASE_URL=through(address, between)) as served:
        assert binh.send(served.port, sendings[0])
        between.is_cut = True
        pressed = binh.send(served.port, sendings[1])
        between.is_cut = False
        acked = [one.command for one in sendings if binh.insist(served.port, one)]

    assert (pressed, len(acked)) == (False, 2)
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []


if FULL:

    @pytest.mark.parametrize("how", ["silence", "cut"])
    def test_f42_a_split_network_holds_nobody_and_costs_nothing(
        make, cast, bear, bear_from, web_from, visiting, only_jobs, post_office, drained, how
    ):
        """A firewall that drops, or a card that is down, between web and clock and their servers."""
        only_jobs()
        sendings = [Sending(make.submission().code) for _ in range(12)]
        took: list[float] = []

        with (
            networks.apart(os.getpid() % 250) as place,
            proxy.before(sockets(post_office.environment["DATABASE_URL"]), host=place.server) as postgres,
            proxy.before(
                Path(post_office.environment["REDIS_URL"].removeprefix("unix://")), host=place.server
            ) as valkey,
            rocking("ip", "netns", "exec", place.name) as cradle,
        ):
            binh = dataclasses.replace(visiting(cast.binh), host=place.house)
            away = {
                "DATABASE_URL": through(post_office.environment["DATABASE_URL"], postgres, place.server),
                "DATABASE_FORUM_URL": through(
                    post_office.environment["DATABASE_FORUM_URL"], postgres, place.server
                ),
                "REDIS_URL": f"redis://{place.server}:{valkey.port}/0",
            }
            born_there = bear_from(cradle)

            def press(mine: list[Sending], port: int) -> None:
                for one in mine:
                    begun = time.monotonic()
                    binh.send(port, one)  # raises when nobody answers within fifteen seconds
                    took.append(time.monotonic() - begun)

            with web_from(born_there, HOST=place.house, **away) as served, born_there("clock", **away):
                assert binh.insist(served.port, sendings[0])
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
