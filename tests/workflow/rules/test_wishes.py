"""Which letters somebody may put off or do without: what is a duty goes at once."""

import pytest

from workflow.rules.wishes import may_stop, subject_of


@pytest.mark.parametrize(
    ("kind", "subject", "stops"),
    [
        ("receipt", "results", True),
        ("published", "results", True),
        ("monthly_summary", "summaries", True),
        # May come once a day, but whoever approves cannot do without it.
        ("awaiting_approval", "approvals", False),
        ("reminder", None, False),
        ("sign_in_link", None, False),
        ("no_such_letter", None, False),
    ],
)
def test_only_what_is_no_duty_can_be_stopped(kind, subject, stops):
    assert subject_of(kind) == subject
    assert may_stop(kind) is stops
