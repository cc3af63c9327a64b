"""The key files: the signing key, for the sealer's eyes only, and beside it the public keys that everybody may read.

A public key that stands in `FILE.pub` is believed; those the database names are believed only where there is no
such file, because whoever can change the database could name another.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from workflow.engine.errors import N_, Invalid
from workflow.proof.notes import NoteRefused, PublicKey, SigningKey
from workflow.settings import settings


def signing_key(*, may_make: bool) -> SigningKey:
    """The house's key; made when the file is not there and `may_make` says so.

    Raises Invalid: `seal_key_missing`, `seal_key_exposed`, `seal_key_broken`.
    """
    file = settings().seal_key
    if not file.exists():
        if not may_make:
            raise Invalid("seal_key_missing", N_("Không thấy khóa niêm phong {file}."), file=file)
        make_key()
    if file.stat().st_mode & 0o077:
        raise Invalid(
            "seal_key_exposed",
            N_("Người khác đọc được khóa niêm phong {file}. Đề nghị đặt quyền 0400."),
            file=file,
        )
    try:
        return SigningKey.read(file.read_text("utf-8"))
    except NoteRefused as error:
        raise Invalid(
            "seal_key_broken", N_("Tệp khóa niêm phong {file} không đọc được."), file=file
        ) from error


def make_key(*, known: Iterable[str] = ()) -> SigningKey:
    """A new key in a new file of mode 0400, its public half added to `FILE.pub`. Raises FileExistsError.

    `known` are the public keys of older seals, for a `FILE.pub` that was lost as well.
    """
    house = settings()
    file = house.seal_key
    key = SigningKey.new(f"{urlsplit(house.public_url).netloc}/nhat-ky")
    file.parent.mkdir(parents=True, exist_ok=True)
    # Made with its mode, not changed to it afterwards: nobody may read it for a moment either.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as writing:
        writing.write(f"{key.text()}\n")
    public = _public_file(file)
    older = public.read_text("utf-8").split() if public.exists() else known
    public.unlink(missing_ok=True)
    public.write_text("".join(f"{line}\n" for line in (*older, key.public.text())), "utf-8")
    public.chmod(0o444)
    return key


def believed() -> list[PublicKey]:
    """The public keys in `FILE.pub`, one a line; the empty list where there is no such file.

    Raises Invalid(`seal_key_broken`).
    """
    file = _public_file(settings().seal_key)
    if not file.exists():
        return []
    try:
        return [PublicKey.read(line) for line in file.read_text("utf-8").split()]
    except NoteRefused as error:
        raise Invalid(
            "seal_key_broken", N_("Tệp khóa niêm phong {file} không đọc được."), file=file
        ) from error


def _public_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.pub")
