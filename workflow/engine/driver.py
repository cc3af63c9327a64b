"""Straight to libpq: for the two statements of a move and the few others whose speed counts, and for them only.

SQLAlchemy describes every result anew for a text it did not compile, and the driver's cursor reads a long text anew
for its parameters: together more than half of what a statement costs its client. Here a kept connection prepares a
text once and remembers how its columns are read. Errors stay those of SQLAlchemy, and a connection that broke is
taken out of its pool with the others there, as SQLAlchemy would have done.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_VALUE = re.compile(r"%\((\w+)\)s")


def execute(connection: Connection, sql: str, values: Mapping[str, Any]) -> list[Any]:
    """Run `sql` (`%(name)s` where a value goes) in the connection's transaction; its rows, with names.

    The server tells the type of a value from where it stands: `%(day)s::date` where that says nothing.
    Raises what SQLAlchemy would: IntegrityError, OperationalError, ...
    """
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        if not driver.autocommit:
            # A rollback makes the driver drop all that is prepared on its connection, ours too.
            return driver.cursor(row_factory=namedtuple_row).execute(sql, values, prepare=True).fetchall()
        held: dict[str, _Prepared] = connection.info
        return (held.get(sql) or held.setdefault(sql, _Prepared(driver, sql))).run(values)
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
            # Who lost one line to the server has hardly kept the others.
            connection.engine.dispose()
        raise DBAPIError.instance(
            sql, None, error, psycopg.Error, connection_invalidated=driver.closed
        ) from error


class _Prepared:
    """A statement that a connection in AUTOCOMMIT holds ready."""

    def __init__(self, driver: psycopg.Connection[Any], sql: str) -> None:
        text, self._names = _numbered(sql)
        self._link = driver.pgconn
        self._name = f"straight_{id(self):x}".encode()
        self._adapt = Transformer(driver)
        self._formats = [PyFormat.TEXT] * len(self._names)
        self._row: Callable[[Sequence[Any]], Any] | None = None
        _told(self._link, self._link.prepare(self._name, text))

    def run(self, values: Mapping[str, Any]) -> list[Any]:
        given: Any = self._adapt.dump_sequence([values[name] for name in self._names], self._formats)
        result = _told(self._link, self._link.exec_prepared(self._name, given))
        self._adapt.set_pgresult(result, set_loaders=self._row is None)
        if self._row is None:
            self._row = _named(result)
        return self._adapt.load_rows(0, result.ntuples, self._row)


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The text as the server wants it, `$1` for `%(name)s`, and the names by number."""
    names = tuple(dict.fromkeys(_VALUE.findall(sql)))
    text = _VALUE.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
    return text.replace("%%", "%").encode(), names


def _named(result: PGresult) -> Callable[[Sequence[Any]], Any]:
    columns = [(result.fname(number) or b"").decode() for number in range(result.nfields)]
    row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    return row._make


def _told(link: PGconn, result: PGresult) -> PGresult:
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if result.error_field(DiagnosticField.SQLSTATE) is None:
        # Not the server says so but the library: the line is gone, even where its status does not know it yet.
        link.finish()
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)
