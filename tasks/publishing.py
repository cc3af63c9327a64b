"""Publishing at the set hour."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row

from workflow import clock, mishaps, submissions
from workflow.engine.errors import NotAllowed, Stale
from workflow.queries import duties

log = structlog.get_logger("tasks.publishing")


def publish_due(_slot: datetime) -> Mapping[str, int]:
    """Publish every piece whose hour has come.

    One that is refused, for a consent was taken back meanwhile, loses its hour: the publisher sees it unpublished
    with the refusal on record, and it is not refused again every minute. One that somebody has just touched, or
    published, is left to the next run, and so is one on which the house itself stumbles.
    """
    told = {"published": 0, "refused": 0, "busy": 0}
    began, stumbled = mishaps.began(), set[str]()
    for piece in duties.scheduled_until(clock.now()):
        with mishaps.minding("publishing", f"submission:{piece.id}", stumbled):
            try:
                told[_publish(piece)] += 1
            except Stale:
                told["busy"] += 1
    mishaps.settle("publishing", stumbled, since=began)
    return {**told, "failed": len(stumbled)}


def _publish(piece: Row[Any]) -> str:
    try:
        submissions.publish(piece.id, by=None, seen=piece.digest, version=piece.version)
    except NotAllowed as refused:
        log.warning("publishing_refused", submission=piece.id, code=refused.code)
        submissions.perform(piece.id, "unschedule", by=None)
        return "refused"
    return "published"
