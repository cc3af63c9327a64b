"""Copy what the browser needs from node_modules into look/static/vendor, and draw the icon sprite.

Run by `make setup` after `npm ci`; standard library only, because it runs before anything else is sure to be there.
Prints one line; leaves with a sentence when a package or an icon is missing.
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path

LOOK = Path(__file__).resolve().parent
PACKAGES = LOOK.parent / "node_modules"
SHELF = LOOK / "static" / "vendor"

# Every Tabler icon begins with this invisible square; a hundred of them are weight for nothing.
INVISIBLE = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(name: str, svg: str) -> str:
    """One `<symbol>` of the sprite: the drawing of a Tabler outline icon without its wrapping."""
    drawing = DRAWING.search(INVISIBLE.sub("", svg))
    if drawing is None:
        raise ValueError(f"{name}: not an SVG drawing")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(drawing[1].split())}</symbol>'


def sprite(folder: Path, names: list[str]) -> str:
    """All named icons as one SVG sheet. The pen (colour, width) is the page's: `.icon` in base.css.

    Raises FileNotFoundError naming the icon that the installed package does not have.
    """
    symbols = "\n".join(
        symbol(name, (folder / f"{name}.svg").read_text("utf-8")) for name in sorted(set(names))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def main() -> int:
    order = tomllib.loads((LOOK / "vendor.toml").read_text("utf-8"))
    SHELF.mkdir(parents=True, exist_ok=True)
    try:
        for source, target in order["files"].items():
            shutil.copyfile(PACKAGES / source, SHELF / target)
        icons = order["icons"]
        (SHELF / "sprite.svg").write_text(sprite(PACKAGES / icons["from"], icons["names"]), "utf-8")
    except FileNotFoundError as missing:
        sys.stderr.write(f"look: {missing.filename} is missing. Run `npm ci` first.\n")
        return 1
    sys.stdout.write(
        f"look: {len(order['files'])} files, {len(order['icons']['names'])} icons in look/static/vendor\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
