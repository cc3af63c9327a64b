"""The web server: gunicorn over an application that is already made."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from workflow import logbook
from workflow.engine import unit_of_work

WORKERS, THREADS = 2, 8
STOP_SECONDS = 10


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, **options: Any) -> None:
        self.made, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.made


def serve(app: Flask, *, host: str, port: int) -> None:
    """Answer requests until SIGTERM; then those under way are finished."""
    logbook.keep()
    with app.app_context():
        unit_of_work.hurry()
    _Gunicorn(
        app,
        bind=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        workers=WORKERS,
        threads=THREADS,
        worker_class="gthread",
        preload_app=True,
        control_socket_disable=True,
        graceful_timeout=STOP_SECONDS,
    ).run()
