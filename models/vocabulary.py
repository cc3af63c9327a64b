"""The closed word lists stored in the tables. Standard library only, so that pure rules may use them.

What a reader sees for each word stands in `workflow/wording.py`; the Vietnamese terms in `docs/glossary.md`.
States are not here: they belong to the workflow definitions, which are data.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What a piece is (R3)."""

    NEWS = "news"
    ARTICLE = "article"
    VIDEO = "video"
    MATERIAL = "material"


class Role(StrEnum):
    """What a person may be. `SYSTEM` is held by no account: the clock fires with it."""

    CONTRIBUTOR = "contributor"
    COMMITTEE = "committee"
    EDITOR = "editor"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


UNIT_ROLES = frozenset({Role.CONTRIBUTOR, Role.COMMITTEE})
"""Roles that are held for one unit; all others are held at the department."""
DEPARTMENT_ROLES = frozenset(Role) - UNIT_ROLES - {Role.SYSTEM}


class Phase(StrEnum):
    """What a state means, whatever a workflow definition calls it: who has the piece, and what it waits for.

    In the order of the road. All that is counted, listed and swept goes by phases; no state is known by name.
    """

    DRAFT = "draft"
    """With the unit, and in time."""
    LAPSED = "lapsed"
    """With the unit, its deadline passed before it was sent."""
    SENT = "sent"
    """With the department's editors."""
    READY = "ready"
    """Waits for approval."""
    APPROVED = "approved"
    """Waits to be published."""
    PUBLIC = "public"


WITH_UNIT = frozenset({Phase.DRAFT, Phase.LAPSED})
UNDER_WAY = frozenset({Phase.SENT, Phase.READY, Phase.APPROVED})


class SeatKind(StrEnum):
    """Who may sit on a Communications Committee (R1)."""

    LEADER = "leader"
    SPECIALIST = "specialist"
    TEACHER = "teacher"


class CommitteeStatus(StrEnum):
    DRAFT = "draft"
    CONFIRMED = "confirmed"


class Channel(StrEnum):
    WEB = "web"
    MAIL = "mail"


class AttachmentKind(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"
    DOCUMENT = "document"


class Consent(StrEnum):
    """The answer about children's consent for one picture or video (R8). Nothing is ever preselected."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NONE = "none"
    """No child can be recognised."""


class UncountReason(StrEnum):
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    ADVERTISING = "advertising"
    OTHER = "other"


class WrittenAs(StrEnum):
    """On whose side a revision was written; four eyes tells authors from editors by it (R10)."""

    UNIT = "unit"
    DEPARTMENT = "department"


class Audience(StrEnum):
    """Who reads a comment on a piece."""

    INTERNAL = "internal"
    """The department only."""
    UNIT = "unit"
    """The department and the piece's unit."""


class Readers(StrEnum):
    """Whom an announcement is for."""

    EVERYONE = "everyone"
    UNITS = "units"
    DEPARTMENT = "department"


class Verdict(StrEnum):
    """What became of a mail."""

    NEW = "new"
    ACCEPTED = "accepted"
    TRAY = "tray"
    IGNORED = "ignored"


class OutboxState(StrEnum):
    NEW = "new"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    DISMISSED = "dismissed"


class LetterState(StrEnum):
    WAITING = "waiting"
    HELD = "held"
    """For the reader's daily digest."""
    SENT = "sent"
    BOUNCED = "bounced"
    """A mail server would not have the address, at once or in a report that came later."""
    FAILED = "failed"
    MUTED = "muted"
    """Written, and not sent: the reader does not want this kind."""


class Pace(StrEnum):
    """How soon somebody wants to hear of what is not a duty."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


class SuccessionKind(StrEnum):
    """How one unit's work went over to another (R12), as in `unit_events.csv`."""

    MERGE = "merge"
    TRANSFER = "transfer"
    ABOLISH_SPLIT = "abolish_split"


class MonthStatus(StrEnum):
    """A unit's standing in a month (R6), strongest first."""

    EXEMPT = "exempt"
    ON_TIME = "on_time"
    LATE = "late"
    SHORT = "short"
    SILENT = "silent"


class Ending(StrEnum):
    """Why a session was ended, other than by its age."""

    SIGN_OUT = "sign_out"
    DEVICES = "devices"
    """By the person herself, from another device."""
    ADMIN = "admin"
    PASSWORD = "password"  # noqa: S105  (a word, not one)
    ROLE = "role"
    SHUT = "shut"


class Purpose(StrEnum):
    """What a one-time link is for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
