"""The declarative base, the session factory, and the column types every table shares."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Identity, LargeBinary, MetaData, Text, func
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: Text,
            int: BigInteger,
            datetime: DateTime(timezone=True),
            bytes: LargeBinary,
        },
    )


# What a statement was given is people's words, hashes and tokens: no error tells it. What the database itself quotes
# in its answer, workflow/logbook.py leaves out, wherever an error is written down.
db = SQLAlchemy(model_class=Base, engine_options={"hide_parameters": True})

BigId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
SaidAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.people_now())]
"""On people's clock: people read it, or it is asked what held at a past instant."""


def words(kind: type[StrEnum]) -> SqlEnum:
    """A closed word list as text with a CHECK: readable in psql, and a new word needs a migration."""
    return SqlEnum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
