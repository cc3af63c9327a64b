"""An audit event in one sentence, from the table of workflow/grammar.py: who did what to what."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from workflow.engine.errors import N_
from workflow.grammar import NOUNS, action_name, action_sentence
from workflow.wording import JOBS, TOPICS

Say = Callable[..., str]
"""A sentence of ours in a language, its names filled in: `gettext`, or its like where there is no request."""

MACHINE, IN_PLACE_OF = N_("Hệ thống"), N_("%(who)s (thay mặt %(whom)s)")


def sentence(event: Any, say: Say = gettext) -> str:
    """`event` is a row of queries/audit.py. “Trần Quang Minh phê duyệt bài GDMN-2021-05-0001.”"""
    return sentence_of(
        event.action,
        who=who(event, say),
        what=_what(event, say),
        act=say(action_name(event.action, event.payload.get("trigger", event.action.partition(":")[2]))),
        say=say,
    )


def sentence_of(action: str, *, who: str, what: str, act: str, say: Say = gettext) -> str:
    told: str = say(action_sentence(action)).format(who=who, what=what, act=act)
    return told[:1].upper() + told[1:]


def who(event: Any, say: Say = gettext) -> str:
    """The actor, and in whose place she acted."""
    name: str = event.who or say(MACHINE)
    return say(IN_PLACE_OF, who=name, whom=event.in_place_of) if event.in_place_of else name


OF = {"picture": "submission", "video": "submission", "comment": "submission", "report": "period"}
"""What a thing without a name of its own belongs to."""


def _what(event: Any, say: Say) -> str:
    """What the event is about, as people name it."""
    payload = event.payload
    noun = event.action.partition(":")[0]
    # Of an export it is what was looked for, of anything that a form asked the digest of the form.
    asked = payload.get("asked") if noun == "report" else None
    names = {
        "submission": event.code,
        "picture": event.code,
        "video": event.code,
        "comment": event.code,
        "account": event.about,
        "delegation": event.about,
        "unit": event.unit,
        "committee": event.unit,
        "period": payload.get("period"),
        "report": asked and asked.get("period"),
        "envelope": payload.get("envelope"),
        "letter": payload.get("letter"),
        "job": _job(payload.get("job"), say),
        "procedure": payload.get("procedure"),
        "outbox": _row(payload, say),
    }
    name = names.get(noun) or event.stream
    says = NOUNS.get(OF.get(noun, noun))
    return say(says).format(name=name) if says else str(name)


def _row(payload: Any, say: Say) -> str | None:
    """A row of the outbox: what it was to do, and its key, which says for whom."""
    topic, key = payload.get("topic"), payload.get("key")
    return f"{say(TOPICS.get(topic, topic))} ({key})" if topic and key else None


def _job(name: str | None, say: Say) -> str | None:
    said = JOBS.get(name or "")
    return say(said) if said else name
