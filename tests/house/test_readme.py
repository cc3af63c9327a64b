"""README.md shows every setting with its default and its meaning, printed from the settings themselves."""

from pathlib import Path

from workflow.settings import Settings

PAGE = Path(__file__).parents[2] / "README.md"


def printed() -> str:
    rows = [
        f"| `{field.validation_alias}` | {shown(field.default)} | {field.description} |"
        for field in Settings.model_fields.values()
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def shown(default: object) -> str:
    text = "" if default is None else getattr(default, "value", default)
    return f"`{text}`" if str(text) else ""


def test_the_table_shows_every_setting_as_it_is():
    shown_here = (
        PAGE.read_text("utf-8").partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    )

    assert shown_here == printed(), "print it again: python tests/house/test_readme.py"


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition("<!-- settings -->\n")
    table = f"<!-- settings -->\n{printed()}\n<!-- /settings -->{rest.partition('<!-- /settings -->')[2]}"
    PAGE.write_text(head + table, "utf-8")
