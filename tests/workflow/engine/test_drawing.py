"""The picture of a definition: all states and moves are in it, nothing lies over another, marks are in place."""

import re
from itertools import combinations, pairwise

import pytest

from workflow import definitions
from workflow.engine import drawing
from workflow.engine.layout import HIGH, LETTER, WIDE, lay_out

ALL = [engine.definition for engine in definitions.engines().values()]
each_definition = pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)


def vietnamese(step) -> str:
    return step.label.vi


def words_in(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def corners(path: str) -> list[tuple[float, float]]:
    """The points of a path of M, H and V."""
    x = y = 0.0
    points = []
    for letter, numbers in re.findall(r"([MHV])([-\d. ]+)", path):
        given = [float(number) for number in numbers.split()]
        x, y = (given[0], given[1]) if letter == "M" else (given[0], y) if letter == "H" else (x, given[0])
        points.append((x, y))
    return points


@each_definition
def test_every_state_and_every_move_is_said(definition):
    wide, upright = drawing.svg(definition), drawing.upright(definition)

    for picture in (wide, upright):
        said = " ".join(words_in(picture))
        assert [state.label.vi for state in definition.states.values() if state.label.vi not in said] == []
        assert [word for step in definition.moves for word in step.label.vi.split() if word not in said] == []
    assert wide.count('class="place') == upright.count('class="place') == len(definition.states)
    ways = {(step.source, step.target) for step in definition.moves}
    assert wide.count("marker-end") == len(ways)


@each_definition
def test_no_state_lies_on_another_and_all_are_on_the_sheet(definition):
    layout = lay_out(definition, vietnamese)

    for (x, y), (other_x, other_y) in combinations(layout.places.values(), 2):
        assert abs(x - other_x) >= WIDE or abs(y - other_y) >= HIGH
    assert all(
        0 <= x <= layout.wide - WIDE and 0 <= y <= layout.high - HIGH for x, y in layout.places.values()
    )


@each_definition
def test_no_line_runs_through_a_state(definition):
    layout = lay_out(definition, vietnamese)

    for way in layout.ways:
        points = corners(way.path)
        for (x1, y1), (x2, y2) in pairwise(points):
            for x, y in layout.places.values():
                inside_x = min(x1, x2) < x + WIDE - 3 and max(x1, x2) > x + 3
                inside_y = min(y1, y2) < y + HIGH - 3 and max(y1, y2) > y + 3
                assert not (inside_x and inside_y), (way.path, x, y)


@each_definition
def test_no_way_above_the_line_crosses_another(definition):
    ways = [corners(way.path) for way in lay_out(definition, vietnamese).ways]
    arcs = [points for points in ways if len(points) == 4 and points[1][1] < points[0][1]]

    for one, other in combinations(arcs, 2):
        for a, b in ((one, other), (other, one)):
            level, (left, right) = a[1][1], sorted((a[1][0], a[2][0]))
            for foot in (b[0], b[3]):
                assert not (left < foot[0] < right and b[1][1] < level), "a line goes up through another"


@each_definition
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_words_of_a_state_fit_into_it(definition, language):
    longest = max((getattr(state.label, language) for state in definition.states.values()), key=len)

    assert len(longest) * (LETTER + 1) <= WIDE, longest


@each_definition
def test_a_phone_gets_a_picture_no_wider_than_its_screen(definition):
    assert re.search(r'viewBox="0 0 (\d+) ', drawing.upright(definition))[1] == "342"


def test_the_piece_is_marked_where_it_stands_and_what_is_refused_is_crossed_out():
    definition = definitions.newest("monthly-submission").definition
    marks = drawing.Marks(here="edited", past=["drafted", "submitted"], refused="approve")

    for picture in (drawing.svg(definition, marks=marks), drawing.upright(definition, marks=marks)):
        assert re.findall(r'class="place (phase-\w+) is-here"', picture) == ["phase-ready"]
        assert re.findall(r'class="place (phase-\w+) is-past"', picture) == ["phase-draft", "phase-sent"]
        assert len(re.findall(r'class="edge is-refused"', picture)) == 1
        assert re.findall(r'<text class="refused"[^>]*>([^<]*)<', picture) == ["Phê duyệt"]
    assert "class edited here" in drawing.mermaid(definition, here="edited")


def test_words_of_a_definition_cannot_break_out_of_the_picture(tmp_path):
    from pathlib import Path

    from workflow.definitions import KNOWN
    from workflow.engine.reading import load

    ours = (Path(definitions.__file__).parent / "monthly_submission.toml").read_text("utf-8")
    path = tmp_path / "hostile.toml"
    path.write_text(ours.replace("Đã gửi", "<script>x</script>"), "utf-8")

    drawn = drawing.svg(load(path, KNOWN)) + drawing.upright(load(path, KNOWN))

    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
