"""A pool of connections that shrinks again: as many stay as were in use at once of late, not as many as ever were.

An idle connection is a process of the database and three to four megabytes of memory. A worker whose eight threads
all had something to do once would keep ten of them all night.
"""

from collections.abc import Iterable

from sqlalchemy import Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util import queue


class TidalPool(QueuePool):
    """SQLAlchemy's own, which also knows how many of its connections were in use at once since the last ebb."""

    _most = 0

    def _do_get(self) -> ConnectionPoolEntry:
        entry = super()._do_get()
        self._most = max(self._most, self.checkedout())
        return entry

    def ebb(self) -> None:
        """Close what is idle, the longest first, down to the most in use since the last ebb; one always stays."""
        stay, self._most = max(1, self._most), self.checkedout()
        while self.checkedin() and self.checkedin() + self.checkedout() > stay:
            try:
                idle = self._pool.get(block=False)
            except queue.Empty:
                return
            try:
                idle.close()
            finally:
                self._dec_overflow()


def ebb(engines: Iterable[Engine]) -> None:
    for engine in engines:
        if isinstance(engine.pool, TidalPool):
            engine.pool.ebb()
