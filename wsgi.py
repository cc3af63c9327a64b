"""Puts the house together: settings, database, clothes, three doors, clock and post.

`create_app()` is what web servers start from, `create_house()` the workers, the clock and the command line.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_security import hash_password

import gate
import gate.health
import look
import tasks.broker
from models.tables import db
from tasks import doorbell, foresight, health, samples, timetable
from workflow import definitions, founding, logbook, schema
from workflow.engine import unit_of_work
from workflow.engine.tides import TidalPool
from workflow.settings import settings

if TYPE_CHECKING:
    from dramatiq import Broker

DOORS = ("admin.door", "portal.door", "forum.door")


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The whole house as one WSGI application, its doors open. Raises as `create_house` does."""
    app = create_house(overrides)
    look.pack(app)
    app.register_blueprint(gate.health.blueprint)
    app.extensions[gate.health.BACK_OFFICE] = {
        "health": health.look,
        "timetable": timetable.lines,
        "preview": foresight.foresee,
        "sample_letter": samples.sample,
    }
    # Read here: workers, clock and command line open no door, and start a third sooner without them.
    for name in DOORS:
        import_module(name).open_door(app)
    return app


def create_house(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The house with its doors shut: settings, database, sign-in; for workers, clock and command line.

    Raises UnsafeSettings or UnsoundDefinition: a house that is not safe and sound does not open.
    """
    house = settings()
    house.refuse_unsafe()
    definitions.engines()
    app = Flask("toasoan", root_path=str(Path(__file__).resolve().parent), static_folder=None)
    app.config.update(
        SECRET_KEY=house.secret_key,
        MAX_CONTENT_LENGTH=house.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SQLALCHEMY_DATABASE_URI=schema.driven(house.database_url),
        SQLALCHEMY_ENGINE_OPTIONS={
            "poolclass": TidalPool,
            "connect_args": {"options": unit_of_work.NOT_FOR_EVER},
        },
        SQLALCHEMY_BINDS={
            "forum": schema.driven(house.forum_url),
            "moves": {"url": schema.driven(house.database_url), **unit_of_work.KEPT},
            **({"sealer": schema.driven(house.database_sealer_url)} if house.database_sealer_url else {}),
        },
        **gate.cookie(house.public_url),
        **(overrides or {}),
    )
    db.init_app(app)
    look.wear(app, words_of_states())
    app.jinja_env.filters["phase"] = definitions.phase_of
    gate.keep(app, look.language)
    doorbell.install(app)
    return app


def words_of_states() -> Mapping[str, look.signs.Named]:
    """How the states of all definitions are called on the screens."""
    return {
        name: look.signs.Named(state.phase, {"vi": state.label.vi, "en": state.label.en})
        for name, state in definitions.states().items()
    }


@cache
def founded(create: Callable[[], Flask], *, begins: datetime | None = None) -> Flask:
    """What `create` makes, on a database that is known to be its own, in its mode and founded. Raises Invalid.

    `begins`: what people's clock says when a rehearsal that is laid down is founded.
    """
    app = create()
    with app.app_context():
        founding.take_up(hash_password, begins=begins)
    let_go(app)
    return app


def let_go(app: Flask) -> None:
    """Close every connection of this process: it is about to fork, and two must not share one.

    Call it outside any context: one rings the bell as it ends, and a line that is opened then would be closed by each
    copy under a number that is another file of its own by that time.
    """
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    doorbell.let_go()


def broker() -> "Broker":
    """What the worker starts from: `dramatiq wsgi:broker`."""
    return tasks.broker.for_worker(founded(create_house))


def __getattr__(name: str) -> Flask:
    # `gunicorn wsgi:app`: made when it is asked for, so that importing this file opens nothing.
    if name == "app":
        logbook.keep()
        app = founded(create_app)
        with app.app_context():
            unit_of_work.hurry()
        return app
    raise AttributeError(name)
