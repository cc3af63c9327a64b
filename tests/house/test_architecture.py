"""docs/architecture.md shows every state and step of the default definition, printed from the definition itself."""

from pathlib import Path

from workflow import definitions

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


def printed() -> str:
    definition = definitions.newest("monthly-submission").definition
    states = ", ".join(f"`{state.name}` ({state.label.vi})" for state in definition.states.values())
    lines = [
        f"States: {states}.",
        "",
        "| step | from -> to | who | guards | asks | effects |",
        "|---|---|---|---|---|---|",
    ]
    for step in definition.steps:
        way = f"{step.source} -> {step.target}" if step.is_move else f"in {step.source}"
        cells = [sorted(step.roles), step.guards, step.asks, step.effects]
        lines.append(
            f"| {step.trigger} ({step.label.vi}) | {way} | "
            + " | ".join(", ".join(c) or "–" for c in cells)
            + " |"
        )
    return "\n".join(lines)


def test_the_page_shows_the_definition_as_it_is():
    page = PAGE.read_text("utf-8")
    shown = page.partition("<!-- moves -->\n")[2].partition("\n<!-- /moves -->")[0]

    assert shown == printed(), "print it again: python tests/house/test_architecture.py"


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition("<!-- moves -->\n")
    PAGE.write_text(
        f"{head}<!-- moves -->\n{printed()}\n<!-- /moves -->{rest.partition('<!-- /moves -->')[2]}", "utf-8"
    )
