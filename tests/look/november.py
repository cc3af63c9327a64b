"""The month of the pictures as plain values: what a door would hand to the macros on Wednesday 17/11/2021, 08:30."""

from datetime import UTC, date, datetime, timedelta

HERE = datetime.fromisoformat
NOW = HERE("2021-11-17T08:30:00+07:00").astimezone(UTC)

UNITS = [
    ("Thành phố Hà Tĩnh", "TP Hà Tĩnh", "3---23", 2),
    ("Thị xã Hồng Lĩnh", "TX Hồng Lĩnh", "2---22", 2),
    ("Thị xã Kỳ Anh", "TX Kỳ Anh", "2---L2", 2),
    ("Huyện Can Lộc", "H. Can Lộc", "2---22", 1),
    ("Huyện Cẩm Xuyên", "H. Cẩm Xuyên", "2---32", 2),
    ("Huyện Đức Thọ", "H. Đức Thọ", "1---22", 1),
    ("Huyện Hương Khê", "H. Hương Khê", "L---E2", 1),
    ("Huyện Hương Sơn", "H. Hương Sơn", "2---22", 3),
    ("Huyện Kỳ Anh", "H. Kỳ Anh", "3---2L", 2),
    ("Huyện Lộc Hà", "H. Lộc Hà", "1---12", 0),
    ("Huyện Nghi Xuân", "H. Nghi Xuân", "3---23", 2),
    ("Huyện Thạch Hà", "H. Thạch Hà", "2---22", 2),
    ("Huyện Vũ Quang", "H. Vũ Quang", "0---10", 0),
]
MONTHS = [{"label": f"T{n}", "name": f"tháng {n}/2021"} for n in range(5, 11)] + [
    {"label": "T11", "name": "tháng 11/2021", "running": True, "note": "đang nhận"}
]
VERDICT = {"-": "exempt", "L": "late", "E": "late", "0": "silent", "1": "short"}


def cells(marks: str, running: int) -> list[dict]:
    """One cell a month from a row of signs: a figure is a count, L late, E late and excused, - exempt."""
    past = [
        {
            "verdict": VERDICT.get(sign, "on_time"),
            "done": int(sign) if sign.isdigit() else 2,
            "quota": 2,
            "excused": sign == "E",
            "url": "#cell",
        }
        for sign in marks
    ]
    return [
        *past,
        {"verdict": "on_time" if running >= 2 else "short", "done": running, "quota": 2, "url": "#cell"},
    ]


def band(now: datetime = NOW, **more) -> dict:
    return {
        "label": "Kỳ tháng 11/2021",
        "opens_at": HERE("2021-10-20T00:00:00+07:00"),
        "deadline_at": HERE("2021-11-20T00:00:00+07:00"),
        "closes_at": HERE("2021-11-25T00:00:00+07:00"),
        "now": now,
        "reminders": [HERE("2021-11-12T08:00:00+07:00"), HERE("2021-11-16T08:00:00+07:00")],
        "met": 8,
        "units": 13,
        "rest": "3 đơn vị thiếu 1, 2 đơn vị chưa gửi",
    } | more


STEPS = [
    {
        "name": "approve",
        "label": "Phê duyệt",
        "kind": "primary",
        "allowed": False,
        "action_url": "/act",
        "seen": "sha256:9f2c41ab",
        "reasons": [
            {
                "code": "four_eyes_violation",
                "says": "Đồng chí đã biên tập bài này nên không thể tự phê duyệt.",
                "way_out": "Người có thể phê duyệt: Trần Thị Hải Lý, Trưởng phòng GDMN.",
            },
            {
                "code": "consent_missing",
                "says": "Ảnh 3 chưa rõ sự đồng ý của cha mẹ trẻ.",
                "way_out": "Hỏi lại đơn vị",
                "way_out_url": "#ask",
            },
        ],
    },
    {
        "name": "remind",
        "label": "Nhắc người phê duyệt",
        "kind": "primary",
        "allowed": True,
        "action_url": "/act",
    },
    {"name": "write", "label": "Biên tập", "kind": "secondary", "allowed": True, "action_url": "/act"},
    {
        "name": "return",
        "label": "Trả lại đơn vị",
        "kind": "secondary",
        "allowed": True,
        "needs_reason": True,
        "action_url": "/act",
        "reasons_used": ["Cần bổ sung ảnh.", "Cần ghi rõ nguồn."],
    },
    {
        "name": "set_aside",
        "label": "Để lại, không sử dụng",
        "kind": "text",
        "allowed": True,
        "needs_reason": True,
        "action_url": "/act",
    },
]

ENTRIES = [
    {
        "act": "approve",
        "who": "Nguyễn Thị Minh Châu",
        "seat": "Phó Trưởng phòng GDMN",
        "at": NOW - timedelta(minutes=9),
        "refused": True,
        "note": "Người biên tập không được tự phê duyệt",
    },
    {
        "act": "edit",
        "who": "Nguyễn Thị Minh Châu",
        "at": NOW - timedelta(hours=18, minutes=10),
        "note": "Phiên bản 3. Danh mục kiểm tra: 7 trên 7.",
    },
    {
        "act": "write",
        "who": "Nguyễn Thị Minh Châu",
        "at": NOW - timedelta(hours=18, minutes=28),
        "note": "Sửa tít, cắt 2 câu.",
        "link_url": "#diff",
        "link": "So sánh thay đổi",
    },
    {"act": "claim", "who": "Nguyễn Thị Minh Châu", "at": NOW - timedelta(days=2)},
    {
        "act": "submit",
        "who": "Nguyễn Thị Thu Thủy",
        "seat": "Ban Truyền thông TP Hà Tĩnh",
        "at": NOW - timedelta(days=5),
        "note": "Đúng hạn, tính vào kỳ tháng 11/2021.",
    },
    {
        "act": "receive",
        "who": "Phan Thị Mỹ Duyên",
        "at": NOW - timedelta(days=6),
        "note": "Vào bản nháp chung.",
    },
]

MENU = [
    {
        "label": None,
        "items": [
            {"label": "Bảng điều khiển", "short": "Hôm nay", "icon": "layout-dashboard", "url": "/"},
            {"label": "Thư chờ xử lý", "short": "Thư đến", "icon": "mail", "url": "#mail", "count": 3},
        ],
    },
    {
        "label": "Biên tập",
        "items": [
            {"label": "Tin, bài", "icon": "file-text", "url": "/desk", "count": 22},
            {"label": "Hàng chờ biên tập", "icon": "inbox", "url": "#q1", "count": 6},
            {"label": "Hàng chờ phê duyệt", "icon": "rubber-stamp", "url": "/piece", "count": 4},
        ],
    },
    {
        "label": "Đơn vị",
        "items": [
            {"label": "Đơn vị", "icon": "building-community", "url": "#units"},
            {"label": "Ban Truyền thông", "icon": "users-group", "url": "/committee", "count": 2},
            {"label": "Kỳ và hạn gửi", "icon": "calendar-event", "url": "#periods"},
        ],
    },
    {
        "label": "Theo dõi",
        "items": [
            {"label": "Báo cáo tháng", "icon": "chart-bar", "url": "#report"},
            {"label": "Nhật ký hệ thống", "icon": "history", "url": "/audit"},
            {"label": "Thiết lập", "icon": "settings", "url": "/components"},
        ],
    },
]
KINDS = ("tin", "bai", "video", "tu_lieu")
SECTIONS = [
    ("ban-tru", "Công tác bán trú"),
    ("moi-truong-giao-duc", "Xây dựng môi trường giáo dục"),
    ("hoat-dong-giao-duc", "Tổ chức hoạt động giáo dục"),
    ("phoi-hop-phu-huynh", "Phối hợp với phụ huynh"),
    ("guong-dien-hinh", "Gương điển hình"),
    ("chia-se-kinh-nghiem", "Chia sẻ kinh nghiệm"),
    ("tu-lieu-chuyen-mon", "Tư liệu chuyên môn"),
    ("tin-tuc-su-kien", "Tin tức - Sự kiện"),
]
STORIES = [
    (
        "moi-truong-giao-duc",
        "Biến khoảng sân hẹp thành “khu vườn cổ tích” của bé",
        "Phan Thị Mỹ Duyên",
        "TP Hà Tĩnh",
    ),
    ("ban-tru", "Vườn rau của trường, bữa cơm của bé", "Trần Thị Minh Châu", "huyện Thạch Hà"),
    ("guong-dien-hinh", "Cô giáo mười hai năm “gieo chữ bằng lời ru”", "Nguyễn Thị Bích Liên", "TP Hà Tĩnh"),
    (
        "hoat-dong-giao-duc",
        "Đưa Truyện Kiều và trò Kiều đến gần trẻ mẫu giáo",
        "Trần Thị Huyền My",
        "huyện Nghi Xuân",
    ),
    (
        "chia-se-kinh-nghiem",
        "Quản lý hồ sơ tổ chuyên môn: ít giấy hơn, thật việc hơn",
        "Hoàng Thị Thanh Trà",
        "",
    ),
    (
        "phoi-hop-phu-huynh",
        "“Bố ơi, mình làm diều nhé!” - kéo các ông bố đến trường",
        "Lương Thị Tuyết Mai",
        "",
    ),
    ("tu-lieu-chuyen-mon", "Kế hoạch giáo dục chủ đề “Nước và mùa hè”", "Phan Thị Hòa", "huyện Can Lộc"),
    (
        "tin-tuc-su-kien",
        "Liên hoan “Tiếng hát dân ca tuổi mầm non”",
        "Lương Thị Tuyết Mai",
        "huyện Hương Sơn",
    ),
]


def story(number: int) -> dict:
    code, title, author, place = STORIES[number]
    return {
        "url": "/article",
        "title": title,
        "author": author,
        "place": place,
        "published_on": date(2021, 11, 17 - number),
        "section": {"code": code, "label": dict(SECTIONS)[code], "url": "#" + code},
        "summary": "Từ một khoảng sân chưa đầy 60 m² bị bỏ trống sau dãy phòng học, tập thể giáo viên đã cùng "
        "phụ huynh tạo nên không gian trải nghiệm cho trẻ chỉ trong ba tuần.",
        "author_line": "Giáo viên, Trường Mầm non Quê Nguyễn, huyện Nghi Xuân",
        "minutes": 3,
    }
