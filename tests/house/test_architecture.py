"""docs/architecture.md shows the states and steps of the definitions, printed and drawn from the files themselves."""

from pathlib import Path

import pytest

import look
from workflow import definitions
from workflow.engine import drawing

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
PICTURES = PAGE.parent / "img"


def drawn(name: str) -> str:
    """The picture as `toasoan workflow draw --svg` writes it."""
    return drawing.svg(definitions.newest(name).definition, style=look.stand_alone()) + "\n"


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


@pytest.mark.parametrize("name", definitions.names())
def test_the_pictures_show_the_definitions_as_they_are(name):
    picture = PICTURES / f"workflow-{name}.svg"

    assert picture.read_text("utf-8") == drawn(name), "draw it again: python tests/house/test_architecture.py"
    assert f"(img/{picture.name})" in PAGE.read_text("utf-8")


if __name__ == "__main__":
    for name in definitions.names():
        (PICTURES / f"workflow-{name}.svg").write_text(drawn(name), "utf-8")
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition("<!-- moves -->\n")
    PAGE.write_text(
        f"{head}<!-- moves -->\n{printed()}\n<!-- /moves -->{rest.partition('<!-- /moves -->')[2]}", "utf-8"
    )
