"""Filters of a Ledger: one plain word in the address, one condition in the query, one labelled select on the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, func, true

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Pick:
    """`?name=value` narrows the list. A value that is not among the choices narrows nothing."""

    name: str
    label: str
    choices: Choices | Callable[[], Choices]
    """(value, message id); a function when they are rows."""
    condition: Callable[[str], ColumnElement[bool]]
    as_tabs: bool = False

    def options(self) -> Choices:
        return self.choices() if callable(self.choices) else self.choices

    def chosen(self) -> str:
        asked = request.args.get(self.name, "")
        return asked if asked and asked in {value for value, _ in self.options()} else ""

    def narrow(self, query: Any) -> Any:
        value = self.chosen()
        return query.filter(self.condition(value)) if value else query

    def drawn(self) -> dict[str, Any]:
        """As look/parts/lists.html draws it."""
        choices = [(value, gettext(says)) for value, says in self.options()]
        return {
            "name": self.name,
            "label": gettext(self.label),
            "value": self.chosen(),
            "choices": choices,
            "as_tabs": self.as_tabs,
        }

    @staticmethod
    def holds(fields: Sequence[Any], words: str) -> ColumnElement[bool]:
        """These columns together hold every word, accents and case aside."""
        text = func.unaccent(func.lower(func.concat_ws(" ", *fields)))
        return and_(
            true(), *(func.strpos(text, func.unaccent(func.lower(word))) > 0 for word in words.split())
        )
