"""In whose name a command is given."""

import click

from workflow import accounts
from workflow.engine.errors import NotRehearsing
from workflow.settings import settings

AS = click.option(
    "--as", "email", required=True, metavar="EMAIL", help="Người thực hiện; chỉ trong diễn tập."
)


def acting(email: str) -> accounts.Account:
    """Whose name is borrowed. Raises NotRehearsing outside the rehearsal, Invalid(`account_unknown`)."""
    if not settings().is_demo:
        raise NotRehearsing
    return accounts.by_email(email)
