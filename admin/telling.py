"""An audit event in one sentence, from the table of workflow/grammar.py: who did what to what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, gettext

from workflow.engine.definition import Label
from workflow.engine.errors import N_
from workflow.grammar import NOUNS, action_name, action_sentence, step_label
from workflow.wording import JOBS, TOPICS


@dataclass(frozen=True)
class Say:
    """Sentences of ours in one language, their names filled in; also where there is no request any more."""

    language: str
    catalogue: Callable[[str], str]

    def __call__(self, words: str, **named: str) -> str:
        said = self.catalogue(words)
        return said % named if named else said

    def label(self, label: Label) -> str:
        return label.en if self.language == "en" else label.vi


def readers() -> Say:
    """In the language of whoever asks."""
    return Say(str(get_locale()), gettext)


MACHINE, IN_PLACE_OF = N_("Hệ thống"), N_("%(who)s (thay mặt %(whom)s)")


def act(action: str, trigger: str = "", of: tuple[str, int] | None = None, *, say: Say | None = None) -> str:
    """What an act is called: by the house, else by `of`, the definition that its piece follows."""
    say = say or readers()
    label = step_label(action, trigger, of)
    return say.label(label) if label else say(action_name(action, trigger))


def followed(row: Any) -> tuple[str, int] | None:
    """The definition of the piece that an event is about, where it is about one."""
    return (row.workflow, row.workflow_version) if row.workflow else None


def sentence(event: Any, say: Say | None = None) -> str:
    """`event` is a row of queries/audit.py. “Trần Quang Minh phê duyệt bài GDMN-2021-05-0001.”"""
    say = say or readers()
    trigger = event.payload.get("trigger", event.action.partition(":")[2])
    return sentence_of(
        event.action,
        who=who(event, say),
        what=_what(event, say),
        act=act(event.action, trigger, followed(event), say=say),
        say=say,
    )


def sentence_of(action: str, *, who: str, what: str, act: str, say: Say | None = None) -> str:
    told: str = (say or readers())(action_sentence(action)).format(who=who, what=what, act=act)
    return told[:1].upper() + told[1:]


def who(event: Any, say: Say) -> str:
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
