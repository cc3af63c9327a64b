"""The same list as others make it: stock Flask-Admin on the table; and the least a page can be, SQL in a view.

Stock stands in the house, behind the same gate: session, sign-in, rights and headers cost it what they cost ours, and
it shows as many rows with the same names in them. Its own are its templates, its count and its pages by number.
"""

import psycopg
from flask import Flask, request
from flask.testing import FlaskClient
from flask_admin import Admin, AdminIndexView
from flask_admin.contrib.sqla import ModelView
from psycopg.rows import namedtuple_row
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from admin.desk import Kept
from models.base import db
from tests.bench import archive
from workflow.queries.audit import PAGE


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    title: Mapped[str]


class Piece(Base):
    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class Office(Base):
    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    short_name: Mapped[str]


class Event(Base):
    """The table as stock Flask-Admin is given it, with the names our list shows."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    action: Mapped[str]
    stream: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    actor: Mapped[Person | None] = relationship()
    piece: Mapped[Piece | None] = relationship()
    unit: Mapped[Office | None] = relationship()


class Events(ModelView):
    """Open to whom our own list is open."""

    needs = "audit.read"
    is_accessible = Kept.is_accessible
    can_create = can_edit = can_delete = False
    page_size = PAGE
    column_list = ("id", "at", "actor.full_name", "actor.title", "action", "piece.code", "unit.short_name")
    column_default_sort = ("id", True)
    column_filters = ("actor_id", "action")


class Joined(Events):
    """The same with its names read along: quicker on the first page, four times as slow deep in the table."""

    column_select_related_list = (Event.actor, Event.piece, Event.unit)


STOCK, JOINED = "/stock/events/", "/stock/joined/"


def stock(admin_url: str) -> FlaskClient:
    """Somebody signed in at Flask-Admin as it comes: names asked for row by row, or joined."""
    app = archive.open_house(admin_url)
    desk = Admin(app, index_view=AdminIndexView(endpoint="stock", url="/stock"))
    desk.add_view(Events(Event, db, endpoint="events"))
    desk.add_view(Joined(Event, db, endpoint="joined"))
    return archive.visitor(app, admin_url)


ROW = "<tr><td>{0.id}</td><td>{0.at}</td><td>{0.full_name}</td><td>{0.action}</td><td>{0.code}</td></tr>"
LIST = """
SELECT e.id, e.at, e.action, a.full_name, s.code FROM audit_event e
LEFT JOIN account a ON a.id = e.actor_id LEFT JOIN submission s ON s.id = e.submission_id
WHERE e.id < %s ORDER BY e.id DESC LIMIT 41
"""


def bare(admin_url: str) -> FlaskClient:
    """One view, one prepared statement by keyset, rows as plain HTML: no session, no rights, no frame."""
    app = Flask("bare")
    connection = psycopg.connect(admin_url, autocommit=True, prepare_threshold=0, row_factory=namedtuple_row)

    @app.get("/")
    def index() -> str:
        rows = connection.execute(LIST, [request.args.get("truoc", 2**62, int)]).fetchall()
        return f"<table>{''.join(map(ROW.format, rows))}</table>"

    return app.test_client()
