"""A month at the console, now and as it stood."""

import pytest

pytestmark = pytest.mark.database


def test_r6_the_units_of_a_month_are_shown_as_they_stood_at_a_past_instant(make, cast, client, clock_at):
    piece = make.submission(state="submitted")
    clock_at("2021-05-22 09:00")
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)

    def row(address: str) -> str:
        found = son.get(address)
        assert found.status_code == 200
        return next(row for row in found.text.split("<tr>") if "don-vi=h-can-loc" in row)

    assert "Còn thiếu" in row(page)
    assert "Còn thiếu" not in row(f"{page}?luc=2021-05-17T08:00")
    assert row(f"{page}?luc=2021-05-17T09:00") == row(page)
    assert row(f"{page}?luc=hom-qua") == row(page)
