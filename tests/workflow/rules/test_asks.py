"""What an act asks of whoever does it, and the day it is done on."""

from datetime import UTC, date, datetime

import pytest

from workflow.engine.errors import Invalid
from workflow.rules.asks import reason_given
from workflow.rules.zone import local_day


def test_a_reason_is_kept_as_it_was_meant():
    assert reason_given("\n Trùng bài đã đăng. ") == "Trùng bài đã đăng."


@pytest.mark.parametrize("typed", ["", " \n\t"])
def test_no_reason_is_refused_at_its_field(typed):
    with pytest.raises(Invalid) as refused:
        reason_given(typed)

    assert (refused.value.code, refused.value.fields) == ("reason_required", {"field": "reason"})
    assert refused.value.sentence() == "Vui lòng ghi lý do."


def test_the_day_begins_at_midnight_here():
    assert [local_day(datetime(2021, 5, 19, hour, 59, 59, tzinfo=UTC)) for hour in (16, 17)] == [
        date(2021, 5, 19),
        date(2021, 5, 20),
    ]
