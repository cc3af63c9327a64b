"""Values that a statement is planned with."""

from typing import Any

from sqlalchemy import BindParameter, Text, bindparam


def written_in(*names: str) -> list[BindParameter[Any]]:
    """Lists of the program's own words (`IN :name`) that stand in the text itself, not beside it.

    A connection plans a statement once for all values that stand beside it. How many rows a state has, it knows of
    the states that it can read only: of the others it would read the whole table.
    """
    return [bindparam(name, type_=Text(), expanding=True, literal_execute=True) for name in names]
