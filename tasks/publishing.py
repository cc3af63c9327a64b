"""Publishing at the set hour."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from models.base import db
from workflow import clock, submissions
from workflow.engine.errors import NotAllowed, Stale
from workflow.queries import duties

log = structlog.get_logger("tasks.publishing")


def publish_due(_slot: datetime) -> Mapping[str, int]:
    """Publish every piece whose hour has come.

    One that is refused, for a consent was taken back meanwhile, loses its hour: the publisher sees it unpublished
    with the refusal on record, and it is not refused again every minute. One that somebody has just touched
    is looked at again by the next run, and so is one on which the house itself stumbles.
    """
    told = {"published": 0, "refused": 0, "busy": 0, "failed": 0}
    for submission_id, digest in duties.scheduled_until(clock.now()):
        try:
            told[_publish(submission_id, digest)] += 1
        except Stale:
            told["busy"] += 1
        except Exception:
            # One piece never holds up the others; what ails it stands in the log and in the slot's outcome.
            db.session.rollback()
            log.exception("publishing_failed", submission=submission_id)
            told["failed"] += 1
    return told


def _publish(submission_id: int, digest: str) -> str:
    try:
        submissions.publish(submission_id, by=None, seen=digest)
    except NotAllowed as refused:
        log.warning("publishing_refused", submission=submission_id, code=refused.code)
        submissions.perform(submission_id, "unschedule", by=None)
        return "refused"
    return "published"
