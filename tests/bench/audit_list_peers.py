"""The same list as others make it: stock Flask-Admin on the table; and the least a page can be, SQL in a view."""

import psycopg
from flask import Flask, request
from flask.testing import FlaskClient
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from psycopg.rows import namedtuple_row
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from workflow import founding


class Base(DeclarativeBase):
    pass


class Event(Base):
    """The table as stock Flask-Admin is given it: every column that tells something."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    action: Mapped[str]
    actor_id: Mapped[int | None]
    submission_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    stream: Mapped[str]


def stock(admin_url: str) -> FlaskClient:
    """Flask-Admin as it comes: its own templates, its count of all rows, its pages by number."""
    app = Flask("stock")
    app.config.update(SECRET_KEY="bench", SQLALCHEMY_DATABASE_URI=founding.driven(admin_url))
    # Where Flask-Babel is installed, Flask-Admin wants it.
    Babel(app)
    db = SQLAlchemy(app, model_class=Base)

    class Events(ModelView):
        can_create = can_edit = can_delete = False
        column_default_sort = ("id", True)
        column_filters = ("actor_id", "action")

    Admin(app).add_view(Events(Event, db, endpoint="events"))
    return app.test_client()


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
