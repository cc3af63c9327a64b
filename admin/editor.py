"""Between the stored body and the text editor: the editor knows no picture places, so they become a line of words.

`<figure data-picture="2"></figure>` is shown as `[Ảnh 2]` on a line of its own, and becomes the figure again.
"""

import re
from collections.abc import Mapping

_FIGURE = re.compile(r'<figure data-picture="(\d+)">\s*</figure>')
_LINE = re.compile(r"\[Ảnh (\d+)\]")


def for_editor(body: str) -> str:
    """The stored body as the editor can hold it."""
    shown = _FIGURE.sub(lambda found: f"<p>[Ảnh {found[1]}]</p>", body)
    return re.sub(r"<(/?)h3\b[^>]*>", r"<\1h2>", shown)


def from_editor(html: str, places: Mapping[int, int]) -> str:
    """What the editor sends, with figures again. `places`: old number of a picture -> new one; others are gone."""

    def figure(found: re.Match[str]) -> str:
        place = places.get(int(found[1]))
        return f'\n\n<figure data-picture="{place}"></figure>\n\n' if place else ""

    return _LINE.sub(figure, html)
