"""Every screen in real Chromium: WCAG 2.2 AA by axe, day and night, desk and phone; nothing too small or too wide; no
complaint of the console or the policy; no other host asked. With TOASOAN_SCREENS a picture of each is kept there."""

import os
import re
from pathlib import Path

import pytest

from tests.browser import screens

pytestmark = [pytest.mark.browser, pytest.mark.database]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = """only => axe.run(document, {runOnly: only, resultTypes: ['violations']})
  .then(found => found.violations.flatMap(rule => rule.nodes.map(
    node => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 90)}`)))"""
BY_DAY = {"type": "tag", "values": RULES}
BY_NIGHT = {"type": "rule", "values": ["color-contrast"]}
ON_A_PHONE = {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]}

# Words smaller than 12 px that somebody is meant to read; what is cut away for the eye is not.
SMALL = """() => [...document.querySelectorAll('body *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden, script, style, svg[aria-hidden]'))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12)
  .map(e => e.outerHTML.slice(0, 90))"""
WIDE = "document.documentElement.scrollWidth > innerWidth"

KEPT = os.environ.get("TOASOAN_SCREENS", "")
"""Where `make screens` keeps the pictures; then every screen is looked at by night too, else every fourth."""
ROUNDS = {screens.PUBLIC: 1, screens.MEMBER: 1, screens.EDITOR: 2, screens.ADMIN: 4}
"""In how many parts a visitor opens her screens."""


@pytest.fixture
def month(make, cast):
    return screens.lay(make, cast)


@pytest.mark.long
@pytest.mark.parametrize(
    ("who", "part"), [(who, part) for who, parts in ROUNDS.items() for part in range(parts)]
)
def test_every_screen_is_for_everybody_by_day_and_night_at_the_desk_and_on_a_phone(
    app, month, cast, window, live, who, part
):
    page = window(getattr(cast, who) if who else None)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]) if "://" in request.url else None)
    mine = screens.addresses(app, month)[who][part :: ROUNDS[who]]

    found = {
        address: faults
        for number, address in enumerate(mine)
        if (faults := look_at(page, address, by_night=bool(KEPT) or number % 4 == part))
    }

    assert found == {}
    assert page.complaints == []
    assert asked == {live.split("/")[2]}


@pytest.mark.parametrize("who", ["minh", "phuong", "khang"])
def test_the_first_page_of_every_other_role_is_for_everybody_too(month, cast, window, who):
    page = window(getattr(cast, who))

    assert look_at(page, "/quan-tri/") == []
    assert page.complaints == []


def look_at(page, address: str, *, by_night: bool = True) -> list[str]:
    """What is wrong with one screen; loaded once, then worn by day and by night, wide and narrow."""
    wear(page, "light", 1366)
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"{answer and answer.status}"]
    # Into the page itself, when it stands: a script of the window's is tried in the frames of letters too.
    page.evaluate(AXE.read_text("utf-8"))
    found = [f"desk {fault}" for fault in page.evaluate(ASK, BY_DAY) + page.evaluate(SMALL)]
    wide = [1366] if page.evaluate(WIDE) else []
    keep(page, address, "1366-light")
    if by_night:
        wear(page, "dark", 1366)
        found += [f"night {fault}" for fault in page.evaluate(ASK, BY_NIGHT)]
        keep(page, address, "1366-dark")
    wear(page, "light", 390)
    found += [f"phone {fault}" for fault in page.evaluate(ASK, ON_A_PHONE) + page.evaluate(SMALL)]
    keep(page, address, "390-light")
    if KEPT:
        wear(page, "dark", 390)
        keep(page, address, "390-dark")
    wide += [390] if page.evaluate(WIDE) else []
    for width in (320, 683):
        page.set_viewport_size({"width": width, "height": 844})
        wide += [width] if page.evaluate(WIDE) else []
    return found + [f"scrolls sideways at {width}" for width in wide]


def wear(page, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})


def keep(page, address: str, how: str) -> None:
    if KEPT:
        name = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-") or "dien-dan"
        page.screenshot(path=Path(KEPT) / f"{name}-{how}.png", full_page=True, caret="initial")
