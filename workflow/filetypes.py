"""What a file is, judged by its bytes. The name and the sender's word are never believed (T11, T13)."""

import io
import lzma
import struct
import zipfile
import zlib

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
DOC = "application/msword"
PDF = "application/pdf"
RTF = "application/rtf"
HEIC = "image/heic"
PLAIN = "text/plain"
UNKNOWN = "application/octet-stream"

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", HEIC})
VIDEOS = frozenset(
    {"video/mp4", "video/quicktime", "video/3gpp", "video/webm", "video/x-msvideo", "video/mpeg"}
)
DOCUMENTS = frozenset({DOCX, DOC, ODT, PDF, RTF, XLSX, PLAIN})

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
"""All that opening and reading a broken package has been seen to raise; the library promises no one kind."""

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b'x\x9f>"', "application/ms-tnef"),
)
_ISO_BRANDS = {
    b"heic": HEIC, b"heix": HEIC, b"mif1": HEIC, b"msf1": HEIC, b"heim": HEIC, b"hevc": HEIC,
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp",
    b"M4A ": "audio/mp4",
}  # fmt: skip


def media_type(data: bytes) -> str:
    """The media type the bytes themselves show; `application/octet-stream` when they show none.

    Word files are looked into: one with a macro project is `DOCM` whatever it is called.
    """
    for start, found in _STARTS:
        if data.startswith(start):
            return found
    if data.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_type(data)
    if data[4:8] == b"ftyp":
        return _ISO_BRANDS.get(data[8:12], "video/mp4")
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}.get(data[8:12], UNKNOWN)
    return _guess(data)


def kind_of(found: str) -> str:
    """`picture`, `video`, `document` or `other` (all that intake does not take)."""
    if found in PICTURES:
        return "picture"
    if found in VIDEOS:
        return "video"
    return "document" if found in DOCUMENTS else "other"


def _compound_type(data: bytes) -> str:
    """By stream names in its directory; Excel and Outlook files share the signature."""
    if "WordDocument".encode("utf-16-le") not in data:
        return "application/x-ole-storage"
    return DOCM if "_VBA_PROJECT".encode("utf-16-le") in data else DOC


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            names = set(box.namelist())
            if any(name.casefold().endswith("vbaproject.bin") for name in names):
                return DOCM
            if names and box.filelist[0].filename == "mimetype" and box.filelist[0].file_size < 100:
                is_text = box.read("mimetype").strip() == ODT.encode()
                # What else a package calls itself proves nothing.
                has_macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
                return ODT if is_text and not has_macros else "application/zip"
    except BROKEN_ZIP:
        return "application/zip"
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else "application/zip"


def _guess(data: bytes) -> str:
    """What no signature above knew. Text is text only when it decodes and holds no control bytes."""
    try:
        head = data[:4096].decode("utf-8", "ignore" if len(data) > 4096 else "strict")
        if head and not any(ord(c) < 32 and c not in "\t\r\n\f" for c in head):
            opening = head.lstrip("\ufeff \t\r\n")[:200].casefold()
            marked_up = opening.startswith(("<!doctype", "<html", "<?xml", "<svg", "<script"))
            return "text/html" if marked_up else PLAIN
    except UnicodeDecodeError:
        # Binary, then.
        pass
    # Read here: what the signatures above do not know is rare, and its own tables are a megabyte.
    import puremagic  # noqa: PLC0415

    try:
        return puremagic.from_string(data, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
