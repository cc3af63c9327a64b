"""Reports of letters that came back, as the servers people use here write them (RFC 3464)."""

from pathlib import Path

import pytest

from workflow.intake.reports import MAX_FAILURES, Failure, failures

FOLDER = Path(__file__).parent / "reports"
ID = "<" + "ab" * 32 + "@example.edu.vn>"
ADDRESS = "binh@example.edu.vn"


def report(name: str, *, message_id: str = ID, address: str = ADDRESS) -> bytes:
    written = (FOLDER / f"{name}.eml").read_text("utf-8")
    return written.replace("{message_id}", message_id).replace("{address}", address).encode()


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (
            "postfix",
            "5.1.1; 550 5.1.1 <binh@example.edu.vn>: Recipient address rejected:"
            " User unknown in virtual mailbox table",
        ),
        (
            "exchange",
            "5.1.10; 550 5.1.10 RESOLVER.ADR.RecipientNotFound;"
            " Recipient binh@example.edu.vn not found by SMTP address lookup",
        ),
        ("gmail", "5.2.2; 552-5.2.2 The email account that you tried to reach is over quota."),
    ],
)
def test_a_report_names_the_letter_the_address_and_the_reason(server, says):
    [failure] = failures(report(server))

    assert failure == Failure(ID, ADDRESS, says)


def test_a_delay_is_no_failure():
    assert failures(report("delayed")) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\x00\xff\n--b--",
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        report("postfix", message_id="no id at all"),
        report("gmail", address="nobody"),
        report("exchange")[:900],
    ],
)
def test_what_is_no_whole_report_tells_of_no_failure(raw):
    assert failures(raw) == ()


def test_a_flood_of_recipients_is_cut():
    block = f"Final-Recipient: rfc822; {ADDRESS}\nAction: failed\nStatus: 5.1.1\n\n"
    flood = report("postfix").decode().replace("Final-Recipient", block * 500 + "Final-Recipient", 1)

    assert len(failures(flood.encode())) == MAX_FAILURES
