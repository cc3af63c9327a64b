"""Files that come with a form: the good ones are kept, each bad one is named with its reason."""

from collections.abc import Iterable

from werkzeug.datastructures import FileStorage

from portal import person
from workflow import media
from workflow.engine.errors import Invalid
from workflow.writing import NewFile


def sort_out(uploads: Iterable[FileStorage]) -> tuple[list[NewFile], list[str]]:
    """(files that may be kept, a sentence for each that may not). An empty file field is neither."""
    good: list[NewFile] = []
    problems: list[str] = []
    for upload in uploads:
        if not upload.filename:
            continue
        data = upload.read()
        try:
            name, _ = media.check(upload.filename, data)
        except Invalid as refused:
            problems.append(person.told(refused))
        else:
            good.append(NewFile(name, data))
    return good, problems
