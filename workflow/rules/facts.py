"""What the rules look at: one piece, one person, one moment. Plain data, loaded by `workflow/facts.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from models.vocabulary import AttachmentKind, Consent


@dataclass(frozen=True)
class Media:
    """One picture or video of the current revision and the newest answer about its children."""

    attachment_id: int
    position: int
    """Its number among the files of the revision, by which every page calls it."""
    kind: AttachmentKind
    answer: Consent | None


@dataclass(frozen=True)
class Month:
    """One period as one unit meets it: its extensions are in `deadline_at` already."""

    period_id: int
    code: str
    deadline_at: datetime
    closes_at: datetime
    is_closed: bool
    is_short: bool
    """The unit has sent fewer counting pieces than its quota."""

    def is_open_at(self, now: datetime) -> bool:
        return not self.is_closed and now < self.closes_at


@dataclass(frozen=True)
class Facts:
    """Everything the guards ask about. `roles` are those the person has towards this piece, now."""

    submission_id: int
    code: str
    workflow: str
    workflow_version: int
    state: str
    version: int
    head_hash: bytes
    digest: str
    approved_digest: str | None
    """What the newest approval named; None before the first."""
    revision_id: int
    unit_id: int
    unit_code: str
    unit_ends: str | None
    """`dd/mm/yyyy` when the unit is no longer alive, else None."""
    kind: str
    has_title: bool
    has_body: bool
    has_category: bool
    month: Month | None
    next_month: Month | None
    first_sent_at: datetime | None
    sent_late: bool
    is_counted: bool
    claimed_by: int | None
    claimed_at: datetime | None
    claimant: str
    set_aside: bool
    scheduled_at: datetime | None
    discarded_at: datetime | None
    created_by: int | None
    media: tuple[Media, ...]
    authors: frozenset[int]
    """Every account that created, sent or wrote the piece on the unit's side."""
    editors: frozenset[int]
    """Every account that wrote it or finished its editing at the department."""
    stands_in_for: frozenset[int]
    """Accounts whose delegate the person is today or was since the piece began."""
    actor: int | None
    roles: frozenset[str]
    now: datetime
    """People's time at which the act counts: the receipt time of what is being done."""
    recorded_at: datetime
    """People's time at which it is written down; the same as `now` unless a receipt time was given."""
    lent: tuple[tuple[str, int], ...] = ()
    """(role, account) for each of `roles` that the person has only because somebody lent it to her."""
    seats: frozenset[str] = frozenset()
    """The kinds of seat the person holds in the unit's committee."""
    calendar: Mapping[date, bool] = field(default_factory=dict)
    """The exceptions to working days within a month of the claim; none when nobody claimed the piece."""

    def in_place_of(self, roles: frozenset[str]) -> int | None:
        """Whose place the person takes in a step for these roles; None when a role of her own opens it."""
        lenders = dict(self.lent)
        if roles & self.roles - lenders.keys():
            return None
        return next((lenders[role] for role in sorted(roles & lenders.keys())), None)
