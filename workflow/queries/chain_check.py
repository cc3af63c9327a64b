"""What the events of the trail say of themselves, of each other and of the pieces they moved. Reads only.

Each question gives (stream, seq, kind) of what is wrong; the kinds stand in `audit_check.KINDS`. One kind is no
damage: UNMATCHED, a step that no definition knows, of a piece that followed a version the program no longer has.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import Connection, TextClause, text

from workflow import definitions
from workflow.engine.audit import GENESIS
from workflow.engine.machine import Engine

Found = tuple[str, int, str]

UNMATCHED = "version_gone"
BEYOND_THE_TABLE = ("submission:migrate",)
"""Actions that may lead from a state of one definition to a state of another."""
TELLING = ("submission:create", "submission:migrate")
"""Actions that tell which version of which definition a piece follows from then on."""

# Whether the piece of the event `this` followed, before or after it, a version that the program does not have. The
# hashed events say which (`follows`, `before`, `after`); of a piece begun before they did, its row does. It excuses
# no more than that a step stands in no table, and is asked of such a step only.
_IS_GONE = """(
  SELECT coalesce(bool_or(
    (one ->> 'workflow') || ' ' || (one ->> 'version') <> ALL (CAST(:versions AS text[]))), false)
  FROM (VALUES
    (coalesce(
      (SELECT coalesce(e.payload::jsonb -> 'after', e.payload::jsonb -> 'follows') FROM audit_event e
        WHERE e.stream = this.stream AND e.seq < this.seq AND e.action = ANY (CAST(:telling AS text[]))
        ORDER BY e.seq DESC LIMIT 1),
      (SELECT e.payload::jsonb -> 'before' FROM audit_event e
        WHERE e.stream = this.stream AND e.seq >= this.seq AND e.action = ANY (CAST(:beyond AS text[]))
        ORDER BY e.seq LIMIT 1),
      (SELECT jsonb_build_object('version', workflow_version, 'workflow', workflow) FROM submission
        WHERE id = this.submission_id))),
    (CASE WHEN this.action = ANY (CAST(:beyond AS text[])) THEN this.payload::jsonb -> 'after' END)
  ) AS followed (one)
)"""
_ASKED_FOR = f"kind IS NOT NULL AND (kind <> '{UNMATCHED}' OR CAST(:with_gone AS boolean))"

# What each event says of itself and of the one before it; the strongest reason first. Parsing a payload costs more
# than hashing it: its text is looked at, and only what looks wrong is parsed (a nested key may look so). Looked at by
# split_part: strpos costs twice as much, for it counts the characters up to the place it found.
_EVENTS = text(f"""
WITH told AS (
  SELECT stream, seq, prev_hash, hash, action,
    hash = sha256('\\x02'::bytea || prev_hash || convert_to(payload, 'UTF8')) AS is_sound,
    -- The number need not be looked for: the chain begins at 1, has no gap, and its order is in its hashes.
    split_part(payload, ',"stream":"' || stream || '"', 2) <> '' AS looks_in_place,
    CASE WHEN starts_with(stream, 'submission:')
      THEN split_part(split_part(payload, '"from":"', 2), '"', 1) END AS came_from,
    split_part(split_part(payload, '"to":"', 2), '"', 1) AS went_to
  FROM audit_event ORDER BY stream, seq
), chained AS (
  SELECT *,
    seq - coalesce(lag(seq) OVER line, 0) AS step,
    prev_hash = coalesce(lag(hash) OVER line, :genesis) AS is_linked,
    came_from = coalesce(lag(went_to) OVER line, came_from) AS looks_continued
  FROM told WINDOW line AS (PARTITION BY stream ORDER BY seq)
), suspect AS (
  SELECT * FROM chained
  WHERE NOT is_sound OR NOT looks_in_place OR step <> 1 OR NOT is_linked OR NOT looks_continued
    OR came_from || ' ' || action || ' ' || went_to <> ALL (CAST(:table AS text[]))
      AND (came_from <> went_to OR action = ANY (CAST(:actions AS text[])))
), judged AS (
  SELECT suspect.stream, suspect.seq, CASE
    WHEN NOT is_sound THEN 'changed'
    WHEN (said ->> 'stream', said ->> 'seq') IS DISTINCT FROM (suspect.stream, suspect.seq::text) THEN 'misplaced'
    WHEN step <> 1 THEN 'removed'
    WHEN NOT is_linked THEN 'unchained'
    WHEN came_from IS NULL THEN NULL
    WHEN said ->> 'from' <> before.payload::jsonb ->> 'to' THEN 'jumped'
    WHEN concat_ws(' ', said ->> 'from', suspect.action, said ->> 'to') <> ALL (CAST(:table AS text[]))
      AND (said ->> 'from' <> said ->> 'to' OR suspect.action = ANY (CAST(:actions AS text[])))
      THEN CASE WHEN {_IS_GONE} THEN '{UNMATCHED}' ELSE 'not_in_table' END
    END AS kind
  FROM suspect JOIN audit_event this USING (stream, seq)
  CROSS JOIN LATERAL (SELECT this.payload::jsonb AS said) AS parsed
  LEFT JOIN audit_event before ON before.stream = suspect.stream AND before.seq = suspect.seq - 1
)
SELECT stream, seq, kind FROM judged WHERE {_ASKED_FOR} ORDER BY stream, seq LIMIT :most
""")  # noqa: S608  (constants of this file)

# The columns to filter by are made from the hashed text by the database itself; somebody who wants to set them by
# hand must first take that away from the table, which cannot be given back without making them anew.
_COLUMNS = text("""
SELECT 'audit_event', 0::bigint, 'columns_set_free' FROM pg_attribute
WHERE attrelid = 'audit_event'::regclass AND attname = ANY (CAST(:generated AS text[])) AND attgenerated <> 's'
LIMIT 1
""")

# The end of every stream, as the moving rows and the heads remember it; and the state the piece is in. One event of
# each stream is looked up: without OFFSET the planner, who knows nothing of heads, would hash the whole trail.
_HEADS = text("""
WITH head AS (
  SELECT stream, seq, hash, NULL AS state FROM audit_head
  UNION ALL SELECT 'submission:' || id, version, head_hash, state FROM submission
), last AS (
  SELECT stream, max(seq) AS seq FROM audit_event GROUP BY stream
)
SELECT coalesce(head.stream, last.stream) AS stream, told.seq, told.kind
FROM head FULL JOIN last USING (stream) LEFT JOIN LATERAL (
  SELECT seq, hash, split_part(payload, '"to":"' || head.state || '"', 2) = '' AS is_elsewhere
  FROM audit_event WHERE stream = head.stream AND seq = head.seq OFFSET 0
) AS e ON true CROSS JOIN LATERAL (VALUES
  (head.seq, CASE WHEN e.seq IS NULL THEN 'cut_off' WHEN e.hash <> head.hash THEN 'head_changed'
    WHEN e.is_elsewhere THEN 'state_changed' END),
  (last.seq, CASE WHEN head.seq IS NULL THEN 'without_head' WHEN last.seq > head.seq THEN 'head_changed' END)
) AS told (seq, kind)
WHERE (coalesce(head.seq, 0) <> coalesce(last.seq, 0) OR head.hash <> e.hash OR e.is_elsewhere)
  AND told.seq > 0 AND told.kind IS NOT NULL
ORDER BY 1, 2 LIMIT :most
""")

# A piece follows what its events say, whatever its row says: else a forged step could pass for one of a version gone.
_VERSIONS = text("""
WITH odd AS (
  SELECT DISTINCT s.id, workflow, workflow_version
  FROM submission s JOIN audit_event e ON e.submission_id = s.id
  WHERE e.action = ANY (CAST(:telling AS text[])) AND strpos(e.payload, '"workflow":') > 0
    AND strpos(e.payload, '"version":' || workflow_version || ',"workflow":' || to_json(workflow) || '}') = 0
)
SELECT stream, seq, 'version_changed' AS kind FROM odd CROSS JOIN LATERAL (
  SELECT e.stream, e.seq, e.payload::jsonb AS said FROM audit_event e
  WHERE e.stream = 'submission:' || odd.id AND e.action = ANY (CAST(:telling AS text[]))
  ORDER BY e.seq DESC LIMIT 1
) AS newest
WHERE coalesce(said -> 'after', said -> 'follows')
  <> jsonb_build_object('version', workflow_version, 'workflow', workflow)
ORDER BY 1, 2 LIMIT :most
""")

# Who wrote or edited a piece approved it himself, whatever the columns of the piece say. Few approvals have an
# earlier event by the same person, and only those are parsed. Whoever stood in for somebody while the piece was on
# its way, or was stood in for, is asked about for both of them, as `rules.guards.four_eyes` does.
_OWN = text("""
WITH approved AS MATERIALIZED (
  SELECT stream, seq, submission_id, actor_id, at FROM audit_event WHERE action = ANY (CAST(:guarded AS text[]))
), stood AS (
  SELECT approved.stream, approved.seq, d.from_account_id AS person
  FROM approved JOIN delegation d ON d.to_account_id = approved.actor_id
  JOIN audit_event given ON given.stream = 'delegation:' || d.id AND given.seq = 1 AND given.at < approved.at
  JOIN audit_event begun ON begun.stream = approved.stream AND begun.seq = 1
  WHERE d.valid_from <= (approved.at::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    AND d.valid_to >= greatest(d.valid_from, left(begun.at, 10)::date)
  UNION ALL
  SELECT stream, seq, actor_id FROM approved WHERE actor_id IN (SELECT from_account_id FROM delegation)
)
SELECT approved.stream, approved.seq, 'own_approval' AS kind
FROM approved JOIN audit_event earlier USING (submission_id, actor_id)
WHERE earlier.stream = approved.stream AND earlier.seq < approved.seq
  AND earlier.action <> ALL (CAST(:guarded AS text[]))
  AND CASE WHEN earlier.seq < approved.seq THEN earlier.payload::jsonb ->> 'side' IN ('unit', 'department') END
UNION
SELECT stood.stream, stood.seq, 'own_approval'
FROM stood JOIN audit_event earlier ON earlier.stream = stood.stream AND earlier.seq < stood.seq
WHERE earlier.actor_id = stood.person AND strpos(earlier.payload, ',"side":"') > 0
  OR strpos(earlier.payload, ',"in_place_of":' || stood.person || ',') > 0
    AND strpos(earlier.payload, ',"side":"department"') > 0
ORDER BY 1, 2 LIMIT :most
""")

# One outbox row for every effect of every event, and none for an event that is not there. What a version had that is
# gone nobody can say.
_EFFECTS = text(f"""
WITH due AS (
  SELECT e.stream, e.seq, e.stream || ':' || e.seq || ':' || effect.topic AS key
  FROM unnest(CAST(:acts AS text[]), CAST(:topics AS text[])) AS effect (action, topic)
  JOIN audit_event e USING (action)
), unmatched AS (
  SELECT due.stream, due.seq, o.key FROM due FULL JOIN outbox o USING (key)
  WHERE o.key IS NULL OR due.key IS NULL AND starts_with(o.key, 'submission:')
)
SELECT stream, seq, kind FROM (
  SELECT stream, seq, CASE WHEN {_IS_GONE} THEN '{UNMATCHED}' ELSE 'effect_lost' END AS kind
  FROM unmatched JOIN audit_event this USING (stream, seq) WHERE key IS NULL
  UNION ALL
  SELECT 'submission:' || split_part(key, ':', 2), split_part(key, ':', 3)::bigint, 'effect_invented' FROM unmatched
  WHERE key ~ '^submission:[0-9]+:[0-9]+:' AND NOT EXISTS (SELECT FROM audit_event e
    WHERE e.stream = 'submission:' || split_part(key, ':', 2) AND e.seq = split_part(key, ':', 3)::bigint)
) AS found WHERE {_ASKED_FOR} ORDER BY 1, 2 LIMIT :most
""")  # noqa: S608  (constants of this file)


def chains(connection: Connection, *, most: int, told: Callable[[], None]) -> Iterator[Found]:
    """Everything that is wrong with events, heads, states, approvals and effects; `most` of each question."""
    known = definitions.engines()
    engines = known.values()
    due = list(_effects_due(engines))
    tables = {
        "genesis": GENESIS,
        "generated": ["action", "at", "actor_id", "submission_id", "unit_id", "cause"],
        "table": sorted(_lines(engines)),
        "actions": sorted({f"submission:{step.trigger}" for one in engines for step in one.definition.steps}),
        "versions": [f"{name} {version}" for name, version in known],
        "telling": list(TELLING),
        "beyond": list(BEYOND_THE_TABLE),
        "guarded": sorted(_guarded(engines)),
        "acts": [action for action, _ in due],
        "topics": [topic for _, topic in due],
    }
    for question in (_COLUMNS, _EVENTS, _HEADS, _VERSIONS, _OWN, _EFFECTS):
        yield from _answers(connection, question, tables, most=most)
        told()


def _answers(
    connection: Connection, question: TextClause, tables: Mapping[str, object], *, most: int
) -> list[Found]:
    """Steps that nobody can judge must not crowd out damage: a list they helped to fill is asked for without them.

    Of such steps only those in the first list are told.
    """

    def asked(*, with_gone: bool) -> list[Found]:
        values = {**tables, "most": most, "with_gone": with_gone}
        return [tuple(row) for row in connection.execute(question, values)]

    found = asked(with_gone=True)
    gone = [one for one in found if one[2] == UNMATCHED]
    return asked(with_gone=False) + gone if gone and len(found) == most else found


def _lines(engines: Iterable[Engine]) -> set[str]:
    """`edited submission:approve approved` for every step of every version: a piece may have followed any."""
    return {
        f"{step.source} submission:{step.trigger} {step.target or step.source}"
        for engine in engines
        for step in engine.definition.steps
    } | {
        f"{source} {action} {target}"
        for action in BEYOND_THE_TABLE
        for source in definitions.states()
        for target in definitions.states()
    }


def _guarded(engines: Iterable[Engine]) -> set[str]:
    return {
        f"submission:{step.trigger}"
        for engine in engines
        for step in engine.definition.steps
        if "four_eyes" in step.guards
    }


def _effects_due(engines: Iterable[Engine]) -> set[tuple[str, str]]:
    """(action, topic) for the effects that an action has in every version and from every state."""
    by_action: dict[str, list[frozenset[str]]] = {}
    for engine in engines:
        for step in engine.definition.steps:
            by_action.setdefault(f"submission:{step.trigger}", []).append(frozenset(step.effects))
    return {
        (action, topic) for action, topics in by_action.items() for topic in frozenset.intersection(*topics)
    }
