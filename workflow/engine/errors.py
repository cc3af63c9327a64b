"""The one tree of errors. The code is for machines and never changes; the sentence is for people.

`says` is a Vietnamese sentence with `{fields}`; the doors translate and fill it. Doors answer with `status`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def N_(sentence: str) -> str:  # noqa: N802  (gettext's own name for "translate me later")
    """Marks a sentence for the catalogues; the doors translate it when they show it."""
    return sentence


@dataclass(frozen=True)
class Refusal:
    """One reason why not, and the way out of it."""

    code: str
    says: str
    way_out: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    def sentence(self) -> str:
        """In Vietnamese, filled in; for the command line, letters and logs."""
        return " ".join(part.format(**self.fields) for part in (self.says, self.way_out) if part)


class ToaSoanError(Exception):
    """What the house refuses on purpose. Everything else is a bug."""

    code = "error"
    says = N_("Hệ thống đang bận, vui lòng thử lại sau ít phút.")
    status = 400

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.code)

    def sentence(self) -> str:
        return self.says.format(**self.fields)

    @property
    def refusals(self) -> Sequence[Refusal]:
        return (Refusal(self.code, self.says, fields=self.fields),)


class NotAllowed(ToaSoanError):
    """One or more rules say no; all of them are told at once."""

    code = "forbidden"
    status = 403

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__()
        self._refusals = refusals
        self.code = refusals[0].code
        self.args = (self.code,)

    def sentence(self) -> str:
        return " ".join(refusal.sentence() for refusal in self._refusals)

    @property
    def refusals(self) -> Sequence[Refusal]:
        return self._refusals


class Invalid(ToaSoanError):
    """What was typed or sent cannot be taken; `fields["field"]` names the place where there is one."""

    status = 422

    def __init__(self, code: str, says: str, /, **fields: object) -> None:
        super().__init__(**fields)
        self.code = code
        self.says = says
        self.args = (code,)


class NotFound(ToaSoanError):
    code = "not_found"
    says = N_("Không tìm thấy nội dung yêu cầu.")
    status = 404


class Stale(ToaSoanError):
    """Somebody was faster, or the text is no longer the one that was seen. Nothing was changed."""

    code = "stale_version"
    says = N_("Bài vừa được người khác xử lý. Vui lòng tải lại trang.")
    status = 409


class Busy(ToaSoanError):
    """Others held what was needed for too long, or got in the way each time. Nothing was changed."""

    code = "busy"
    says = N_("Nhiều người đang xử lý cùng lúc nên thao tác chưa thực hiện được. Vui lòng thử lại.")
    status = 409


class NoRoom(ToaSoanError):
    """The disk takes no more, or nothing at all. Nothing was kept."""

    code = "no_room"
    says = N_("Máy chủ hiện không lưu thêm được tệp nên thao tác chưa thực hiện được. Vui lòng thử lại sau.")
    status = 507


class Damaged(ToaSoanError):
    """A kept file is not what was kept: cut short, or altered on the disk. It is handed to nobody."""

    code = "file_damaged"
    says = N_(
        "Tệp này trên máy chủ đã bị hỏng nên không mở được. Đề nghị quản trị viên lấy lại tệp từ bản sao lưu."
    )
    status = 500


class CommandReused(ToaSoanError):
    """The same command id came with other content."""

    code = "command_reused"
    says = N_("Mã lệnh này đã được dùng cho một thao tác khác.")
    status = 409


class NotRehearsing(ToaSoanError):
    """Set clocks and borrowed names are for rehearsals only."""

    code = "rehearsal_only"
    says = N_("Thao tác này chỉ dùng trong chế độ diễn tập.")
    status = 403


class StrayWrite(RuntimeError):
    """Somebody flushed outside `change()` or `bookkeeping()`: a door tried to write by itself."""


class UnsoundDefinition(ValueError):
    """A workflow definition that must not be started; says file, line and sentence."""
