"""The canonical text of an event: what is hashed must be the same text for the same facts, everywhere and always."""

import time
import uuid
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum

import pytest

from workflow.engine.audit import GENESIS, MARK, canonical, derived, instant

HANOI = timezone(timedelta(hours=7))


class Colour(StrEnum):
    RED = "red"


def test_keys_are_sorted_and_no_space_is_wasted():
    assert canonical({"b": 1, "a": [True, None, "x"], "c": {"z": 1, "y": 2}}) == (
        '{"a":[true,null,"x"],"b":1,"c":{"y":2,"z":1}}'
    )


def test_a_word_is_one_word_however_its_marks_were_typed():
    composed, decomposed = "Tiếng Việt", "Tiê\u0301ng Viê\u0323t"

    assert composed != decomposed
    assert canonical({"title": decomposed}) == canonical({"title": composed}) == '{"title":"Tiếng Việt"}'


@pytest.fixture(params=["UTC", "Asia/Ho_Chi_Minh"])
def machine_s_zone(request, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_s_zone")
def test_an_instant_is_utc_to_the_microsecond_in_whatever_zone_it_was_said():
    assert (
        canonical({"at": datetime(2021, 5, 20, 0, 0, 0, 7, HANOI)}) == '{"at":"2021-05-19T17:00:00.000007Z"}'
    )
    assert instant(datetime(2021, 5, 19, 17, tzinfo=UTC)) == "2021-05-19T17:00:00.000000Z"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match=r"^an instant needs a zone$"):
        instant(datetime(2021, 5, 19, 17))  # noqa: DTZ001  (the fault under test)


def test_a_fraction_is_refused():
    with pytest.raises(TypeError, match=r"^no floats in the audit trail: their text is not canonical$"):
        canonical({"share": 0.1})


def test_tuples_and_lists_are_written_alike_and_other_things_as_their_text():
    name = uuid.UUID(int=5)

    assert canonical({"a": (1, 2), "b": {3}, "c": frozenset({4})}) == '{"a":[1,2],"b":[3],"c":[4]}'
    assert (
        canonical({"colour": Colour.RED, "id": name, 7: "n"}) == f'{{"7":"n","colour":"red","id":"{name}"}}'
    )


def test_one_command_gives_each_of_its_events_an_id_of_its_own_and_always_the_same():
    command = "0b0e7f4e-3c58-4d3e-9e39-3b3f6a3d5a11"

    assert derived(command, "unit:1", 1) == str(uuid.uuid5(uuid.UUID(command), "unit:1:1"))
    assert len({derived(command, stream, seq) for stream in ("unit:1", "unit:2") for seq in (1, 2)}) == 4


def test_the_beginning_of_a_stream_and_the_mark_of_an_event():
    assert (bytes(32), b"\x02") == (GENESIS, MARK)
