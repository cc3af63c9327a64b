"""The body between an editor, the database and a page."""

import pytest

from workflow import texts


def test_a_picture_keeps_its_place_through_a_text_editor():
    body = texts.body_from_html("<p>Trước.</p><figure data-picture='2'></figure><p>Sau.</p>")

    back = texts.body_from_html(texts.for_editor(body))

    assert back.replace("\n", "") == body.replace("\n", "")
    assert texts.around_pictures(back) == ["<p>Trước.</p>", 2, "<p>Sau.</p>"]


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
