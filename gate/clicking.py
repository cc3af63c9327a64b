"""Each request is one click: the events it causes share an id, and tell by a seal from which address it came.

The address is personal: only its salted digest goes into the trail. It is sealed once in a session, and anew when
somebody moves to another network; a page that is only read by strangers has neither session nor address.
"""

import time
import uuid

import structlog
from flask import Flask, g, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from workflow import privacy
from workflow.engine import click
from workflow.engine.unit_of_work import end_of_reading

INSIDE = ("/quan-tri", "/don-vi", "/tep", "/vao")
"""Where people are signed in. The public's pages must not depend on a cookie, or no cache could keep them."""
KEY = "came_from"
READING, BROKEN = ("GET", "HEAD", "OPTIONS"), 500

log = structlog.get_logger("gate")


def count(app: Flask) -> None:
    # Every form that changes something carries one: pressed twice, it is one command.
    app.jinja_env.globals["command_id"] = lambda: str(uuid.uuid4())
    app.before_request(_begin)
    app.after_request(_told)
    app.teardown_request(_end)


def _begin() -> None:
    click.begin()
    g.began = time.monotonic()
    if request.path.startswith(INSIDE) and current_user.is_authenticated:
        remember(current_user.id)


def _told(answer: Response) -> Response:
    """A line for each request that may have done something, and for each that broke: what, how, how long."""
    if request.method not in READING or answer.status_code >= BROKEN:
        took_ms = round((time.monotonic() - g.get("began", time.monotonic())) * 1000)
        # The rule, not the address: an address may hold somebody's one-time link.
        rule = request.url_rule.rule if request.url_rule else ""
        log.info("request", method=request.method, rule=rule, status=answer.status_code, took_ms=took_ms)
    return answer


def _end(error: BaseException | None) -> None:
    click.end()
    if error is None:
        end_of_reading()


def remember(account_id: int) -> None:
    """From here on the events of this request tell where the person came from."""
    address = request.remote_addr or ""
    known, seal = session.get(KEY, ("", ""))
    if known != address:
        seal = privacy.seal(address, about=account_id)
        session[KEY] = (address, seal)
    click.begin(seal)


def seal() -> str:
    """The sealed address of who is signed in, as remembered last."""
    kept: str = session.get(KEY, ("", ""))[1]
    return kept


def of_a_stranger(account_id: int | None) -> None:
    """The same for who did not come in: nothing is remembered but the seal in the trail."""
    click.begin(privacy.seal(request.remote_addr or "", about=account_id))
