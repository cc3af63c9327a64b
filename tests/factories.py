"""Pieces in any state, brought there by the same verbs and people as in life."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PIL import Image
from sqlalchemy import Engine, text

from models.base import db
from models.organisation import Unit
from models.people import Account
from models.submission import Category, Submission
from models.vocabulary import Consent, Kind
from tests.cast import Cast
from workflow import definitions, submissions, writing
from workflow.engine.unit_of_work import change

ROAD = ("drafted", "submitted", "edited", "approved", "published")


def picture(colour: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small real JPEG; another colour is another file."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return written.getvalue()


@dataclass
class Make:
    cast: Cast
    clock_at: Callable[[str], object]
    _made: int = field(default=0)

    def category(self, code: str = "ban-tru", name: str = "Công tác bán trú") -> Category:
        with change() as session:
            found = session.query(Category).filter_by(code=code).one_or_none()
            if found is None:
                found = Category(code=code, name_vi=name, name_en=code, description_vi="", sort=10)
                session.add(found)
                session.flush()
            return found

    def manuscript(self, title: str | None = None, **words: object) -> writing.Manuscript:
        self._made += 1
        described = {
            "kind": Kind.NEWS,
            "title": title or f"Bếp ăn một chiều số {self._made}",
            "body": "<p>Ngày 05/5/2021, nhà trường đưa vào sử dụng bếp ăn một chiều.</p>",
            "summary": "Bếp ăn mới phục vụ 85 trẻ.",
            "author_line": "Trần Thị Lan",
            "school": "Trường Mầm non Hoa Mai",
            "category": self.category().code,
            **words,
        }
        return writing.Manuscript(**described)  # type: ignore[arg-type]

    def submission(
        self,
        *,
        state: str = "drafted",
        author: Account | None = None,
        unit: Unit | None = None,
        editor: Account | None = None,
        consent: Consent | None = Consent.YES,
        with_picture: bool = False,
        **words: object,
    ) -> Submission:
        """A piece in `state`, written by Lan (or `author`), sent by Bình, edited by Sơn, approved by Minh,
        published by Phương, on the clock as it stands."""
        cast = self.cast
        if with_picture:
            colour = f"#{(self._made * 7919) % 0xFFFFFF:06x}"
            words["new"] = [writing.NewFile("anh.jpg", picture(colour), "Ảnh 1.", consent=consent)]
        piece = writing.draft(self.manuscript(**words), unit=unit or cast.can_loc, by=author or cast.lan)
        number, digest = piece.id, piece.digest
        editor = editor or cast.son
        steps: list[Callable[[], object]] = [
            lambda: submissions.submit(number, by=self.sender(unit)),
            lambda: (
                submissions.claim(number, by=editor),
                submissions.finish_editing(number, by=editor),
            ),
            lambda: submissions.approve(number, by=cast.minh, seen=digest),
            lambda: submissions.publish(number, by=cast.phuong, seen=digest),
        ]
        for step in steps[: ROAD.index(state)]:
            step()
        db.session.expire_all()
        return db.session.get_one(Submission, number)

    def sender(self, unit: Unit | None) -> Account:
        return self.cast.nga if unit is self.cast.town_ky_anh else self.cast.binh


@pytest.fixture
def make(cast: Cast, clock_at: Callable[[str], object]) -> Make:
    """The factory, on the morning of 17 May 2021: three days before the deadline."""
    clock_at("2021-05-17 08:30")
    return Make(cast, clock_at)


@pytest.fixture
def endless(cast: Cast, superuser: Engine) -> Callable[[int], Unit]:
    """Extends a month to the end of time, as a hand in the database would: no program can reckon with that unit."""

    def extend(period_id: int) -> Unit:
        with superuser.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO extension (period_id, unit_id, deadline_at, reason, granted_by)"
                    " VALUES (:period, :unit, 'infinity', 'Thử', :by)"
                ),
                {"period": period_id, "unit": cast.can_loc.id, "by": cast.son.id},
            )
        return cast.can_loc

    return extend


@pytest.fixture
def vanishing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[tuple[str, int]], None]]:
    """Take a version away, as when its file is removed or the program is older than the database."""

    def vanish(version: tuple[str, int]) -> None:
        left = {key: engine for key, engine in definitions.engines().items() if key != version}
        monkeypatch.setattr(definitions, "engines", lambda: left)
        definitions.states.cache_clear()

    yield vanish
    monkeypatch.undo()
    definitions.states.cache_clear()
