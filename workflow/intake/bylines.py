"""Who wrote a piece, by a line such as "Hoàng Thị Ngọc Ánh - Hiệu trưởng, Trường Mầm non Biển Xanh"."""

import re
from dataclasses import dataclass

MAX_BYLINE_CHARS = 200

_SURNAME = re.compile(
    "An|Bạch|Bành|Bùi|Cao|Châu|Chu|Công|Cù|Dương|Doãn|Đàm|Đặng|Đào|Đậu|Đinh|Đoàn|Đỗ|Đồng|Giang|Hà|Hàn|Hoàng|Hồ|Hứa"
    "|Huỳnh|Kiều|Kim|La|Lại|Lâm|Lê|Lò|Lương|Lưu|Lý|Mã|Mai|Ngô|Nghiêm|Nguyễn|Ninh|Nông|Phạm|Phan|Phùng|Quách|Tạ|Tăng"
    "|Thái|Thân|Tô|Tôn|Tống|Trần|Triệu|Trịnh|Trương|Từ|Uông|Văn|Võ|Vũ|Vương"
)
# Capital and small letters alternate in the Vietnamese block of Unicode, so no range will do.
_CAPITALS = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯ" + "".join(chr(code) for code in range(0x1EA0, 0x1EFA, 2))
_WORD = rf"[{_CAPITALS}][^\W\d_]*"
_NAME = rf"{_WORD}(?:\s+{_WORD}){{1,5}}"
_LABEL = re.compile(
    r"(?:tác giả|người viết|người thực hiện|thực hiện|biên soạn|người gửi|bài viết của"
    r"|(?:tin,?\s*)?(?:bài )?(?:và )?ảnh|tin(?:,? và)? ảnh|tin,? bài|bài)\s*[:–-]\s*",
    re.IGNORECASE,
)
_AUTHOR_LABEL = re.compile(r"(?:tác giả|người viết|người gửi)\s*[:–-]\s*", re.IGNORECASE)
_BYLINE = re.compile(rf"(?P<name>{_NAME})\s*(?:(?:[-–(,]|\s-\s)\s*(?P<rest>[^()]+?)\)?)?[.\s]*")
_POSITION = re.compile(
    r"(?:phó\s+)?(?:hiệu (?:trưởng|phó)|trưởng (?:phòng|ban|khối)|giáo viên|chuyên viên|tổ (?:trưởng|phó)"
    r"|nhân viên|kế toán|cô nuôi|bí thư|chủ tịch|giám đốc|cán bộ|gv\b|ht\b|pht\b|cv\b)",
    re.IGNORECASE,
)
_SCHOOL_WORD = re.compile(
    r"(?:trường|trường mn|mn|mầm non|phòng|nhóm|lớp|cơ sở|nhà trẻ|mẫu giáo|sở)\b", re.IGNORECASE
)
_SCHOOL = re.compile(rf"\bTrường (?:[Mm]ầm non|MN|[Mm]ẫu giáo)(?: {_WORD}){{1,4}}")
_OFFICE = re.compile(
    rf"\bPhòng (?:GDĐT|GD&ĐT|GD-ĐT|Giáo dục và Đào tạo) (?:huyện|thị xã|thành phố)(?: {_WORD}){{1,3}}"
)
_PLACE = re.compile(rf"\b(?:huyện|thị xã|thành phố|xã|phường|thị trấn)(?: {_WORD}){{1,3}}")
_AFTER_SCHOOL = re.compile(rf",\s*({_WORD}(?: {_WORD}){{1,2}})\b")


@dataclass(frozen=True)
class Byline:
    """Empty strings for what the line does not say."""

    name: str
    title: str = ""
    school: str = ""
    place: str = ""


def read(line: str) -> Byline | None:
    """The author a line names, or None when it is no byline. After "Tác giả:" a bare name is enough."""
    if len(line) > MAX_BYLINE_CHARS:
        return None
    label = _LABEL.match(line)
    found = _BYLINE.fullmatch(line[label.end() :].strip() if label else line.strip())
    if not found or not _is_name(found["name"]):
        return None
    rest = (found["rest"] or "").strip(" .-–")
    is_told = bool(_POSITION.match(rest) or _SCHOOL_WORD.match(rest))
    if not label and not is_told and (rest or not _SURNAME.fullmatch(found["name"].split()[0].title())):
        return None
    return Byline(_name(found["name"]), *_position(rest))


def named_in(text: str) -> Byline | None:
    """The author that a letter names in passing: "Tác giả: Hoàng Thị Ngọc Ánh - Hiệu trưởng." """
    for label in _AUTHOR_LABEL.finditer(text):
        found = _BYLINE.fullmatch(
            re.split(r"[.;)\n]", text[label.end() :][:MAX_BYLINE_CHARS], maxsplit=1)[0].strip()
        )
        if found and _is_name(found["name"]):
            return Byline(_name(found["name"]), *_position((found["rest"] or "").strip(" .-–")))
    return None


def school_in(text: str) -> tuple[str, str]:
    """(school or office, place) named first in a text; empty strings when none is."""
    found = _SCHOOL.search(text) or _OFFICE.search(text)
    if not found:
        return "", place_in(text)
    beside = _AFTER_SCHOOL.match(text, found.end())
    return found.group(0), beside.group(1) if beside else place_in(text)


def place_in(text: str) -> str:
    """The first district, town or commune named in a text ("huyện Đức Thọ"), or an empty string."""
    found = _PLACE.search(text)
    return found.group(0) if found else ""


def split_position(text: str) -> tuple[str, str]:
    """(position, workplace) of "Phó Hiệu trưởng Trường MN Đèo Ngang"; the workplace may be empty."""
    title, school, _ = _position(text)
    return title, school


def _position(rest: str) -> tuple[str, str, str]:
    """(title, school, place) of what follows a name."""
    pieces = [piece.strip() for piece in re.split(r"\s*[,–]\s*|\s+-\s+", rest) if piece.strip()]
    title, school, place = "", "", ""
    if pieces and not _SCHOOL_WORD.match(pieces[0]):
        inner = re.search(r"\s(?=(?:Trường|trường|MN|Nhóm|Lớp)\s)", pieces[0])
        title = pieces[0][: inner.start()] if inner else pieces[0]
        pieces[:1] = [pieces[0][inner.end() :]] if inner else []
    for piece in pieces:
        if not school and _SCHOOL_WORD.match(piece):
            school = piece
        else:
            place = place or piece
    return title[:1].upper() + title[1:], school, place


def _is_name(words: str) -> bool:
    return words.isupper() or not any(word[1:].isupper() for word in words.split())


def _name(words: str) -> str:
    return words.title() if words.isupper() else words
