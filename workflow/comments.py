"""Remarks about a piece: among the department, or between it and the piece's unit. Said once, never changed."""

from models.desk import Comment
from models.people import Account
from models.submission import Submission
from models.vocabulary import Audience, Role, WrittenAs
from workflow import accounts, clock, privacy, texts
from workflow.engine import audit
from workflow.engine.errors import N_, Invalid, NotAllowed, NotFound
from workflow.engine.patience import patient
from workflow.engine.unit_of_work import change
from workflow.queries import portal
from workflow.rules.permissions import FORBIDDEN

LONGEST = 2000
SPEAKERS = frozenset({Role.EDITOR, Role.APPROVER, Role.PUBLISHER})
"""Of the department; who only reads or runs the house has nothing to say about a text."""


@patient
def add(submission_id: int, text: str, *, side: WrittenAs, audience: Audience, by: Account) -> Comment:
    """Say something about a piece: the department to itself or to the unit, the unit to the department.

    `side` is the door she came in by; she must be of it.

    Raises NotFound for a piece that is not there or not hers to see, NotAllowed, Invalid(`text_required`,
    `text_too_long`).
    """
    text = "\n".join(line for line in map(texts.tidy, text.splitlines()) if line)
    if not text:
        raise Invalid("text_required", N_("Vui lòng nhập nội dung trao đổi."), field="text")
    if len(text) > LONGEST:
        raise Invalid(
            "text_too_long", N_("Nội dung trao đổi không quá {most} ký tự."), field="text", most=LONGEST
        )
    with change() as session:
        piece = session.get(Submission, submission_id)
        if piece is None:
            raise NotFound
        _require(piece, side, by)
        if side is WrittenAs.UNIT and audience is not Audience.UNIT:
            raise NotAllowed(FORBIDDEN)
        said = Comment(
            submission_id=piece.id, author_id=by.id, side=side, audience=audience, text=text,
            said_at=clock.now(),
        )  # fmt: skip
        session.add(said)
        session.flush()
        # The words are not the trail's to repeat; their seal holds them to what was said, until they are forgotten.
        audit.write(
            session.connection(),
            f"comments:{piece.id}",
            "comment:add",
            actor=by.id,
            at=said.said_at,
            submission=piece.id,
            unit=piece.unit_id,
            comment=said.id,
            # Not "side": that word makes somebody an author or an editor of the piece.
            spoke_for=side.value,
            audience=audience.value,
            said=privacy.seal(text, about=by.id, most=LONGEST),
        )
        return said


def _require(piece: Submission, side: WrittenAs, by: Account) -> None:
    """Raises NotAllowed for who has no word at the department, NotFound for a piece that its reader may not see."""
    if side is WrittenAs.DEPARTMENT:
        if not accounts.roles_of(by) & SPEAKERS:
            raise NotAllowed(FORBIDDEN)
        return
    today = clock.today()
    if portal.find(piece.code, me=by.id, today=today) is None:
        raise NotFound
