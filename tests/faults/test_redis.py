"""F07 to F10, F12, F13: Redis dies, is away, forgets, is full, refuses, is slow. The house takes work all along."""

import socket
import threading
import time
from pathlib import Path

import pytest
import redis

from embedded import valkey
from tests.faults import invariants, proxy
from tests.faults.conftest import FULL
from tests.faults.processes import until
from tests.faults.visitors import Sending

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]

PATIENT = {"LEASE_SECONDS": "120", "REQUEUE_SECONDS": "2"}
"""No lease ends meanwhile: a letter that goes twice would have gone twice because of Redis."""


@pytest.fixture
def teller(post_office):
    with redis.Redis.from_url(post_office.environment["REDIS_URL"]) as connected:
        yield connected


@pytest.mark.parametrize("times", [20] if FULL else [3])
def test_f07_a_redis_killed_again_and_again_loses_and_doubles_no_letter(
    one_letter, bear, post_office, only_jobs, drained, times
):
    only_jobs()

    with bear("clock", **PATIENT), bear("worker", **PATIENT):
        for number in range(times):
            one_letter(number)
            valkey.kill(post_office.data)
            valkey.start(post_office.data)
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (times, 0)


@pytest.mark.parametrize("seconds", [8, 30, 120] if FULL else [2])
def test_f08_after_an_outage_workers_that_were_not_restarted_go_on(
    one_letter, bear, post_office, only_jobs, drained, seconds
):
    only_jobs()

    with bear("clock", **PATIENT), bear("worker", **PATIENT):
        one_letter("before")
        drained()
        valkey.kill(post_office.data)
        one_letter("meanwhile")
        time.sleep(seconds)
        valkey.start(post_office.data)
        one_letter("afterwards")
        drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (3, 0)


@pytest.mark.parametrize("lose", ["flush", "empty folder"])
def test_f09_a_redis_that_forgot_everything_costs_a_moment(
    one_letter, bear, post_office, only_jobs, drained, teller, lose
):
    only_jobs()
    with bear("clock", **PATIENT):
        for number in range(5):
            one_letter(number)
        until(
            lambda: {state for state, _ in post_office.rows("post")} == {"queued"},
            seconds=60,
            log=post_office.log,
        )
        if lose == "flush":
            teller.flushall()
        else:
            valkey.kill(post_office.data)
            valkey.start(post_office.data, empty=True)

        with bear("worker", **PATIENT):
            drained()

    report = invariants.hold(peer=post_office.peer)
    assert (report.letters, report.raw_doubles) == (5, 0)


def fill(teller):
    teller.config_set("maxmemory", "1")
    return lambda: teller.config_set("maxmemory", "0")


def refuse_to_write(teller):
    teller.config_set("min-replicas-to-write", "1")
    return lambda: teller.config_set("min-replicas-to-write", "0")


def ask_for_a_password(teller):
    teller.config_set("requirepass", "khong-ai-biet")
    return lambda: teller.config_set("requirepass", "")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(fill, id="f10-full"),
        pytest.param(refuse_to_write, id="f12-read-only"),
        pytest.param(ask_for_a_password, id="f12-password"),
    ],
)
def test_f10_f12_a_redis_that_refuses_stops_nobody_who_sends(
    make, cast, web, bear, visiting, post_office, only_jobs, drained, teller, spoil
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(3)], visiting(cast.binh)
    mend = spoil(teller)

    with web() as served, bear("clock", **PATIENT), bear("worker", **PATIENT):
        acked = [sending.command for sending in sendings if binh.send(served.port, sending)]
        assert post_office.peer.taken == []
        mend()
        drained()

    assert len(acked) == 3
    report = invariants.hold(acked=acked, peer=post_office.peer)
    assert report.letters >= 3
    assert report.raw_doubles == 0


def test_f12_what_listens_there_is_no_redis_at_all(make, cast, web, visiting, only_jobs):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(3)], visiting(cast.binh)

    with socket.create_server(("127.0.0.1", 0)) as stranger:
        threading.Thread(target=_say_nonsense, args=(stranger,), daemon=True).start()
        with web(REDIS_URL=f"redis://127.0.0.1:{stranger.getsockname()[1]}/0") as served:
            acked = [sending.command for sending in sendings if binh.send(served.port, sending)]
        stranger.shutdown(socket.SHUT_RDWR)

    assert len(acked) == 3
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []


def _say_nonsense(stranger: socket.socket) -> None:
    while True:
        try:
            caller, _ = stranger.accept()
        except OSError:
            return
        with caller:
            caller.sendall(b"220 mail.example.edu.vn ESMTP\r\n")


@pytest.mark.parametrize("line", ["slow", "silent"])
def test_f13_on_a_slow_line_each_process_rings_once_and_then_lets_the_relay_look(
    make, cast, web, visiting, only_jobs, post_office, line
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(12)], visiting(cast.binh)
    target = Path(post_office.environment["REDIS_URL"].removeprefix("unix://"))

    with proxy.before(target) as between:
        between.delay_seconds, between.is_silent = (0.5, False) if line == "slow" else (0, True)
        with web(REDIS_URL=f"redis://127.0.0.1:{between.port}/0") as served:
            acked = [sending.command for sending in sendings if binh.send(served.port, sending)]
        between.is_silent = False

    assert len(acked) == 12
    # Two processes answer. Without their sulking each of twelve sendings would have waited for Redis.
    assert between.connections < 12
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []
