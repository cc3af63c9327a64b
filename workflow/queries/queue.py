"""The list of pieces with its filters, by keyset: as quick at its end as at its beginning. Reads only, bounded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from models.base import db
from models.vocabulary import UNDER_WAY, Phase
from workflow import definitions
from workflow.queries import paging, piece_words
from workflow.queries.consents import ASKED_ABOUT, answer, shows_unclear

PAGE = 25
ASIDE = "aside"
"""A tab beside the phases: pieces that were set aside."""

Key = tuple[datetime, int]
"""Where a page begins or ends: since when the piece stands in its state, and its number."""


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; empty fields ask for nothing."""

    phase: str = ""
    """A phase, or ASIDE. Set-aside pieces stand under ASIDE and under "all" only."""
    words: str = ""
    """Each begins a word of title, author or school, or stands in the unit's name, the sender's mail or the code."""
    unit: str = ""
    period: str = ""
    """`2021-05`"""
    kind: str = ""
    section: str = ""
    late: bool = False
    unclear: bool = False
    """Pieces with a picture or video that is unanswered, unknown or refused."""
    claimed_by: int | None = None
    unclaimed: bool = False
    """With the editors, and none of them has taken it."""
    waits_since: datetime | None = None
    """At the department, in the same state since before this moment."""
    answered: bool = False
    """The newest word to or from the unit is the unit's."""
    oldest_first: bool = False
    """Those first that stand longest in their state; else what moved last."""
    before: Key | None = None
    """Keyset: what stands behind this place."""
    after: Key | None = None


# A unit or a month has so few pieces that all of them are read, as those of a seldom word are; else the index gives
# each state in order.
_FEW: Mapping[str, str] = {
    "unit": "s.unit_id = (SELECT id FROM unit WHERE code = :unit)",
    "period": "s.period_id = ANY(ARRAY(SELECT id FROM period"
    " WHERE year || '-' || lpad(month::text, 2, '0') = :period))",
}
_CONDITIONS: Mapping[str, str] = {
    "kind": "s.kind = :kind",
    # A section that was merged is its heir, in the text and in what is asked.
    "section": "(SELECT r.category_id FROM revision r WHERE r.id = s.revision_id) = ANY(ARRAY(SELECT c.id FROM"
    " category c JOIN category asked ON coalesce(c.merged_into, c.id) = coalesce(asked.merged_into, asked.id)"
    " WHERE asked.code = :section))",
    "late": "s.sent_late",
    "unclear": shows_unclear("s.revision_id"),
    "claimed_by": "s.claimed_by = :claimed_by",
    "unclaimed": "s.state = ANY(:sent) AND s.claimed_by IS NULL AND s.set_aside_reason IS NULL",
    "waits_since": "s.state = ANY(:under_way) AND s.state_since < :waits_since AND s.set_aside_reason IS NULL",
    "answered": "(SELECT c.side FROM comment c WHERE c.submission_id = s.id AND c.audience = 'unit'"
    " ORDER BY c.id DESC LIMIT 1) = 'unit'",
    "before": "(s.state_since, s.id) < (:before_at, :before_id)",
    "after": "(s.state_since, s.id) > (:after_at, :after_id)",
}


def _where(asked: Asked, sought: piece_words.Sought) -> str:
    conditions = [
        "s.discarded_at IS NULL",
        *(sql for name, sql in _CONDITIONS.items() if getattr(asked, name)),
        *sought.others,
    ]
    if asked.phase == ASIDE:
        conditions.append("s.set_aside_reason IS NOT NULL")
    elif asked.phase:
        conditions.append("s.set_aside_reason IS NULL")
    return " AND ".join(conditions)


def _values(asked: Asked, sought: piece_words.Sought) -> dict[str, Any]:
    phases = [phase for phase in Phase if phase == asked.phase] or list(Phase)
    keys: dict[str, Any] = {}
    for name in ("before", "after"):
        keys[f"{name}_at"], keys[f"{name}_id"] = getattr(asked, name) or (None, None)
    return {
        **{name: getattr(asked, name) for name in (*_FEW, *_CONDITIONS) if name not in ("before", "after")},
        **keys,
        **sought.values,
        "states": definitions.states_in(*phases),
        "sent": definitions.states_in(Phase.SENT),
        "under_way": definitions.states_in(*UNDER_WAY),
    }


def _few(asked: Asked, sought: piece_words.Sought) -> str:
    """The few pieces that alone are in question, as a table; empty where they may be many."""
    asks = [sql for name, sql in _FEW.items() if getattr(asked, name)]
    asks += [sought.leading] if sought.leading else []
    # OFFSET 0: else the planner may read a whole state in its order, in the hope to meet some of these.
    return f"(SELECT s.* FROM submission s WHERE {' AND '.join(asks)} OFFSET 0)" if asks else ""  # noqa: S608


def _found(asked: Asked, sought: piece_words.Sought, order: str) -> str:
    """The numbers of the first `:size` pieces; however deep, it costs the same."""
    if few := _few(asked, sought):
        return f"""
        SELECT s.id, s.state_since FROM {few} s WHERE s.state = ANY(:states) AND {_where(asked, sought)}
        ORDER BY s.state_since {order}, s.id {order} LIMIT :size
        """  # noqa: S608  (put together from constants of this file)
    return f"""
    SELECT s.id, s.state_since FROM unnest(CAST(:states AS text[])) AS wanted (state)
    CROSS JOIN LATERAL (
      SELECT s.id, s.state_since FROM submission s
      WHERE s.state = wanted.state AND {_where(asked, sought)}
      ORDER BY s.state_since {order}, s.id {order} LIMIT :size
    ) s ORDER BY s.state_since {order}, s.id {order} LIMIT :size
    """  # noqa: S608  (put together from constants of this file)


def _counted_whole(few: str, where: str) -> str:
    """How many there are of each state; those that were set aside are counted as ASIDE."""
    return f"""
    SELECT CASE WHEN s.set_aside_reason IS NULL THEN s.state ELSE '{ASIDE}' END AS tab, count(*) AS n
    FROM {few} s WHERE s.state = ANY(:states) AND {where} GROUP BY tab
    """  # noqa: S608  (put together from constants of this file)


def _counted_by_state(where: str) -> str:
    """The same, and never more than `:most` of a state."""
    return f"""
    SELECT wanted.state AS tab, counted.n FROM unnest(CAST(:states AS text[])) AS wanted (state)
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
      SELECT FROM submission s WHERE s.state = wanted.state AND s.set_aside_reason IS NULL AND {where}
      ORDER BY s.state_since DESC LIMIT :most) AS listed) AS counted
    UNION ALL
    SELECT '{ASIDE}', count(*) FROM (
      SELECT FROM submission s WHERE s.set_aside_reason IS NOT NULL AND {where} LIMIT :most) AS listed
    """  # noqa: S608  (put together from constants of this file)


_COLUMNS = f"""
SELECT s.id, s.code, s.state, s.state_since, s.first_sent_at, s.sent_late, s.excused_reason, s.uncounted,
  s.set_aside_reason, s.returned_reason, s.scheduled_at, s.extended_until, s.claimed_by, s.kind, s.channel,
  r.title, r.author_line, r.school, u.short_name AS unit, p.year, p.month, c.name_vi AS section,
  editor.full_name AS claimant, media.files, media.cleared, media.forbidden
FROM found JOIN submission s USING (id)
JOIN revision r ON r.id = s.revision_id
JOIN unit u ON u.id = s.unit_id
JOIN period p ON p.id = s.period_id
LEFT JOIN category c ON c.id = r.category_id
LEFT JOIN account editor ON editor.id = s.claimed_by
CROSS JOIN LATERAL (
  SELECT count(*) AS files, count(*) FILTER (WHERE answer IN ('yes', 'none')) AS cleared,
    count(*) FILTER (WHERE answer = 'no') AS forbidden
  FROM (
    SELECT {answer("a")} AS answer
    FROM revision_attachment ra JOIN attachment a ON a.id = ra.attachment_id
    WHERE ra.revision_id = s.revision_id AND a.kind IN {ASKED_ABOUT}
  ) answers
) media
ORDER BY s.state_since {{order}}, s.id {{order}}
"""  # noqa: S608  (a constant of the house)


def _key(row: Row[Any]) -> Key:
    return row.state_since, row.id


MOST_COUNTED = 1000
"""Nobody compares longer lists by their length: so many pieces of a state are counted, and one that says "more"."""


class Reading:
    """One question to the list; its words are looked up once, however much is asked."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._sought = piece_words.sought(asked.words)

    def leaf(self) -> paging.Leaf[Key]:
        """One page of pieces in the order that is asked for, PAGE at most."""
        asked, values = self._asked, _values(self._asked, self._sought)

        def read(order: str, size: int) -> Sequence[Row[Any]]:
            found = _found(asked, self._sought, order)
            query = text(f"WITH found AS ({found}) {_COLUMNS.format(order=order)}")
            return db.session.execute(query, {**values, "size": size}).all()

        return paging.leaf(
            read, key=_key, before=asked.before, after=asked.after, size=PAGE, oldest_first=asked.oldest_first
        )

    def numbers(self, *, size: int) -> Sequence[int]:
        """The first `size` pieces that the filters find, in the list's order, whatever page is open."""
        order = "ASC" if self._asked.oldest_first else "DESC"
        query = text(_found(replace(self._asked, before=None, after=None), self._sought, order))
        return db.session.scalars(query, {**_values(self._asked, self._sought), "size": size}).all()

    def counts(self) -> Mapping[str, int]:
        """How many pieces each tab holds under the other filters: per phase, ASIDE, and "" for all.

        More than MOST_COUNTED means "more than MOST_COUNTED".
        """
        everything = replace(self._asked, phase="", before=None, after=None)
        where = _where(everything, self._sought)
        few = _few(everything, self._sought)
        query = text(_counted_whole(few, where) if few else _counted_by_state(where))
        found: Counter[str] = Counter()
        for row in db.session.execute(query, {**_values(everything, self._sought), "most": MOST_COUNTED + 1}):
            found[ASIDE if row.tab == ASIDE else definitions.states()[row.tab].phase] += row.n
        return {**found, "": found.total()}
