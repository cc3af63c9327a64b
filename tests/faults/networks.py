"""A network of its own for the house, whose line to database and Redis may be split. Needs root's tools."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.faults.disks import IS_ROOT

NOBODYS = ("lladdr", "02:00:00:00:de:ad")
"""The address of no card: what is sent there is swallowed without a word, as by a firewall that drops."""


@dataclass(frozen=True)
class Apart:
    """A network namespace. The servers are reached over `line`, the house is visited over `street`."""

    name: str
    number: int

    @property
    def server(self) -> str:
        return f"198.18.{self.number}.1"

    @property
    def house(self) -> str:
        return f"198.19.{self.number}.2"

    def silence(self) -> None:
        """Both sides send and nothing arrives."""
        self._neighbours("replace", *NOBODYS)

    def cut(self) -> None:
        """The line is down, and everybody on it is told."""
        self._inside("ip", "link", "set", "line", "down")

    def mend(self) -> None:
        self._inside("ip", "link", "set", "line", "up")
        self._neighbours("flush")

    def _neighbours(self, act: str, *card: str) -> None:
        to = [] if card else ["to"]
        _run(
            "ip",
            "neigh",
            act,
            *to,
            f"198.18.{self.number}.2",
            *card,
            "dev",
            f"{self.name}l",
            "nud",
            "permanent",
        )
        self._inside("ip", "neigh", act, *to, self.server, *card, "dev", "line", "nud", "permanent")

    def _inside(self, *argv: str) -> None:
        _run("ip", "netns", "exec", self.name, *argv)


@contextmanager
def apart(number: int) -> Iterator[Apart]:
    """Fails the test for who is not root: only root may split a network."""
    if not IS_ROOT:
        pytest.fail("needs root, who may make a network and split it: run `make test-faults` as root")
    place = Apart(f"ts{number}", number)
    _run("ip", "netns", "add", place.name)
    try:
        place._inside("ip", "link", "set", "lo", "up")
        for card, net in (("line", "198.18"), ("street", "198.19")):
            ours = f"{place.name}{card[0]}"
            _run("ip", "link", "add", ours, "type", "veth", "peer", "name", card, "netns", place.name)
            _run("ip", "addr", "add", f"{net}.{number}.1/30", "dev", ours)
            _run("ip", "link", "set", ours, "up")
            place._inside("ip", "addr", "add", f"{net}.{number}.2/30", "dev", card)
            place._inside("ip", "link", "set", card, "up")
        yield place
    finally:
        # The kernel clears a namespace away when it finds time; its lines would still be there for the next one.
        for card in ("line", "street"):
            subprocess.run(["ip", "link", "delete", f"{place.name}{card[0]}"], check=False)
        _run("ip", "netns", "delete", place.name)


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True)
