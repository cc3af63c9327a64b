"""What the console's forms share: choices offered; days, moments and numbers typed."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape
from wtforms import StringField, validators
from wtforms.fields.choices import SelectChoice

from workflow import clock
from workflow.engine.errors import N_, Invalid

YEARS = range(2000, 2101)
"""A year outside of these was mistyped."""
NO_DAY = N_("Vui lòng chọn ngày.")


def offered(pairs: Iterable[tuple[str, str]], *, none: str = "") -> list[SelectChoice]:
    """(value, message id) pairs as a select offers them; `none` names the choice of nothing and stands first."""
    first = [SelectChoice("", none)] if none else []
    return first + [SelectChoice(value, LazyString(_as_text, says)) for value, says in pairs]


def _as_text(says: str) -> Markup:
    """In the reader's language. A lazy sentence counts as HTML, and some choices are what people typed (T10)."""
    return escape(gettext(says))


def code_field(label: LazyString, *, missing: LazyString, description: LazyString) -> StringField:
    """The code of a unit or a section, as it stands in addresses; `missing` is said when nothing was typed."""
    spelling = lazy_gettext("Mã chỉ gồm chữ thường không dấu, số và gạch nối.")
    return StringField(
        label,
        [
            validators.InputRequired(missing),
            validators.Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=spelling),
            validators.Length(max=60),
        ],
        description=description,
    )


def typed_number(typed: str, *, digits: int = 18) -> int | None:
    """A number without a sign; None for anything else. What a key of the database may hold has up to 18 digits."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else None


def typed_day(typed: str, *, field: str) -> date:
    """`2026-02-14` from a form. Raises Invalid(`date_required`, `day_invalid`)."""
    if not typed:
        raise Invalid("date_required", NO_DAY, field=field)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Invalid("day_invalid", N_("Ngày “{typed}” không hợp lệ."), typed=typed[:20], field=field)
    return day


def typed_last_day(typed: str) -> datetime:
    """The deadline of a form that asks for the last day that counts: `2021-05-21` -> the 22nd, 00:00.

    Raises as `typed_day`.
    """
    return datetime.combine(typed_day(typed, field="last_day") + timedelta(days=1), time.min, clock.ZONE)


def typed_moment(typed: str, *, field: str = "until") -> datetime:
    """`2021-05-20T06:30` from a form, which is Hà Tĩnh's time. Raises Invalid(`time_invalid`)."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise Invalid("time_invalid", N_("Thời điểm “{typed}” không hợp lệ."), typed=typed[:40], field=field)
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)
