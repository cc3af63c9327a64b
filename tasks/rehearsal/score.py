"""The score of the demo: what happens in May 2021, when, and by whom. Plain tables; `playing.py` plays them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow import clock
from workflow.imports import submissions as pieces

DATA = Path(__file__).parent / "data"

BEGINS = "2021-05-03 08:00"
"""The register is laid down; nobody has sent anything."""
CURTAIN = "2021-05-17 08:30"
"""Where a newcomer comes in: Monday morning, the last day is the 19th."""

BY_MAIL = frozenset({"S06", "S07", "S10", "S15", "S18", "S21", "S22", "S23", "S25"})
"""Pieces of the list that come as mails only, or they would be counted twice."""

MAILS: Mapping[str, str] = {
    "m04-gmail-inline-images-body-article.eml": "2021-05-08 21:10",
    "m02-outlook-windows1258-qp-doc.eml": "2021-05-09 09:44",
    "m06-forwarded-chain.eml": "2021-05-10 14:40",
    "m03-tcvn3-vntime-html.eml": "2021-05-12 11:33",
    "m05-iphone-personal-address-mp4-gps.eml": "2021-05-14 20:15:09",
    "m01-gmail-base64-docx-jpg.eml": "2021-05-17 08:15",
    "m08-several-articles-and-committee-list.eml": "2021-05-19 16:50",
    "m07-reply-to-reminder.eml": "2021-05-20 00:03:10",
}
"""When each mail reaches our server: the moment the piece in it has in the list."""

EDITOR, EDITOR2 = "editor@example.edu.vn", "editor2@example.edu.vn"
APPROVER, PUBLISHER = "approver@example.edu.vn", "publisher@example.edu.vn"

# fmt: off
ACTS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("2021-05-05 14:10", "S12", "claim", EDITOR, {}),
    ("2021-05-05 15:30", "S12", "edit", EDITOR, {"checklist": True}),
    ("2021-05-06 08:20", "S12", "approve", APPROVER, {}),
    ("2021-05-06 10:00", "S12", "publish", PUBLISHER, {}),
    ("2021-05-06 14:00", "S01", "claim", EDITOR2, {}),
    ("2021-05-06 14:40", "S01", "edit", EDITOR2, {"checklist": True}),
    ("2021-05-07 08:30", "S01", "approve", APPROVER, {}),
    ("2021-05-07 09:30", "S01", "publish", PUBLISHER, {}),
    ("2021-05-10 08:30", "S28", "claim", EDITOR, {}),
    ("2021-05-10 09:00", "S28", "edit", EDITOR, {"checklist": True}),
    ("2021-05-10 09:20", "S05", "claim", EDITOR, {}),
    ("2021-05-10 10:15", "S05", "edit", EDITOR, {"checklist": True}),
    ("2021-05-11 08:15", "S28", "approve", APPROVER, {}),
    ("2021-05-11 09:00", "S28", "publish", PUBLISHER, {}),
    ("2021-05-11 10:00", "S17", "claim", EDITOR, {}),
    ("2021-05-11 10:30", "S17", "return", EDITOR, {"reason":
        "Gia đình trẻ trong ảnh không đồng ý. Đề nghị thay ảnh khác hoặc gửi lại bài không kèm ảnh."}),
    ("2021-05-12 08:30", "S05", "approve", APPROVER, {}),
    ("2021-05-12 09:00", "S19", "claim", EDITOR2, {}),
    ("2021-05-12 09:50", "S19", "edit", EDITOR2, {"checklist": True}),
    ("2021-05-12 15:00", "S05", "publish", PUBLISHER, {}),
    ("2021-05-13 08:30", "S19", "approve", APPROVER, {}),
    ("2021-05-13 15:10", "S02", "claim", EDITOR2, {}),
    ("2021-05-13 16:00", "S02", "edit", EDITOR2, {"checklist": True}),
    ("2021-05-14 08:20", "S02", "approve", APPROVER, {}),
    ("2021-05-14 08:40", "S29", "claim", EDITOR, {}),
    ("2021-05-14 09:30", "S29", "edit", EDITOR, {"checklist": True}),
    ("2021-05-14 10:00", "S19", "schedule", PUBLISHER, {"until": "2021-05-18 07:30"}),
    ("2021-05-14 10:10", "S26", "claim", EDITOR2, {}),
    ("2021-05-14 10:40", "S26", "edit", EDITOR2, {"checklist": True}),
    ("2021-05-17 08:05", "S14", "set_aside", EDITOR, {"reason":
        "Tư liệu trùng chủ đề đã có trên Diễn đàn; để lại dùng cho chuyên đề tháng 6."}),
    ("2021-05-17 08:10", "S20", "claim", EDITOR2, {}),
)
"""What the department did before the curtain: when, with which piece of the list, what, who, with which answers."""
# fmt: on


@dataclass(frozen=True)
class Scene:
    """One thing that happens at a moment. `kind` is a key of playing.PLAYERS."""

    at: datetime
    kind: str
    what: Any
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_arrival(self) -> bool:
        """Comes from outside: it happens whether or not anybody looks, also after the curtain."""
        return self.kind in {"piece", "mail"}


def scenes() -> list[Scene]:
    """The whole month in order of time."""
    return sorted(_scenes(), key=lambda scene: scene.at)


def local(text: str) -> datetime:
    """`2021-05-17 08:30`, Asia/Ho_Chi_Minh."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.ZONE)


def _scenes() -> Iterator[Scene]:
    yield Scene(local("2021-05-04 09:30"), "confirmations", EDITOR)
    for piece in pieces.read(DATA / "submissions.json"):
        if piece["id"] not in BY_MAIL:
            yield Scene(datetime.fromisoformat(piece["submitted_at"]), "piece", piece)
    for piece in pieces.read(DATA / "drafts.json"):
        yield Scene(datetime.fromisoformat(piece["submitted_at"]), "draft", piece)
    for name, moment in MAILS.items():
        yield Scene(local(moment), "mail", DATA / "mail" / name)
    for moment, listed, trigger, who, answers in ACTS:
        told = {name: local(said) if name == "until" else said for name, said in answers.items()}
        yield Scene(local(moment), "act", (listed, trigger, who), told)
