"""One made-up letter of each kind, for the console's page of letters and for the tests: what it was told."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from tasks.wording import Wording, render

DEADLINE = datetime(2021, 5, 19, 17, tzinfo=UTC)
PIECE = "GDMN-2021-05-0012"
LINK = "https://gdmn.example.edu.vn/bai/12?tab=1&view=2"

MONTH: dict[str, object] = {
    "unit": "Phòng Giáo dục và Đào tạo huyện Hương Khê",
    "unit_short": "huyện Hương Khê",
    "month": date(2021, 5, 1),
    "period": "KY-2021-05",
    "deadline": DEADLINE,
    "sent_count": 1,
    "quota": 2,
    "link": LINK,
}
ABOUT_A_PIECE: dict[str, object] = {
    "recipient": "Trương Thị Bảo Ngọc",
    "title": "Khánh thành bếp ăn một chiều tại điểm trường lẻ",
    "piece": PIECE,
    "link": LINK,
}
SAMPLES: Mapping[str, dict[str, object]] = {
    "receipt": MONTH
    | {
        "recipient": "Trương Thị Bảo Ngọc",
        "received_at": datetime(2021, 5, 19, 17, 3, 10, tzinfo=UTC),
        "pieces": [
            {"code": PIECE, "kind": "news", "title": "Khánh thành bếp ăn một chiều"},
            {"code": "GDMN-2021-05-0013", "kind": "article", "title": "Góc sách tre"},
        ],
        "in_pool": False,
        "late_seconds": 190,
    },
    "receipt_problem": {
        "recipient": "Trương Thị Bảo Ngọc",
        "received_at": datetime(2021, 5, 4, 1, 5, tzinfo=UTC),
        "original_subject": "Bài tháng 5",
        "mail": "TH-000007",
        "problems": [
            {"file": "Bua phu.docx", "says": "tệp bị hỏng hoặc tải lên chưa hết."},
            {"file": None, "says": "nội dung thư dùng phông .VnTime, đề nghị kiểm tra lại."},
        ],
        "link": LINK,
        "supplement_before": datetime(2021, 5, 21, 17, tzinfo=UTC),
    },
    "reminder_t7": MONTH
    | {
        "days_left": 7,
        "counted_at": datetime(2021, 5, 12, 1, tzinfo=UTC),
        "mailbox": "tinbai.gdmn@example.edu.vn",
    },
    "reminder_t3": MONTH | {"days_left": 3, "drafts": [{"code": PIECE, "title": "Bữa phụ của bé"}]},
    "reminder_last_day": MONTH | {"days_left": 0},
    "late_notice": MONTH | {"closes_at": datetime(2021, 5, 24, 17, tzinfo=UTC)},
    "quota_shortfall": MONTH
    | {
        "recipient": "Trưởng phòng",
        "on_time_count": 0,
        "late_count": 1,
        "uncounted_count": 1,
        "months_in_a_row": 2,
    },
    "returned": ABOUT_A_PIECE
    | {
        "remarks": "Đề nghị bổ sung:\n- số trẻ tham gia;\n- nguồn của ảnh 2.",
        "editor": "Lê Thị Mai",
        "editor_title": "chuyên viên Phòng GDMN",
        "first_sent_at": datetime(2021, 5, 10, 2, 30, tzinfo=UTC),
    },
    "awaiting_approval": {
        "recipient": "Nguyễn Văn Minh",
        "written_at": datetime(2021, 5, 18, 2, tzinfo=UTC),
        "pieces": [
            {
                "code": PIECE,
                "title": "Bữa phụ của bé",
                "unit_short": "huyện Hương Khê",
                "editor": "Lê Thị Mai",
                "warning": None,
            },
            {
                "code": "GDMN-2021-05-0013",
                "title": "Góc sách tre",
                "unit_short": "huyện Can Lộc",
                "editor": "Lê Thị Mai",
                "warning": "gửi muộn",
            },
        ],
        "link": LINK,
    },
    "approved": ABOUT_A_PIECE
    | {
        "unit": MONTH["unit"],
        "approved_at": datetime(2021, 5, 18, 2, tzinfo=UTC),
        "publish_on": date(2021, 5, 20),
        "category": "Công tác bán trú",
    },
    "set_aside": ABOUT_A_PIECE
    | {
        "reason": "trùng với bài đã gửi.",
        "is_counted": False,
        "month": date(2021, 5, 1),
        "contact": "chuyên viên Lê Thị Mai",
    },
    "published": ABOUT_A_PIECE
    | {
        "author": "Hoàng Thị Ngọc Ánh",
        "school": "Trường Mầm non Biển Xanh",
        "published_at": datetime(2021, 5, 20, 1, tzinfo=UTC),
    },
    "retracted": ABOUT_A_PIECE
    | {
        "part": "pictures",
        "retracted_at": datetime(2021, 5, 21, 1, tzinfo=UTC),
        "reason": "cha mẹ trẻ rút lại sự đồng ý.",
        "decider": "Nguyễn Văn Minh",
        "decider_title": "Trưởng phòng GDMN",
    },
    "committee_incomplete": {
        "unit": MONTH["unit"],
        "unit_short": "huyện Kỳ Anh",
        "seats": [
            {"kind": "leader", "required": 1, "seated": 1},
            {"kind": "specialist", "required": 1, "seated": 1},
            {"kind": "teacher", "required": 3, "seated": 2},
        ],
        "other_gaps": [
            {
                "name": "Võ Thị Hằng",
                "address": "kyanh.tv4@example.edu.vn",
                "lost_since": datetime(2021, 4, 28, 1, tzinfo=UTC),
                "is_shut": False,
            },
            {
                "name": "Lê Thị Nga",
                "address": "kyanh.tv5@example.edu.vn",
                "lost_since": None,
                "is_shut": True,
            },
        ],
        "link": LINK,
        "update_before": date(2021, 5, 10),
    },
    "committee_confirmed": {
        "unit": MONTH["unit"],
        "unit_short": "huyện Hương Khê",
        "valid_from": date(2021, 2, 5),
        "members": [
            {"name": "Hà Thị Thu Sương", "title": "Phó Trưởng phòng", "workplace": "Phòng GDĐT"},
            {"name": "Phan Thị Thu Hằng", "title": "Hiệu trưởng", "workplace": "Trường Mầm non Sao Mai"},
        ],
    },
    "unknown_sender": {
        "recipient": "me.cua.be@example.edu.vn",
        "address": "me.cua.be@example.edu.vn",
        "received_at": datetime(2021, 5, 11, 13, 7, tzinfo=UTC),
        "mail": "TH-000005",
    },
    "delegation": {
        "recipient": "Lê Thị Mai",
        "lender": "Nguyễn Văn Minh",
        "delegate": "Lê Thị Mai",
        "role": "người phê duyệt",
        "valid_from": date(2021, 5, 17),
        "last_day": date(2021, 5, 21),
        "is_ended": False,
        "reason": "đi công tác.",
        "link": LINK,
    },
    "monthly_summary": {
        "recipient": "Trần Quang Minh",
        "period": "KY-2021-05",
        "month": date(2021, 5, 1),
        "counted_at": datetime(2021, 6, 1, 1, tzinfo=UTC),
        "on_time_units": 9,
        "unit_count": 13,
        "late_units": 1,
        "short_units": ["H. Hương Khê", "TX Kỳ Anh", "H. Vũ Quang"],
        "extended_units": ["H. Kỳ Anh"],
        "received_count": 31,
        "published_count": 22,
        "returned_count": 4,
        "set_aside_count": 2,
        "leading_units": "H. Can Lộc (4), TP Hà Tĩnh (3)",
        "report_link": "https://gdmn.example.edu.vn/quan-tri/bao-cao/",
        "counts": [
            {"unit": "H. Can Lộc", "on_time": 2, "late": 0, "quota": 2},
            {"unit": "TX Kỳ Anh", "on_time": 1, "late": 1, "quota": 0},
        ],
        "seal": "forum.example.edu.vn/nhat-ky\n42\nPv0nX6k=\n\n— forum.example.edu.vn/nhat-ky Tx+IK7o3\n",
        "key": "forum.example.edu.vn/nhat-ky+4f2a0b1c+AZ8x",
        "link": LINK,
    },
    "sign_in_link": {
        "recipient": "Lê Thị Mai",
        "activate_before": datetime(2021, 5, 12, 5, tzinfo=UTC),
        "link": LINK,
    },
    "second_step": {
        "recipient": "Lê Thị Mai",
        "act": "add",
        "means": "passkey",
        "happened_at": datetime(2021, 5, 12, 5, tzinfo=UTC),
        "link": LINK,
    },
    "account_invitation": {
        "recipient": "Lê Thị Mai",
        "inviter": "Quản trị hệ thống",
        "role": "Biên tập viên",
        "unit": "Phòng Giáo dục Mầm non",
        "activate_before": datetime(2021, 5, 12, 5, tzinfo=UTC),
        "link": LINK,
    },
    "missing_consent": ABOUT_A_PIECE
    | {
        "pictures": [
            {"kind": "picture", "position": 2, "caption": "Trẻ lớp 5 tuổi A kể chuyện"},
            {"kind": "video", "position": 3, "caption": "Giờ ăn trưa tại điểm trường"},
        ],
        "supplement_before": date(2021, 5, 19),
    },
    "consent_withdrawn": ABOUT_A_PIECE
    | {
        "picture_count": 1,
        "page_link": "https://gdmn.example.edu.vn/bai/bep-an-mot-chieu",
        "hidden_at": datetime(2021, 5, 21, 2, 5, tzinfo=UTC),
        "answer_before": datetime(2021, 5, 25, 2, 5, tzinfo=UTC),
    },
    "waiting_long": {
        "recipient": "Lê Quang Sơn",
        "waits_for": "editing",
        "longest_days": 3,
        "pieces": [{"code": PIECE, "title": "Góc sách tre", "unit_short": "H. Can Lộc", "days": 6}],
        "link": LINK,
    },
    "weekly_digest": {
        "recipient": "Nguyễn Văn Sơn",
        "week": 20,
        "last_week": None,
        "from_day": date(2021, 5, 17),
        "to_day": date(2021, 5, 23),
        "received_count": 14,
        "news_count": 8,
        "article_count": 5,
        "video_count": 1,
        "published_count": 9,
        "editing_count": 3,
        "oldest_days": 4,
        "approval_count": 2,
        "consent_count": 1,
        "mail_count": 5,
        "month": date(2021, 6, 1),
        "met_count": 2,
        "unit_count": 13,
        "days_left": 26,
        "silent_units": "H. Hương Khê, H. Vũ Quang",
        "broken_addresses": "kyanh.tv4@example.edu.vn",
        "link": LINK,
    },
    "unit_succession": {
        "unit": MONTH["unit"],
        "unit_short": MONTH["unit_short"],
        "basis": "Nghị quyết số 202/2025/QH15",
        "effective_on": date(2025, 7, 1),
        "heirs": ["Phòng Văn hóa - Xã hội xã Hương Khê", "Phòng Văn hóa - Xã hội xã Hương Phố"],
        "update_before": date(2025, 7, 8),
    },
    "contact_undeliverable": {
        "recipient": "Nguyễn Văn Sơn",
        "original_subject": "[Nhắc việc] Huyện Kỳ Anh: còn 07 ngày để gửi tin, bài tháng 5/2021 (KY-2021-05)",
        "contact": "Võ Thị Hằng",
        "address": "kyanh.tv4@example.edu.vn",
        "unit_short": "huyện Kỳ Anh",
        "sent_at": datetime(2021, 5, 12, 1, tzinfo=UTC),
        "reason": "550 5.1.1 User unknown",
        "others_reached": True,
        "link": LINK,
    },
    "daily_digest": {
        "recipient": "Trần Thị Lan",
        "written_at": datetime(2021, 5, 20, 9, 30, tzinfo=UTC),
        "letters": [
            {
                "subject": "[Kết quả] Đã phê duyệt: Bữa phụ của bé (GDMN-2021-05-0012)",
                "says": "Bài “Bữa phụ của bé” đã được phê duyệt lúc 09 giờ 00 phút ngày 20/5/2021.",
                "link": "https://gdmn.example.edu.vn/don-vi/bai/GDMN-2021-05-0012",
            },
            {
                "subject": "[Kết quả] Đã đăng trên Diễn đàn: Góc sách tre (GDMN-2021-05-0013)",
                "says": "Bài “Góc sách tre” đã được đăng lúc 15 giờ 00 phút ngày 20/5/2021.",
                "link": "https://gdmn.example.edu.vn/bai/goc-sach-tre",
            },
        ],
        "link": "https://gdmn.example.edu.vn/vao/nhan-thu",
    },
}


def sample(kind: str, language: str) -> Wording:
    """The made-up letter of this kind, as its readers would get it. Raises KeyError for what is no letter of ours."""
    return render(kind, language, SAMPLES[kind])
