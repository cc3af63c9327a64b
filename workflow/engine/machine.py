"""The shared `transitions` machine of a definition, compiled to a look-up, and the decision of one step.

Pure. Guards are functions over facts that return None or a Refusal; the engine knows none of them by name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from workflow.engine.definition import Definition, Label, State, Step
from workflow.engine.errors import N_, Invalid, NotAllowed, Refusal

Guard = Callable[[Any], Refusal | None]

NOT_HERE = N_("Thao tác không hợp lệ ở trạng thái “{state}”.")
NOT_YOURS = N_("Đồng chí không có quyền thực hiện thao tác này.")
GONE = N_(
    "Bài theo quy trình “{name}” bản {version}, chương trình không còn bản này nên bài giữ nguyên trạng thái và chưa"
    " làm được bước nào. Đề nghị quản trị hệ thống cài lại bản đó, hoặc chuyển bài sang bản khác."
)
MISSING = {
    "reason": Refusal("reason_required", N_("Vui lòng ghi lý do.")),
    "statement": Refusal("statement_required", N_("Vui lòng xác nhận nội dung đúng sự thật trước khi gửi.")),
    "checklist": Refusal("checklist_required", N_("Vui lòng hoàn thành danh mục kiểm tra.")),
    "seen": Refusal("seen_required", N_("Vui lòng cho biết phiên bản đã xem.")),
    "kind": Refusal("kind_required", N_("Vui lòng chọn loại lý do.")),
    "until": Refusal("time_required", N_("Vui lòng chọn thời điểm.")),
}


@dataclass(frozen=True)
class Offer:
    """A step that a person sees: allowed, or refused with every reason at once."""

    step: Step
    refusals: tuple[Refusal, ...]

    @property
    def is_allowed(self) -> bool:
        return not self.refusals


class Engine:
    """One definition with its guards. Built once per version and shared by all threads."""

    def __init__(self, definition: Definition, guards: Mapping[str, Guard]) -> None:
        self.definition = definition
        self._guards = guards
        # `transitions` proves that the table is a machine; the hot path reads the look-up compiled from it.
        # No models, no callbacks, never queued: a shared queued machine ran other threads' events in trials.
        self.machine = Machine(
            model=None,
            states=list(definition.states),
            initial=definition.initial,
            auto_transitions=False,
            transitions=[
                {"trigger": step.trigger, "source": step.source, "dest": step.target}
                for step in definition.steps
            ],
        )
        by_key = {(step.trigger, step.source): step for step in definition.steps}
        self._steps = {
            (event.name, source): by_key[event.name, source]
            for event in self.machine.events.values()
            for source in event.transitions
        }

    @property
    def gone(self) -> Invalid | None:
        """Why nothing can be done with the pieces of this version, where that is so."""
        return None

    def steps_from(self, state: str) -> Iterable[Step]:
        return (step for step in self.definition.steps if step.source == state)

    def step(self, trigger: str, state: str) -> Step:
        """The step, or NotAllowed(`invalid_transition`). Raises KeyError for a trigger nobody knows."""
        found = self._steps.get((trigger, state))
        if found is None:
            if not self.knows(trigger):
                raise KeyError(trigger)
            raise self.not_here(state)
        return found

    def knows(self, trigger: str) -> bool:
        """Has any of its states a step of this name?"""
        return any(self.named(trigger))

    def named(self, trigger: str) -> Iterator[Step]:
        """Its steps of this name, one for each state that has it."""
        return (step for step in self.definition.steps if step.trigger == trigger)

    def not_here(self, state: str) -> NotAllowed:
        label = self.definition.states[state].label.vi
        return NotAllowed(Refusal("invalid_transition", NOT_HERE, fields={"state": label}))

    def has_passed(self, trigger: str, facts: Any) -> bool:
        """The step is closed in this state, though the person may take it in another."""
        return (trigger, facts.state) not in self._steps and any(
            step.roles & facts.roles for step in self.named(trigger)
        )

    def refusals(self, step: Step, facts: Any) -> tuple[Refusal, ...]:
        """Why `facts.roles` may not take this step now; the empty tuple when they may."""
        if not step.roles & facts.roles:
            return (Refusal("forbidden", NOT_YOURS),)
        found = (self._guards[name](facts) for name in step.guards)
        return tuple(refusal for refusal in found if refusal is not None)

    def available(self, facts: Any, *, everyones: bool = False) -> list[Offer]:
        """Every step from here that the person has the role for, allowed or refused with reasons.

        `everyones`: those of other roles as well, refused as not hers.
        """
        return [
            Offer(step, self.refusals(step, facts))
            for step in self.steps_from(facts.state)
            if everyones or step.roles & facts.roles
        ]

    def decide(self, trigger: str, facts: Any, answers: Mapping[str, object]) -> Step:
        """The step to take. Raises NotAllowed with all reasons: state, role, guards, missing answers."""
        step = self.step(trigger, facts.state)
        refusals = self.refusals(step, facts)
        if not refusals:
            refusals = tuple(MISSING[ask] for ask in step.asks if not answers.get(ask))
        if refusals:
            raise NotAllowed(*refusals)
        return step


class Vanished(Engine):
    """In place of a version that the program no longer has: its pieces stay where they are, shown and unmoved."""

    def __init__(self, name: str, version: int, states: Mapping[str, State]) -> None:
        self.definition = Definition(
            name, version, initial="", label=Label(name, name), states=states, steps=(), sha256=""
        )
        self._guards, self._steps = {}, {}

    @property
    def gone(self) -> Invalid:
        one = self.definition
        return Invalid("definition_missing", GONE, name=one.name, version=one.version)

    def step(self, trigger: str, state: str) -> Step:
        """Raises Invalid(`definition_missing`): no rule said no, so it is no refusal for the trail."""
        raise self.gone
