"""PostgreSQL and Valkey on one data folder: started once, found again, ended cleanly."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from embedded import postgres, servers, valkey

pytestmark = pytest.mark.database


def ensure(data: Path) -> servers.Addresses:
    return servers.ensure(data, say=lambda _: None, fsync=False)


def one_row(url: str, statement: str) -> tuple[object, ...] | None:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchone()


def run_sql(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_first_call_starts_both_and_the_second_finds_them(data: Path) -> None:
    first = ensure(data)
    second = ensure(data)

    assert first.started == ("PostgreSQL", "Valkey")
    assert second.started == ()
    assert (second.admin_url, second.redis_url) == (first.admin_url, first.redis_url)


def test_each_server_is_announced_in_one_sentence(data: Path, said: list[str]) -> None:
    servers.ensure(data, say=said.append, fsync=False)
    database, broker = servers.status(data)

    assert said == [
        f"PostgreSQL: đã khởi động (tiến trình {database.pid}).",
        f"Valkey: đã khởi động (tiến trình {broker.pid}).",
    ]


def test_the_database_is_what_the_house_needs(data: Path) -> None:
    admin = ensure(data).admin_url
    run_sql(admin, "CREATE EXTENSION unaccent")
    run_sql(admin, "CREATE EXTENSION pg_trgm")

    answer = one_row(
        admin,
        "SELECT current_database(), current_user, current_setting('server_encoding'),"
        " current_setting('timezone'), current_setting('listen_addresses'), lower('ĐẶNG'), unaccent('đường')",
    )

    assert answer == ("toasoan", "postgres", "UTF8", "UTC", "", "đặng", "duong")


def test_the_broker_never_forgets_for_want_of_memory_or_by_a_restart(data: Path) -> None:
    with redis.Redis.from_url(ensure(data).redis_url, decode_responses=True) as client:
        wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}

        assert client.config_get(*wanted) == wanted


def test_what_was_written_is_there_after_a_stop_and_a_start(data: Path) -> None:
    before = ensure(data)
    run_sql(before.admin_url, "CREATE TABLE note AS SELECT 'bài 1' AS body")
    with redis.Redis.from_url(before.redis_url, decode_responses=True) as client:
        client.set("note", "bài 1")

    stopped = servers.stop(data, say=lambda _: None)
    after = ensure(data)

    assert stopped == ("Valkey", "PostgreSQL")
    assert after.started == ("PostgreSQL", "Valkey")
    assert one_row(after.admin_url, "SELECT body FROM note") == ("bài 1",)
    with redis.Redis.from_url(after.redis_url, decode_responses=True) as client:
        assert client.get("note") == "bài 1"


def test_after_a_stop_nothing_is_left(data: Path, processes_of: Callable[[Path], list[str]]) -> None:
    sockets = Path(ensure(data).redis_url.removeprefix("unix://")).parent

    servers.stop(data, say=lambda _: None)

    assert processes_of(data) == []
    assert not sockets.parent.exists()
    assert [each.is_running for each in servers.status(data)] == [False, False]
    assert servers.stop(data, say=lambda _: None) == ()


def test_nobody_else_may_reach_the_sockets(data: Path) -> None:
    sockets = Path(ensure(data).redis_url.removeprefix("unix://")).parent

    modes = [oct(each.stat().st_mode & 0o777) for each in (sockets.parent, sockets, data)]

    assert modes == ["0o700", "0o700", "0o700"]
    assert sockets.parent.stat().st_uid == os.geteuid()


def test_a_stale_note_that_names_a_stranger_is_recognised(data: Path) -> None:
    ensure(data)
    database_note, broker_note = data / "postgres" / "postmaster.pid", data / "run" / "valkey.json"
    database_lines = database_note.read_text().splitlines()
    broker_line = broker_note.read_text()
    old = [str(each.pid) for each in servers.status(data)]
    postgres.kill(data)
    valkey.kill(data)
    # The machine came up again and somebody else (this test) has both numbers.
    database_note.write_text("\n".join([str(os.getpid()), *database_lines[1:]]) + "\n")
    broker_note.write_text(broker_line.replace(old[1], str(os.getpid())))

    again = ensure(data)

    assert again.started == ("PostgreSQL", "Valkey")
    assert one_row(again.admin_url, "SELECT 1") == (1,)


def test_a_killed_postmaster_is_replaced_and_committed_rows_are_there(data: Path) -> None:
    admin = ensure(data).admin_url
    run_sql(admin, "CREATE TABLE note AS SELECT 7 AS number")
    with psycopg.connect(admin, autocommit=True) as busy:
        was_killed = postgres.kill(data)
        again = postgres.start(data, settings=postgres.CARELESS)
        assert busy.pgconn is not None

    assert was_killed
    assert again.started
    assert again.url == admin
    assert one_row(admin, "SELECT number FROM note") == (7,)


@pytest.mark.parametrize(("is_emptied", "kept"), [(False, "1"), (True, None)])
def test_a_killed_broker_returns_at_the_same_address(data: Path, is_emptied: bool, kept: str | None) -> None:
    address = ensure(data).redis_url
    with redis.Redis.from_url(address) as client:
        client.set("duty", "1")

    valkey.kill(data)
    again = valkey.start(data, empty=is_emptied)

    assert again.url == address
    with redis.Redis.from_url(address, decode_responses=True) as client:
        assert client.get("duty") == kept


def test_an_initdb_cut_off_half_way_is_begun_anew(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert one_row(ensure(data).admin_url, "SELECT 1") == (1,)
    assert not half.exists()


def test_of_two_commands_at_once_one_starts_and_the_other_attaches(data: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from embedded import servers;"
        "print(len(servers.ensure(Path(sys.argv[1]), say=lambda _: None, fsync=False).started))"
    )
    argv = [sys.executable, "-c", program, str(data)]

    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counts = [each.communicate()[0].strip() for each in both]

    assert sorted(counts) == ["0", "2"]


def test_servers_named_by_the_environment_are_used_and_left_alone(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = ensure(data)
    monkeypatch.setenv("DATABASE_URL", outside.admin_url)
    monkeypatch.setenv("REDIS_URL", outside.redis_url)
    elsewhere = tmp_path / "elsewhere"

    used = ensure(elsewhere)
    stopped = servers.stop(elsewhere, say=lambda _: None)

    assert used == servers.Addresses(outside.admin_url, outside.redis_url, ())
    assert stopped == ()
    assert [(each.is_running, each.is_ours) for each in servers.status(elsewhere)] == [(True, False)] * 2
    assert not elsewhere.exists()
