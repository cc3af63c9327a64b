"""What an act that is no move asks of whoever does it. Pure."""

from workflow.engine.errors import N_, Invalid


def reason_given(typed: str) -> str:
    """The reason, as it is kept. Raises Invalid(`reason_required`)."""
    if not typed.strip():
        raise Invalid("reason_required", N_("Vui lòng ghi lý do."), field="reason")
    return typed.strip()
