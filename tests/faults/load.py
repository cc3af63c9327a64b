"""Clients that draft and send over real HTTP, and press again until they are told that it is done."""

import http.client
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.visitors import Sending, Visitor

CLIENTS = 4


@dataclass
class Load:
    """Clients that draft and send, and press again until they are told that it is done."""

    port: int
    over: threading.Event = field(default_factory=threading.Event)
    acked: list[str] = field(default_factory=list)
    presses: Counter[str] = field(default_factory=Counter)

    def work(self, visitor: Visitor) -> None:
        while not self.over.is_set():
            self.one(visitor)

    def one(self, visitor: Visitor) -> bool:
        """Draft a piece and send it; False when the day was over first."""
        command = str(uuid.uuid4())
        code = self._insist(lambda: _drafted(visitor, self.port, command))
        if not code:
            return False
        self.acked.append(command)
        sending = Sending(code)
        if not self._insist(lambda: visitor.send(self.port, sending)):
            return False
        self.acked.append(sending.command)
        return True

    def _insist(self, press: Callable[[], object]) -> object:
        while not self.over.is_set():
            try:
                if done := press():
                    self.presses["done"] += 1
                    return done
                self.presses["refused"] += 1
            except (OSError, http.client.HTTPException):
                self.presses["no answer"] += 1
            self.over.wait(0.1)
        return None


def _drafted(visitor: Visitor, port: int, command: str) -> str:
    """The code of the draft; empty when it was not acknowledged."""
    status, place = visitor.post(
        port, "/don-vi/soan", command=command, kind="news", act="send", category="",
        title=f"Bếp ăn một chiều {command[:8]}", body="<div>Ngày 05/5/2021, bếp ăn được đưa vào sử dụng.</div>",
        author_line="Trần Thị Lan", school="Trường Mầm non Hoa Mai",
    )  # fmt: skip
    return place.split("/")[-1].removesuffix("#gui") if status == 303 and place.endswith("#gui") else ""


@contextmanager
def loaded(load: Load, visitors: list[Visitor]) -> Iterator[Load]:
    people = [visitors[number % len(visitors)] for number in range(CLIENTS)]
    threads = [threading.Thread(target=load.work, args=(one,), daemon=True) for one in people]
    for thread in threads:
        thread.start()
    yield load
    load.over.set()
    for thread in threads:
        thread.join(30)
