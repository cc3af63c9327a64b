"""The personal words behind the seals of an event, as long as nobody has had them forgotten."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from models.base import db

MARK = "sealed:"

_WORDS = text("SELECT encode(digest, 'hex') AS digest, value FROM sealed_word WHERE digest = ANY(:digests)")


def opened(payloads: Iterable[Any]) -> Mapping[str, str | None]:
    """Seal -> word for every seal in the payloads; None for one that was forgotten. One statement, or none."""
    seals = {seal for payload in payloads for seal in _seals(payload)}
    if not seals:
        return {}
    digests = [bytes.fromhex(seal.removeprefix(MARK)) for seal in seals]
    known = {f"{MARK}{row.digest}": row.value for row in db.session.execute(_WORDS, {"digests": digests})}
    return {seal: known.get(seal) for seal in seals}


# Only words that were altered are looked for in the trail: it is long, and they are few.
_ALTERED = text("""
SELECT coalesce(e.stream, 'sealed_word') AS stream, coalesce(e.seq, 0) AS seq
FROM sealed_word w LEFT JOIN audit_event e ON strpos(e.payload, encode(w.digest, 'hex')) > 0
WHERE w.value IS NOT NULL AND w.digest <> sha256(w.salt || convert_to(w.value, 'UTF8'))
ORDER BY 1, 2 LIMIT :most
""")


# A remark shows its words beside the trail: who said what to whom and when must be what its event sealed, and words
# may be missing only where they were forgotten. Compared as text: a spoilt event is told of, not stumbled over.
_REMARKS = text("""
SELECT coalesce(e.stream, 'comments:' || c.submission_id) AS stream, coalesce(e.seq, 0) AS seq
FROM (SELECT stream, seq, actor_id, submission_id, at, payload::jsonb AS told FROM audit_event
      WHERE action = 'comment:add') e
FULL JOIN comment c ON c.id::text = e.told ->> 'comment'
LEFT JOIN sealed_word w ON :mark || encode(w.digest, 'hex') = e.told ->> 'said'
WHERE (e.actor_id, e.submission_id, e.told ->> 'audience', e.at) IS DISTINCT FROM (c.author_id, c.submission_id,
    c.audience, to_char(c.said_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"'))
  OR e.told ->> 'spoke_for' <> c.side OR w.digest IS NULL AND e.told ->> 'said' IS NOT NULL
  OR CASE WHEN c.text = '' THEN w.value IS NOT NULL
    ELSE sha256(w.salt || convert_to(c.text, 'UTF8')) IS DISTINCT FROM w.digest END
ORDER BY 1, 2 LIMIT :most
""")


def altered(connection: Connection, *, most: int) -> list[tuple[str, int, str]]:
    """(stream, number, kind) of every event behind whose seal another word was put, or whose remark is another."""
    found = (("word_changed", _ALTERED), ("remark_changed", _REMARKS))
    return [
        (row.stream, row.seq, kind)
        for kind, question in found
        for row in connection.execute(question, {"most": most, "mark": MARK})
    ]


def readable(payload: Any, words: Mapping[str, str | None], *, forgotten: str) -> Any:
    """The payload with its seals opened; `forgotten` stands where a word is no more."""
    if isinstance(payload, str):
        return words[payload] or forgotten if payload in words else payload
    if isinstance(payload, Mapping):
        return {key: readable(inner, words, forgotten=forgotten) for key, inner in payload.items()}
    if isinstance(payload, list):
        return [readable(inner, words, forgotten=forgotten) for inner in payload]
    return payload


def _seals(payload: Any) -> Iterator[str]:
    if isinstance(payload, str):
        if payload.startswith(MARK) and len(payload) == len(MARK) + 64 and _is_hex(payload[len(MARK) :]):
            yield payload
    elif isinstance(payload, Mapping):
        for inner in payload.values():
            yield from _seals(inner)
    elif isinstance(payload, list):
        for inner in payload:
            yield from _seals(inner)


def _is_hex(digits: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in digits)
