"""Health: what a probe is told, what a person is told, and that neither needs a session or tells a name."""

import pytest
import redis
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tasks import health
from tasks.timetable import Clock
from workflow import mishaps
from workflow import timetable as pauses
from workflow.engine.unit_of_work import bookkeeping
from workflow.queries import health as vitals
from workflow.wording import HEALTH

pytestmark = pytest.mark.database


@pytest.fixture
def running(app, clock_at):
    clock_at("2021-05-17 08:30:10")
    Clock().tick()


def test_a_probe_is_told_that_the_process_lives_without_a_word_to_the_database(client, statements):
    with statements() as seen:
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json, seen) == (200, {"status": "alive"}, [])
    assert "Set-Cookie" not in answer.headers


def test_a_house_with_a_running_clock_is_ready_for_one_statement(client, running, statements):
    with statements() as seen:
        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert {name: part["state"] for name, part in answer.json["parts"].items()} == dict.fromkeys(
        ("database", "redis", "skew", "clock", "waiting", "dead", "stumbled", "paused"), "ok"
    )
    assert len(seen) == 1
    assert "Set-Cookie" not in answer.headers


def test_a_clock_that_never_ran_a_dead_row_and_an_old_one_are_told_and_do_not_stop_the_web(client, put):
    dead, old = put("post", "post:1", letter=1), put("post", "post:2", letter=2)
    with bookkeeping() as session:
        session.execute(text("UPDATE outbox SET state = 'dead', error = 'x' WHERE id = :id"), {"id": dead})
        session.execute(
            text("UPDATE outbox SET created_at = now() - interval '400 s' WHERE id = :id"), {"id": old}
        )

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    told = {name: (part["state"], part["value"]) for name, part in answer.json["parts"].items()}
    assert (told["clock"], told["dead"]) == (("warning", None), ("warning", 1))
    assert told["waiting"][0] == "warning"
    assert 400 <= told["waiting"][1] < 460


def test_what_a_job_stumbles_at_and_a_pause_that_was_forgotten_are_told(client, running, cast, clock_at):
    mishaps.note("sweep", "submission:1", ValueError("một dòng hỏng"))
    pauses.pause("reminders", reason="Nghỉ lễ", by=cast.mai)

    def told():
        parts = client.get("/readyz").json["parts"]
        return [(parts[name]["state"], parts[name]["value"]) for name in ("stumbled", "paused")]

    # A pause is somebody's will for a day; then somebody may have forgotten it.
    assert told() == [("warning", 1), ("ok", 0)]
    clock_at("2021-05-18 08:31:00")
    assert told() == [("warning", 1), ("warning", 1)]


def test_a_redis_that_is_away_degrades_and_does_not_stop_the_web(client, running, monkeypatch, no_redis):
    monkeypatch.setattr(health, "_client", lambda _url: no_redis)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["parts"]["redis"]["state"]) == (200, "warning")


@pytest.mark.parametrize(
    ("ahead", "state", "status"), [(1, "ok", 200), (-5, "warning", 200), (31, "down", 503)]
)
def test_a_machine_whose_clock_is_off_is_refused_beyond_thirty_seconds(
    client, running, monkeypatch, ahead, state, status
):
    real = vitals.vitals

    def off(jobs, *, here):
        from datetime import timedelta

        return real(jobs, here=here + timedelta(seconds=ahead))

    monkeypatch.setattr(vitals, "vitals", off)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["parts"]["skew"]["state"]) == (status, state)


def test_without_a_database_the_house_is_not_ready_and_says_so(client, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(vitals, "vitals", away)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, "unready")
    assert client.get("/healthz").status_code == 200


def test_every_state_a_part_can_have_has_its_sentence_on_the_screen(running, monkeypatch, client, cast):
    parts = {part.name for part in health.look()}
    assert {key.partition("/")[0] for key in HEALTH} == parts
    assert {f"{name}/ok" for name in parts} <= set(HEALTH)

    def silent(_url):
        raise redis.ConnectionError

    monkeypatch.setattr(health, "_client", silent)
    page = client.as_(cast.mai).get("/quan-tri/hang-doi/").text

    assert HEALTH["redis/warning"] in page
    assert HEALTH["database/ok"] in page
