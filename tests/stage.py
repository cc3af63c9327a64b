"""The stage of one test worker: a scene is laid by the verbs once, and put back from a copy for the next story."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

# What the house keeps for itself; every other table is struck after each test.
KEPT = {"alembic_version", "directive", "composition", "house_fact"}
ONE_DIRECTIVE = """
DELETE FROM composition WHERE directive_id > (SELECT min(id) FROM directive);
DELETE FROM directive WHERE id > (SELECT min(id) FROM directive);
UPDATE directive SET valid_to = NULL WHERE valid_to IS NOT NULL
"""
"""What a story laid down goes with it, and the first is open again."""


class Stage:
    """The tables of this worker's database, as the superuser: the program could neither copy nor remove them."""

    def __init__(self, superuser: Engine) -> None:
        self._superuser = superuser
        self._copies: dict[str, list[str]] = {}

    def set(self, scene: str, lay: Callable[[], object]) -> None:
        """Run `lay`, or put back the rows it left the first time; beside what stands there already, it is run."""
        from models.base import db

        if not self._is_empty():
            lay()
        elif scene in self._copies:
            self._put_back(scene)
        else:
            lay()
            self._copy(scene)
        db.session.rollback()

    def _is_empty(self) -> bool:
        """What another fixture has put there must not become part of the scene."""
        questions = (f"EXISTS (SELECT FROM {table})" for table in _tables())
        with self._superuser.connect() as connection:
            return not connection.execute(text(f"SELECT {' OR '.join(questions)}")).scalar_one()

    def strike(self) -> None:
        with self._superuser.begin() as connection:
            _without_triggers(connection)
            connection.execute(
                text("; ".join([*(f"DELETE FROM {table}" for table in _tables()), ONE_DIRECTIVE]))
            )

    def _copy(self, scene: str) -> None:
        with self._superuser.begin() as connection:
            self._copies[scene] = [table for table in _tables() if _has_rows(connection, table)]
            connection.execute(text(f"CREATE SCHEMA scene_{scene}"))
            for table in self._copies[scene]:
                connection.execute(text(f"CREATE UNLOGGED TABLE scene_{scene}.{table} AS TABLE {table}"))

    def _put_back(self, scene: str) -> None:
        with self._superuser.begin() as connection:
            _without_triggers(connection)
            for table in self._copies[scene]:
                columns = _stored_columns(table)
                connection.execute(
                    text(
                        f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE"
                        f" SELECT {columns} FROM scene_{scene}.{table}"
                    )
                )


def _tables() -> list[str]:
    from models.tables import Base

    return [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT]


def _stored_columns(table: str) -> str:
    from models.tables import Base

    return ", ".join(column.name for column in Base.metadata.tables[table].columns if column.computed is None)


def _has_rows(connection: Connection, table: str) -> bool:
    return bool(connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one())


def _without_triggers(connection: Connection) -> None:
    connection.execute(text("SET LOCAL session_replication_role = replica"))


@pytest.fixture(scope="session")
def stage(superuser: Engine) -> Stage:
    return Stage(superuser)
