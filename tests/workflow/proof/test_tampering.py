"""The tamper matrix: fourteen attacks, each at random places, on a sealed trail that the verbs have written.

Every one is found with a copy of the newest note from outside; two are not found without it, which `verify` says.
"""

import os
import sys
from collections import Counter
from random import Random

import pytest
from sqlalchemy import text

from tests.workflow.proof import attacks
from workflow.proof import keys, sealing
from workflow.queries import audit_check, seals
from workflow.queries.audit_check import Damage

pytestmark = pytest.mark.database

PLACES = int(os.environ.get("TOASOAN_TAMPER_PLACES", "8"))
"""Of each attack; `make tamper` tries the forty that docs/proof.md speaks of."""
ONLY_FROM_OUTSIDE = {"cut off the end with its seals", "rewrite and sign with the stolen key"}
WITHOUT_A_PLACE = {
    # Leaves that fit their events hide which event it was: the checkpoint tells between which two it lies.
    "drop a piece with its leaves",
    "rewrite, rehash, new leaves",
    "rewrite, rehash, new leaves, new roots",
    *ONLY_FROM_OUTSIDE,
}


@pytest.fixture
def anchor(make) -> str:
    """A trail under eight seals; the newest note, as somebody outside has kept it."""
    for state in (
        "approved",
        "edited",
        "submitted",
        "approved",
        "published",
        "drafted",
        "edited",
        "approved",
    ):
        make.submission(state=state)
        sealing.seal()
    return seals.newest().note


def tampered(superuser, attack, chance: Random, anchor: str) -> tuple[str, tuple[Damage, ...]]:
    """The stream that was altered and what the check finds; then everything is as before."""
    with superuser.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        # The same dozen questions hundreds of times: planned once, they take half as long.
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        stream = attack(connection, chance)
        verdict = audit_check.examine(connection, keys=keys.believed(), anchors=[anchor])
        connection.rollback()
    return stream, verdict.damages


def test_every_attack_is_found_with_a_copy_outside_and_all_but_two_without(anchor, superuser, capsys):
    key = keys.signing_key(may_make=False)
    found, found_alone, named = Counter(), Counter(), Counter()

    for name, attack in attacks.all_with(key).items():
        for place in range(PLACES):
            stream, damages = tampered(superuser, attack, Random(f"{name} {place}"), anchor)
            found[name] += bool(damages)
            found_alone[name] += any(damage.stream != "anchor" for damage in damages)
            named[name] += any(damage.stream == stream for damage in damages)

    names = set(attacks.all_with(key))
    assert found == dict.fromkeys(names, PLACES)
    told = (
        f"{sum(found.values())} of {len(names) * PLACES} found, {sum(found_alone.values())} without the copy"
    )
    with capsys.disabled():
        sys.stdout.write(f" {told} ")
    assert {name: found_alone[name] for name in ONLY_FROM_OUTSIDE} == dict.fromkeys(ONLY_FROM_OUTSIDE, 0)
    assert {name for name in names if found_alone[name] == PLACES} == names - ONLY_FROM_OUTSIDE
    assert {name for name in names if named[name] == PLACES} >= names - WITHOUT_A_PLACE
    assert audit_check.check(anchors=[anchor]).is_whole
