"""Puts the house together: settings, database, clothes, three doors, clock and post.

`create_app()` is what gunicorn, the workers, the command line and the tests start from.
"""

from collections.abc import Mapping
from typing import Any

from dramatiq import Broker
from flask import Flask
from sqlalchemy.engine import make_url

import admin
import forum
import gate
import look
import portal
from models.tables import db
from tasks.broker import setup
from workflow import definitions
from workflow.engine import unit_of_work
from workflow.settings import settings


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The whole house as one WSGI application.

    Raises UnsafeSettings or UnsoundDefinition: a house that is not safe and sound does not open.
    """
    house = settings()
    house.refuse_unsafe()
    definitions.engines()
    app = Flask("toasoan", static_folder=None)
    app.config.update(
        SECRET_KEY=house.secret_key,
        MAX_CONTENT_LENGTH=house.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SQLALCHEMY_DATABASE_URI=_psycopg(house.database_url),
        SQLALCHEMY_BINDS={
            "forum": _psycopg(house.forum_url),
            "moves": {"url": _psycopg(house.database_url), **unit_of_work.KEPT},
        },
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=house.public_url.startswith("https:"),
        **(overrides or {}),
    )
    db.init_app(app)
    look.wear(app)
    gate.keep(app)
    for door in (admin, portal, forum):
        door.open_door(app)
    return app


def broker() -> Broker:
    """The broker of a worker process; `dramatiq wsgi:broker` calls it in each."""
    return setup(create_app())


def _psycopg(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
