"""The body between an editor, the database and a page."""

from html import escape
from types import SimpleNamespace

import pytest

from workflow import texts


def test_a_picture_keeps_its_place_through_a_text_editor():
    body = texts.body_from_html("<p>Trước.</p><figure data-picture='2'></figure><p>Sau.</p>")

    back = texts.body_from_html(texts.for_editor(body, {}))

    assert back.replace("\n", "") == body.replace("\n", "")
    assert texts.around_pictures(back) == ["<p>Trước.</p>", 2, "<p>Sau.</p>"]


def test_a_picture_is_seen_in_the_editor_by_its_caption_and_goes_where_it_stands_then():
    body = "<p>A</p><figure data-picture='2'></figure>"
    file = SimpleNamespace(id=7, position=2, media_type="image/jpeg", width=640, height=480)
    shown = texts.for_editor(
        texts.body_from_html(body), {2: (texts.in_editor(file, "/tep/7"), 'Bé "tưới" cây <3')}
    )
    figure = shown.partition("</p>")[2].strip()

    assert "&quot;url&quot;: &quot;/tep/7&quot;" in figure and "<3" not in figure
    drawn = figure.replace(
        "></figure>", ' class="attachment"><img src="/tep/7"><figcaption>x</figcaption></figure>'
    )
    typed = f"<div>Một.<br>{drawn}<br>Hai.<br>[Ảnh 1]<br>Xem [Ảnh 1].</div>"
    said = texts.body_from_html(texts.from_editor(typed, {1: None, 2: 1}))
    assert texts.around_pictures(said) == ["<p>Một.</p>", 1, "<p>Hai.</p>\n<p>Xem [Ảnh 1].</p>"]


@pytest.mark.parametrize(
    ("caption", "without"),
    [
        ("Ảnh 2. Bé tưới rau.", "Bé tưới rau."), ("ảnh 12: Bé múa", "Bé múa"), ("Ảnh 1", ""),
        ("Ảnh 1.jpg", "Ảnh 1.jpg"),
        ("Ảnh 2 (đã có phiếu).jpg", "Ảnh 2 (đã có phiếu).jpg"), ("Ảnh bìa.", "Ảnh bìa."),
    ],
)  # fmt: skip
def test_a_caption_loses_the_number_its_writer_gave_and_a_files_name_does_not(caption, without):
    assert texts.unnumbered(caption) == without


@pytest.mark.parametrize(
    "foreign",
    [
        '{"url": "https://x.example"}', "{", '{"picture": "x"}', '["picture"]', '{"picture": Infinity}',
        '{"picture": 1e999}', "[" * 100_000, '{"picture": -5}', '{"picture": 999}', '{"picture": 1.5e9}',
        '{"picture": 1234}',
    ],
)  # fmt: skip
def test_a_figure_that_names_no_picture_of_the_piece_is_dropped(foreign):
    given = f'<p>A</p><figure data-trix-attachment="{escape(foreign)}"><img></figure>'

    assert texts.body_from_html(texts.from_editor(given, {2: 2})) == "<p>A</p>"


@pytest.mark.parametrize(
    "piece",
    [
        " ", "\n", "<br>", "<br ", "<br/>\n", "<figure ", '<figure data-trix-attachment="', "</figure>",
        '<figure data-trix-attachment="x">', '<figure data-trix-attachment="x"></figure>', "> [Ảnh 1", ">[Ảnh 1] ",
        "<p> <br>", "<div ", "<h1>", "<b ", "\0", ">\0 ",
    ],
)  # fmt: skip
def test_the_longest_text_that_is_taken_is_read_in_one_go(piece):
    """Work that grows with the square of the length would take minutes here, and the whole process with it."""
    most = "<p>" + piece * ((texts.MAX_BODY - 3) // len(piece))

    assert len(texts.body_from_html(texts.from_editor(most, {1: 1}))) < 4 * texts.MAX_BODY
    longer = 2 * f"{most}<br>[Ảnh 1]<br>"
    assert texts.from_editor(longer, {1: 2}) == longer


def test_a_line_that_names_a_picture_is_its_place():
    typed = "<div><!--block-->Trước.<br><br>[Ảnh 1]<br><br>Xem [Ảnh 1] ở trên.</div>"

    assert texts.around_pictures(texts.body_from_html(typed)) == [
        "<p>Trước.</p>",
        1,
        "<p>Xem [Ảnh 1] ở trên.</p>",
    ]


def test_a_figure_that_is_no_picture_place_is_text():
    assert texts.around_pictures('<p>A</p><figure data-picture="x"></figure>') == [
        '<p>A</p><figure data-picture="x"></figure>'
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "<p>a\n\nb</p>",
        "<ul><li>x\n\ny</li><li>z</li></ul>",
        "<p>a</p>\n\nrời\n\n<strong>b\n\nc</strong>",
        "<h1>T\n\n</h1>x",
    ],
)
def test_a_blank_line_inside_an_element_tears_nothing_apart_and_cleaning_twice_changes_nothing(typed):
    body = texts.body_from_html(typed)

    assert body.count("<p>") == body.count("</p>")
    assert "<p><p>" not in body
    assert "</p></p>" not in body
    assert texts.body_from_html(body) == body


# As Word 2016, Word on the web and LibreOffice put a selection on the clipboard, shortened.
FROM_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"><style><!-- @font-face {font-family:"Times New Roman";}
p.MsoNormal {margin:0in; font-size:14.0pt;} --></style><!--[if gte mso 9]><xml><o:OfficeDocumentSettings>
<o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--></head><body lang=EN-US><!--StartFragment-->
<h1 style='text-align:center'><span lang=VI
style='font-family:"Times New Roman"'>BẾP ĂN MỘT CHIỀU<o:p></o:p></span></h1>
<p class=MsoNormal style='text-indent:.5in'><b><span lang=VI>Ngày 05/5/2021</span></b><span lang=VI>, nhà trường
đưa vào sử dụng bếp ăn<span style='mso-spacerun:yes'>\u00a0 </span>một chiều.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if
!supportLists]><span>·<span>&nbsp;&nbsp;</span></span><![endif]><i
>Khu sơ chế</i></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>Số trẻ</p></td><td><p
class=MsoNormal>85</p></td></tr></table>
<p class=MsoNormal><!--[if gte vml 1]><v:shape id="x"><v:imagedata src="file:///C:/anh.png"/></v:shape><![endif]-->
<img width=5 src="file:///C:/anh.png" onerror="alert(1)"><a href="javascript:alert(1)">Xem thêm</a></p>
<script>alert(1)</script><!--EndFragment--></body></html>"""

FROM_WORD_ON_THE_WEB = """<div class="OutlineElement Ltr SCXW1 BCX0" style="direction:ltr"><p class="Paragraph SCXW1"
style="margin:0" paraid="1" paraeid="{a}{1}"><span data-contrast="auto" lang="VI-VN" class="TextRun SCXW1"
style="font-size:14pt"><span class="NormalTextRun SCXW1">Cô và trẻ </span><span class="NormalTextRun SpellingError">
lớp 5 tuổi</span></span><span class="EOP SCXW1" data-ccp-props="{}">\u00a0</span></p></div><div
class="ListContainerWrapper">
<ul role="list"><li data-leveltext="" class="OutlineElement"><p class="Paragraph">Góc thư viện</p></li></ul></div>"""

FROM_LIBREOFFICE = """<meta http-equiv="content-type" content="text/html; charset=utf-8"/><style type="text/css">p
{ line-height: 115% }</style><p align="justify" style="line-height: 100%"><font face="Times New Roman, serif"><font
size="4"><span lang="vi-VN"><b>Hội thi</b> bé khỏe</span></font></font></p><p><br/></p>"""


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (
            FROM_WORD,
            "BẾP ĂN MỘT CHIỀU\n\nNgày 05/5/2021, nhà trường đưa vào sử dụng bếp ăn một chiều.\n\n· Khu sơ chế\n\n"
            "Số trẻ\n\n85\n\nXem thêm",
        ),
        (FROM_WORD_ON_THE_WEB, "Cô và trẻ lớp 5 tuổi\n\nGóc thư viện"),
        (FROM_LIBREOFFICE, "Hội thi bé khỏe"),
    ],
)
def test_what_is_pasted_from_word_keeps_its_words_and_nothing_of_words_own(pasted, kept):
    body = texts.body_from_html(pasted)

    told = "\n\n".join(texts.tidy(part) for part in texts.to_plain(body).split("\n\n") if texts.tidy(part))
    assert told == kept
    for trace in ("Mso", "mso-", "<o:", "<span", "<font", "style", "class", "lang=", "<!--", "[if", "<table", "file:",
                  "<img", "onerror", "javascript", "alert", "Generator"):  # fmt: skip
        assert trace not in body, trace
    assert texts.body_from_html(body) == body


def test_what_word_says_with_bold_headings_and_italics_stays():
    body = texts.body_from_html(FROM_WORD)

    assert "<h2>BẾP ĂN MỘT CHIỀU</h2>" in body
    assert "<strong>Ngày 05/5/2021</strong>" in body
    assert "<em>Khu sơ chế</em>" in body
