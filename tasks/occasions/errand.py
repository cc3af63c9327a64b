"""What one outbox row asks to be written, and the few words all letters share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.queries.letters import Row
from workflow.queries.recipients import Person
from workflow.settings import settings

Payload = Mapping[str, Any]
Facts = Mapping[str, object]

LINKS = {
    "month": "/don-vi/",
    "piece": "/don-vi/bai/{code}",
    "committee": "/don-vi/ban",
    "approval": "/quan-tri/quyet-dinh/{id}/{seen}",
    "delegations": "/quan-tri/uy-quyen/",
    "page": "/bai/{slug}",
    "seals": "/niem-phong",
    "report": "/quan-tri/bao-cao/",
    "desk": "/quan-tri/",
    "desk_piece": "/quan-tri/bai/{id}/",
    "wishes": "/vao/nhan-thu",
    "devices": "/vao/thiet-bi",
    "desk_committee": "/quan-tri/ban-truyen-thong/{unit}/",
}
"""Addresses at the three doors; a test asks the doors whether they know them."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One letter to be written to several people. `facts` are what the template needs, by language."""

    kind: str
    to: Sequence[Person]
    occasion: str
    facts: Callable[[str], Facts]
    submission_id: int | None = None
    unit_id: int | None = None
    thread: str = ""
    """The piece's code, for letters whose subject ends with none: what mailboxes keep them together by."""
    gathers: tuple[int, ...] = ()
    """Held letters that this one takes along."""
    calendar: Callable[[str], str] | None = None
    """A file for the reader's calendar, by language."""
    answers: Row | None = None
    """The mail this letter answers, for those of `to` who wrote it."""


def link(name: str, **parts: object) -> str:
    return settings().public_url.rstrip("/") + LINKS[name].format(**parts)


def unit_words(row: Row) -> dict[str, object]:
    """“huyện Kỳ Anh”: with its kind, because the bare name is three units."""
    return {"unit": row["unit"], "unit_short": row["admin_unit"][:1].lower() + row["admin_unit"][1:]}


def month_words(row: Row) -> dict[str, object]:
    return {**unit_words(row), "month": date(row["year"], row["month"], 1), "period": row["period"]}


def once(people: Sequence[Person]) -> list[Person]:
    return list({person.address: person for person in people}.values())
