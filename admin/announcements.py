"""Announcements: what the department has to say to everybody for a while, and what was said before."""

from datetime import datetime, time
from typing import Any

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin import menu
from admin.desk import Screen, attempt, back_to, can, me
from admin.fields import typed_moment
from workflow import announcements, clock
from workflow.queries import announcements as read
from workflow.wording import READERS


class Announcements(Screen):
    needs = "announcements.read"

    @expose("/")
    def index(self) -> str:
        local = menu.now().astimezone(clock.ZONE)
        return self.render(
            "desk/announcements.html",
            rows=read.all_of_them(),
            readers=READERS,
            since=local,
            until=datetime.combine(local.date(), time(23, 59), clock.ZONE),
            may_write=can("announcements.write"),
        )

    @expose("/dang", methods=["POST"])
    def publish(self) -> Response:
        typed = request.form

        def write() -> Any:
            return announcements.publish(
                typed.get("title", ""), typed.get("body", "").replace("\r\n", "\n"),
                readers=typed.get("readers", ""), since=typed_moment(typed.get("since", "")),
                until=typed_moment(typed.get("until", "")), by=me(),
            )  # fmt: skip

        attempt(write, done=gettext("Đã đăng thông báo."))
        return back_to(".index")

    @expose("/<int:announcement_id>/rut", methods=["POST"])
    def withdraw(self, announcement_id: int) -> Response:
        attempt(lambda: announcements.withdraw(announcement_id, by=me()), done=gettext("Đã rút thông báo."))
        return back_to(".index")
