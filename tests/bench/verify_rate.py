"""One million sealed events verified: every chain, state, move, effect, leaf, node and root; and the size of a proof.

The trail is made by SQL, seven events a piece as the verbs write them, a hundred pieces interleaved, and sealed by
the sealer. The rate is per core: events by the processor time of this process and of its database backend together,
so that two cores at work do not count as one.
"""

import time
from collections.abc import Iterable
from statistics import median

import psutil
import psycopg
from sqlalchemy import text

from models.base import db
from tests.bench.figures import Figure, Stage
from workflow.proof import keys, proving, sealing
from workflow.queries import audit_check

PIECES = 142_858
ROUNDS = 3
STEPS = (
    ("create", "drafted", "drafted", ',"side":"unit"'),
    ("submit", "drafted", "submitted", ',"side":"unit"'),
    ("claim", "submitted", "submitted", ""),
    ("answer", "submitted", "submitted", ""),
    ("edit", "submitted", "edited", ',"side":"department"'),
    ("approve", "edited", "approved", ""),
    ("publish", "approved", "published", ""),
)
"""Action, from, to, and what the payload says besides: by person 1 the unit's, 2 the editor's, 3 the approver's."""
ACTORS = (1, 1, 2, 2, 2, 3, 4)
EFFECTS = {
    "submit": "letter:receipt",
    "edit": "letter:awaiting_approval",
    "approve": "letter:approved",
    "publish": "letter:published",
}

_LINK = """
CROSS JOIN LATERAL (SELECT format(
  '{{"action":"submission:{action}","actor":{actor},"at":"2021-05-%s:{n:02d}.000000Z","cause":"%s","digest":"sha256:%s",'
  '"from":"{source}","seq":{n}{more},"stream":"submission:%s","submission":%s,"to":"{target}","unit":%s}}',
  to_char(5 + id % 20, 'FM00') || 'T0' || id % 10 || ':' || 10 + id % 50, gen_random_uuid(),
  encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), id, id, 1 + id % 13) AS p{n}) AS s{n}
CROSS JOIN LATERAL (SELECT sha256('\\x02'::bytea || h{before} || convert_to(p{n}, 'UTF8')) AS h{n}) AS c{n}
"""


def _trail() -> Iterable[str]:
    """The statements that make the trail, the pieces and their outbox rows, as the owner of everything."""
    links = "".join(
        _LINK.format(n=n, before=n - 1, action=action, actor=actor, source=source, target=target, more=more)
        for n, ((action, source, target, more), actor) in enumerate(zip(STEPS, ACTORS, strict=True), start=1)
    )
    events = ", ".join(f"({n}, p{n}, h{n - 1}, h{n})" for n in range(1, len(STEPS) + 1))
    yield "SET session_replication_role = replica"
    yield (
        "CREATE TEMPORARY TABLE made AS SELECT id, n, payload, prev, hash"
        " FROM (SELECT coalesce(max(id), 0) AS taken FROM submission) AS others"
        f" CROSS JOIN LATERAL generate_series(taken + 1, taken + {PIECES}) AS id"
        " CROSS JOIN LATERAL (SELECT decode(repeat('00', 32), 'hex') AS h0) AS c0"
        f" {links} CROSS JOIN LATERAL (VALUES {events}) AS e (n, payload, prev, hash)"
    )
    yield (
        "INSERT INTO audit_event (stream, seq, payload, command_id, prev_hash, hash)"
        " SELECT 'submission:' || id, n, payload, gen_random_uuid(), prev, hash FROM made ORDER BY id / 100, n, id"
    )
    yield (
        "INSERT INTO submission (id, code, workflow, workflow_version, state, state_since, version, head_hash,"
        " unit_id, period_id, kind, channel, digest) OVERRIDING SYSTEM VALUE"
        " SELECT id, 'V-' || id, 'monthly-submission', 1,"
        f" '{STEPS[-1][2]}', now(), n, hash, 1 + id % 13, 1, 'news', 'web', '' FROM made WHERE n = {len(STEPS)}"
    )
    effects = ", ".join(f"('submission:{action}', '{topic}')" for action, topic in EFFECTS.items())
    yield (
        "INSERT INTO outbox (key, topic, queue, payload, state)"
        " SELECT stream || ':' || seq || ':' || topic, topic, 'mail', '{}', 'done'"
        " FROM made JOIN audit_event a ON a.stream = 'submission:' || made.id AND a.seq = made.n"
        f" JOIN (VALUES {effects}) AS e (action, topic) USING (action)"
    )


def measure(stage: Stage) -> Iterable[Figure]:
    from wsgi import create_app

    with psycopg.connect(stage.admin_url, autocommit=True) as owner:
        for statement in _trail():
            owner.execute(statement)
    with create_app().app_context():
        sealing.seal()
        with psycopg.connect(stage.admin_url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE audit_event, audit_leaf, outbox, submission")
        rates = [_rate() for _ in range(ROUNDS)]
        newest = db.session.scalar(text("SELECT max(id) FROM audit_event")) or 0
        longest = max(len(proving.prove(number)["path"]) for number in range(1, newest, newest // 100))
    yield Figure(
        "verify_rate",
        f"{median(rates):.0f}",
        ">= 90000",
        f"events verified a second and core, {PIECES * len(STEPS):,} sealed events; processor time of program and"
        " database together",
    )
    yield Figure("proof_hashes", str(longest), "<= 25", "hashes in the longest of a hundred proofs over them")


def _rate() -> float:
    with db.engine.connect() as connection:
        # One core: the database would take the second for the longest question.
        connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        backend = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        begun = _busy(backend)
        verdict = audit_check.examine(connection, keys=keys.believed(), anchors=[])
        spent = _busy(backend) - begun
        connection.rollback()
    if not verdict.is_whole:
        raise RuntimeError(f"the trail of the benchmark is damaged: {verdict.damages[:3]}")
    return verdict.events / spent


def _busy(backend: psutil.Process) -> float:
    """Seconds of processor time that this process and its backend have used."""
    used = backend.cpu_times()
    return float(used.user + used.system) + time.process_time()
