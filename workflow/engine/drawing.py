"""A workflow definition as a Mermaid diagram. Pure."""

from workflow.engine.definition import Definition, Step


def mermaid(definition: Definition, *, language: str = "vi") -> str:
    """States as boxes, moves as arrows with their name and who may; acts beside the state are left out."""
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [
        f"  state {_quoted(_word(state.label, language))} as {name}"
        for name, state in definition.states.items()
    ]
    lines.append(f"  [*] --> {definition.initial}")
    lines += [
        f"  {step.source} --> {step.target}: {_arrow(step, language)}"
        for step in definition.steps
        if step.is_move
    ]
    lines += [f"  {name} --> [*]" for name, state in definition.states.items() if state.is_final]
    return "\n".join(lines)


def _arrow(step: Step, language: str) -> str:
    return f"{_word(step.label, language)} ({', '.join(sorted(step.roles))})"


def _word(label: object, language: str) -> str:
    return str(getattr(label, language))


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "'") + '"'
