"""Each act of the workflow stands on a screen: one piece walks through its states, and everybody looks at it."""

import re
from collections.abc import Callable, Iterator

import pytest

from models.base import db
from models.submission import Submission
from models.vocabulary import Role
from workflow import deadlines, definitions, submissions

pytestmark = pytest.mark.database

AT_DESK = ("son", "minh", "phuong", "mai")
AT_UNIT = ("binh", "lan")
PAGES = {"sua": "write", "phan-loai": "reclassify"}
OF_THE_UNIT = {"gui": "submit", "soan": "write", "tra-loi": "answer"}


def at_the_desk(page: str, piece: Submission) -> Iterator[str]:
    """What a person may do by pressing or opening something on the console's page."""
    for tag in re.findall(rf'<(?:form|a) [^>]*="/quan-tri/bai/{piece.id}/[^>]+>', page):
        act, _, trigger = re.search(rf"/bai/{piece.id}/([\w-]+)/?([\w-]*)", tag).group(1, 0, 2)
        if act == "buoc" and "data-refused" not in tag:
            yield trigger
        elif act in PAGES:
            yield PAGES[act]
        elif act == "anh":
            yield "answer"


def at_the_unit(page: str, piece: Submission) -> Iterator[str]:
    for tag in re.findall(rf'<(?:form|a) [^>]*="/don-vi/bai/{piece.code}/[^>]+>', page):
        act, trigger = re.search(rf"/bai/{piece.code}/([\w-]+)/?([\w-]*)", tag).groups()
        if act == "buoc" and "data-refused" not in tag:
            yield trigger
        elif act in OF_THE_UNIT and "data-refused" not in tag:
            yield OF_THE_UNIT[act]


@pytest.fixture
def look(cast, client) -> Callable[[Submission], None]:
    """`look(piece)` collects in `look.found` what is offered now, as (trigger, state), to everybody who works."""
    desk = [client.as_(getattr(cast, name)) for name in AT_DESK]
    unit = [client.as_(getattr(cast, name)) for name in AT_UNIT]

    def seen(piece: Submission) -> None:
        db.session.expire_all()
        for visitor in desk:
            page = visitor.get(f"/quan-tri/bai/{piece.id}/").text
            seen.found |= {(trigger, piece.state) for trigger in at_the_desk(page, piece)}
        for visitor in unit:
            page = visitor.get(f"/don-vi/bai/{piece.code}").text
            seen.found |= {(trigger, piece.state) for trigger in at_the_unit(page, piece)}

    seen.found = set()
    return seen


def test_every_act_of_the_definition_is_offered_on_a_screen_to_somebody(make, cast, clock_at, look):
    walks, stays, lapses = (make.submission(with_picture=True) for _ in range(3))
    number = walks.id

    def take(trigger: str, name: str, **answers: object) -> None:
        submissions.perform(number, trigger, by=getattr(cast, name), **answers)

    def look_around() -> None:
        """As it stands, set aside, and not counted."""
        look(walks)
        for there, back, answers in (
            ("set_aside", "take_up", {"reason": "Xem lại."}),
            ("uncount", "count", {"reason": "Trùng.", "kind": "duplicate"}),
        ):
            if walks.state == "published" and there == "set_aside":
                continue
            take(there, "son", **answers)
            look(walks)
            take(back, "son", reason="Dùng được.")

    for piece in (stays, lapses):
        look(piece)
    submissions.perform(stays.id, "discard", by=cast.binh)
    look(stays)
    clock_at("2021-05-20 09:00")
    submissions.submit(number, by=cast.binh)
    look_around()
    submissions.claim(number, by=cast.ha)
    look(walks)
    take("take_over", "son", reason="Đồng chí Hà nghỉ.")
    look(walks)
    take("edit", "son", checklist=True)
    look_around()
    take("approve", "minh", seen=walks.digest)
    look_around()
    take("schedule", "phuong", until=clock_at("2021-05-20 09:00").replace(year=2022))
    look(walks)
    take("unschedule", "phuong")
    take("publish", "phuong", seen=walks.digest)
    look_around()
    take("revise", "phuong", reason="Sai số liệu.")
    take("return", "minh", reason="Sửa số liệu.")
    look_around()
    deadlines.sweep()
    look(lapses)
    submissions.perform(lapses.id, "set_aside", by=cast.son, reason="Xem lại.")
    look(lapses)
    submissions.perform(lapses.id, "take_up", by=cast.son, reason="Dùng được.")
    submissions.perform(lapses.id, "discard", by=cast.binh)
    look(lapses)

    steps = definitions.newest("monthly-submission").definition.steps
    wanted = {(step.trigger, step.source) for step in steps if step.roles - {Role.SYSTEM}}
    assert wanted - look.found == set()
    assert look.found - wanted == set()
