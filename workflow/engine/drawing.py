"""A workflow definition as a picture: Mermaid for other tools, SVG for our own pages and documents. Pure.

Both show states and moves; acts beside the state are left out. Colours and type are not here: the SVG carries
classes (`place phase-ready is-here`, `edge is-refused`), and look/static/css/diagram.css dresses them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from workflow.engine.definition import Definition, Label, Step
from workflow.engine.layout import HIGH, WIDE, Layout, lay_out, wrapped


def mermaid(definition: Definition, *, language: str = "vi", here: str | None = None) -> str:
    """States as boxes, moves as arrows with their name and who may; `here` is the state to be marked."""
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [
        f"  state {_quoted(_word(state.label, language))} as {name}"
        for name, state in definition.states.items()
    ]
    lines.append(f"  [*] --> {definition.initial}")
    lines += [f"  {step.source} --> {step.target}: {_arrow(step, language)}" for step in definition.moves]
    lines += [f"  {name} --> [*]" for name, state in definition.states.items() if state.is_final]
    if here is not None:
        lines += ["  classDef here fill:#7A2E1D,color:#FFFFFF", f"  class {here} here"]
    return "\n".join(lines)


def _arrow(step: Step, language: str) -> str:
    return f"{_word(step.label, language)} ({', '.join(sorted(step.roles))})"


def _word(label: Label, language: str) -> str:
    return label.en if language == "en" else label.vi


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "'") + '"'


@dataclass(frozen=True)
class Marks:
    """What is marked for one piece."""

    here: str | None = None
    past: Collection[str] = ()
    """States it came through."""
    refused: str | None = None
    """The trigger that is refused to the reader now; crossed out."""


@dataclass
class _Sheet:
    """The drawing as it grows."""

    definition: Definition
    language: str
    marks: Marks
    name: str
    """`wide` or `upright`; both may stand on one page, and the tips of their arrows have ids."""
    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, *, anchor: str = "middle", css: str = "") -> None:
        named = f' class="{css}"' if css else ""
        self.parts.append(f'<text{named} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>')

    def edge(self, steps: Sequence[Step], path: str, *, back: bool) -> None:
        refused = any(step.trigger == self.marks.refused for step in steps)
        css = " ".join(
            filter(None, ("edge", "edge-back" if back else "", "is-refused" if refused and not back else ""))
        )
        self.parts.append(
            f'<path class="{css}" d="{path}" marker-end="url(#{self.name}{"-back" if back else ""})"/>'
        )

    def place(self, name: str, x: float, y: float, wide: float, lines: Iterable[str] = ()) -> None:
        state = self.definition.states[name]
        standing = "is-here" if name == self.marks.here else "is-past" if name in self.marks.past else ""
        css = " ".join(filter(None, ("place", f"phase-{state.phase}", standing)))
        below = list(lines)
        round_ = HIGH / 2 if not below else 12
        high = HIGH + (len(below) * 19 + 5 if below else 0)
        self.parts.append(
            f'<g class="{css}"><rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="{round_:g}"/>'
        )
        label = _word(state.label, self.language)
        if below:
            self.text(x + 16, y + 25, label, anchor="start")
            for number, words in enumerate(below):
                self.text(x + 16, y + HIGH + 9 + 19 * number, words, anchor="start", css="way")
        else:
            self.text(x + wide / 2, y + 25, label)
        self.parts.append("</g>")

    def words(self, steps: Iterable[Step]) -> str:
        return ", ".join(dict.fromkeys(_word(step.label, self.language) for step in steps))

    def done(self, wide: float, high: float, style: str) -> str:
        title = escape(_word(self.definition.label, self.language))
        tips = "".join(
            f'<marker id="{self.name}{kind}" class="tip{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8"'
            ' markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10Z"/></marker>'
            for kind in ("", "-back")
        )
        styled = f"<style>{style}</style>" if style else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow workflow-{self.name}"'
            f' viewBox="0 0 {wide:g} {high:g}"'
            f' role="img" aria-label="{title}">{styled}<defs>{tips}</defs>{"".join(self.parts)}</svg>'
        )


def svg(definition: Definition, *, language: str = "vi", marks: Marks | None = None, style: str = "") -> str:
    """The picture from left to right: the usual way in one line, ways back above it, what stands beside it below.

    `style` is the sheet to put into a file that stands alone.
    """
    sheet = _Sheet(definition, language, marks or Marks(), "wide")
    layout = lay_out(definition, lambda step: _word(step.label, language))
    for way in layout.ways:
        sheet.edge(way.steps, way.path, back=way.is_back)
    for name, (x, y) in layout.places.items():
        sheet.place(name, x, y, WIDE)
    for way in layout.ways:
        lines = wrapped(sheet.words(way.steps), way.room)
        for number, words in enumerate(lines):
            css = "refused" if any(s.trigger == sheet.marks.refused for s in way.steps) else ""
            up = (len(lines) - 1 - number) * 15
            sheet.text(way.x, way.y - up, words, anchor=way.anchor, css=css)
    return sheet.done(layout.wide, layout.high, style)


PHONE = 342
INDENT = 22


def upright(
    definition: Definition, *, language: str = "vi", marks: Marks | None = None, style: str = ""
) -> str:
    """The same for a phone: the usual way from top to bottom, and in each state the other ways out of it."""
    sheet = _Sheet(definition, language, marks or Marks(), "upright")
    way = definition.usual_way()
    y = 2.0
    for number, name in enumerate(way):
        following = way[number + 1] if number + 1 < len(way) else None
        y = _rung(sheet, name, y, left=1, skip=following)
        for aside in Layout.beside(definition)[name]:
            y = _rung(sheet, aside, y + 10, left=INDENT, skip=None)
        onward = [s for s in definition.moves if s.source == name and s.target == following]
        if onward:
            sheet.edge(onward, f"M{PHONE / 2:g} {y + 3:g}V{y + 33:g}", back=False)
            refused = "refused" if any(s.trigger == sheet.marks.refused for s in onward) else ""
            sheet.text(PHONE / 2 + 12, y + 22, sheet.words(onward), anchor="start", css=refused)
            y += 36
    return sheet.done(PHONE, y + 3, style)


def _rung(sheet: _Sheet, name: str, y: float, *, left: float, skip: str | None) -> float:
    """One state with its other ways out; returns where it ends."""
    others: dict[str, list[Step]] = {}
    for step in sheet.definition.moves:
        if step.source == name and step.target != skip:
            others.setdefault(str(step.target), []).append(step)
    lines = [
        f"{sheet.words(steps)} → {_word(sheet.definition.states[target].label, sheet.language)}"
        for target, steps in others.items()
    ]
    cut = [part for said in lines for part in wrapped(said, PHONE - left - 30)]
    sheet.place(name, left, y, PHONE - left - 1, cut)
    return y + HIGH + (len(cut) * 19 + 5 if cut else 0)
