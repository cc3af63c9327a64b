"""Word files from strangers: what is in them, and what they may not do (T13, T16)."""

import io
import zipfile

import pytest

from workflow import filetypes
from workflow.intake import documents
from workflow.intake.problems import Unreadable
from workflow.intake.reading import Part


def part_of(data: bytes, name: str = "Bài.docx") -> Part:
    return Part(name, filetypes.media_type(data), data)


def why_not(data: bytes, name: str = "Bài.docx") -> str:
    with pytest.raises(Unreadable) as refused:
        documents.text_of(part_of(data, name))
    return refused.value.code


def with_member(package: bytes, name: str, content: bytes) -> bytes:
    """The package with one member put in or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()


def changed(package: bytes, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as box:
        return with_member(package, "word/document.xml", box.read("word/document.xml").replace(old, new))


def test_lines_and_pictures_are_read_in_order(word, photo):
    document = documents.text_of(
        part_of(word("Tiêu đề", "Đoạn một.", photo(), "Ảnh 1. Góc chơi.", "Đoạn hai."))
    )

    assert [line.text or line.picture.media_type for line in document.lines] == [
        "Tiêu đề", "Đoạn một.", "image/jpeg", "Ảnh 1. Góc chơi.", "Đoạn hai.",
    ]  # fmt: skip
    assert document.title == "Tiêu đề"


def test_decomposed_letters_become_nfc(word):
    assert documents.text_of(part_of(word("Tie\u0302\u0301ng Vie\u0323\u0302t"))).paragraphs == (
        "Tiếng Việt",
    )


def test_tracked_insertions_are_text_and_tracked_deletions_are_not(word):
    plain = word("cũ", "giữ nguyên")
    tracked = changed(plain, b"<w:p><w:r><w:t>c\xc5\xa9</w:t></w:r></w:p>", "".join((
        '<w:p><w:del w:id="1" w:author="x"><w:r><w:t>cũ</w:t></w:r></w:del>',
        '<w:ins w:id="2" w:author="x"><w:r><w:t>mới</w:t></w:r></w:ins></w:p>',
    )).encode())  # fmt: skip

    assert documents.text_of(part_of(tracked)).paragraphs == ("mới", "giữ nguyên")


def test_an_article_typed_into_a_table_is_read(word):
    import docx

    file = docx.Document()
    table = file.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Tiêu đề", "Nội dung của bài."
    out = io.BytesIO()
    file.save(out)

    document = documents.text_of(part_of(out.getvalue()))

    assert document.paragraphs == ("Tiêu đề", "Nội dung của bài.")
    assert document.tables == ((("Tiêu đề", "Nội dung của bài."),),)


def test_vntime_without_its_font_name_is_told_by_its_words(word):
    text = "Tr­êng mÇm non B×nh Minh, huyÖn Can Léc göi bµi: phô huynh gióp tr­êng lµm kÖ s¸ch tre."

    document = documents.text_of(part_of(word(text)))

    assert document.legacy_font == "tcvn3"
    assert document.paragraphs == (
        "Trường mầm non Bình Minh, huyện Can Lộc gửi bài: phụ huynh giúp trường làm kệ sách tre.",
    )


def test_unicode_typed_in_a_vntime_font_is_left_alone(word):
    document = documents.text_of(
        part_of(word("Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách.", font=".VnTime"))
    )

    assert document.paragraphs == ("Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách.",)
    assert document.legacy_font is None


def test_vni_is_recognised_and_not_touched(word):
    text = "Tröôøng Maàm non Hoa Sen toå chöùc ngaøy hoäi ñoïc saùch cho caùc chaùu"

    document = documents.text_of(part_of(word(text, font="VNI-Times")))

    assert (document.legacy_font, document.paragraphs) == ("vni", (text,))


def test_a_text_file_is_a_soft_copy_too():
    document = documents.text_of(part_of("Tiêu đề\r\n\r\nĐoạn một.".encode(), "tin.txt"))

    assert document.paragraphs == ("Tiêu đề", "Đoạn một.")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"),
            "doc_not_read",
        ),
        (b"%PDF-1.7\n", "pdf_not_read"),
        (b"{\\rtf1 x}", "rtf_not_read"),
        (b"MZ\x90\0" + b"\0" * 100, "file_type_not_allowed"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "file_type_not_allowed"),
    ],
)
def test_a_file_is_judged_by_its_bytes_whatever_it_is_called(data, code):
    assert why_not(data, "Bài viết.docx") == code


def package(claims: str, *members: str) -> bytes:
    """A package that says what it is by its first member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        for name in ("mimetype", *members):
            box.writestr(name, claims)
    return out.getvalue()


OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")


def test_a_macro_file_is_not_taken_whatever_it_is_called(word):
    blank, text = word("x"), filetypes.ODT

    assert why_not(with_member(blank, "word/vbaProject.bin", b"x")) == "file_type_not_allowed"
    assert [filetypes.media_type(data) for data in (OLD_WORD, package(text))] == [filetypes.DOC, text]
    for macros in (
        OLD_WORD + "_VBA_PROJECT".encode("utf-16-le"),
        package(text, "content.xml", "Basic/Standard/Module1.xml"),
        package(text, "word/vbaProject.bin"),
    ):
        assert filetypes.kind_of(filetypes.media_type(macros)) == "other"


@pytest.mark.parametrize("claims", ["image/jpeg", "video/mp4", "video/webm", "text/plain", "application/pdf"])
def test_a_package_is_not_what_it_calls_itself(claims):
    assert filetypes.kind_of(filetypes.media_type(package(claims))) == "other"


def test_a_zip_bomb_is_not_unpacked(word):
    blank = word("x")
    assert (
        why_not(with_member(blank, "word/media/a.bin", b"\0" * (101 * 1024 * 1024)))
        == "file_unpacks_too_large"
    )
    assert (
        why_not(with_member(blank, "word/styles.xml", b" " * (21 * 1024 * 1024))) == "file_unpacks_too_large"
    )


def test_a_package_of_thousands_of_members_is_not_opened(word):
    out = io.BytesIO(word("x"))
    with zipfile.ZipFile(out, "a") as box:
        for n in range(2_001):
            box.writestr(f"word/media/{n}", b"")

    assert why_not(out.getvalue()) == "file_unpacks_too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(word, encoding):
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
    ).encode(encoding)

    assert why_not(with_member(word("x"), "word/document.xml", xml)) == "file_has_entities"


def test_a_linked_picture_is_not_fetched(word, photo):
    linked = changed(word("Tiêu đề", photo()), b"r:embed=", b"r:link=")

    assert documents.text_of(part_of(linked)).pictures == ()


@pytest.mark.parametrize("cut", [40, 400, 4_000])
def test_half_a_file_is_unreadable_and_nothing_worse(word, cut):
    assert why_not(word("x")[:-cut], "Bài.docx") in {"file_unreadable", "file_type_not_allowed"}


@pytest.mark.parametrize("at", range(100, 4_000, 300))
def test_one_wrong_byte_makes_a_file_unreadable_at_most(word, at):
    """Found by throwing bytes at the reader: a broken stream raises zlib's own error."""
    broken = bytearray(word("Tiêu đề"))
    broken[at] ^= 0xFF

    try:
        documents.text_of(part_of(bytes(broken)))
    except Unreadable as refused:
        assert refused.code in {"file_unreadable", "file_type_not_allowed"}


def test_a_locked_file_says_so(word):
    locked = bytearray(word("x"))
    at = locked.find(b"PK\x01\x02")
    while at != -1:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)

    assert why_not(bytes(locked)) == "file_encrypted"


def test_a_file_without_words_says_so(word):
    assert why_not(word("", "  ")) == "file_without_text"
