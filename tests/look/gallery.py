"""Every layout and macro on a page of its own, dressed with the month of the pictures.

`python -m tests.look.gallery` shows it on http://127.0.0.1:5099/; the tests render the same pages.
"""

from datetime import date
from functools import partial
from types import SimpleNamespace

from flask import Flask, redirect, render_template
from wtforms import BooleanField, Form, RadioField, SelectField, StringField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice

import look
from look import signs
from tests.look.november import ENTRIES, KINDS, MENU, MONTHS, NOW, SECTIONS, STEPS, UNITS, band, cells, story
from tests.look.november_people import DETAIL, GROUPS, LINES, PIECES


class Writing(Form):
    kind = RadioField("Thể loại", choices=[SelectChoice(code, signs.KINDS[code]) for code in KINDS])
    title = StringField("Tiêu đề", [validators.InputRequired("Vui lòng nhập tiêu đề.")])
    section = SelectField("Chuyên mục", choices=[SelectChoice(code, says) for code, says in SECTIONS])
    body = TextAreaField("Nội dung")
    statement = BooleanField(
        "Tôi cam đoan nội dung đúng sự thật.", [validators.InputRequired("Vui lòng xác nhận.")]
    )


def writing(wrong: bool = False) -> Writing:
    form = Writing(
        data={} if wrong else {"title": "Phụ huynh chung tay làm đồ chơi ngoài trời", "kind": "tin"}
    )
    if wrong:
        form.validate()
    return form


PAGES = (
    "dashboard",
    "desk",
    "piece",
    "audit",
    "committee",
    "components",
    "portal",
    "write",
    "home",
    "article",
    "gone",
    "signin",
)


def dressed() -> Flask:
    """A little app that wears the look and shows every page of the gallery."""
    app = Flask(__name__)
    app.secret_key = "gallery"
    look.wear(app)
    app.jinja_env.globals["csrf_token"] = lambda: "token-of-the-gallery"
    seed = SimpleNamespace(
        STEPS=STEPS,
        ENTRIES=ENTRIES,
        GROUPS=GROUPS,
        EVENTS=LINES,
        DETAIL=DETAIL,
        PIECES=PIECES,
        MONTHS=MONTHS,
    )
    rows = [{"unit": u, "short": s, "url": "#unit", "cells": cells(m, n)} for u, s, m, n in UNITS]

    @app.context_processor
    def wardrobe() -> dict:
        return {
            "seed": seed,
            "rows": rows,
            "band": band,
            "now": NOW,
            "story": story,
            "writing": writing,
            "menu": MENU,
            "places": [MENU[0]["items"][0], MENU[1]["items"][0], MENU[0]["items"][1], MENU[2]["items"][0]],
            "me": {"name": "Nguyễn Thị Minh Châu", "seat": "Phó Trưởng phòng GDMN", "url": "#me"},
            "house": "Sở GDĐT Hà Tĩnh",
            "home_url": "/",
            "logout_url": "#out",
            "search_url": "#search",
            "rehearsal": {
                "now": NOW,
                "steps": [{"label": "Đến 00:01 ngày 20/11", "url": "/clock"}],
                "end_url": "/end",
            },
            "unit": "Huyện Can Lộc",
            "unit_line": "Ban Truyền thông",
            "site": {
                "name": "Diễn đàn giáo dục Mầm non Hà Tĩnh",
                "line": "Nơi giáo viên, nhà trường và gia đình chia sẻ việc nuôi dạy trẻ",
                "owner": "Sở Giáo dục và Đào tạo Hà Tĩnh",
                "about": "Tin, bài do Ban Truyền thông các đơn vị gửi, được biên tập và phê duyệt trước khi đăng. "
                "Ảnh có trẻ chỉ đăng khi cha mẹ đồng ý.",
            },
            "today": date(2021, 11, 17),
            "sections": [
                {"code": c, "label": s, "url": "#" + c, "active": c == "ban-tru"} for c, s in SECTIONS
            ],
            "foot_links": [{"label": s, "url": "#"} for s in ("Yêu cầu gỡ hình ảnh", "Lưu trữ theo tháng")],
        }

    app.add_url_rule("/act", "act", lambda: redirect("/piece", 303), methods=["POST"])
    app.add_url_rule("/", "front", lambda: render_template("dashboard.html"))
    for page in PAGES:
        app.add_url_rule(f"/{page}", page, partial(render_template, f"{page}.html"))
    return app


if __name__ == "__main__":
    dressed().run(port=5099, debug=True)
