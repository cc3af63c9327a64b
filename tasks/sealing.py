"""The clock's errands around the proof: sealing what is new, and looking each night whether the trail is whole."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import count

import structlog

from workflow.proof import sealing
from workflow.queries import audit_check
from workflow.timetable import note_progress

log = structlog.get_logger("tasks.sealing")


def seal(_slot: datetime) -> Mapping[str, int]:
    """Where no sealer's address is set, another process seals, under an account of its own."""
    if not sealing.is_here():
        return {}
    return {"sealed": sum(sealed.added for sealed in sealing.seal())}


def look(slot: datetime) -> Mapping[str, object]:
    """The whole trail; what is found stands in the log and in the outcome, which the audit screen shows."""
    done = count(1)
    verdict = audit_check.check(told=lambda: note_progress("audit_check", slot, {"steps": next(done)}))
    for damage in verdict.damages:
        log.error("audit_damaged", stream=damage.stream, seq=damage.seq, kind=damage.kind)
    first = {"first": asdict(verdict.damages[0])} if verdict.damages else {}
    beside = {"unmatched": len(verdict.unmatched)} if verdict.unmatched else {}
    return {
        "events": verdict.events,
        "streams": verdict.streams,
        "damages": len(verdict.damages),
        **first,
        **beside,
    }
