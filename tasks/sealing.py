"""The clock's errands around the proof: sealing what is new, and looking each night whether the trail is whole."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from workflow.proof import sealing
from workflow.queries import audit_check

log = structlog.get_logger("tasks.sealing")


def seal(_slot: datetime) -> Mapping[str, int]:
    """Where no sealer's address is set, another process seals, under an account of its own."""
    if not sealing.is_here():
        return {}
    return {"sealed": sum(sealed.added for sealed in sealing.seal())}


def look(_slot: datetime) -> Mapping[str, int]:
    """The whole trail; what is found stands in the log and in the outcome, which the audit screen shows."""
    verdict = audit_check.check()
    for damage in verdict.damages:
        log.error("audit_damaged", stream=damage.stream, seq=damage.seq, kind=damage.kind)
    return {"events": verdict.events, "damages": len(verdict.damages)}
