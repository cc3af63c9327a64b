"""Runs `careless.py` beside a storm: two processes that the storm kills as it kills ours, and what it cost them."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from embedded import valkey
from tests.faults import processes

PROGRAM = Path(__file__).with_name("careless.py")
TABLES = """
CREATE SCHEMA careless;
CREATE TABLE careless.placed (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE careless.answered (id bigint PRIMARY KEY);
CREATE TABLE careless.written (id bigint PRIMARY KEY);
"""
LOST = """
SELECT count(*), count(*) FILTER (WHERE w.id IS NULL), count(a.id) FILTER (WHERE w.id IS NULL)
FROM careless.placed LEFT JOIN careless.written w USING (id) LEFT JOIN careless.answered a USING (id)
"""


@dataclass
class Careless:
    url: str
    redis_url: str
    log: Path
    running: dict[str, subprocess.Popen[bytes]]

    def start(self, name: str) -> None:
        environment = {**os.environ, "DATABASE_URL": self.url, "REDIS_URL": self.redis_url}
        with self.log.open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, str(PROGRAM), name], env=environment, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def strike(self, dice: random.Random) -> None:
        """Kill one of the two every third time, as its supervisor would find it, and start it again."""
        if dice.random() < 1 / 3:
            name = dice.choice(sorted(self.running))
            processes.kill_group(self.running[name])
            self.start(name)

    def stop_ordering(self) -> None:
        processes.kill_group(self.running.pop("orders"))

    def numbers(self) -> tuple[int, int, int]:
        """(orders placed, those without their letter, and of these the ones whose sender was told all is well)."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(LOST).fetchone() or (0, 0, 0)


@contextmanager
def peer(data: Path, url: str, log: Path) -> Iterator[Careless]:
    """On the same servers. It goes on writing to the end, so that nothing is called lost too soon."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES)
    found = valkey.find(data)
    assert found is not None
    careless = Careless(url, found.url, log, {})
    for name in ("letters", "orders"):
        careless.start(name)
    try:
        yield careless
    finally:
        for process in careless.running.values():
            processes.kill_group(process)
