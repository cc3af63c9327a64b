"""People who send, and send again until they are told that it is done: over real HTTP, each command with its id."""

import http.client
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.clients import Client

DONE = "/don-vi/"
"""Where a sender is led once the piece is sent."""


@dataclass(frozen=True)
class Sending:
    """One command: send this piece."""

    code: str
    command: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Visitor:
    cookie: str
    token: str
    host: str = "127.0.0.1"

    @classmethod
    def inside(cls, client: Client, account: object) -> "Visitor":
        """Signed in, with the cookie of a real session, on whatever port she goes to."""
        signed_in = client.as_(account)  # type: ignore[arg-type]
        cookie = signed_in.get_cookie("session")
        assert cookie is not None
        return cls(f"session={cookie.value}", signed_in.token)

    def post(self, port: int, path: str, *, seconds: float = 15, **fields: str) -> tuple[int, str]:
        """(status, where it leads). Raises OSError or http.client.HTTPException when the answer never comes."""
        connection = http.client.HTTPConnection(self.host, port, timeout=seconds)
        try:
            connection.request(
                "POST", path, urlencode({"csrf_token": self.token, **fields}),
                {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()

    def look(self, port: int, path: str) -> tuple[int, str]:
        """(status, after how many seconds to come again) of a page."""
        connection = http.client.HTTPConnection(self.host, port, timeout=15)
        try:
            connection.request("GET", path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Retry-After", "")
        finally:
            connection.close()

    def send(self, port: int, sending: Sending, **how: float) -> bool:
        """Was it acknowledged? False for every other answer; raises as `post` when there was none."""
        path = f"/don-vi/bai/{sending.code}/gui"
        status, place = self.post(port, path, statement="1", command=sending.command, **how)  # type: ignore[arg-type]
        return (status, place) == (303, DONE)

    def insist(
        self,
        port: int,
        sending: Sending,
        *,
        patience: float = 60,
        is_over: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Press again until it is acknowledged; False when patience or the day ended first."""
        ends_at = time.monotonic() + patience
        while time.monotonic() < ends_at and not is_over():
            try:
                if self.send(port, sending):
                    return True
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)
        return False
