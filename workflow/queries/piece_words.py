"""Words that pieces are searched by: each begins a word of title, author or school, or stands in the unit's name, the
sender's mail or the code. A seldom word leads to its pieces, which are all read and asked for the others; when every
word is a common one, the list is read in its own order and soon full. Reads only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from models.base import db


def showing(asked: str) -> str:
    """SELECT the ids of the pieces whose present text answers `asked`, an expression of ours that is a tsquery.

    However many there are, only as many are looked at as are read: texts first, each then led to its piece.
    """
    return f"""WITH worded AS MATERIALIZED (SELECT id, submission_id FROM revision WHERE found @@ {asked})
  SELECT shown.id FROM worded CROSS JOIN LATERAL (
    SELECT id FROM submission WHERE id = worded.submission_id AND revision_id = worded.id OFFSET 0) AS shown"""  # noqa: S608


MOST_WORDS = 8
SELDOM = 2_000
"""A word that so many pieces have, at most, leads to them."""
NEWEST, SOON = 1_000, 100
"""A word that so many of the newest texts have is a common one, and the index need not be asked."""

_ASKED = "(SELECT (q::text || ':*')::tsquery FROM plainto_tsquery('public.vi_plain', {word}) q WHERE numnode(q) > 0)"
_UNITS = """SELECT u.id FROM unit u
    WHERE strpos(unaccent(lower(u.name || ' ' || u.short_name)), unaccent(lower({word}))) > 0"""
_CODE = "{word} ~ '[0-9]' AND strpos(lower({piece}.code), lower({word})) > 0"
_MAIL = """SELECT es.submission_id FROM envelope_submission es JOIN envelope e ON e.id = es.envelope_id
    WHERE strpos(unaccent(lower(e.from_address || ' ' || e.from_name)), unaccent(lower({word}))) > 0"""

# The pieces of each word, no more than show whether it is a seldom one; NULL for one that the newest have told of.
# A code is searched whole before it is searched for: that asks every piece.
_PIECES = text(f"""
SELECT asked.number, CASE WHEN NOT EXISTS (
  SELECT FROM (SELECT found FROM revision ORDER BY id DESC LIMIT :newest) AS newest
  WHERE found @@ {_ASKED.format(word="asked.word")} OFFSET :soon - 1)
THEN ARRAY(SELECT id FROM (
  ({showing(_ASKED.format(word="asked.word"))})
  UNION ALL SELECT x.id FROM submission x WHERE x.unit_id = ANY(ARRAY({_UNITS.format(word="asked.word")}))
  UNION ALL SELECT x.id FROM submission x WHERE x.code = upper(asked.word)
  UNION ALL SELECT x.id FROM submission x WHERE {_CODE.format(word="asked.word", piece="x")}
    AND NOT EXISTS (SELECT FROM submission WHERE code = upper(asked.word))
  UNION ALL {_MAIL.format(word="asked.word")}
) AS found (id) LIMIT :most) END AS ids
FROM unnest(CAST(:words AS text[])) WITH ORDINALITY AS asked (word, number)
""")  # noqa: S608  (constants of this file)
# Of one piece `s`.
_HAS = f"""(
  (SELECT r.found @@ {_ASKED.format(word=":{word}")} FROM revision r WHERE r.id = s.revision_id)
  OR s.unit_id IN ({_UNITS.format(word=":{word}")})
  OR {_CODE.format(word=":{word}", piece="s")}
  OR s.id IN ({_MAIL.format(word=":{word}")}))"""  # noqa: S608


@dataclass(frozen=True)
class Sought:
    """Conditions on a piece `s`, and their values."""

    leading: str = ""
    """Few pieces fulfil this one."""
    others: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


def sought(typed: str) -> Sought:
    """What has neither letter nor figure finds nothing and is passed over. One statement, or none."""
    words = [word for word in typed.split() if any(char.isalnum() for char in word)][:MOST_WORDS]
    if not words:
        return Sought()
    names = {f"word{number}": word for number, word in enumerate(words, 1)}
    asked = {"words": words, "most": SELDOM + 1, "newest": NEWEST, "soon": SOON}
    found = db.session.execute(_PIECES, asked).all()
    seldom = [row for row in found if row.ids is not None and len(row.ids) <= SELDOM]
    if not seldom:
        return Sought("", tuple(_HAS.format(word=name) for name in names), names)
    rarest = min(seldom, key=lambda row: len(row.ids))
    others = tuple(_HAS.format(word=name) for name in names if name != f"word{rarest.number}")
    return Sought("s.id = ANY(CAST(:leading AS bigint[]))", others, {**names, "leading": rarest.ids})
