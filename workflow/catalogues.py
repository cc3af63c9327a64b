"""The house's words in other languages, read as the plain .po files they are: nothing to build, nothing to forget."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of a language; where there is none, the message ids themselves, Vietnamese."""
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as written:
        write_mo(compiled, read_po(written))
    compiled.seek(0)
    return Translations(compiled)
