"""What the workers still have to do, what they gave up, the timetable in people's hands, and what is to come."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, flash, request
from flask_admin import expose
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from admin import menu, watches
from admin.desk import Screen, attempt, back_to, can, key_of, me, sentences
from admin.fields import typed_moment
from models.vocabulary import OutboxState
from workflow import outbox, timetable
from workflow.engine.errors import ToaSoanError
from workflow.queries import desk, pieces, post, work
from workflow.wording import (
    CATCH_UPS,
    FAILURES,
    FORESEEN,
    HEALTH,
    JOBS,
    LETTER_KINDS,
    OUTBOX_STATES,
    OUTCOMES,
    QUEUES,
    REFUSALS,
    TOPICS,
)

BACKUP = ("toasoan backup ban-sao-luu.tar", "toasoan prove-backup ban-sao-luu.tar")


def ask_behind(what: str, *args: Any) -> Any:
    """What clock and post tell: doors do not know them, `wsgi` hands their answers over."""
    return current_app.extensions["back_office"][what](*args)


def parts() -> list[dict[str, Any]]:
    """Each part of the house: its state, and the sentence for whoever runs it."""
    return [
        {
            "state": part.state.value,
            "says": gettext(HEALTH[f"{part.name}/{part.state.value}"]).format(value=_figure(part)),
        }
        for part in ask_behind("health")
    ]


def _figure(part: Any) -> Any:
    """Seconds that may be hours are said as hours."""
    if part.name not in ("clock", "waiting") or part.value is None:
        return part.value
    return current_app.jinja_env.filters["span"](timedelta(seconds=part.value))


class Queues(Screen):
    needs = "queues.read"

    @expose("/")
    def index(self) -> str:
        return self.render(
            "desk/queues.html",
            queues=post.queues(),
            dead=post.dead(),
            dead_many=menu.waiting().dead,
            held=outbox.HELD,
            done=post.done_in_a_day(),
            mishaps=post.mishaps(),
            lines=ask_behind("timetable", menu.now()),
            parts=parts(),
            proof=watches.proof(),
            backup_commands=BACKUP,
            queue_names=QUEUES,
            jobs=JOBS,
            states=OUTBOX_STATES,
            topics=TOPICS,
            failures=FAILURES,
            outcomes=OUTCOMES,
            catch_ups=CATCH_UPS,
            may_write=can("queues.write"),
        )

    @expose("/viec")
    def rows(self) -> str:
        """The rows of the outbox, narrowed; what was given up may be settled one by one or all at once."""
        which = _which(request.args)
        rows, older = work.page(which, before=key_of("truoc"))
        newest = max((row.id for row in rows), default=0)
        return self.render(
            "desk/work.html",
            rows=rows,
            older=older,
            which=which,
            newest=newest,
            many=work.dead(which, until=newest) if which.state == DEAD else 0,
            picks=_selects(which),
            states=OUTBOX_STATES,
            topics=TOPICS,
            jobs=JOBS,
            queue_names=QUEUES,
            held=outbox.HELD,
            may_write=can("queues.write"),
        )

    @expose("/viec/chay-lai", methods=["POST"])
    def retry_all(self) -> Response:
        which, until = _which(request.form), _until()
        attempt(
            lambda: outbox.retry_all(queue=which.queue, topic=which.topic, until=until, by=me()),
            done=lambda many: ngettext(
                "Đã đưa %(n)s việc vào hàng đợi lại.", "Đã đưa %(n)s việc vào hàng đợi lại.", many, n=many
            ),
        )
        return self._back_to(which)

    @expose("/viec/bo-qua", methods=["POST"])
    def dismiss_all(self) -> Response:
        which, until, reason = _which(request.form), _until(), request.form.get("reason", "")
        attempt(
            lambda: outbox.dismiss_all(
                queue=which.queue, topic=which.topic, until=until, reason=reason, by=me()
            ),
            done=lambda many: ngettext(
                "Đã bỏ qua %(n)s việc lỗi.", "Đã bỏ qua %(n)s việc lỗi.", many, n=many
            ),
        )
        return self._back_to(which)

    @staticmethod
    def _back_to(which: work.Which) -> Response:
        return back_to(".rows", **{name: getattr(which, field) or None for name, field in FILTERS.items()})

    @expose("/sap-toi")
    def preview(self) -> str:
        """What would happen at the moment that is asked for; nothing does."""
        asked = request.args.get("luc", "")
        coming, at = [], menu.tomorrow(menu.now())
        try:
            at = typed_moment(asked) if asked else at
            coming = ask_behind("preview", at)
        except ToaSoanError as refused:
            flash(sentences(refused), "refused")
        return self.render(
            "desk/preview.html", at=at, groups=_grouped(coming), count=len(coming), says=FORESEEN, jobs=JOBS,
            kinds_of_letter=LETTER_KINDS, topics=TOPICS, refusals=REFUSALS, units=dict(desk.unit_choices()),
            pieces=pieces.titled(each.about for each in coming),
        )  # fmt: skip

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

    @expose("/viec/<job>/chay", methods=["POST"])
    def run_now(self, job: str) -> Response:
        attempt(lambda: timetable.run_now(job, by=me()), done=gettext("Đã đưa việc vào hàng đợi."))
        return back_to(".index", anchor="lich")

    @expose("/viec/<job>/tam-dung", methods=["POST"])
    def pause(self, job: str) -> Response:
        reason = request.form.get("reason", "")
        attempt(lambda: timetable.pause(job, reason=reason, by=me()), done=gettext("Đã tạm dừng việc."))
        return back_to(".index", anchor="lich")

    @expose("/viec/<job>/chay-tiep", methods=["POST"])
    def resume(self, job: str) -> Response:
        attempt(lambda: timetable.resume(job, by=me()), done=gettext("Việc chạy tiếp theo lịch."))
        return back_to(".index", anchor="lich")


FILTERS = {"tinh-trang": "state", "hang": "queue", "loai": "topic"}
"""Word in the address -> field of Which."""
DEAD = OutboxState.DEAD.value


def _which(asked: Mapping[str, str]) -> work.Which:
    known = {"state": OUTBOX_STATES, "queue": QUEUES, "topic": TOPICS}
    values = {field: asked.get(name, "") for name, field in FILTERS.items()}
    return work.Which(**{field: value for field, value in values.items() if value in known[field]})


def _selects(which: work.Which) -> list[dict[str, Any]]:
    says = {"state": gettext("Tình trạng"), "queue": gettext("Hàng"), "topic": gettext("Loại việc")}
    known = {"state": OUTBOX_STATES, "queue": QUEUES, "topic": TOPICS}
    return [
        {
            "name": name,
            "label": says[field],
            "value": getattr(which, field),
            "choices": [(value, gettext(words)) for value, words in known[field].items()],
        }
        for name, field in FILTERS.items()
    ]


def _until() -> int:
    """The newest row that stood on the page; of what died since nothing was decided."""
    typed = request.form.get("until", "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def _grouped(coming: list[Any]) -> list[tuple[str, list[Any]]]:
    """By what happens, in the order in which it first does."""
    groups: dict[str, list[Any]] = {}
    for each in sorted(coming, key=_when):
        groups.setdefault(each.what, []).append(each)
    return list(groups.items())


def _when(each: Any) -> datetime:
    when: datetime = each.at
    return when
