"""Proofs to hand out: that an event was sealed, and that one checkpoint only continues another. Reads only.

Each is one JSON object that `docs/verify_proof.py` checks off line, with nothing but the public key.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from models.base import db
from workflow.engine.errors import N_, Invalid, NotFound
from workflow.proof import merkle
from workflow.queries import seals

FORMAT = "toasoan-proof-1"


def prove(number: int) -> dict[str, Any]:
    """That the event with this number is in the tree of the newest checkpoint.

    It needs no other event of its stream: each event has a leaf of its own, and its hash holds the hash before.
    Raises NotFound, Invalid(`not_sealed`) for the minute before the next seal.
    """
    event, checkpoint = seals.sealed_event(number), seals.newest()
    if event is None:
        raise NotFound
    if event.tree_index is None or checkpoint is None:
        raise Invalid("not_sealed", N_("Sự kiện này chưa được niêm phong. Vui lòng thử lại sau một phút."))
    place, size = event.tree_index, checkpoint.size
    path = merkle.answered(lambda ask: merkle.inclusion(place, size, ask), _stored)
    return {
        "format": FORMAT,
        "kind": "inclusion",
        "event": {
            "number": event.id,
            "payload": event.payload,
            "prev_hash": bytes(event.prev_hash).hex(),
        },
        "index": place,
        "path": _written(path),
        "note": checkpoint.note,
        "key": checkpoint.key,
    }


def consistency(old: int, new: int | None = None) -> dict[str, Any]:
    """That the checkpoint over `new` events (else the newest) only adds to the one over `old`.

    Raises Invalid(`checkpoint_unknown`) for a size that no checkpoint has.
    """
    earlier = seals.of_size(old)
    later = seals.newest() if new is None else seals.of_size(new)
    if earlier is None or later is None or earlier.size > later.size:
        raise Invalid(
            "checkpoint_unknown",
            N_("Không có niêm phong phủ {old} sự kiện trước niêm phong phủ {new} sự kiện."),
            old=old,
            new=new or 0,
        )
    path = merkle.answered(lambda ask: merkle.consistency(earlier.size, later.size, ask), _stored)
    return {
        "format": FORMAT,
        "kind": "consistency",
        "old": earlier.note,
        "new": later.note,
        "path": _written(path),
        "key": later.key,
        "old_key": earlier.key,
    }


def _stored(wanted: Sequence[merkle.Node]) -> dict[merkle.Node, bytes]:
    return seals.stored(db.session.connection(), wanted)


def _written(path: Sequence[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in path]
