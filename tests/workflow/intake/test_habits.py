"""How schools really write: habits beyond the eight mails. Each test is one mail somebody could send tomorrow."""

import pytest

from models.vocabulary import Kind
from workflow.intake import bylines, legacy, titles, trimming, wording

QUOTED = """

Vào Th 6, 14 thg 5, 2021 vào lúc 08:00 Hệ thống Diễn đàn GDMN
<noreply-gdmn@example.edu.vn> đã viết:

> Kính gửi: Ban Truyền thông
> Mã kỳ: KY-2021-05 / h-huong-khe
"""
OUTLOOK = """

Từ: Hệ thống Diễn đàn GDMN <noreply-gdmn@example.edu.vn>
Đã gửi: Thứ Sáu, 14 Tháng Năm 2021 08:00
Tới: hoasen@example.edu.vn
Chủ đề: [Nhắc việc] Còn thiếu 01 tin, bài (KY-2021-05)

Kính gửi: Ban Truyền thông. Đến nay đơn vị mới gửi 01/02 tin, bài của tháng, đề nghị đơn vị gửi tiếp cho đủ.
"""


def codes(composition) -> list[str]:
    return [problem.code for problem in composition.problems]


@pytest.mark.parametrize(
    "quoted", [QUOTED, OUTLOOK, "\n\n-----Original Message-----\nKính gửi: Ban Truyền thông\n"]
)
def test_an_article_typed_above_a_quoted_reminder_ends_where_the_quote_begins(posted, story, quoted):
    body = "Ngày hội đọc sách ở Hoa Sen\n\n" + "\n\n".join(story) + quoted

    (item,) = posted(body, subject="Re: [Nhắc việc] (KY-2021-05)").items

    assert (item.title, item.summary, *item.paragraphs) == ("Ngày hội đọc sách ở Hoa Sen", *story)


def test_a_period_is_known_by_the_reminder_it_answers(posted, story):
    by_reference = posted("\n".join(story), In_Reply_To="<nhac-T3-2021-06-h-can-loc@gdmn.example.edu.vn>")
    by_quote = posted("\n".join(story) + QUOTED, subject="Re: nhắc việc")

    assert (by_reference.period_code, by_quote.period_code) == ("KY-2021-06", "KY-2021-05")
    assert posted("\n".join(story)).period_code is None


def test_a_story_that_quotes_somebody_is_not_cut(posted, story):
    body = "\n\n".join(
        ("Ngày hội đọc sách", *story[:2], "Ngày 5/5, cô Lan trong sổ góp ý đã viết:", *story[2:])
    )

    (item,) = posted(body).items

    assert item.paragraphs[-1] == story[2]


def test_a_page_reply_is_cut_at_its_quote_and_old_pictures_stay_out(posted, story, photo):
    page = "".join(f"<p>{line}</p>" for line in ("Ngày hội đọc sách ở Hoa Sen", *story)) + (
        '<div class="gmail_quote"><div class="gmail_attr">Vào Th 6, 14 thg 5, 2021, 08:00 Hệ thống đã viết:</div>'
        '<blockquote class="gmail_quote"><p>Kính gửi đơn vị</p><p>Hạn gửi: trước ngày 20</p></blockquote></div>'
    )

    (item,) = posted("x", page=page, subject="Re: nhắc").items

    assert item.paragraphs[-1] == story[-1]


def test_a_large_logo_in_a_signature_is_no_picture_of_the_piece(story, photo):
    from email.message import EmailMessage

    from workflow.intake import composing, reading

    message = EmailMessage()
    message["From"] = "hoasen@example.edu.vn"
    paragraphs = "".join(f"<p>{line}</p>" for line in ("Ngày hội đọc sách ở Hoa Sen", *story))
    logo = '<div class="gmail_signature"><img src="cid:logo"><br>Trường Mầm non Hoa Sen</div>'
    message.set_content(f'{paragraphs}<p><img src="cid:p1"></p>{logo}', subtype="html")
    message.add_related(photo("red", (600, 200)), "image", "jpeg", cid="<logo>", filename="logo.jpg")
    message.add_related(photo("blue"), "image", "jpeg", cid="<p1>", filename="sach.jpg")

    (item,) = composing.compose(reading.read(bytes(message), own_mx="")).items

    assert [(picture.part.name, picture.position) for picture in item.pictures] == [("sach.jpg", 2)]
    assert item.paragraphs[-1] == story[-1]


def test_lines_broken_at_column_76_are_joined_again():
    wrapped = (
        "Ngày 12/5/2021, Trường Mầm non Hoa Sen, huyện Can Lộc tổ chức ngày hội\n"
        "đọc sách cho trẻ mẫu giáo cùng cha mẹ, với ba mươi gian sách và tranh\n"
        "do trẻ tự vẽ trong một tuần.\n\n"
        "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn\n"
        "nghe bằng tranh vẽ của mình."
    )

    assert [line for line in trimming.unwrapped(wrapped) if line] == [
        "Ngày 12/5/2021, Trường Mầm non Hoa Sen, huyện Can Lộc tổ chức ngày hội đọc sách cho trẻ mẫu giáo cùng cha "
        "mẹ, với ba mươi gian sách và tranh do trẻ tự vẽ trong một tuần.",
        "Mỗi lớp bày một gian sách nhỏ, trẻ tự chọn truyện và kể lại cho bạn nghe bằng tranh vẽ của mình.",
    ]


def test_a_mail_forwarded_as_a_file_is_the_piece(story):
    from email.message import EmailMessage

    from workflow.intake import composing, reading

    inner = EmailMessage()
    inner["From"], inner["Subject"] = "hoasen@example.edu.vn", "Ngày hội đọc sách"
    inner.set_content("Ngày hội đọc sách ở Hoa Sen\n\n" + "\n\n".join(story))
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "btt@example.edu.vn", "Fwd: Ngày hội đọc sách"
    outer.set_content("Em chuyển tin của trường ạ.")
    outer.add_attachment(inner)

    composition = composing.compose(reading.read(bytes(outer), own_mx=""))

    assert [item.title for item in composition.items] == ["Ngày hội đọc sách ở Hoa Sen"]
    assert composition.items[0].paragraphs[-1] == story[-1]
    assert composition.letter == ("Em chuyển tin của trường ạ.",)


def test_the_same_file_twice_and_its_pdf_are_one_piece(posted, word, story):
    file = word("Ngày hội đọc sách", *story)

    composition = posted(
        "",
        ("Bài.docx", file),
        ("Bài (1).docx", file),
        ("Bài sửa.docx", word("Hội sách", *story)),
        ("Bài.pdf", b"%PDF-1"),
    )

    assert len(composition.items) == 1
    assert [part.name for part in composition.items[0].documents] == ["Bài.docx", "Bài sửa.docx", "Bài.pdf"]
    assert codes(composition) == ["twice_in_mail", "twice_in_mail", "pdf_not_read"]


def test_two_schools_with_the_same_headline_stay_two_pieces(posted, word, story):
    other = [line.replace("Hoa Sen", "Hoa Mai").replace("sách", "nhạc") for line in story]

    composition = posted("", ("a.docx", word("Ngày hội", *story)), ("b.docx", word("Ngày hội", *other)))

    assert len(composition.items) == 2


def test_three_old_word_files_are_three_pieces_by_their_names(posted):
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")

    composition = posted(
        "Kính gửi Phòng GDMN",
        ("1. Tin - Lễ hội hoa.doc", old + b"1"),
        ("2. Bài - Góc chơi (sửa lần 2).doc", old + b"2"),
        ("Phiếu đồng ý lớp 4A.doc", old + b"3"),
    )

    assert [(item.kind, item.title) for item in composition.items] == [
        (Kind.NEWS, "Lễ hội hoa"),
        (Kind.ARTICLE, "Góc chơi"),
    ]
    assert [part.name for part in composition.items[0].documents][1:] == ["Phiếu đồng ý lớp 4A.doc"]
    assert codes(composition) == ["doc_not_read"] * 3


def test_a_program_called_docx_is_told_and_left_out(posted, story):
    composition = posted(
        "Ngày hội đọc sách ở Hoa Sen\n\n" + "\n\n".join(story), ("Bài viết.docx", b"MZ\x90\0" + b"\0" * 99)
    )

    assert composition.items[0].documents == ()
    assert [problem.says for problem in composition.problems] == [
        "Loại tệp của “Bài viết.docx” không được phép."
    ]


def test_captions_find_their_pictures_by_number(posted, word, photo, story):
    file = word("Ngày hội đọc sách", story[0], story[1], "Ảnh 1. Gian sách.", story[2], "Ảnh 2. Giá sách.")

    (item,) = posted(
        "",
        ("Bài.docx", file),
        ("anh2.jpg", photo("red")),
        ("anh 1.jpg", photo("blue")),
        ("khac.jpg", photo()),
    ).items

    assert [(p.part.name, p.caption, p.position) for p in item.pictures] == [
        ("anh 1.jpg", "Ảnh 1. Gian sách.", 1),
        ("anh2.jpg", "Ảnh 2. Giá sách.", 2),
        ("khac.jpg", "", None),
    ]


def test_a_picture_both_in_the_file_and_beside_it_is_one(posted, word, photo, story):
    file = word("Ngày hội đọc sách", story[0], photo("red"), *story[1:])

    (item,) = posted("", ("Bài.docx", file), ("goc.jpg", photo("red"))).items

    assert [(picture.part.media_type, picture.position) for picture in item.pictures] == [("image/jpeg", 0)]


def test_a_picture_nobody_claims_is_a_guess_and_told(posted, word, photo, story):
    files = [
        ("a.docx", word("Ngày hội đọc sách", *story)),
        ("b.docx", word("Tập huấn", story[0].replace("sách", "nhạc"))),
    ]

    composition = posted("", *files, ("IMG_0001.jpg", photo()))

    assert [len(item.pictures) for item in composition.items] == [1, 0]
    assert codes(composition) == ["picture_guessed"]


def test_only_a_video_and_a_line_is_a_video(posted):
    film = b"\0\0\0\x18ftypisom" + b"\0" * 64

    (item,) = posted(
        "Trẻ lớp 5 tuổi múa quạt trong ngày hội ở sân trường", ("mua.mp4", film), subject="Múa quạt"
    ).items

    assert (item.kind, [part.name for part in item.videos]) == (Kind.VIDEO, ["mua.mp4"])
    assert "kind_guessed" in item.flags


def test_only_pictures_become_a_piece_without_words(posted, photo):
    (item,) = posted("", ("san.jpg", photo()), subject="Ngày hội thể thao Trường Mầm non Hoa Sen").items

    assert (item.title, item.paragraphs) == ("Ngày hội thể thao Trường Mầm non Hoa Sen", ())
    assert {"title_proposed", "body_missing"} <= set(item.flags)


def test_links_to_videos_are_kept(posted, story):
    body = "\n\n".join(("Ngày hội đọc sách", *story, "Xem video tại https://video.example.edu.vn/xem?v=1."))

    assert posted(body).items[0].links == ("https://video.example.edu.vn/xem?v=1",)


def test_two_pieces_typed_one_below_the_other(posted, story):
    body = f"TIN 1: NGÀY HỘI ĐỌC SÁCH\n{story[0]}\n{story[1]}\n\nBÀI 2: GIÁ SÁCH TRE\n{story[2]}\n{story[1][::-1]}"

    composition = posted(body)

    assert [(item.kind, item.title) for item in composition.items] == [
        (Kind.NEWS, "Ngày hội đọc sách"),
        (Kind.ARTICLE, "Giá sách tre"),
    ]


def test_a_letterhead_above_the_headline_is_passed_over(posted, word, story):
    file = word(
        "PHÒNG GDĐT HUYỆN CAN LỘC",
        "TRƯỜNG MẦM NON HOA SEN",
        "TIN BÀI THÁNG 5/2021",
        "Ngày hội đọc sách ở Hoa Sen",
        *story,
    )

    assert posted("", ("Bài.docx", file)).items[0].title == "Ngày hội đọc sách ở Hoa Sen"


def test_a_headline_broken_in_two_is_one(posted, word, story):
    file = word("NGÀY HỘI ĐỌC SÁCH CỦA TRẺ", "Ở TRƯỜNG MẦM NON HOA SEN", *story)

    assert (
        posted("", ("Bài.docx", file)).items[0].title == "Ngày hội đọc sách của trẻ ở Trường Mầm non Hoa Sen"
    )


def test_a_list_of_prizewinners_in_an_article_is_no_committee_list(posted, word, story):
    import io

    import docx

    file = docx.Document(io.BytesIO(word("Kết quả hội thi giáo viên giỏi", *story)))
    table = file.add_table(rows=2, cols=3)
    for at, cell in enumerate(("TT", "Họ và tên", "Đơn vị")):
        table.cell(0, at).text = cell
    out = io.BytesIO()
    file.save(out)

    composition = posted("", ("Bài.docx", out.getvalue()))

    assert composition.committee_list is None
    assert "has_tables" in composition.items[0].flags


@pytest.mark.parametrize(
    ("line", "name", "title", "school", "place"),
    [
        ("Cao Ánh - Hiệu trưởng, Trường Mầm non Hoa Sen", "Cao Ánh", "Hiệu trưởng", "Trường Mầm non Hoa Sen", ""),
        ("Tác giả: Lê Na (Giáo viên MN Hoa Sen)", "Lê Na", "Giáo viên", "MN Hoa Sen", ""),
        ("Bài và ảnh: TRẦN THỊ MAI", "Trần Thị Mai", "", "", ""),
        ("Phạm Thị Thu Trang", "Phạm Thị Thu Trang", "", "", ""),
        ("Người viết: Cao An – Giáo viên – MN Sen, huyện Can Lộc", "Cao An", "Giáo viên", "MN Sen", "huyện Can Lộc"),
    ],
)  # fmt: skip
def test_a_byline_is_taken_apart(line, name, title, school, place):
    assert bylines.read(line) == bylines.Byline(name, title, school, place)


@pytest.mark.parametrize(
    "line",
    [
        "Trường Mầm non Hoa Sen",
        "Ngày hội đọc sách",
        "Các bé rất vui và hào hứng tham gia.",
        "Nguyễn Thị Lan kể lại câu chuyện của mình cho các bạn cùng nghe.",
        "",
    ],
)
def test_what_is_no_byline_is_none(line):
    assert bylines.read(line) is None


@pytest.mark.parametrize(
    ("typed", "text", "title"),
    [
        ("UBND HUYỆN TẶNG QUÀ TẾT CHO TRẺ", "", "UBND huyện tặng quà Tết cho trẻ"),
        ("DẠY TRẺ THEO HƯỚNG STEM Ở HÀ TĨNH", "", "Dạy trẻ theo hướng STEM ở Hà Tĩnh"),
        ("TRẺ VIỆT NAM KHỎE MẠNH", "Trẻ Việt Nam khỏe. Với trẻ, ăn là vui.", "Trẻ Việt Nam khỏe mạnh"),
        ("QUÀ CHO TRẺ VIỆT NAM", "Trẻ Việt Nam khỏe. Với trẻ, ăn là vui.", "Quà cho trẻ Việt Nam"),
        (
            "CÔ NGUYỄN THỊ HOA VÀ LỚP 4 TUỔI",
            "Tôi gặp cô Nguyễn Thị Hoa ở lớp.",
            "Cô Nguyễn Thị Hoa và lớp 4 tuổi",
        ),
        ("“GÓC SÁCH TRE” CỦA BÉ", "", "“Góc sách tre” của bé"),
        ("Đã viết thường thì giữ nguyên", "", "Đã viết thường thì giữ nguyên"),
    ],
)
def test_a_headline_in_capitals_becomes_a_sentence_and_names_stay_names(typed, text, title):
    assert titles.sentence_case(typed, text) == title


@pytest.mark.parametrize(
    ("subject", "proposal"),
    [
        ("Tin bài tháng 5", ""),
        ("[Tin Bài T5/2021] PGD thị xã Hồng Lĩnh gửi bài tháng 5", ""),
        ("Bai viet thang 5 - MN Binh Minh Can Loc", ""),
        ("Bài: Đưa Truyện Kiều đến gần trẻ mẫu giáo", "Đưa Truyện Kiều đến gần trẻ mẫu giáo"),
        ("Hỏi", ""),
    ],
)
def test_a_subject_is_a_headline_only_when_it_says_something(subject, proposal):
    assert titles.from_subject(subject) == proposal


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("2. Bài - Vỏ sò vỏ ốc (sửa lần 2).docx", "Vỏ sò vỏ ốc"),
        ("TIN T5 - MN BIỂN XANH.doc", "MN BIỂN XANH"),
        ("Góc sách tre.doc", "Góc sách tre"),
        ("Bài viết - Cô Nguyệt.doc", "Cô Nguyệt"),
        (".doc", ".doc"),
    ],
)
def test_a_file_name_gives_a_headline_when_nothing_else_does(name, stem):
    assert titles.from_file_name(name) == stem


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1. Tin - Bếp ăn.docx", Kind.NEWS),
        ("Bài T5 - Kinh nghiệm.docx", Kind.ARTICLE),
        ("VIDEO múa quạt", Kind.VIDEO),
        ("Giáo án làm quen chữ cái.docx", Kind.MATERIAL),
        ("Tin bài tháng 5", None),
        ("Tin, bài tháng 5", None),
        ("Thông tin tuyển sinh", None),
    ],
)
def test_a_kind_is_known_by_the_first_word(text, kind):
    assert wording.leading_kind(text) == kind


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("nghiêng", True),
        ("trường", True),
        ("Đức", True),
        ("ca\u0301c", True),
        ("các", True),
        ("STEM", False),
        ("s¸ch", False),
    ],
)
def test_a_syllable_is_told_from_what_is_none(word, is_one):
    assert legacy.is_syllable(word) == is_one


def test_every_letter_of_tcvn3_comes_back():
    vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđĂÂĐÊÔƠƯ"
    coded = "aµ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËeÌÐÎÏÑªÒÕÓÔÖi×ÝØÜÞoßãáâä«åèæçé¬êíëìîuïóñòô\xadõøö÷ùyúýûüþ®¡¢§£¤¥¦"

    assert legacy.convert(coded) == vowels
    assert legacy.convert("ph¹m thÞ", font=".VnTimeH") == "PHẠM THỊ"


def test_french_and_spanish_are_not_taken_for_an_old_font():
    assert (
        legacy.detect(
            "Élève à l'école maternelle, où l'été arrive bientôt: ça déborde de gaieté et d'espièglerie"
        )
        is None
    )
    assert (
        legacy.detect("Trường Mầm non Hoa Sen tổ chức ngày hội đọc sách cho trẻ và phụ huynh trong huyện")
        is None
    )
