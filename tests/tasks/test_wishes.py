"""How somebody gets her letters: her page, the daily digest, and the press that stops a kind of letter."""

import re

import pytest
from sqlalchemy import select

from models.audit import AuditEvent
from models.base import db
from models.outbox import Letter
from tests.mail_peer import mail_peer
from workflow import accounts, letters, wishes
from workflow.engine.errors import Invalid
from workflow.queries import wishes as read

pytestmark = pytest.mark.database

PAGE = "/vao/nhan-thu"


def wished(account):
    """What is on record about how somebody wants her letters."""
    acts = (
        select(AuditEvent.action).where(AuditEvent.stream == f"account:{account.id}").order_by(AuditEvent.seq)
    )
    return [act for act in db.session.scalars(acts) if act in ("account:wish", "account:language")]


@pytest.fixture
def states(work):
    """What became of the letters of one kind, by the name of their reader: `states("approved")`."""

    def look(kind):
        work()
        found = db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id))
        return [(letter.to_address.partition("@")[0], letter.state.value) for letter in found]

    return look


def test_without_a_choice_letters_go_at_once_and_duties_are_not_asked_about(client, cast):
    pages = {name: client.as_(getattr(cast, name)).get(PAGE).text for name in ("lan", "binh", "minh", "mai")}

    assert {
        name: re.findall(r'name="(\w+)" value="(\w+)" checked', page) for name, page in pages.items()
    } == {
        "lan": [("language", "vi"), ("results", "now")],
        "binh": [("language", "vi"), ("results", "now"), ("summaries", "now")],
        "minh": [("language", "vi"), ("approvals", "now"), ("summaries", "now")],
        "mai": [("language", "vi")],
    }
    assert 'name="approvals" value="never"' not in pages["minh"]


def test_a_choice_is_kept_with_one_event_for_each_change(client, cast):
    lan = client.as_(cast.lan)
    lan.read_token(PAGE)
    chosen = {"language": "en", "results": "daily", "approvals": "now", "summaries": "never"}

    assert lan.send(PAGE, **chosen).status_code == 303
    assert lan.send(PAGE, **chosen).status_code == 303

    assert dict(read.chosen(cast.lan.id)) == {"results": "daily", "approvals": "now", "summaries": "never"}
    assert wished(cast.lan) == ["account:language", "account:wish", "account:wish"]


def test_a_browser_that_reads_english_leaves_the_letters_of_who_saves_another_wish(client, cast):
    lan = client.as_(cast.lan)
    lan.set_cookie("language", "en")
    page = lan.get(PAGE).text
    [shown] = re.findall(r'name="language" value="(\w+)" checked', page)

    lan.send(PAGE, language=shown, results="daily")

    assert 'lang="en"' in page
    assert (shown, cast.lan.language, cast.lan.language_chosen) == ("vi", "vi", False)
    assert wished(cast.lan) == ["account:wish"]


@pytest.mark.parametrize(
    ("subject", "pace"), [("approvals", "never"), ("summaries", "daily"), ("duties", "now")]
)
def test_what_may_not_be_chosen_is_refused(cast, subject, pace):
    with pytest.raises(Invalid) as refused:
        wishes.choose(subject, pace, by=cast.minh)

    assert refused.value.code == "wish_unknown"


def test_nobody_else_can_choose(client, cast):
    answer = client.get(PAGE)

    assert (answer.status_code, "/vao/dang-nhap" in answer.location) == (302, True)


def test_the_day_comes_as_one_letter_and_the_gathered_share_its_fate(
    make, cast, states, clock_at, set_to, broker
):
    wishes.choose("results", "daily", by=cast.lan)
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        pieces = [make.submission(state="published") for _ in range(2)]
        assert set(states("published")) == {("binh", "sent"), ("lan", "held")}
        clock_at("2021-05-17 16:30")
        day = clock_at("2021-05-17 16:30").date()
        assert letters.gather(day) == {"sent": 1}
        assert letters.gather(day) == {"sent": 0}

        assert states("daily_digest") == [("lan", "sent")]

        [digest] = [one for one in peer.letters() if "thông báo ngày" in one["Subject"]]
    text = digest.get_body(("plain",)).get_content()
    assert digest["Subject"] == "[Tổng hợp] 04 thông báo ngày 17/5/2021"
    assert [text.count(f"({piece.code})") for piece in pieces] == [2, 2]
    assert text.count("/bai/bep-an-mot-chieu-so-") == 2
    assert set(states("published")) == {("binh", "sent"), ("lan", "sent")}
    assert letters.digests_due(day) == []


def test_a_digest_that_was_asked_for_twice_is_written_once(make, cast, states, work, put, broker):
    wishes.choose("results", "daily", by=cast.lan)
    make.submission(state="approved")
    work()
    newest = db.session.scalars(select(Letter.id).order_by(Letter.id.desc())).first()
    for number in (1, 2):
        put("letter:daily_digest", f"digest:{number}", account=cast.lan.id, on="2021-05-17", until=newest)

    assert states("daily_digest") == [("lan", "sent")]


def test_a_duty_comes_at_once_whatever_was_chosen(make, cast, states, broker):
    from workflow import submissions

    for subject, pace in (("results", "never"), ("summaries", "never")):
        wishes.choose(subject, pace, by=cast.lan)
    piece = make.submission(state="submitted")
    submissions.give_back(piece.id, reason="Bổ sung số trẻ.", by=cast.son)

    assert states("returned") == [("binh", "sent"), ("lan", "sent")]


def test_one_press_from_the_mailbox_stops_the_kind_without_signing_in(
    make, cast, states, set_to, client, broker
):
    with mail_peer() as peer:
        set_to(SMTP_URL=peer.url)
        make.submission(state="published")
        states("published")
        published = next(one for one in peer.letters() if "Đã đăng" in one["Subject"] and "lan@" in one["To"])
        receipt_of_duty = [one for one in peer.letters() if one["Subject"].startswith("[Trình duyệt]")]
    assert published["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all("List-Unsubscribe" not in one for one in receipt_of_duty)
    address = re.fullmatch(r"<https?://[^/]+(/thoi-nhan-thu/[^>]+)>", published["List-Unsubscribe"])[1]

    looked = [client.get(address), client.head(address)]
    assert [answer.status_code for answer in looked] == [200, 200]
    assert read.chosen(cast.lan.id)["results"] == "now"

    pressed = client.post(address, data={"List-Unsubscribe": "One-Click"})

    assert pressed.status_code == 200
    assert read.chosen(cast.lan.id) == {"results": "never", "approvals": "now", "summaries": "now"}
    assert client.post(address).status_code == 200
    assert wished(cast.lan) == ["account:wish"]
    make.submission(state="published")
    assert ("lan", "muted") in states("published")


def test_who_stops_a_kind_gets_none_of_it_with_the_days_letter_either(make, cast, states, clock_at, broker):
    wishes.choose("results", "daily", by=cast.lan)
    make.submission(state="published")
    assert ("lan", "held") in states("published")

    wishes.choose("results", "never", by=cast.lan)
    letters.gather(clock_at("2021-05-17 16:30").date())

    assert states("daily_digest") == []
    assert ("lan", "muted") in states("published")


def test_what_is_held_for_somebody_whose_account_was_shut_asks_for_no_letter(
    make, cast, states, clock_at, broker
):
    wishes.choose("results", "daily", by=cast.lan)
    make.submission(state="published")
    assert ("lan", "held") in states("published")
    accounts.set_active(cast.lan, False, by=cast.mai)

    assert letters.digests_due(clock_at("2021-05-17 16:30").date()) == []


def test_a_forged_or_foreign_address_stops_nothing(client, cast):
    token = wishes.address(cast.minh.id, "published").rpartition("/")[2]
    duty = wishes._signer().dumps([cast.minh.id, "approvals"])
    for forged in (token[:-2] + "xx", "abc", duty, "%00"):
        assert client.post(f"/thoi-nhan-thu/{forged}").status_code in (400, 404, 422)

    assert set(read.chosen(cast.minh.id).values()) == {"now"}
