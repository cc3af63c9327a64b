"""Further channels: what concerns the whole department is also said where its people talk to each other.

Through Apprise (an extra: `toasoan[channels]`), to the addresses of CHANNEL_URLS. It says no more than that there is
something to see and where; deciding, and all that is personal, stays behind the sign-in.
"""

from collections.abc import Callable
from importlib import import_module

from models.base import db
from models.outbox import Letter
from tasks.occasions.digests import gist
from tasks.post import TemporaryFailure
from workflow.settings import settings

NAME = "CHANNEL_URLS"


def tell(letter_id: int) -> Callable[[], object]:
    """Say what a kept letter is about. Raises TemporaryFailure when a channel does not take it or cannot be used."""
    letter = db.session.get_one(Letter, letter_id)
    about = gist(letter)
    addresses = settings().channel_urls.split()
    # No transaction stays open while a slow server thinks.
    db.session.rollback()
    try:
        # Read here: it knows two hundred services and takes as long as all of ours to load.
        apprise = import_module("apprise")
    except ImportError as error:
        raise TemporaryFailure(NAME, "IMPORT", "pip install 'toasoan[channels]'") from error
    channels = apprise.Apprise()
    if not all(channels.add(address) for address in addresses):
        raise TemporaryFailure(NAME, "READ", "an address that no channel knows")
    if not channels.notify(title=about["subject"], body=f"{about['says']}\n{about['link']}"):
        raise TemporaryFailure(NAME, "NOTIFY", "not taken by every channel")
    return lambda: None
