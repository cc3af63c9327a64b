"""What was answered about the children in a picture or video (R8): the newest answer counts, everywhere alike."""

ASKED_ABOUT = "('picture', 'video')"
"""SQL: the kinds of files that readers see on a page, and about which the question is asked."""


def answer(attachment: str) -> str:
    """SQL for the newest answer about `attachment` (an alias); NULL while nobody has answered."""
    return (
        "(SELECT c.answer FROM consent_answer c"  # noqa: S608  (a constant of the caller)
        f" WHERE c.attachment_id = {attachment}.id ORDER BY c.id DESC LIMIT 1)"
    )


def is_unclear(attachment: str) -> str:
    """SQL: may nobody publish `attachment` (an alias) yet?"""
    return f"coalesce({answer(attachment)}, 'unknown') IN ('no', 'unknown')"


def shows_unclear(revision: str) -> str:
    """SQL: does the revision with this id (an expression) show a picture or video that nobody may publish yet?"""
    return (
        "EXISTS (SELECT FROM revision_attachment ra"
        f" JOIN attachment a ON a.id = ra.attachment_id AND a.kind IN {ASKED_ABOUT}"
        f" WHERE ra.revision_id = {revision} AND {is_unclear('a')})"
    )
