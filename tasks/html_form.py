"""A letter's text shown again as HTML: the same words, our own addresses to press. Pure."""

import re
from collections.abc import Sequence
from html import escape


def page(language: str, text: str, footer: str, *, links: Sequence[str], unsubscribe: str = "") -> str:
    """The same words as HTML: paragraphs, our own links to press, lists for lines that begin with `- `.

    Only `links` become links. An address inside a stranger's title stays text.
    """
    body = "\n".join(block(paragraph, links) for paragraph in text.split("\n\n"))
    close = block(footer, (unsubscribe,) if unsubscribe else ())
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"></head>\n'
        '<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; color: #1D2423; '
        'max-width: 40em; margin: 0 auto; padding: 16px; border-top: 4px solid #0F5E66; overflow-wrap: anywhere">\n'
        f'{body}\n<hr style="border: 0; border-top: 1px solid #D2C7B6">\n'
        f'<div style="font-size: 14px; color: #63665F">{close}</div>\n</body>\n</html>\n'
    )


def block(paragraph: str, links: Sequence[str]) -> str:
    """One paragraph as HTML."""
    html = []
    for is_list, lines in runs(paragraph.split("\n")):
        shown = [linked(line, links) for line in lines]
        if is_list:
            html.append("<ul>" + "".join(f"<li>{line.removeprefix('- ')}</li>" for line in shown) + "</ul>")
        else:
            html.append("<p>" + "<br>\n".join(shown) + "</p>")
    return "\n".join(html)


def runs(lines: Sequence[str]) -> list[tuple[bool, list[str]]]:
    """The lines grouped into runs of list items (True) and of other lines (False)."""
    grouped: list[tuple[bool, list[str]]] = []
    for line in lines:
        is_item = line.startswith("- ")
        if not grouped or grouped[-1][0] is not is_item:
            grouped.append((is_item, []))
        grouped[-1][1].append(line)
    return grouped


def linked(line: str, links: Sequence[str]) -> str:
    html = escape(line)
    if not links:
        return html
    ours = re.compile("|".join(re.escape(escape(link)) for link in links))
    return ours.sub(r'<a href="\g<0>" style="color: #0F5E66">\g<0></a>', html)
