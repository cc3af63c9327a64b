"""The grammar of the audit trail: one table of every `noun:verb`, with its name and its sentence.

Vietnamese message ids; doors translate them when they show them. A refusal is written `noun:refused/<code>` and
stands here once for its noun. tests/house/test_grammar.py holds the table against all that the program writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflow import definitions
from workflow.engine.definition import Label
from workflow.engine.errors import N_


@dataclass(frozen=True)
class Told:
    """`name` for lists and buttons; `says` as a sentence over {who}, {what} and, for refusals, {act}."""

    name: str
    says: str


ACTIONS: Mapping[str, Told] = {
    # A piece, from the first word to the last page.
    "submission:create": Told(N_("Soạn tin, bài"), N_("{who} soạn {what}.")),
    "submission:write": Told(N_("Sửa nội dung"), N_("{who} sửa nội dung {what}.")),
    "submission:answer": Told(
        N_("Trả lời về hình ảnh trẻ"), N_("{who} trả lời về hình ảnh trẻ trong {what}.")
    ),
    "submission:submit": Told(N_("Gửi bài"), N_("{who} gửi {what} về Sở.")),
    "submission:lapse": Told(N_("Quá hạn"), N_("Hết hạn gửi, {what} chuyển sang quá hạn.")),
    "submission:extend": Told(N_("Gia hạn"), N_("{who} gia hạn cho {what}.")),
    "submission:endorse": Told(N_("Duyệt tại đơn vị"), N_("{who} duyệt {what} tại đơn vị.")),
    "submission:take_back": Told(N_("Lấy về sửa lại"), N_("{who} lấy {what} về sửa lại tại đơn vị.")),
    "submission:migrate": Told(
        N_("Chuyển quy trình"), N_("{who} chuyển {what} sang phiên bản quy trình khác.")
    ),
    "submission:withdraw": Told(N_("Rút bài"), N_("{who} rút {what}.")),
    "submission:return": Told(N_("Trả lại đơn vị"), N_("{who} trả {what} lại đơn vị.")),
    "submission:edit": Told(
        N_("Hoàn thành biên tập, trình duyệt"), N_("{who} hoàn thành biên tập, trình duyệt {what}.")
    ),
    "submission:approve": Told(N_("Phê duyệt"), N_("{who} phê duyệt {what}.")),
    "submission:send_back": Told(N_("Trả lại biên tập"), N_("{who} trả {what} lại biên tập.")),
    "submission:publish": Told(N_("Đăng"), N_("{who} đăng {what} lên Diễn đàn.")),
    "submission:revise": Told(N_("Sửa bài đã đăng"), N_("{who} mở {what} để sửa sau khi đăng.")),
    "submission:retract": Told(N_("Gỡ bài"), N_("{who} gỡ {what} khỏi Diễn đàn.")),
    "submission:claim": Told(N_("Nhận biên tập"), N_("{who} nhận biên tập {what}.")),
    "submission:take_over": Told(N_("Nhận thay"), N_("{who} nhận thay việc biên tập {what}.")),
    "submission:release": Told(N_("Nhả bài"), N_("{who} nhả {what} về hàng chờ.")),
    "submission:lapse_claim": Told(
        N_("Hết hạn nhận biên tập"), N_("Hết thời hạn nhận biên tập, {what} trở lại hàng chờ.")
    ),
    "submission:set_aside": Told(N_("Để lại, không sử dụng"), N_("{who} để lại, không sử dụng {what}.")),
    "submission:take_up": Told(N_("Dùng lại"), N_("{who} dùng lại {what}.")),
    "submission:schedule": Told(N_("Hẹn giờ đăng"), N_("{who} hẹn giờ đăng {what}.")),
    "submission:unschedule": Told(N_("Bỏ hẹn giờ"), N_("{who} bỏ hẹn giờ đăng {what}.")),
    "submission:uncount": Told(N_("Không tính chỉ tiêu"), N_("{who} không tính {what} vào chỉ tiêu.")),
    "submission:count": Told(N_("Tính lại chỉ tiêu"), N_("{who} tính lại {what} vào chỉ tiêu.")),
    "submission:excuse": Told(N_("Miễn ghi nhận muộn"), N_("{who} miễn ghi nhận muộn cho {what}.")),
    "submission:reclassify": Told(N_("Sửa phân loại"), N_("{who} sửa phân loại {what}.")),
    "submission:discard": Told(N_("Xóa bản nháp"), N_("{who} xóa bản nháp {what}.")),
    "submission:restore": Told(N_("Khôi phục bản nháp"), N_("{who} khôi phục bản nháp {what}.")),
    "submission:judged_on_time": Told(
        N_("Tính lại là đúng hạn"), N_("Hạn gửi được lùi, {what} được tính lại là đúng hạn.")
    ),
    "submission:refused": Told(N_("Bị từ chối"), N_("{who} không thực hiện được “{act}” với {what}.")),
    "comment:add": Told(N_("Trao đổi"), N_("{who} trao đổi về {what}.")),
    "picture:open_original": Told(N_("Mở ảnh gốc"), N_("{who} mở bản gốc của tệp trong {what}.")),
    "video:open_original": Told(N_("Mở video gốc"), N_("{who} mở bản gốc của video trong {what}.")),
    # People.
    "account:add": Told(N_("Thêm tài khoản"), N_("{who} thêm {what}.")),
    "account:grant": Told(N_("Giao vai trò"), N_("{who} giao vai trò cho {what}.")),
    "account:revoke": Told(N_("Thu hồi vai trò"), N_("{who} thu hồi vai trò của {what}.")),
    "account:open": Told(N_("Mở lại tài khoản"), N_("{who} mở lại {what}.")),
    "account:shut": Told(N_("Khóa tài khoản"), N_("{who} khóa {what}.")),
    "account:language": Told(N_("Đổi ngôn ngữ"), N_("{who} đổi ngôn ngữ của {what}.")),
    "account:wish": Told(N_("Đổi cách nhận thư"), N_("{who} đổi cách nhận thư của {what}.")),
    "account:sign_in": Told(N_("Đăng nhập"), N_("{who} đăng nhập.")),
    "account:ask_link": Told(
        N_("Xin đường dẫn đăng nhập"), N_("Có người xin gửi qua thư đường dẫn đăng nhập vào {what}.")
    ),
    "account:sign_in_failed": Told(
        N_("Đăng nhập không thành"), N_("Có người đăng nhập không thành vào {what}.")
    ),
    "account:lock": Told(
        N_("Tạm khóa đăng nhập"), N_("Nhập sai mật khẩu quá nhiều lần, tạm khóa đăng nhập vào {what}.")
    ),
    "account:lock_address": Told(
        N_("Tạm chặn một địa chỉ mạng"),
        N_("Nhập sai mật khẩu quá nhiều lần, tạm chặn đăng nhập từ một địa chỉ mạng."),
    ),
    "account:unlock": Told(N_("Mở khóa đăng nhập"), N_("{who} mở khóa đăng nhập cho {what}.")),
    "account:end_sessions": Told(
        N_("Kết thúc phiên đăng nhập"), N_("{who} kết thúc các phiên đăng nhập của {what}.")
    ),
    "account:add_second_step": Told(
        N_("Thêm cách xác thực hai bước"), N_("{who} thêm một cách xác thực hai bước.")
    ),
    "account:remove_second_step": Told(
        N_("Bỏ cách xác thực hai bước"), N_("{who} bỏ một cách xác thực hai bước.")
    ),
    "account:new_codes": Told(N_("Tạo mã khôi phục"), N_("{who} tạo mã khôi phục mới.")),
    "account:use_code": Told(N_("Dùng mã khôi phục"), N_("{who} đăng nhập bằng một mã khôi phục.")),
    "account:reset_second_step": Told(
        N_("Đặt lại xác thực hai bước"), N_("{who} đặt lại xác thực hai bước của {what}.")
    ),
    "account:sign_out": Told(N_("Đăng xuất"), N_("{who} đăng xuất.")),
    "account:invite": Told(N_("Mời nhận tài khoản"), N_("{who} gửi thư mời nhận {what}.")),
    "account:choose_password": Told(N_("Đặt mật khẩu"), N_("{who} đặt mật khẩu của mình.")),
    "account:forget": Told(
        N_("Xóa dữ liệu cá nhân"), N_("{who} xóa dữ liệu cá nhân của {what} trong nhật ký.")
    ),
    "delegation:give": Told(N_("Ủy quyền"), N_("{who} ủy quyền cho {what}.")),
    "delegation:end": Told(N_("Chấm dứt ủy quyền"), N_("{who} chấm dứt ủy quyền cho {what}.")),
    "delegation:refused": Told(N_("Không được ủy quyền"), N_("{who} không ủy quyền được cho {what}.")),
    "address:mark": Told(N_("Đánh dấu địa chỉ thư hỏng"), N_("Thư gửi đến {what} bị trả lại.")),
    "address:clear": Told(
        N_("Bỏ đánh dấu địa chỉ thư"), N_("{who} ghi nhận {what} dùng được.")
    ),
    "letter:resend": Told(N_("Gửi lại thư"), N_("{who} gửi lại {what}.")),
    # Units, committees, months.
    "unit:add": Told(N_("Thêm đơn vị"), N_("{who} thêm {what}.")),
    "unit:change": Told(N_("Sửa đơn vị"), N_("{who} sửa {what}.")),
    "unit:remove": Told(N_("Xóa đơn vị"), N_("{who} xóa {what}.")),
    "unit:hand_over": Told(N_("Chuyển giao đơn vị"), N_("{who} ghi việc chuyển giao giữa các đơn vị.")),
    "committee:found": Told(N_("Lập Ban Truyền thông"), N_("{who} lập {what}.")),
    "committee:dissolve": Told(N_("Giải thể Ban Truyền thông"), N_("{who} giải thể {what}.")),
    "committee:seat": Told(N_("Thêm thành viên"), N_("{who} thêm thành viên vào {what}.")),
    "committee:unseat": Told(N_("Cho thôi thành viên"), N_("{who} cho thôi thành viên của {what}.")),
    "committee:correct": Told(
        N_("Sửa thông tin thành viên"), N_("{who} sửa thông tin thành viên của {what}.")
    ),
    "committee:confirm": Told(N_("Xác nhận danh sách"), N_("{who} xác nhận danh sách {what}.")),
    "committee:refused": Told(
        N_("Không xác nhận được danh sách"), N_("{who} không xác nhận được danh sách {what}.")
    ),
    "committee:reopen": Told(N_("Mở lại danh sách"), N_("{who} mở lại danh sách {what}.")),
    "committee:remind": Told(N_("Nhắc đơn vị bổ sung"), N_("{who} nhắc đơn vị bổ sung {what}.")),
    "committee:read_list": Told(N_("Đọc tệp danh sách"), N_("{who} mở một tệp danh sách của {what} để xem trước.")),
    "committee:settle_proposal": Told(
        N_("Xử lý xong danh sách gửi qua thư"), N_("{who} xử lý xong danh sách của {what} gửi qua thư.")
    ),
    "period:open": Told(N_("Mở kỳ"), N_("{who} mở {what}.")),
    "period:extend": Told(N_("Gia hạn kỳ"), N_("{who} gia hạn {what}.")),
    "period:exempt": Told(N_("Miễn chỉ tiêu"), N_("{who} miễn chỉ tiêu trong {what}.")),
    "period:remind": Told(N_("Gửi nhắc việc"), N_("{who} gửi nhắc việc của {what}.")),
    "period:follow": Told(N_("Chọn quy trình cho kỳ"), N_("{who} chọn quy trình cho {what}.")),
    "period:close": Told(N_("Chốt kỳ"), N_("{who} chốt {what}.")),
    "calendar:mark": Told(
        N_("Ghi ngoại lệ ngày làm việc"), N_("{who} ghi một ngoại lệ vào lịch làm việc.")
    ),
    "calendar:unmark": Told(
        N_("Bỏ ngoại lệ ngày làm việc"), N_("{who} bỏ một ngoại lệ khỏi lịch làm việc.")
    ),
    "period:reopen": Told(N_("Mở lại kỳ"), N_("{who} mở lại {what}.")),
    # Mail.
    "envelope:receive": Told(N_("Nhận thư"), N_("Đã nhận {what}.")),
    "envelope:accepted": Told(N_("Nhận tin, bài từ thư"), N_("Đã nhận tin, bài từ {what}.")),
    "envelope:tray": Told(N_("Để thư vào khay"), N_("Đã để {what} vào khay chờ xử lý.")),
    "envelope:ignored": Told(N_("Không xử lý thư"), N_("Không xử lý {what}.")),
    "envelope:take": Told(N_("Gán đơn vị cho thư"), N_("{who} gán đơn vị cho {what}.")),
    "envelope:dismiss": Told(N_("Bỏ qua thư"), N_("{who} bỏ qua {what}.")),
    "envelope:retry": Told(N_("Đọc lại thư"), N_("{who} cho đọc lại {what}.")),
    "envelope:refused": Told(N_("Không được xử lý thư"), N_("{who} không xử lý được {what}.")),
    # The house itself.
    "audit:export": Told(N_("Xuất nhật ký"), N_("{who} xuất nhật ký.")),
    "audit:export_decisions": Told(N_("Xuất bảng ai đã duyệt gì"), N_("{who} xuất bảng ai đã duyệt gì.")),
    "report:export": Told(N_("Xuất báo cáo tháng"), N_("{who} xuất báo cáo {what}.")),
    "register:export": Told(N_("Xuất danh sách"), N_("{who} xuất một danh sách.")),
    "filter:save": Told(N_("Lưu bộ lọc"), N_("{who} lưu một bộ lọc.")),
    "filter:remove": Told(N_("Bỏ bộ lọc đã lưu"), N_("{who} bỏ một bộ lọc đã lưu.")),
    "category:add": Told(N_("Thêm chuyên mục"), N_("{who} thêm chuyên mục.")),
    "category:change": Told(N_("Sửa chuyên mục"), N_("{who} sửa chuyên mục.")),
    "category:retire": Told(N_("Ngừng dùng chuyên mục"), N_("{who} ngừng dùng một chuyên mục.")),
    "category:reopen": Told(N_("Dùng lại chuyên mục"), N_("{who} dùng lại một chuyên mục.")),
    "category:merge": Told(N_("Gộp chuyên mục"), N_("{who} gộp một chuyên mục vào chuyên mục khác.")),
    "announcement:publish": Told(N_("Đăng thông báo"), N_("{who} đăng một thông báo.")),
    "announcement:withdraw": Told(N_("Rút thông báo"), N_("{who} rút một thông báo.")),
    "clock:travel": Told(N_("Chỉnh đồng hồ diễn tập"), N_("{who} chỉnh đồng hồ diễn tập.")),
    "directive:lay_down": Told(N_("Ghi văn bản quy định"), N_("{who} ghi văn bản quy định.")),
    "procedure:note": Told(N_("Ghi nhận quy trình"), N_("Chương trình bắt đầu dùng {what}.")),
    "procedure:change": Told(
        N_("Nội dung quy trình thay đổi"), N_("Nội dung {what} trong chương trình khác với khi được ghi nhận.")
    ),
    "outbox:retry": Told(N_("Chạy lại việc lỗi"), N_("{who} cho chạy lại {what}.")),
    "key:take": Told(
        N_("Dùng khóa niêm phong mới"), N_("Từ đây nhật ký được niêm phong bằng một khóa mới.")
    ),
    "backup:prove": Told(
        N_("Phục hồi thử bản sao lưu"), N_("Một bản sao lưu được phục hồi thử và còn nguyên vẹn.")
    ),
    "backup:fail": Told(
        N_("Phục hồi thử bản sao lưu không được"), N_("Một bản sao lưu không phục hồi thử được.")
    ),
    "backup:restore": Told(
        N_("Phục hồi từ bản sao lưu"), N_("Hệ thống được phục hồi từ một bản sao lưu.")
    ),
    "job:run": Told(N_("Chạy việc theo lịch"), N_("{who} cho chạy ngay {what}.")),
    "job:pause": Told(N_("Tạm dừng việc theo lịch"), N_("{who} tạm dừng {what}.")),
    "job:resume": Told(N_("Cho việc theo lịch chạy tiếp"), N_("{who} cho {what} chạy tiếp.")),
    "outbox:dismiss": Told(N_("Bỏ qua việc lỗi"), N_("{who} bỏ qua {what}.")),
    "outbox:hold": Told(
        N_("Giữ lại thư sau khi phục hồi"), N_("Các thư đang chờ được giữ lại sau khi phục hồi.")
    ),
    "outbox:retry_all": Told(
        N_("Chạy lại mọi việc lỗi đã lọc"), N_("{who} cho chạy lại mọi việc lỗi của một danh sách đã lọc.")
    ),
    "outbox:dismiss_all": Told(
        N_("Bỏ qua mọi việc lỗi đã lọc"), N_("{who} bỏ qua mọi việc lỗi của một danh sách đã lọc.")
    ),
}  # fmt: skip

NOUNS: Mapping[str, str] = {
    "submission": N_("bài {name}"),
    "account": N_("tài khoản {name}"),
    "address": N_("địa chỉ thư của {name}"),
    "unit": N_("đơn vị {name}"),
    "committee": N_("Ban Truyền thông {name}"),
    "period": N_("kỳ {name}"),
    "envelope": N_("thư số {name}"),
    "letter": N_("thư đi số {name}"),
    "job": N_("việc “{name}”"),
    "procedure": N_("quy trình {name}"),
    "outbox": N_("việc lỗi “{name}”"),
}
"""What an event is about, by the noun of its action; the reader fills in the name."""


def plain(action: str) -> str:
    """The key of ACTIONS: `submission:refused/four_eyes_violation` -> `submission:refused`."""
    return action.partition("/")[0]


def action_name(action: str, trigger: str = "") -> str:
    """The message id of an action's name; for a refusal, that of the act that was refused.

    `submission:approve` -> Phê duyệt; (`submission:refused/four_eyes_violation`, `approve`) -> Phê duyệt;
    an act that only a workflow definition knows has a `step_label`, one that none knows is shown as its code.
    """
    told = ACTIONS.get(plain(action))
    if "refused/" in action:
        noun = action.partition(":")[0]
        told = ACTIONS.get(f"{noun}:{trigger}", told) if trigger else told
    return told.name if told else action.removeprefix("submission:")


def step_label(action: str, trigger: str = "", of: tuple[str, int] | None = None) -> Label | None:
    """What a step is called that only workflow definitions know: by `of`, name and version of the one its piece
    follows, else by the newest that has it. None for what ACTIONS names, and for what none knows.
    """
    noun, _, verb = action.partition(":")
    step = trigger if verb.startswith("refused/") else verb
    if noun != "submission" or not step or f"submission:{step}" in ACTIONS:
        return None
    return definitions.label(step, of)


def action_sentence(action: str) -> str:
    """The message id of an action's sentence, with {who}, {what} and {act} still open."""
    told = ACTIONS.get(plain(action))
    return told.says if told else OTHER


OTHER = N_("{who} thực hiện “{act}” với {what}.")
"""A step that only a workflow definition knows."""
