"""What the cellar says when it cannot go on.

The words are here twice, Vietnamese first: whoever starts the program may be an administrator of
a school network or a developer abroad, and no catalogue of translations is loaded this early.
"""

from pathlib import Path

# code -> (Vietnamese, English). A test walks this table: both sides must name the same fields.
SAYINGS: dict[str, tuple[str, str]] = {
    "server_missing": (
        "Không tìm thấy {program}: gói cài sẵn không có cho máy này ({platform}) và chương trình cũng không "
        "có trong PATH. Cài bằng trình quản lý gói của hệ điều hành, hoặc đặt {variable}.",
        "{program} not found: there is no wheel for this machine ({platform}) and no such program on PATH. "
        "Install it with your system's package manager, or set {variable}.",
    ),
    "server_unknown": (
        "TOASOAN_SERVERS chỉ nhận “wheel” hoặc “path”, không nhận “{value}”.",
        'TOASOAN_SERVERS is "wheel" or "path", not "{value}".',
    ),
    "server_outside_unreachable": (
        "{variable} được đặt nhưng máy chủ ở đó không trả lời: {detail}",
        "{variable} is set, but the server there does not answer: {detail}",
    ),
    "server_died": (
        "{program} dừng ngay khi khởi động. Nhật ký: {log}\n{detail}",
        "{program} stopped while starting. Its log: {log}\n{detail}",
    ),
    "server_silent": (
        "{program} (tiến trình {pid}) đang chạy trên thư mục này nhưng không trả lời sau {seconds} giây. "
        "Đề nghị chạy “toasoan down” rồi thử lại.",
        "{program} (process {pid}) runs on this folder but has not answered for {seconds} seconds. "
        'Run "toasoan down" and try again.',
    ),
    "server_survived": (
        "Không dừng được {program} (tiến trình {pid}).",
        "{program} (process {pid}) could not be stopped.",
    ),
    "other_version": (
        "Thư mục {folder} do PostgreSQL {made_by} tạo ra, còn máy này có PostgreSQL {present}. "
        "Đề nghị chạy bằng PostgreSQL {made_by}, “toasoan backup”, rồi “toasoan restore” vào một thư mục mới.",
        "{folder} was made by PostgreSQL {made_by}, this machine has PostgreSQL {present}. "
        'Run it with PostgreSQL {made_by}, "toasoan backup", then "toasoan restore" into a new folder.',
    ),
    "no_permission": (
        "Không có quyền ghi vào {folder}. Chọn thư mục khác bằng --data hoặc TOASOAN_DATA.",
        "No permission to write to {folder}. Choose another folder with --data or TOASOAN_DATA.",
    ),
    "not_a_folder": (
        "{folder} đã có nhưng không phải là thư mục. Chọn thư mục khác bằng --data hoặc TOASOAN_DATA.",
        "{folder} exists and is no folder. Choose another one with --data or TOASOAN_DATA.",
    ),
    "disk_full": (
        "Ổ đĩa của {folder} gần đầy: còn {free_mb} MB, cần {needed_mb} MB.",
        "The disk of {folder} is nearly full: {free_mb} MB free, {needed_mb} MB needed.",
    ),
    "sockets_not_ours": (
        "Thư mục tạm {folder} thuộc về người khác nên không dùng được cho ổ nối. Đặt TMPDIR sang chỗ khác.",
        "The temporary folder {folder} belongs to somebody else and cannot hold our sockets. Set TMPDIR.",
    ),
    "root_cannot_step_down": (
        "PostgreSQL từ chối chạy bằng root và máy này không cho root đổi sang tài khoản thường: {detail}",
        "Running as root, but this machine does not let root step down and PostgreSQL refuses root: {detail}",
    ),
    "port_taken": (
        "Cổng {port} trên {host} đang có chương trình khác dùng. Chọn cổng khác bằng --port.",
        "Port {port} on {host} is in use by another program. Choose another one with --port.",
    ),
    "already_running": (
        "Tòa Soạn đang chạy trên thư mục {folder} (tiến trình {pid}).",
        "Tòa Soạn is already running on {folder} (process {pid}).",
    ),
    "child_not_ready": (
        "{name} chưa sẵn sàng sau {seconds} giây. Nhật ký: {log}\n{detail}",
        "{name} was not ready after {seconds} seconds. Its log: {log}\n{detail}",
    ),
    "backup_exists": (
        "{file} đã có. Chọn tên khác; bản sao lưu không bao giờ bị ghi đè.",
        "{file} exists. Choose another name; a backup is never overwritten.",
    ),
    "backup_failed": (
        "{program} không làm được: {detail}",
        "{program} failed: {detail}",
    ),
    "backup_damaged": (
        "{file} không phải bản sao lưu nguyên vẹn: {detail}",
        "{file} is not a whole backup: {detail}",
    ),
    "restore_under_way": (
        "Một lệnh phục hồi khác đang chạy trên cơ sở dữ liệu này. Đề nghị chờ lệnh đó xong.",
        "Another restore into this database is under way. Wait until it is through.",
    ),
    "database_not_empty": (
        "Cơ sở dữ liệu đã có {tables} bảng. Chỉ phục hồi vào cơ sở dữ liệu trống, ví dụ --data với thư mục mới.",
        "The database has {tables} tables. Restore into an empty one, for instance --data with a new folder.",
    ),
    "supervisor_died": (
        "Trình giám sát dừng trước khi sẵn sàng. Nhật ký: {log}\n{detail}",
        "The supervisor stopped before it was ready. Its log: {log}\n{detail}",
    ),
}


class CellarError(Exception):
    """A server or a child could not be started, reached or stopped.

    `code` is a key of SAYINGS and never changes; `says` is two sentences for people, Vietnamese
    then English, a line each; `fields` is what they were filled with.
    """

    def __init__(self, code: str, **fields: object) -> None:
        self.code = code
        self.fields = fields
        vietnamese, english = (saying.format(**fields) for saying in SAYINGS[code])
        self.says = f"{vietnamese}\n{english}"
        super().__init__(self.says)


def tail(log: Path, *, lines: int = 12) -> str:
    """The last lines of a log, for a message; "" when there is no log yet."""
    try:
        # The end is enough: a log may have grown for months.
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
