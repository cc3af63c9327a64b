"""How people at schools word things in a mail: greetings, kinds of pieces, captions, numbers."""

import re
from unicodedata import normalize

from models.vocabulary import Kind

_LETTER = re.compile(
    r"kính (?:gửi|thưa|chào|chuyển|mong)\b|thân (?:gửi|ái|mến)\b|trân trọng\b"
    r"|dear\b|(?:best )?regards\b|thanks\b"
    r"|(?:dạ,? )?(?:(?:em|cháu|mình|tôi|chúng tôi) )?(?:xin )?(?:kính )?chào\b"
    r"|(?:chị|anh|cô|thầy|các (?:chị|anh|cô|thầy))\b.{0,20}\bơi\b"
    r"|(?:(?:em|tôi|mình|chúng tôi|nhà trường) )?(?:xin )?(?:chân thành |trân trọng )?cảm ơn\b|rất mong\b"
    r"|(?:file |tệp )?(?:kèm theo|đính kèm|gửi kèm|xin gửi|đồng thời (?:xin )?gửi)\b"
    r"|(?:em|tôi|mình)\b.{0,30}\b(?:gửi|chuyển|xin lỗi)\b|chuyển (?:ban|sở|phòng|chị|anh)\b"
    r"|(?:người gửi|người liên hệ|điện thoại|đt|sđt|email|zalo)\s*:"
    r"|[^.!?]{0,120}\bgửi\b[^.!?]{0,40}\b(?:tin|bài|sản phẩm|ảnh|video|clip|danh sách|tệp|file)\b"
    r"|.*\b(?:ạ|nhé|nha)[ .!]*$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:kính (?:gửi|thưa|chào)|thân (?:gửi|ái|mến)|trân trọng|dear|(?:best )?regards"
    r"|(?:em |tôi |xin )*(?:chào|cảm ơn))\b",
    re.IGNORECASE,
)
_LISTED = re.compile(r"(?:\d+\s*[.)]|[-•*+])\s*(?:[“\"]|(?:tin|bài|video|tư liệu)\b)", re.IGNORECASE)
MAX_LETTER_LINE_CHARS = 300

_QUOTED = re.compile(r"[“\"«]([^“”\"«»]{15,200})[”\"»]")

_KIND_WORDS = {
    "tin": Kind.NEWS, "bài": Kind.ARTICLE, "bai": Kind.ARTICLE, "video": Kind.VIDEO, "clip": Kind.VIDEO,
    "phóng sự": Kind.VIDEO, "tư liệu": Kind.MATERIAL, "tu lieu": Kind.MATERIAL, "tài liệu": Kind.MATERIAL,
    "giáo án": Kind.MATERIAL, "giao an": Kind.MATERIAL,
}  # fmt: skip
_KIND = "|".join(sorted(_KIND_WORDS, key=len, reverse=True))
# "Tin, bài tháng 5" names no kind: it is the office's word for all of them.
_BOTH = re.compile(r"\btin\s*[,/&+-]?\s*(?:và\s+)?b[àa]i\b", re.IGNORECASE)
_LEADING_KIND = re.compile(rf"\W*(?:\d+\s*[.)_-]?\s*)?({_KIND})\b", re.IGNORECASE)
_SENT_KIND = re.compile(rf"\bgửi\b[^.!?]{{0,40}}?\b({_KIND})\b", re.IGNORECASE)

_HEADING = re.compile(
    r"(?:(?P<before>\d{1,2})\s*[.)]\s*)?(?P<kind>tin|bài|video)(?:\s+(?:viết|số))?\s*(?P<after>\d{1,2})?\s*[:.–-]\s*"
    r"(?P<title>\S.{7,200})",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(
    r"(?:\d{1,2}\s*[.)]\s*)?(?:tiêu đề|tên bài|tít|(?:tin|bài)(?:\s+viết|\s+số)?\s*\d{0,2})\s*[:–-]\s+",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:ảnh|hình)(?:\s+số)?\s*(?P<number>\d{1,2})\s*[.:)–-]\s*\S.*|(?:ảnh|hình) minh họa\s*:.*",
    re.IGNORECASE,
)
_PICTURE_NUMBER = re.compile(r"(?:anh|hinh|picture|image|pic|photo)[\s_-]*0*(\d{1,2})(?!\d)")
_PIECE_NUMBER = re.compile(
    r"\b(?:tin|bai|muc|video)[\s_-]*(?:so[\s_-]*)?0*(\d{1,2})(?!\d)|^0*(\d{1,2})\s*[.)_-]"
)
_ROSTER = re.compile(r"\bban truyen thong\b|\bbtt\b")
_PAPER = re.compile(r"\bphieu\b|\bcong van\b|\bgiay gioi thieu\b|\bdanh sach\b|\bcv so\b")


def is_letter(line: str) -> bool:
    """Whether a line speaks to the office rather than to readers."""
    return len(line) <= MAX_LETTER_LINE_CHARS and bool(_LETTER.match(line) or _LISTED.match(line))


def is_greeting(line: str) -> bool:
    """Opening and closing courtesies: they tell nobody anything."""
    return len(line) <= MAX_LETTER_LINE_CHARS and bool(_GREETING.match(line))


def quoted_titles(text: str) -> list[str]:
    """Titles named in a letter: what stands between quotation marks and is long enough for one."""
    return [found.strip(" .,") for found in _QUOTED.findall(text)]


def leading_kind(text: str) -> Kind | None:
    """The kind a file name, heading or subject begins with: "1. Tin - Bếp ăn.docx" is news."""
    found = _LEADING_KIND.match(_BOTH.sub(" ", text))
    return _KIND_WORDS[found.group(1).casefold()] if found else None


def sent_kind(letter: str) -> Kind | None:
    """The kind a letter says it sends: "em gửi tin trường em ạ"."""
    found = _SENT_KIND.search(_BOTH.sub(" ", letter))
    return _KIND_WORDS[found.group(1).casefold()] if found else None


def heading(line: str) -> tuple[int, Kind, str] | None:
    """(number, kind, title) of a line such as "TIN 3: HUYỆN KỲ ANH TẬP HUẤN …"; None without a number."""
    found = _HEADING.fullmatch(line)
    number = (found["before"] or found["after"]) if found else None
    return (
        (int(number), _KIND_WORDS[found["kind"].casefold()], found["title"].strip())
        if found and number
        else None
    )


def without_label(title: str) -> str:
    """A title without "Tiêu đề:", "TIN 3:" or "Bài viết:" before it."""
    return _TITLE_LABEL.sub("", title, count=1).strip()


def caption_number(line: str) -> int | None:
    """The number of a caption ("Ảnh 2. …"), 0 for one without, None for a line that is no caption."""
    found = _CAPTION.fullmatch(line)
    return int(found["number"] or 0) if found else None


def picture_number(file_name: str) -> int | None:
    """2 for "Ảnh 2 (đã có phiếu).jpg" or "anh_2.jpg"; None for "IMG_2047.jpeg"."""
    found = _PICTURE_NUMBER.search(fold(file_name))
    return int(found.group(1)) if found else None


def piece_number(file_name: str) -> int | None:
    """3 for "Anh tin 3 - lop tap huan.jpg", 1 for "1. Tin - Bếp ăn.docx"."""
    found = _PIECE_NUMBER.search(fold(file_name))
    return int(found.group(1) or found.group(2)) if found else None


def names_committee_list(text: str) -> bool:
    """Whether a file name or heading speaks of the Communications Committee."""
    return bool(_ROSTER.search(fold(text)))


def names_paper(file_name: str) -> bool:
    """A consent form, a covering letter or a list: goes with a piece and is none."""
    return bool(_PAPER.search(fold(file_name)))


def fold(text: str) -> str:
    """Lower case, without marks, đ as d, blanks and underscores as one: for comparing, not for showing."""
    bare = "".join(
        c for c in normalize("NFD", text.casefold().replace("đ", "d")) if not "\u0300" <= c <= "\u036f"
    )
    return re.sub(r"[\s_]+", " ", bare).strip()


def likeness(one: str, other: str) -> float:
    """0 to 1: how many of the shorter text's words the other holds too."""
    first, second = (set(re.findall(r"[a-z0-9]+", fold(text))) for text in (one, other))
    return len(first & second) / max(1, min(len(first), len(second)))
