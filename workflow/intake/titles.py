"""A title to propose: as typed, or out of capitals, or from the first sentence. The editor decides."""

import re

from workflow.intake import legacy

MAX_TITLE_CHARS = 160
MIN_SUBJECT_CHARS = 20
NAMES_WITHIN_CHARS = 20_000

_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_SENTENCE_END = re.compile(r"(?<![A-Z])[.!?…](?=\s|$)")
# "TP." and "1." end no sentence; none that could be a title ends before this.
MIN_SENTENCE_CHARS = 20
_OPENS = re.compile(r"(?:^|[.!?:…\n“\"]\s*|[-•]\s*)$")
_GENERIC_SUBJECT = re.compile(r"\b(?:tin|b[àa]i|sản phẩm)\b.{0,30}\b(?:t\s*\d|th[áa]ng\b)", re.IGNORECASE)
# Said of one thing only, so a capital even where a text happens not to show it.
_ALWAYS = ("Tết", "Đảng", "Covid", "Zalo", "Facebook", "YouTube", "Việt Nam", "Hà Tĩnh", "Bác Hồ")


def is_capitals(title: str) -> bool:
    """Whether a title is typed in capitals throughout; a few small letters (m², x) do not change that."""
    letters = [c for c in title if c.isalpha()]
    return len(letters) >= 8 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def sentence_case(title: str, text: str) -> str:
    """A title in capitals as a sentence. `text` is the piece: names keep the capitals they have in it.

    "TRƯỜNG MẦM NON BIỂN XANH ĐIỀU CHỈNH …" with "Trường Mầm non Biển Xanh" in the text keeps just that name.
    """
    if not is_capitals(title):
        return title
    words = [_word(token) for token in re.split(r"(\s+)", title)]
    low = "".join(words)
    # Shorter names first: a long one that holds it ("Trường Mầm non Kỳ Anh") has the last word.
    for name in sorted({*_names(text[:NAMES_WITHIN_CHARS]), *_ALWAYS}, key=len):
        low = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", name, low, flags=re.IGNORECASE)
    first = next((at for at, c in enumerate(low) if c.isalpha()), 0)
    return low[:first] + low[first : first + 1].upper() + low[first + 1 :]


def is_title(line: str, following: str) -> bool:
    """Whether a body's first line is a headline: short, no full stop, and longer text after it."""
    ends_open = not line.rstrip('”"») ').endswith((".", ";", ",", ":"))
    return 10 <= len(line) <= MAX_TITLE_CHARS and ends_open and len(following) > len(line)


def from_text(text: str) -> str:
    """The first sentence, cut at a word if it is long for a headline."""
    end = _SENTENCE_END.search(text, MIN_SENTENCE_CHARS)
    sentence = (text[: end.start()] if end else text).strip()
    if len(sentence) <= MAX_TITLE_CHARS:
        return sentence
    return sentence[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def from_subject(subject: str) -> str:
    """A subject that says what the piece is about; empty for "Tin bài tháng 5" and the like."""
    bare = re.sub(
        r"^\s*(?:\[[^\]]*\]\s*)+|^\W*(?:tin|bài|video)(?:\s+viết)?\s*:\s*", "", subject, flags=re.IGNORECASE
    )
    is_generic = len(bare) < MIN_SUBJECT_CHARS or bool(_GENERIC_SUBJECT.search(bare))
    return "" if is_generic else bare.strip()


def from_file_name(name: str) -> str:
    """ "2. Bài - Vỏ sò vỏ ốc (sửa lần 2).docx" → "Vỏ sò vỏ ốc"."""
    stem = re.sub(r"\.\w{2,5}$", "", name).replace("_", " ")
    stem = re.sub(r"\s*\((?:sửa|mới|bản|lần|final|copy|\d)[^)]*\)", "", stem, flags=re.IGNORECASE)
    stem = re.sub(
        r"^\W*(?:\d+\s*[.)-]\s*)?(?:tin|bài|bai)?(?:\s+(?:viết|viet))?(?:\s+t(?:háng)?\s*\d+)?\s*[-–:.]\s*",
        "", stem, flags=re.IGNORECASE,
    )  # fmt: skip
    return stem.strip() or name


def _word(token: str) -> str:
    """Abbreviations (GDĐT, STEM, UBND) are no Vietnamese syllables and stay as they are."""
    bare = "".join(_TOKEN.findall(token))
    is_abbreviation = len(bare) > 1 and bare.isupper() and bare.isalpha() and not legacy.is_syllable(bare)
    return token if is_abbreviation and len(bare) <= 6 else token.lower()


def _names(text: str) -> set[str]:
    """Runs of two or more capitalised words, as the text writes them, "Mầm non" inside a name included.

    A sentence's first word has its capital from its place: it is left out when the text also writes it small.
    """
    names: set[str] = set()
    small = {word for word in _TOKEN.findall(text) if word.islower()}
    run: list[re.Match[str]] = []

    def close() -> None:
        opens = bool(run) and bool(_OPENS.search(text[: run[0].start()][-3:]))
        kept = run[1:] if opens and run[0].group().lower() in small else run
        if len(kept) >= 2:
            names.add(text[kept[0].start() : kept[-1].end()])
        run.clear()

    for word in _TOKEN.finditer(text):
        is_capital = word.group()[0].isupper() and (len(word.group()) == 1 or not word.group().isupper())
        adjoins = bool(run) and text[run[-1].end() : word.start()] == " "
        inside_name = adjoins and word.group() == "non" and run[-1].group() == "Mầm"
        if run and not (adjoins and (is_capital or inside_name)):
            close()
        if is_capital or inside_name:
            run.append(word)
    close()
    return names
