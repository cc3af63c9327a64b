"""Every pair of ink and ground of the sheets can be read: 4.5 for words, 3 for edges, by day and by night."""

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).resolve().parents[2] / "look" / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9A-F]{6})")

WORDS = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3", "accent", "bad", "warn", "good")
        for ground in ("paper", "surface")
    ],
    *[(ink, "sunken") for ink in ("ink", "ink-2", "ink-3")],
    *[(ink, "soft") for ink in ("ink", "ink-2", "accent-strong")],
    *[
        (state, f"{state}-bg")
        for state in ("drafted", "submitted", "edited", "approved", "published", "late")
    ],
    *[("surface", state) for state in ("drafted", "submitted", "edited", "approved", "late")],
    ("surface", "published-solo"),
    ("published-solo", "surface"),
    ("on-accent", "accent"),
    ("on-deep", "deep"),
    ("on-deep-2", "deep"),
    ("on-deep", "deep-2"),
    ("on-deep", "deep-line"),
    ("deadline", "deep"),
    ("deep-ink", "on-deep"),
    ("good", "good-bg"),
    ("warn", "warn-bg"),
    ("bad", "bad-bg"),
    ("ink-2", "good-bg"),
    ("ink-2", "bad-bg"),
    ("ink", "warn-bg"),
    ("ink", "sand"),
    ("on-bad-solid", "bad-solid"),
    ("rehearsal", "rehearsal-bg"),
    ("rehearsal", "rehearsal-stripe"),
]
EDGES = [
    ("control", "paper"),
    ("control", "surface"),
    ("accent", "surface"),
    ("accent", "soft"),
    ("bad", "surface"),
]


def tokens(*sheets: str) -> dict[str, str]:
    """Name to colour; a later sheet overrides an earlier one, as in the page."""
    return dict(pair for sheet in sheets for pair in TOKEN.findall((SHEETS / sheet).read_text("utf-8")))


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


THEMES = {"day": tokens("tokens.css"), "night": tokens("tokens.css", "tokens-dark.css")}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out_from_their_ground(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(theme, edge, ground):
    assert contrast(THEMES[theme][edge], THEMES[theme][ground]) >= 3


def test_night_has_no_name_that_day_does_not_know():
    assert set(tokens("tokens-dark.css")) <= set(tokens("tokens.css"))


@pytest.mark.parametrize(
    "sheet", sorted({p.name for p in SHEETS.glob("*.css")} - {"tokens.css", "tokens-dark.css"})
)
def test_only_the_token_sheets_know_a_colour(sheet):
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*})", (SHEETS / sheet).read_text("utf-8")) == []


@pytest.mark.parametrize("sheet", sorted(p.name for p in SHEETS.glob("*.css")))
def test_every_named_token_is_defined_somewhere(sheet):
    written = "".join(p.read_text("utf-8") for p in SHEETS.glob("*.css"))
    named = set(re.findall(r"var\((--[a-z0-9-]+)", (SHEETS / sheet).read_text("utf-8")))

    assert {name for name in named if f"{name}:" not in written} == set()
