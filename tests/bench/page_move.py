"""A press of "Phê duyệt" in the console, through the whole of Flask, against a bare view that does the same SQL.

Both are called as a web server calls them. The bare view reads the same facts and writes the same rows in two
statements, on a kept connection; it knows no session, no token, no language and no rule.
"""

import os
import time
from collections.abc import Callable, Iterable
from statistics import median

import psycopg
from flask import Flask, current_app, redirect, request
from flask_security import hash_password
from sqlalchemy import update
from werkzeug.wrappers import Response

from models.people import Account
from tests.bench import desk
from tests.bench.figures import Figure, Stage
from tests.cast import PASSWORD
from tests.clients import Client
from workflow import facts
from workflow.engine.unit_of_work import change

ROUNDS = 5
CEILING_MS = 15


def measure(stage: Stage) -> Iterable[Figure]:
    ours = desk.lay(stage)
    limit = desk.Limit(ours)
    console = _sign_in(ours)
    cookie = console.get_cookie("session")
    bare = _bare(ours, limit).test_client()

    def press(index: int) -> Response:
        number = ours.numbers[index]
        # The browser would show what was said and drop it; here it would pile up in the cookie.
        console.set_cookie("session", cookie.value)
        return console.send(f"/quan-tri/bai/{number}/buoc/approve", seen=ours.digests[number])

    def ask(index: int) -> Response:
        return bare.post("/", data={"index": index})

    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        taken["bare"].append(_median_ms(ask))
        limit.send_back()
        taken["ours"].append(_median_ms(press))
        ours.send_back()
    least, reached = median(taken["bare"]), median(taken["ours"])
    yield Figure(
        "page_move_ms",
        f"{reached:.1f}",
        f"<= {CEILING_MS}",
        f"server time of approving on the piece's page, median; {reached / least:.1f} times a bare Flask view"
        f" with the same SQL ({least:.1f} ms)",
    )


def _median_ms(act: Callable[[int], Response]) -> float:
    times = []
    for index in range(desk.PIECES):
        begun = time.perf_counter()
        answer = act(index)
        times.append((time.perf_counter() - begun) * 1000)
        # Both answer 303 when the piece moved; a refusal would be quick and count for nothing.
        if answer.status_code != 303:
            raise RuntimeError(f"not approved: {answer.status} {answer.get_data(as_text=True)[:500]}")
    return median(times)


def _sign_in(ours: desk.Desk) -> Client:
    """A browser of the approver's."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with change() as session:
        session.execute(
            update(Account).where(Account.id == ours.approver.id).values(password=hash_password(PASSWORD))
        )
    app.test_client_class = Client
    return app.test_client().as_(ours.approver)


def _bare(ours: desk.Desk, limit: desk.Limit) -> Flask:
    connection = psycopg.connect(
        desk.plain(os.environ["BENCH_LIMIT_URL"]), autocommit=True, prepare_threshold=0
    )
    app = Flask("bare")

    @app.post("/")
    def approve() -> Response:
        index = int(request.form["index"])
        sought = {"id": ours.numbers[index], "actor": ours.approver.id, "at": None}
        connection.execute(facts._FACTS, sought).fetchone()
        limit.approve(index)
        return redirect("/", 303)

    return app
