"""Text typed in the fonts of before Unicode: TCVN3 (.VnTime and its family) is converted, VNI is recognised.

In TCVN3 one byte is one letter with its mark, so conversion is exact. Capitals with marks have no codes of
their own: they are the same codes in a font whose name ends in H (.VnTimeH), so the font must be known.
"""

import re
from collections.abc import Iterable
from unicodedata import normalize

TCVN3 = "tcvn3"
VNI = "vni"

# The lower half of a line is the letter; an open vowel with the five marks huyền, sắc, hỏi, ngã, nặng.
_TABLE = {
    "à": "µ", "á": "¸", "ả": "¶", "ã": "·", "ạ": "¹",
    "ă": "¨", "ằ": "»", "ắ": "¾", "ẳ": "¼", "ẵ": "½", "ặ": "Æ",
    "â": "©", "ầ": "Ç", "ấ": "Ê", "ẩ": "È", "ẫ": "É", "ậ": "Ë",
    "đ": "®",
    "è": "Ì", "é": "Ð", "ẻ": "Î", "ẽ": "Ï", "ẹ": "Ñ",
    "ê": "ª", "ề": "Ò", "ế": "Õ", "ể": "Ó", "ễ": "Ô", "ệ": "Ö",
    "ì": "×", "í": "Ý", "ỉ": "Ø", "ĩ": "Ü", "ị": "Þ",
    "ò": "ß", "ó": "ã", "ỏ": "á", "õ": "â", "ọ": "ä",
    "ô": "«", "ồ": "å", "ố": "è", "ổ": "æ", "ỗ": "ç", "ộ": "é",
    "ơ": "¬", "ờ": "ê", "ớ": "í", "ở": "ë", "ỡ": "ì", "ợ": "î",
    "ù": "ï", "ú": "ó", "ủ": "ñ", "ũ": "ò", "ụ": "ô",
    "ư": "\xad", "ừ": "õ", "ứ": "ø", "ử": "ö", "ữ": "÷", "ự": "ù",
    "ỳ": "ú", "ý": "ý", "ỷ": "û", "ỹ": "ü", "ỵ": "þ",
    "Ă": "¡", "Â": "¢", "Đ": "§", "Ê": "£", "Ô": "¤", "Ơ": "¥", "Ư": "¦",
}  # fmt: skip
_TO_UNICODE = str.maketrans({code: letter for letter, code in _TABLE.items()})
_CODES = frozenset(_TABLE.values())

_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_RIMES = "[aăâeêioôơuưy]{1,3}"
_SYLLABLE = re.compile(rf"(?:{_ONSET})?{_RIMES}(?:(?P<stop>ch|[cpt])|ng|nh|[mn])?")
_MARKS = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# VNI writes the mark as a letter of its own behind the vowel: "aø", "oá", "ñöôïc".
_VNI_PAIR = re.compile("[aeouyôöAEOUYÔÖ][øùûõïâáàåãäéèëêúüØÙÛÕÏÂÁÀÅÃÄÉÈËÊÚÜ]")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_TCVN3_WORD = re.compile(rf"[A-Za-z{re.escape(''.join(sorted(_CODES)))}]+")


def encoding_of_font(font: str | None) -> str | None:
    """TCVN3 for `.VnTime`, `.VnArialH` and their like, VNI for `VNI-Times`; None for all others."""
    name = (font or "").strip().strip("'\"").casefold()
    if name.startswith(".vn"):
        return TCVN3
    return VNI if name.startswith("vni") else None


def detect(text: str, fonts: Iterable[str | None] = ()) -> str | None:
    """TCVN3, VNI or None. Fonts decide where known; else the words: nonsense now, Vietnamese converted."""
    known = {encoding_of_font(font) for font in fonts} - {None}
    if known:
        return TCVN3 if TCVN3 in known else VNI
    if sum(c in _CODES for c in text) >= 4 and _reads_better_as_tcvn3(text):
        return TCVN3
    pairs = len(_VNI_PAIR.findall(text))
    return VNI if pairs >= 4 and pairs * 6 >= len(text.split()) else None


def convert(text: str, font: str | None = None) -> str:
    """TCVN3 text as NFC Unicode; in capitals when the font is one of the H family."""
    converted = normalize("NFC", text.translate(_TO_UNICODE))
    return converted.upper() if (font or "").strip().strip("'\"").casefold().endswith("h") else converted


def read_run(text: str, font: str | None) -> tuple[str, str | None]:
    """A stretch in one font: its text in Unicode where that is safe, and the old encoding it was in, if any.

    A font's name alone proves little: letters that only Unicode has (ế, ư) show that it was typed in Unicode.
    """
    encoding = encoding_of_font(font)
    if encoding is None or text.isascii() or any(c in "ăđơưĂĐƠƯ" or "\u1ea0" <= c <= "\u1ef9" for c in text):
        return (convert(text, font) if encoding == TCVN3 and text.isascii() else text), None
    return (convert(text, font) if encoding == TCVN3 else text), encoding


def read_text(text: str) -> tuple[str, str | None]:
    """Text without fonts: converted when its words say TCVN3, untouched and named when they say VNI."""
    encoding = detect(text)
    return (convert(text) if encoding == TCVN3 else text), encoding


def is_syllable(word: str) -> bool:
    """Whether a word is spelt as Vietnamese syllables are: onset, vowels, coda, a fitting tone."""
    apart = normalize("NFD", word.casefold())
    tones = _MARKS.findall(apart)
    bare = normalize("NFC", _MARKS.sub("", apart))
    found = _SYLLABLE.fullmatch(bare)
    if not found or len(tones) > 1:
        return False
    # A syllable that ends in a stop is said with sắc or nặng only.
    return not found["stop"] or tones in (["\u0301"], ["\u0323"])


def _reads_better_as_tcvn3(text: str) -> bool:
    coded = [w for w in _TCVN3_WORD.findall(text) if any(c in _CODES for c in w)]
    as_it_stands = sum(bool(_WORD.fullmatch(w)) and is_syllable(w) for w in coded)
    converted = sum(is_syllable(convert(w)) for w in coded)
    return converted >= 0.85 * len(coded) and as_it_stands <= 0.5 * len(coded)
