"""Straight to the driver: for the two statements of a move, and for them only.

SQLAlchemy describes every result anew for a text it did not compile: half of what reading the facts cost. Here the
driver prepares the text once for each connection and gives rows with names. Errors stay those of SQLAlchemy, and a
connection that broke is taken out of its pool, as SQLAlchemy would have done.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def execute(connection: Connection, sql: str, values: Mapping[str, Any]) -> Any:
    """Run `sql` (`%(name)s` where a value goes) in the connection's transaction; the cursor, to fetch rows from.

    Raises what SQLAlchemy would: IntegrityError, OperationalError, ...
    """
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        return driver.cursor(row_factory=namedtuple_row).execute(sql, values, prepare=True)
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, psycopg.Error, connection_invalidated=driver.closed
        ) from error
