"""Mails as they came, and a post office that makes new ones. Nothing here touches a database."""

import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from PIL import Image

from workflow.intake import composing, reading
from workflow.intake.composing import Composition
from workflow.intake.reading import Mail

MAILS = Path(__file__).parents[3] / "tasks/rehearsal/data/mail"
OWN_MX = "mx.example.edu.vn"

STORY = (
    "Ngày 12/5/2021, Trường Mầm non Hoa Sen, huyện Can Lộc tổ chức ngày hội đọc sách cho 120 trẻ cùng cha mẹ.",
    "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của mình.",
    "Sau ngày hội, nhà trường tặng mỗi lớp một giá sách tre do phụ huynh đóng và hẹn trẻ đọc mỗi tối mười phút.",
)


@pytest.fixture
def raw() -> Callable[[str], bytes]:
    """The bytes of one of the eight mails, by its number: `raw("m01")`."""
    return lambda number: next(MAILS.glob(f"{number}-*.eml")).read_bytes()


@pytest.fixture
def mail(raw) -> Callable[[str], Mail]:
    return lambda number: reading.read(raw(number), own_mx=OWN_MX)


@pytest.fixture
def composed(mail) -> Callable[[str], Composition]:
    return lambda number: composing.compose(mail(number))


@pytest.fixture
def posted() -> Callable[..., Composition]:
    """Writes a mail, sends it through the reader, and gives what was made of it."""

    def post(
        body: str = "",
        *files: tuple[str, bytes],
        subject: str = "Tin bài tháng 5",
        page: str | None = None,
        **headers: str,
    ) -> Composition:
        message = EmailMessage()
        message["From"] = "Trường Mầm non Hoa Sen <hoasen@example.edu.vn>"
        message["Subject"] = subject
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content(body)
        if page is not None:
            message.add_alternative(page, subtype="html")
        for name, data in files:
            message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        return composing.compose(reading.read(bytes(message), own_mx=OWN_MX))

    return post


@pytest.fixture
def word() -> Callable[..., bytes]:
    """A .docx of these lines; a picture's bytes among them are embedded where they stand."""

    def write(*lines: str | bytes, font: str | None = None) -> bytes:
        document = docx.Document()
        for line in lines:
            if isinstance(line, bytes):
                document.add_picture(io.BytesIO(line))
            else:
                run = document.add_paragraph().add_run(line)
                if font:
                    run.font.name = font
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return write


@pytest.fixture
def photo() -> Callable[..., bytes]:
    def take(colour: str = "green", size: tuple[int, int] = (320, 240)) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", size, colour).save(out, "JPEG")
        return out.getvalue()

    return take


@pytest.fixture
def story() -> tuple[str, ...]:
    """Three paragraphs that no rule takes for a letter."""
    return STORY
