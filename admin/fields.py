"""Fields that the console's forms share."""

from collections.abc import Iterable

from flask_babel import lazy_gettext
from wtforms.fields.choices import SelectChoice


def offered(pairs: Iterable[tuple[str, str]], *, none: str = "") -> list[SelectChoice]:
    """(value, message id) pairs as a select offers them; `none` names the choice of nothing and stands first."""
    first = [SelectChoice("", none)] if none else []
    return first + [SelectChoice(value, lazy_gettext(says)) for value, says in pairs]
