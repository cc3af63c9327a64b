"""The committee of Vũ Quang, the audit trail and five pieces, as the macros want them."""

from datetime import date, timedelta

from tests.look.november import NOW

GROUPS = [
    {
        "title": "Lãnh đạo phòng",
        "filled": 1,
        "needed": 1,
        "seats": [
            {
                "name": "Phan Quốc Bình",
                "role": "Trưởng ban",
                "title": "Phó Trưởng phòng GDĐT",
                "workplace": "Phòng GDĐT huyện Vũ Quang",
                "since": date(2021, 4, 26),
                "edit_url": "#edit",
            }
        ],
    },
    {
        "title": "Chuyên viên",
        "filled": 1,
        "needed": 1,
        "seats": [
            {
                "name": "Thái Thị Thu Hạnh",
                "role": "Phó Trưởng ban",
                "title": "Chuyên viên phụ trách mầm non",
                "workplace": "Phòng GDĐT huyện Vũ Quang",
                "since": date(2021, 4, 26),
            }
        ],
    },
    {
        "title": "Giáo viên hoặc cán bộ quản lý",
        "filled": 2,
        "needed": 3,
        "add_url": "#add",
        "who_may": "Giáo viên hoặc cán bộ quản lý của một trường trong huyện. "
        "Nhân viên y tế, nuôi dưỡng, kế toán không thuộc cơ cấu này.",
        "seats": [
            {
                "name": "Lê Thị Kim Hạnh",
                "role": "Ủy viên",
                "title": "Hiệu trưởng",
                "workplace": "Trường Mầm non Tuổi Thơ",
                "since": date(2021, 4, 26),
            },
            {
                "name": "Thái Thị Minh Sương",
                "role": "Ủy viên",
                "title": "Phó Hiệu trưởng",
                "workplace": "Trường Mầm non Hoa Sen",
                "since": date(2021, 4, 26),
            },
        ],
    },
]

EVENTS = [
    {
        "number": 4812,
        "at": NOW - timedelta(minutes=6),
        "who": "Trần Thị Hải Lý",
        "seat": "Trưởng phòng GDMN",
        "act": "approve",
        "subject": "Giảm tỷ lệ suy dinh dưỡng: bắt đầu từ bữa phụ",
        "code": "GDMN-2021-11-0013",
        "url": "#4812",
    },
    {
        "number": 4811,
        "at": NOW - timedelta(minutes=9),
        "who": "Nguyễn Thị Minh Châu",
        "seat": "Phó Trưởng phòng GDMN",
        "act": "approve",
        "refused": True,
        "subject": "Biến khoảng sân hẹp thành “khu vườn cổ tích” của bé",
        "code": "GDMN-2021-11-0014",
        "url": "#4811",
    },
    {
        "number": 4810,
        "at": NOW - timedelta(hours=15),
        "who": "Hệ thống",
        "seat": "Đến giờ hẹn",
        "act": "publish",
        "subject": "Khánh thành bếp ăn một chiều tại điểm trường lẻ",
        "code": "GDMN-2021-11-0006",
        "url": "#4810",
    },
]
COLUMNS = ("number", "at", "who", "seat", "act", "noun", "says", "refused", "subject", "code", "url")
LINES = [tuple(event.get(name, "") for name in COLUMNS) for event in EVENTS]
DETAIL = EVENTS[0] | {
    "headline": "Trần Thị Hải Lý đã phê duyệt",
    "revision": 4,
    "subject_url": "#piece",
    "capacity": "Trưởng phòng GDMN, không qua ủy quyền",
    "before": "edited",
    "after": "approved",
    "changes": [{"name": "Chuyên mục", "before": "Tin tức", "after": "Công tác bán trú"}],
    "four_eyes": {"held": True, "says": "Tác giả Lê Thị Hải Yến, biên tập Võ Quỳnh Hương"},
    "consent": "Không có",
    "seen": "sha256:5be190c47a2df318aa00",
    "seen_matches": True,
    "chain": [
        {"number": 4811, "digest": "a07c19e2ffff"},
        {"number": 4812, "digest": "c3d984b0ffff", "here": True},
    ],
    "close_url": "#close",
    "print_url": "#print",
}
PIECES = [
    {
        "id": 1,
        "title": "Liên hoan “Tiếng hát dân ca tuổi mầm non” tại cụm trường phía Tây",
        "kind": "news",
        "author": "Lương Thị Tuyết Mai",
        "school": "MN Phố Núi",
        "unit": "H. Hương Sơn",
        "state": "sent",
        "at": NOW - timedelta(minutes=38),
        "editor": None,
        "marks": [],
        "consent": "yes",
    },
    {
        "id": 2,
        "title": "“Bố ơi, mình làm diều nhé!” - kéo các ông bố đến trường",
        "kind": "article",
        "author": "Lương Thị Tuyết Mai",
        "school": "MN Phố Núi",
        "unit": "H. Hương Sơn",
        "state": "sent",
        "at": NOW - timedelta(days=1),
        "editor": "M. Châu",
        "marks": [("claimed", None)],
        "consent": "yes",
    },
    {
        "id": 3,
        "title": "Biến khoảng sân hẹp thành “khu vườn cổ tích” của bé",
        "kind": "article",
        "author": "Phan Thị Mỹ Duyên",
        "school": "MN Sơn Ca",
        "unit": "TP Hà Tĩnh",
        "state": "ready",
        "at": NOW - timedelta(days=6),
        "editor": "M. Châu",
        "marks": [],
        "consent": "unknown",
    },
    {
        "id": 4,
        "title": "Đưa Truyện Kiều và trò Kiều đến gần trẻ mẫu giáo",
        "kind": "article",
        "author": "Trần Thị Huyền My",
        "school": "MN Quê Nguyễn",
        "unit": "H. Nghi Xuân",
        "state": "approved",
        "at": NOW - timedelta(days=9),
        "editor": "Q. Hương",
        "marks": [("scheduled", "Hẹn 06:30, 18/11")],
        "consent": "yes",
    },
    {
        "id": 5,
        "title": "Khánh thành bếp ăn một chiều tại điểm trường lẻ",
        "kind": "news",
        "author": "Nguyễn Thị Hoài An",
        "school": "MN Đèo Ngang",
        "unit": "H. Kỳ Anh",
        "state": "public",
        "at": NOW - timedelta(days=11),
        "editor": "M. Châu",
        "marks": [("sent_late", None)],
        "consent": "none",
    },
]
