"""Each request is one click: the events it causes share an id, and tell by a seal from which address it came.

The address is personal: only its salted digest goes into the trail. It is sealed once in a session, and anew when
somebody moves to another network; a page that is only read by strangers has neither session nor address.
"""

import uuid

from flask import Flask, request, session
from flask_login import current_user

from workflow import privacy
from workflow.engine import click

INSIDE = ("/quan-tri", "/don-vi", "/tep", "/vao")
"""Where people are signed in. The public's pages must not depend on a cookie, or no cache could keep them."""
KEY = "came_from"


def count(app: Flask) -> None:
    # Every form that changes something carries one: pressed twice, it is one command.
    app.jinja_env.globals["command_id"] = lambda: str(uuid.uuid4())
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    click.begin()
    if request.path.startswith(INSIDE) and current_user.is_authenticated:
        remember(current_user.id)


def _end(_error: BaseException | None) -> None:
    click.end()


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
