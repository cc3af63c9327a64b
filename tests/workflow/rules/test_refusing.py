"""Whom the answer of a mail server is about."""

import pytest

from workflow.rules.refusing import is_about_us


@pytest.mark.parametrize(
    "says",
    [
        "554 5.7.1 <lan@example.edu.vn>: Relay access denied",
        "550 5.7.1 Unable to relay",
        "550 relay not permitted",
        "5.0.0; 550 relaying denied",
        "5.7.26; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "5.7.606; 550 5.7.606 Access denied, banned sending IP [203.0.113.9]",
    ],
)
def test_what_a_server_has_against_the_sender_is_about_us(says):
    assert is_about_us(says)


@pytest.mark.parametrize(
    "says",
    [
        "550 5.1.1 <relay@example.edu.vn>: no such user",
        "5.1.1; host relay.example.edu.vn said: 550 5.1.1 User unknown",
        "550 no such mailbox at relay.example.edu.vn",
        "5.4.1; 550 5.4.1 Recipient address rejected: Access denied",
        "552 5.2.2 Mailbox full",
        "550 no such user here, said 203.5.7.1",
    ],
)
def test_what_it_has_against_the_reader_is_about_the_address(says):
    assert not is_about_us(says)
