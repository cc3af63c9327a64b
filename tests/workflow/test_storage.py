"""The files' folder: what is kept is there after a crash, what could not be kept leaves nothing behind (R4)."""

import os
from pathlib import Path

import pytest

from workflow import storage
from workflow.engine.errors import NoRoom


def test_a_file_is_on_the_disk_by_name_before_it_counts_as_kept(house, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda handle: (synced.append(str(Path(f"/proc/self/fd/{handle}").readlink())), real(handle)),
    )

    with house.app_context():
        digest = storage.keep(b"a mail of its own")
        folder = storage.path_of(digest).parent

    assert str(folder) in synced


def test_a_file_that_could_not_be_kept_leaves_no_half_behind(house, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with house.app_context():
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(NoRoom):
            storage.keep(b"too much for this disk")
        folder = storage.path_of("0" * 64).parent.parent

        assert list(folder.rglob(".*")) == []
