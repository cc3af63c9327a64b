"""`/healthz` and `/readyz`: for probes, without a session. What is asked is handed over by `wsgi`, as BACK_OFFICE."""

from flask import Blueprint, current_app, jsonify
from werkzeug.wrappers import Response

blueprint = Blueprint("health", __name__)

BACK_OFFICE = "back_office"
"""Where in `app.extensions` the doors find what clock and post can tell."""


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return _told({"status": "alive"}, 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """503 while requests cannot be served rightly; `degraded` when they can but somebody should look."""
    parts = current_app.extensions[BACK_OFFICE]["health"]()
    states = {part.state.value for part in parts}
    status = "unready" if "down" in states else "degraded" if "warning" in states else "ready"
    told = {part.name: {"state": part.state.value, "value": part.value} for part in parts}
    return _told({"status": status, "parts": told}, 503 if status == "unready" else 200)


def _told(words: dict[str, object], status: int) -> Response:
    answer = jsonify(words)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
