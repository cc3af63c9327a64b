"""What the house's own verbs need wherever a definition uses them, and which of them lead from phase to phase. Pure.

States are a definition's own; what is written beside a move hangs on its verb (`workflow/consequences.py`), and so do
the rules of R2, R8 and R10. A definition that took another word for `approve` would pass them by.
"""

from collections.abc import Mapping
from itertools import product

from models.vocabulary import UNDER_WAY, WITH_UNIT, Phase
from workflow.engine.definition import Needs

NEEDS: Mapping[str, Needs] = {
    "submit": Needs(asks={"statement"}),
    "edit": Needs(asks={"checklist"}, guards={"not_author", "consents_answered"}),
    "approve": Needs(asks={"seen"}, guards={"four_eyes", "consents_given"}),
    "publish": Needs(asks={"seen"}, guards={"as_approved", "consents_given"}),
    "return": Needs(asks={"reason"}),
    "send_back": Needs(asks={"reason"}),
    "revise": Needs(asks={"reason"}),
    "retract": Needs(asks={"reason"}),
    "extend": Needs(asks={"reason", "until"}),
    "schedule": Needs(asks={"until"}),
    "set_aside": Needs(asks={"reason"}),
    "uncount": Needs(asks={"reason", "kind"}),
    "excuse": Needs(asks={"reason"}),
    "reclassify": Needs(asks={"reason"}),
}

_ENTERED = {
    Phase.LAPSED: "lapse",
    Phase.SENT: "submit",
    Phase.READY: "edit",
    Phase.APPROVED: "approve",
    Phase.PUBLIC: "publish",
}
_ROAD = list(Phase)

CROSSINGS: Mapping[tuple[str, str], frozenset[str]] = {
    **{
        (source, target): frozenset({verb})
        for target, verb in _ENTERED.items()
        for source in _ROAD[: _ROAD.index(target)]
    },
    (Phase.LAPSED, Phase.DRAFT): frozenset({"extend"}),
    **dict.fromkeys(product(UNDER_WAY, WITH_UNIT), frozenset({"return", "withdraw"})),
    **dict.fromkeys(product([Phase.PUBLIC], _ROAD[:-1]), frozenset({"revise", "retract"})),
}
"""(phase, phase) -> the verbs that may lead from one into the other; any may where none is named."""

RESERVED = frozenset({"create", "migrate"})
"""What the trail calls things that happen to a piece and are no step."""
