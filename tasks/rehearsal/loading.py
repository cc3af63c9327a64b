"""Laying the demo down: the register, the people, and the month up to the curtain. Harmless when repeated."""

from collections.abc import Callable, Iterator
from pathlib import Path

from tasks.rehearsal import playing, score
from workflow import clock, deadlines, founding
from workflow.engine.errors import N_, Invalid
from workflow.engine.unit_of_work import change
from workflow.imports import categories, committees, units
from workflow.imports.rows import REFUSED, Outcome

DATA = score.DATA

REGISTER: tuple[tuple[str, Callable[[Path], Iterator[Outcome]], str], ...] = (
    ("units.csv", units.take_units, "đơn vị"),
    ("unit_events.csv", units.take_successions, "thay đổi đơn vị"),
    ("categories.csv", categories.take, "chuyên mục"),
    ("committees.csv", committees.take, "thành viên Ban Truyền thông"),
)
REFERENCE = (
    REGISTER[0],
    ("units_2025.csv", units.take_units, "đơn vị từ 01/7/2025"),
    *REGISTER[1:3],
)
"""What a new installation begins with: real units of both generations and the sections, nobody and nothing sent."""


def load(hashed: Callable[[str], str]) -> Iterator[str]:
    """Lay the demo down; yields a sentence for each step. `hashed` hashes the password of the unit's people."""
    playing.begin(score.local(score.BEGINS))
    yield from _take(REGISTER)
    yield f"Đã mở {founding.let_units_in(hashed)} tài khoản đơn vị."
    with change():
        deadlines.ensure_around(clock.now())
    curtain = score.local(score.CURTAIN)
    played = playing.play_until(curtain)
    if clock.now() < curtain:
        clock.travel(curtain, by=None)
    yield f"Tháng 5/2021: diễn {played} cảnh; đồng hồ diễn tập: {clock.now().astimezone(clock.ZONE):%d/%m/%Y %H:%M}."


def reference_data() -> Iterator[str]:
    """Bring in the units and sections; yields a sentence for each table."""
    yield from _take(REFERENCE)


def _take(tables: tuple[tuple[str, Callable[[Path], Iterator[Outcome]], str], ...]) -> Iterator[str]:
    for name, take, called in tables:
        outcomes = list(take(DATA / name))
        bad = [outcome for outcome in outcomes if outcome.outcome == REFUSED]
        if bad:
            raise Invalid(
                "rows_refused",
                N_("Tệp {file}, dòng {row}: {why}"),
                file=name,
                row=bad[0].row,
                why=bad[0].says,
            )
        yield f"Đã nạp {len(outcomes)} {called}."
