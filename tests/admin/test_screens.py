"""Every screen of the console for every role: who may see it, and that it can be drawn at all."""

import pytest

from workflow.rules.permissions import PERMISSIONS

pytestmark = pytest.mark.database

# Address of the screen -> what it needs.
SCREENS = {
    "/quan-tri/": "console.enter",
    "/quan-tri/bai/": "submissions.read",
    "/quan-tri/bai/?trang-thai=sent": "submissions.read",
    "/quan-tri/don-vi/": "units.read",
    "/quan-tri/don-vi/h-can-loc/": "units.read",
    "/quan-tri/don-vi/new/": "units.write",
    "/quan-tri/ban-truyen-thong/": "committees.read",
    "/quan-tri/ban-truyen-thong/h-can-loc/": "committees.read",
    "/quan-tri/ban-truyen-thong/h-ky-anh/": "committees.read",
    "/quan-tri/ban-truyen-thong/h-can-loc/them": "committees.write",
    "/quan-tri/ban-truyen-thong/h-can-loc/nhap": "committees.write",
    "/quan-tri/ban-truyen-thong/h-can-loc/lich-su": "committees.read",
    "/quan-tri/ban-truyen-thong/phu-luc": "committees.read",
    "/quan-tri/ky/": "periods.read",
    "/quan-tri/quy-trinh/": "procedures.read",
    "/quan-tri/quy-trinh/unit-approval/1/": "procedures.read",
    "/quan-tri/chuyen-muc/": "submissions.read",
    "/quan-tri/van-ban/": "submissions.read",
    "/quan-tri/van-ban/moi": "directives.write",
    "/quan-tri/thong-bao/": "announcements.read",
    "/quan-tri/bao-cao/": "reports.read",
    "/quan-tri/bao-cao/thang.csv": "reports.read",
    "/quan-tri/nhat-ky/": "audit.read",
    "/quan-tri/nhat-ky/kiem-tra": "audit.read",
    "/quan-tri/nhat-ky/xuat.csv": "audit.read",
    "/quan-tri/thu-da-gui/": "letters.read",
    "/quan-tri/hang-doi/": "queues.read",
    "/quan-tri/hang-doi/sap-toi": "queues.read",
    "/quan-tri/hang-doi/viec?tinh-trang=dead": "queues.read",
    "/quan-tri/thu-den/": "tray.read",
    "/quan-tri/tai-khoan/": "accounts.read",
    "/quan-tri/tai-khoan/new/": "accounts.write",
    "/quan-tri/uy-quyen/": "console.enter",
    "/quan-tri/ai-da-duyet-gi/": "audit.read",
    "/quan-tri/ai-da-duyet-gi/xuat.csv": "audit.read",
}
ROLES = {"son": "editor", "minh": "approver", "phuong": "publisher", "khang": "auditor", "mai": "admin"}


@pytest.mark.parametrize("name", ROLES)
def test_each_role_sees_what_it_may_and_nothing_else(make, cast, client, name):
    make.submission(state="submitted", with_picture=True)
    visitor = client.as_(getattr(cast, name))

    seen = {address: visitor.get(address).status_code for address in SCREENS}

    allowed = {address: ROLES[name] in PERMISSIONS[needs] for address, needs in SCREENS.items()}
    assert seen == {address: 200 if may else 403 for address, may in allowed.items()}
