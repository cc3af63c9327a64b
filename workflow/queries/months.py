"""What a unit owes for a month and what it has sent: one expression, read wherever either is asked (R5, R6, R12).

The deadline in force is the month's, or the latest extension of the unit. A unit is bound when the month has a
quota, the directive binds its kind, it is alive on the last day before that deadline, and it is not exempt. A
piece counts from its first sending on, when it is of a counting kind and nobody un-counted it.
"""


def deadline(unit: str, *, at: str | None = None) -> str:
    """SQL for the deadline in force of `unit` (an expression) in the month `p`; None of them: what holds for all.

    `at` (an expression) leaves out what was granted later.
    """
    known = f" AND x.created_at <= {at}" if at else ""
    return f"""greatest(p.deadline_at, (SELECT max(x.deadline_at) FROM extension x
    WHERE x.period_id = p.id AND (x.unit_id IS NULL OR x.unit_id = {unit}){known}))"""  # noqa: S608  (constants)


def counted(units: str = "true", *, pieces: str = "submission", at: str | None = None) -> str:
    """A FROM clause with one row for every month `p` and unit `u` for which `units` (a condition on `u`) holds.

    Beside them stand the directive `d`, `due` (deadline_at, is_extended), `owed` (is_bound, was_alive) and `sent`,
    the figures of what was sent. `at` is the past instant that is asked for, with `pieces` as they stood then.
    """
    known = f" AND e.created_at <= {at}" if at else ""
    is_late = "s.first_sent_at >= due.deadline_at" if at else "s.sent_late"
    return f"""
FROM period p
JOIN directive d ON d.id = p.directive_id
JOIN unit u ON {units}
CROSS JOIN LATERAL (SELECT {deadline("u.id", at=at)} AS deadline_at OFFSET 0) AS term
CROSS JOIN LATERAL (
  SELECT term.deadline_at, term.deadline_at > p.deadline_at AS is_extended,
    ((term.deadline_at - interval '1 us') AT TIME ZONE d.zone)::date AS last_day OFFSET 0
) AS due
CROSS JOIN LATERAL (
  SELECT u.kind = ANY (d.bound_unit_kinds) AND u.valid_from <= due.last_day
    AND (u.valid_to IS NULL OR due.last_day < u.valid_to) AS was_alive OFFSET 0
) AS life
CROSS JOIN LATERAL (
  SELECT life.was_alive, life.was_alive AND p.quota > 0 AND NOT EXISTS (SELECT 1 FROM exemption e
    WHERE e.period_id = p.id AND (e.unit_id IS NULL OR e.unit_id = u.id){known}) AS is_bound OFFSET 0
) AS owed
CROSS JOIN LATERAL (
  SELECT count(*) AS received, max(s.first_sent_at) AS last_sent_at,
    count(*) FILTER (WHERE s.uncounted = 'duplicate') AS duplicates,
    count(*) FILTER (WHERE s.uncounted IS NOT NULL) AS uncounted,
    count(*) FILTER (WHERE {is_late}) AS late,
    count(*) FILTER (WHERE {is_late} AND s.excused_reason IS NOT NULL) AS excused,
    count(*) FILTER (WHERE s.uncounted IS NULL AND s.kind = ANY (d.counting_kinds)) AS counted,
    count(*) FILTER (WHERE s.uncounted IS NULL AND s.kind = ANY (d.counting_kinds) AND {is_late}) AS counted_late,
    coalesce(bool_and(s.excused_reason IS NOT NULL) FILTER (
      WHERE s.uncounted IS NULL AND s.kind = ANY (d.counting_kinds) AND {is_late}), false) AS is_excused,
    count(*) FILTER (WHERE s.uncounted IS NULL AND NOT {is_late} AND s.kind IN ('news', 'article'))
      AS news_articles_on_time,
    count(*) FILTER (WHERE s.uncounted IS NULL AND NOT {is_late} AND s.kind = 'video') AS videos_on_time,
    count(*) FILTER (WHERE s.uncounted IS NULL AND NOT {is_late} AND s.kind = 'material') AS materials_on_time
  FROM {pieces} s WHERE s.period_id = p.id AND s.unit_id = u.id AND s.first_sent_at IS NOT NULL
) AS sent
"""  # noqa: S608  (constants of the house)


OWES = "owed.is_bound AND sent.counted < p.quota"
"""The unit is short of something: what it may still send late is booked to this month."""


def pieces_at(at: str) -> str:
    """A SELECT with the columns `counted` reads, of every piece that was sent by the instant `at`: the trail folded.

    What happened is dated by when it became true: mail that a stopped worker read later had come by then.
    """

    def newest(*actions: str) -> str:
        return f"""SELECT DISTINCT ON (id) id, seq, action, told FROM past
      WHERE action IN ({", ".join(f"'submission:{action}'" for action in actions)}) ORDER BY id, seq DESC"""  # noqa: S608

    return f"""
  WITH past AS (
    SELECT * FROM (
      SELECT e.submission_id AS id, e.seq, e.action, e.payload::jsonb AS told,
        CAST(coalesce(e.payload::jsonb ->> 'became_at', e.at) AS timestamptz) AS true_at
      FROM audit_event e WHERE e.stream = 'submission:' || e.submission_id
    ) e WHERE e.true_at <= {at}
  ), sending AS (
    SELECT DISTINCT ON (f.id) f.id, f.seq, f.true_at, f.told FROM past f
    WHERE f.action = 'submission:submit' AND NOT EXISTS (
      SELECT 1 FROM past w WHERE w.id = f.id AND w.action = 'submission:withdraw' AND w.seq > f.seq)
    ORDER BY f.id, f.seq
  ), wording AS (
    SELECT DISTINCT ON (id) id, told ->> 'digest' AS digest FROM past WHERE told ? 'digest' ORDER BY id, seq DESC
  )
  SELECT o.id, sending.true_at AS first_sent_at,
    coalesce((SELECT r.kind FROM revision r
      WHERE r.submission_id = o.id AND r.digest = wording.digest LIMIT 1), o.kind) AS kind,
    coalesce((SELECT x.id FROM unit x WHERE x.code = moved.told -> 'after' ->> 'unit'),
      (sending.told ->> 'unit')::bigint) AS unit_id,
    coalesce((SELECT x.id FROM period x WHERE x.is_active
        AND 'KY-' || x.year || '-' || lpad(x.month::text, 2, '0') = moved.told -> 'after' ->> 'period'),
      (sending.told ->> 'booked')::bigint, o.period_id) AS period_id,
    CASE WHEN tally.action = 'submission:uncount' THEN tally.told ->> 'kind' END AS uncounted,
    CASE WHEN pardon.seq > sending.seq THEN pardon.told ->> 'reason' END AS excused_reason
  FROM sending
  JOIN submission o USING (id)
  LEFT JOIN wording USING (id)
  LEFT JOIN ({newest("uncount", "count")}) AS tally USING (id)
  LEFT JOIN ({newest("excuse")}) AS pardon USING (id)
  LEFT JOIN ({newest("reclassify")}) AS moved ON moved.id = o.id AND moved.seq > sending.seq
"""  # noqa: S608
