"""Both servers of one data folder as one thing: ensure, status, stop."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis

from embedded import postgres, valkey
from embedded.errors import CellarError
from embedded.places import Place
from embedded.process import Server

Say = Callable[[str], object]


@dataclass(frozen=True)
class Addresses:
    """Where the servers are.

    `admin_url`: superuser `postgres` on database `toasoan` (or DATABASE_URL as it was given);
    `redis_url`; `started`: the names of the servers this call started, to be stopped by whoever asked.
    """

    admin_url: str
    redis_url: str
    started: tuple[str, ...] = ()


@dataclass(frozen=True)
class Status:
    """One line of `toasoan status`: `is_ours` is false for a server named by the environment."""

    name: str
    is_running: bool
    is_ours: bool
    url: str | None = None
    pid: int | None = None


def ensure(data: Path, *, say: Say = print, fsync: bool = True) -> Addresses:
    """Reach both servers of this data folder, starting those that do not run.

    DATABASE_URL and REDIS_URL in the environment win: such a server is not ours, it is asked
    for a sign of life and returned untouched. `fsync=False` is for tests: PostgreSQL started by
    this call forgets on a power cut. Two commands at once start one server. Raises CellarError.
    """
    outside_database, outside_redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if outside_database:
        _require_database(outside_database)
    if outside_redis:
        _require_redis(outside_redis)
    if outside_database and outside_redis:
        return Addresses(outside_database, outside_redis)

    place = Place.at(data).prepare()
    settings = None if fsync else postgres.CARELESS
    # The second to come waits here, and then finds them running.
    with place.locked("servers"), ThreadPoolExecutor(2) as both:
        database = None if outside_database else both.submit(postgres.start, data, settings=settings)
        broker = None if outside_redis else both.submit(valkey.start, data)
    servers = [each.result() for each in (database, broker) if each]
    for server in servers:
        say(_sentence(server))
    return Addresses(
        outside_database or database.result().url,  # type: ignore[union-attr]
        outside_redis or broker.result().url,  # type: ignore[union-attr]
        tuple(server.name for server in servers if server.started),
    )


def stop(data: Path, *, say: Say = print) -> tuple[str, ...]:
    """End the servers of this data folder, Valkey first; returns the names of those that ran."""
    place = Place.at(data)
    if not place.run.is_dir():
        return ()
    stopped = []
    with place.locked("servers"):
        for server in (valkey, postgres):
            if server.stop(data):
                say(f"{server.NAME}: đã dừng.")
                stopped.append(server.NAME)
    return tuple(stopped)


def status(data: Path) -> tuple[Status, Status]:
    """PostgreSQL and Valkey of this data folder, or of the environment; starts nothing."""
    return (
        _status("DATABASE_URL", postgres, data, _require_database),
        _status("REDIS_URL", valkey, data, _require_redis),
    )


def _status(variable: str, server: Any, data: Path, require: Callable[[str], None]) -> Status:
    if url := os.environ.get(variable):
        try:
            require(url)
        except CellarError:
            return Status(server.NAME, is_running=False, is_ours=False, url=url)
        return Status(server.NAME, is_running=True, is_ours=False, url=url)
    found = server.find(data)
    if found is None:
        return Status(server.NAME, is_running=False, is_ours=True)
    return Status(server.NAME, is_running=True, is_ours=True, url=found.url, pid=found.pid)


def _sentence(server: Server) -> str:
    did = "đã khởi động" if server.started else "đang chạy sẵn"
    return f"{server.name}: {did} (tiến trình {server.pid})."


def _require_database(url: str) -> None:
    # SQLAlchemy's way of naming the driver is not libpq's.
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(plain, connect_timeout=10) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as refusal:
        detail = str(refusal).strip()
        raise CellarError("server_outside_unreachable", variable="DATABASE_URL", detail=detail) from refusal


def _require_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=10) as client:
            client.ping()
    except (redis.RedisError, ValueError) as refusal:
        raise CellarError("server_outside_unreachable", variable="REDIS_URL", detail=refusal) from refusal
