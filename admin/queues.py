"""What the workers still have to do, what they gave up, and when each job of the timetable last ran."""

from flask import request
from flask_admin import expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from admin.desk import Screen, attempt, back_to, me
from workflow import outbox
from workflow.queries import post
from workflow.wording import JOBS, OUTBOX_STATES, OUTCOMES, TOPICS


class Queues(Screen):
    needs = "queues.read"

    @expose("/")
    def index(self) -> str:
        return self.render(
            "desk/queues.html",
            queues=post.queues(),
            dead=post.dead(),
            done=post.done_in_a_day(),
            runs=post.last_runs(),
            jobs=JOBS,
            states=OUTBOX_STATES,
            topics=TOPICS,
            outcomes=OUTCOMES,
        )

    @expose("/<int:message_id>/chay-lai", methods=["POST"])
    def retry(self, message_id: int) -> Response:
        attempt(lambda: outbox.retry(message_id, by=me()), done=gettext("Đã đưa việc vào hàng đợi lại."))
        return back_to(".index")

    @expose("/<int:message_id>/bo-qua", methods=["POST"])
    def dismiss(self, message_id: int) -> Response:
        reason = request.form.get("reason", "")
        attempt(
            lambda: outbox.dismiss(message_id, reason=reason, by=me()), done=gettext("Đã bỏ qua việc lỗi.")
        )
        return back_to(".index")
