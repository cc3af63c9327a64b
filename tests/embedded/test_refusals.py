"""Everything that can keep the servers from starting has a code and a sentence in two languages."""

import socket
import string
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import postgres, programs, servers, supervisor
from embedded.errors import SAYINGS, CellarError
from embedded.places import Place


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", SAYINGS)
def test_both_languages_tell_the_same_facts(code: str) -> None:
    vietnamese, english = SAYINGS[code]

    assert fields_of(vietnamese) == fields_of(english)


def test_data_of_another_major_version_is_left_untouched(data: Path) -> None:
    cluster = data / "postgres"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")

    with pytest.raises(CellarError) as refusal:
        servers.ensure(data, say=lambda _: None)

    assert refusal.value.code == "other_version"
    assert (refusal.value.fields["folder"], refusal.value.fields["made_by"]) == (cluster, 9)
    assert [each.name for each in cluster.iterdir()] == ["PG_VERSION"]


def test_a_folder_that_may_not_be_written_is_named() -> None:
    # Here even root may not make a folder.
    with pytest.raises(CellarError) as refusal:
        servers.ensure(Path("/sys/toasoan"), say=lambda _: None)

    assert refusal.value.code == "no_permission"
    assert "/sys/toasoan" in refusal.value.says


def test_a_file_where_the_data_folder_should_be_is_named(data: Path) -> None:
    data.parent.mkdir(parents=True)
    data.write_text("")

    with pytest.raises(CellarError) as refusal:
        servers.ensure(data, say=lambda _: None)

    assert refusal.value.code == "not_a_folder"


def test_a_machine_without_wheel_and_without_program_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOASOAN_SERVERS", "path")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CellarError) as refusal:
        programs.valkey()

    assert refusal.value.code == "server_missing"
    assert refusal.value.fields["variable"] == "REDIS_URL"


def test_a_misspelt_choice_of_servers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOASOAN_SERVERS", "docker")

    with pytest.raises(CellarError) as refusal:
        programs.valkey()

    assert refusal.value.code == "server_unknown"


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ],
)
def test_a_server_of_the_environment_that_is_silent_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, variable: str, url: str
) -> None:
    monkeypatch.setenv(variable, url)

    with pytest.raises(CellarError) as refusal:
        servers.ensure(data, say=lambda _: None)

    assert (refusal.value.code, refusal.value.fields["variable"]) == ("server_outside_unreachable", variable)
    assert not data.exists()


def test_a_disk_with_too_little_room_is_refused_before_anything_is_written(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "NEW_CLUSTER_MB", 10**12)

    with pytest.raises(CellarError) as refusal:
        postgres.start(data)

    assert refusal.value.code == "disk_full"
    assert not (data / "postgres").exists()


def test_the_last_words_of_a_server_that_will_not_start_are_shown(data: Path) -> None:
    with pytest.raises(CellarError) as refusal:
        postgres.start(data, settings={"shared_buffers": "nonsense"})

    assert refusal.value.code == "server_died"
    assert 'invalid value for parameter "shared_buffers"' in refusal.value.says


@pytest.fixture
def short_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


def test_a_sockets_folder_that_others_may_enter_is_not_used(data: Path, short_temporary_folder: Path) -> None:
    place = Place.at(data).prepare()
    place.sockets(owner=None).parent.chmod(0o755)

    with pytest.raises(CellarError) as refusal:
        place.sockets(owner=None)

    assert refusal.value.code == "sockets_not_ours"
    assert refusal.value.fields["folder"].parent == short_temporary_folder


def test_sockets_stay_within_what_a_socket_path_may_take(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", f"/tmp/{'sâu' * 40}")
    place = Place.at(data).prepare()

    sockets = place.sockets(owner=None)

    assert len(str(sockets / ".s.PGSQL.5432.lock").encode()) < 104
    place.forget_sockets(sockets)
    assert not sockets.parent.exists()


def test_a_port_in_use_is_named_and_a_free_one_passes() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CellarError) as refusal:
            supervisor.require_free_port("127.0.0.1", port)

    assert (refusal.value.code, refusal.value.fields["port"]) == ("port_taken", port)
    supervisor.require_free_port("127.0.0.1", port)
