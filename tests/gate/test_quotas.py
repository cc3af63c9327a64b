"""So many drafts, revisions, remarks and files a person and hour: what is too much is kept, not lost (T31)."""

import io
import uuid

import pytest
from sqlalchemy import func, select

from gate import quotas
from models.base import db
from models.submission import Submission
from models.vocabulary import Channel
from tests.factories import picture
from workflow import grammar, writing

pytestmark = pytest.mark.database

DRAFT = {
    "kind": "news", "title": "Bé làm quen với sách", "body": "<div>Góc sách của lớp lá.</div>", "school": "",
    "author_line": "Phan Đình Bình", "category": "", "act": "save",
}  # fmt: skip


def drafts():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Submission))


def test_the_next_draft_of_an_hour_is_kept_and_goes_through_later(make, cast, client, monkeypatch):
    monkeypatch.setitem(quotas.QUOTAS, "portal.compose", quotas.DRAFTS._replace(most=2))
    make.clock_at("2021-05-17 08:00")
    make.submission(author=cast.binh)
    make.clock_at("2021-05-17 08:30")
    make.submission(author=cast.binh)
    binh, lan = client.as_(cast.binh), client.as_(cast.lan)

    refused = binh.send("/don-vi/soan", **DRAFT)

    assert refused.status_code == 429
    assert 1700 < int(refused.headers["Retry-After"]) <= 1800
    assert "sau 30 phút" in refused.text and "&lt;div&gt;Góc sách của lớp lá.&lt;/div&gt;" in refused.text
    assert drafts() == 2
    assert lan.send("/don-vi/soan", **DRAFT).status_code == 303
    make.clock_at("2021-05-17 09:00:05")
    assert binh.send("/don-vi/soan", **DRAFT).status_code == 303
    assert drafts() == 4


def test_what_came_by_mail_is_not_counted_and_a_form_sent_twice_is_let_through(
    make, cast, client, monkeypatch
):
    monkeypatch.setitem(quotas.QUOTAS, "portal.compose", quotas.DRAFTS._replace(most=1))
    make.clock_at("2021-05-17 08:00")
    for _ in range(2):
        writing.draft(make.manuscript(), unit=cast.can_loc, by=cast.binh, channel=Channel.MAIL)
    binh, once = client.as_(cast.binh), {**DRAFT, "command": str(uuid.uuid4())}

    assert binh.send("/don-vi/soan", **once).status_code == 303
    assert binh.send("/don-vi/soan", **once).status_code == 303
    assert binh.send("/don-vi/soan", **DRAFT, command=str(uuid.uuid4())).status_code == 429
    assert drafts() == 3


def test_files_have_a_measure_of_their_own_and_what_was_written_beside_them_is_kept(
    make, cast, client, monkeypatch
):
    monkeypatch.setattr(quotas, "FILES", 2)
    make.clock_at("2021-05-17 08:00")
    binh, lan = client.as_(cast.binh), client.as_(cast.lan)

    def bring(visitor, *colours):
        files = [(io.BytesIO(picture(colour)), f"{colour}.png") for colour in colours]
        return visitor.send("/don-vi/soan", **DRAFT, **({"files": files} if files else {}))

    assert bring(binh, "teal", "red").status_code == 303
    refused = bring(binh, "blue")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "tối đa 2 tệp" in refused.text and "&lt;div&gt;Góc sách của lớp lá.&lt;/div&gt;" in refused.text
    assert [bring(binh).status_code, bring(lan, "blue").status_code] == [303, 303]
    make.clock_at("2021-05-17 09:00:05")
    assert bring(binh, "blue").status_code == 303
    assert drafts() == 4


def test_member_lists_are_files_like_others_and_a_bad_one_counts_too(make, cast, client, monkeypatch):
    monkeypatch.setattr(quotas, "FILES", 2)
    make.clock_at("2021-05-17 08:00")
    place, son, ha = "/quan-tri/ban-truyen-thong/h-can-loc/nhap", client.as_(cast.son), client.as_(cast.ha)
    typed = {"rows": "1", "full_name-0": "Hồ Thị Én", "email-0": "en@example.edu.vn", "seat_kind-0": "leader"}

    def bring(visitor):
        return visitor.send(place, file=(io.BytesIO(b"a,b\n1,2\n"), "ban.csv")).status_code

    assert [bring(son), bring(son), bring(son), bring(ha)] == [422, 422, 429, 422]
    assert son.send(place, **typed).status_code == 200
    make.clock_at("2021-05-17 09:00:05")
    assert bring(son) == 422


def test_every_quota_counts_what_is_on_record_by_that_name():
    assert {asked.action for asked in quotas.QUOTAS.values() if asked} <= grammar.ACTIONS.keys()


def test_every_quota_stands_at_an_address_that_is_pressed(house):
    pressed = {rule.endpoint for rule in house.url_map.iter_rules() if "POST" in rule.methods}

    assert quotas.QUOTAS.keys() <= pressed
