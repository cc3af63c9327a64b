"""Time in each state comes from the trail: by the moment that was true, not by when somebody wrote it down."""

from datetime import timedelta

import pytest

from workflow import deadlines, submissions
from workflow.queries import dwelling

pytestmark = pytest.mark.database


def test_a_piece_tells_how_long_it_stood_where(make, cast, clock_at):
    piece = make.submission()
    clock_at("2021-05-17 10:30")
    submissions.submit(piece.id, by=cast.binh)
    clock_at("2021-05-18 09:00")
    submissions.claim(piece.id, by=cast.son)
    clock_at("2021-05-19 10:30")
    submissions.finish_editing(piece.id, by=cast.son)
    now = clock_at("2021-05-19 12:00")

    stays = dwelling.of_piece(piece.id)

    assert [
        (stay.state, round(((stay.until or now) - stay.since) / timedelta(minutes=1))) for stay in stays
    ] == [
        ("drafted", 120),
        ("submitted", 48 * 60),
        ("edited", 90),
    ]
    assert [stay.until is None for stay in stays] == [False, False, True]


def test_a_late_sweep_does_not_lengthen_the_draft(make, clock_at):
    piece = make.submission()
    now = clock_at("2021-05-23 09:00")
    deadlines.sweep()

    drafted, late = dwelling.of_piece(piece.id)

    assert drafted.until == late.since == piece.period.deadline_at
    assert (late.until or now) - late.since == now - piece.period.deadline_at


def test_the_median_is_of_stays_that_ended(make, cast, clock_at):
    pieces = [make.submission() for _ in range(4)]
    for piece, hour in zip(pieces[:3], ("09:30", "10:30", "14:30"), strict=True):
        clock_at(f"2021-05-17 {hour}")
        submissions.submit(piece.id, by=cast.binh)

    found = dwelling.medians("monthly-submission")

    drafted = found["drafted"]
    assert (drafted.stays, drafted.here) == (4, 1)
    assert round(drafted.median.total_seconds() / 60) == 120
    assert round(drafted.longest.total_seconds() / 60) == 360
    assert (found["submitted"].here, found["submitted"].median) == (3, None)


def test_pages_tell_it_in_words(make, cast, clock_at, client):
    piece = make.submission()
    clock_at("2021-05-17 10:40")
    submissions.submit(piece.id, by=cast.binh)

    son = client.as_(cast.son)

    assert "2\u00a0giờ" in son.get(f"/quan-tri/bai/{piece.id}/").text
    page = son.get("/quan-tri/quy-trinh/monthly-submission/1/").text
    assert "2\u00a0giờ" in page
    assert page.count('class="place phase-') == 12
    assert "monthly-submission" in son.get("/quan-tri/quy-trinh/").text
