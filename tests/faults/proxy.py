"""A server seen through a bad line: slow, silent, or cut at the worst moment. No root's tools needed."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

MOVE, COMMIT = b"WITH moved AS", b"COMMIT"


@dataclass
class Proxy:
    """Passes bytes on to the Unix socket `target`. What it does to them may change while it runs."""

    target: Path
    port: int = 0
    delay_seconds: float = 0
    is_silent: bool = False
    is_cut: bool = False
    """Who is connected is cut off when he says something, and whoever connects is left without an answer."""
    cuts_wanted: int = 0
    """How many commits of a move reach the server and lose their answer."""
    cuts: int = 0
    connections: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            while self.is_cut:
                time.sleep(0.05)
            server.connect(str(self.target))
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
            has_moved = False
            while data := client.recv(65536):
                if self.is_cut:
                    return
                self._dawdle()
                has_moved = has_moved or MOVE in data
                if has_moved and COMMIT in data and self._may_cut():
                    self._swallow(client, server, data)
                    return
                server.sendall(data)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self._dawdle()
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)

    def _dawdle(self) -> None:
        while self.is_silent:
            time.sleep(0.05)
        time.sleep(self.delay_seconds)

    def _may_cut(self) -> bool:
        with self._lock:
            if self.cuts >= self.cuts_wanted:
                return False
            self.cuts += 1
            return True

    @staticmethod
    def _swallow(client: socket.socket, server: socket.socket, data: bytes) -> None:
        """Nobody is there for the answer, and the server does what it was told all the same."""
        client.shutdown(socket.SHUT_RDWR)
        server.sendall(data)
        time.sleep(0.5)


@contextmanager
def before(target: Path, *, host: str = "127.0.0.1") -> Iterator[Proxy]:
    proxy = Proxy(target)
    with socket.create_server((host, 0)) as listener:
        proxy.port = listener.getsockname()[1]
        threading.Thread(target=proxy.serve, args=(listener,), daemon=True).start()
        yield proxy
        # Closing alone leaves the one who waits in accept().
        listener.shutdown(socket.SHUT_RDWR)


QUICKLY = (
    "connect_timeout=2&keepalives_idle=1&keepalives_interval=1&keepalives_count=2&tcp_user_timeout=2000"
    "&sslmode=disable&gssencmode=disable"
)
"""The patience that every address of ours has (schema.REACHING), scaled down."""


def sockets(address: str) -> Path:
    """The Unix socket of a PostgreSQL whose address names its folder."""
    return Path(parse_qs(urlsplit(address).query)["host"][0]) / ".s.PGSQL.5432"


def through(address: str, between: Proxy, *, host: str = "127.0.0.1") -> str:
    """The same database, reached through the proxy."""
    return urlsplit(address)._replace(query=f"host={host}&port={between.port}&{QUICKLY}").geturl()
