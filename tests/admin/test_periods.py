"""A month at the console, now and as it stood."""

import pytest
from sqlalchemy import text

from models.base import db

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


def test_r6_one_extension_for_several_units_is_one_cause_and_all_or_none(make, cast, client, clock_at):
    piece = make.submission()
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)
    son.read_token(page)
    chosen = ["h-can-loc", "tx-ky-anh"]

    son.send(f"{page}gia-han", unit=chosen, until="2021-05-22T00:00", reason="Mưa lũ hai huyện.")

    events = db.session.execute(
        text(
            "SELECT cause, payload::jsonb ->> 'unit' AS unit FROM audit_event WHERE action = 'period:extend'"
        )
    ).all()
    assert {int(event.unit) for event in events} == {cast.can_loc.id, cast.town_ky_anh.id}
    assert len({event.cause for event in events}) == 1

    # Can Lộc has that much time already: nobody gets it, and it is said.
    again = ["h-ky-anh", "h-can-loc"]
    son.send(f"{page}gia-han", unit=again, until="2021-05-22T00:00", reason="Mưa lũ.")
    assert "Hạn mới phải sau hạn hiện tại." in son.get(page).text
    assert db.session.scalar(text("SELECT count(*) FROM extension")) == 2


def test_r6_several_units_are_freed_of_a_month_at_once(make, cast, client):
    piece = make.submission()
    page = f"/quan-tri/ky/{piece.period_id}/"
    son = client.as_(cast.son)
    son.read_token(page)

    son.send(f"{page}mien", unit=["h-ky-anh", "tx-ky-anh"], reason="Nghỉ hè.")
    son.send(f"{page}mien", reason="Không chọn đơn vị nào.")

    db.session.rollback()
    freed = db.session.scalars(text("SELECT unit_id FROM exemption ORDER BY unit_id")).all()
    assert sorted(freed) == sorted([cast.district_ky_anh.id, cast.town_ky_anh.id])
