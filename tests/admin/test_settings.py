"""The settings in one place: with who changed them, or where the machine was told them; no secret is shown."""

import pytest

from admin.house_settings import CHANGEABLE, IN_THE_MACHINE, NAMES, SECRET
from models.vocabulary import Readers
from workflow import announcements, clock
from workflow.grammar import ACTIONS
from workflow.settings import Settings, settings

pytestmark = pytest.mark.database


def page_of(visitor):
    return visitor.get("/quan-tri/thiet-lap/").text.replace("\xa0", " ")


def row_of(page: str, name: str) -> str:
    return next(row for row in page.split("<tr>") if name in row)


def test_a_setting_names_who_changed_it_and_when(make, cast, client):
    soon = clock.now().replace(year=2022)
    announcements.publish(
        "Tập huấn", "", readers=Readers.EVERYONE, since=clock.now(), until=soon, by=cast.son
    )

    page = page_of(client.as_(cast.mai))

    assert "1 thông báo đang hoặc sắp hiện" in row_of(page, "thông báo đang hoặc sắp hiện")
    assert "Nguyễn Văn Sơn</b>, 08:30 hôm nay" in row_of(page, "thông báo đang")
    assert "2 tin, bài mỗi kỳ; trước ngày 20, chốt kỳ ngày 25" in page
    assert "Chưa ai thay đổi" in row_of(page, "việc đang tạm dừng")


def test_every_setting_of_the_machine_stands_once_and_no_secret_is_shown(make, cast, client):
    page = page_of(client.as_(cast.khang))

    listed = [name for names in IN_THE_MACHINE.values() for name in names]
    assert sorted(listed) == sorted(Settings.model_fields) == sorted(NAMES)
    assert [name for name in Settings.model_fields if "url" in name or "secret" in name] == [
        name for name in Settings.model_fields if name in SECRET | {"public_url"}
    ]
    assert [name for name in SECRET if (value := getattr(settings(), name)) and value in page] == []
    assert settings().mail_from in page and "MAIL_FROM" in page


def test_who_may_not_read_the_settings_does_not(cast, client):
    assert client.as_(cast.minh).get("/quan-tri/thiet-lap/").status_code == 403
    assert "Thiết lập" not in client.as_(cast.minh).get("/quan-tri/").text


def test_every_change_that_is_named_is_an_act_of_the_grammar():
    assert [action for each in CHANGEABLE for action in each.actions if action not in ACTIONS] == []


def test_in_a_rehearsal_a_sign_in_is_told_on_the_clock_that_people_see(make, cast, client):
    page = client.as_(cast.mai).get("/quan-tri/tai-khoan/").text.replace("\xa0", " ")

    assert "08:30 hôm nay" in row_of(page, cast.mai.email)
    assert "Chưa lần nào" in row_of(page, cast.khang.email)
