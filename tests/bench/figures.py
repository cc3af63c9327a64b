"""What a benchmark is given and what it gives back."""

import socket
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stage:
    """`data` is a folder with running servers of the benchmark's own; `admin_url` is their superuser's."""

    data: Path
    admin_url: str


@dataclass(frozen=True)
class Figure:
    """One line at the end: `value` and `target` as they are printed, `says` for the table in docs."""

    name: str
    value: str
    target: str
    says: str


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
