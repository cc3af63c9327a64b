"""F42: the network between the house and its database and Redis is split, silently or loudly, and comes back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faults import invariants, proxy
from tests.faults.visitors import Sending
from workflow import schema

pytestmark = [pytest.mark.database, pytest.mark.fault, pytest.mark.timeout(400)]


def test_every_address_of_ours_gives_up_a_network_that_swallows_what_is_sent():
    address = schema.driven("postgresql://toasoan_app@db.example.edu.vn/toasoan?connect_timeout=2")

    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}

    # Whoever names a patience of her own is taken at her word.
    assert asked == {**schema.REACHING, "connect_timeout": "2"}


def test_f42_a_line_that_is_cut_and_then_silent_holds_nobody_for_long(
    make, cast, web, visiting, only_jobs, post_office
):
    only_jobs()
    sendings, binh = [Sending(make.submission().code) for _ in range(2)], visiting(cast.binh)
    address = post_office.environment["DATABASE_URL"]

    with (
        proxy.before(proxy.sockets(address)) as between,
        web(DATABASE_URL=proxy.through(address, between)) as served,
    ):
        assert binh.send(served.port, sendings[0])
        between.is_cut = True
        pressed = binh.send(served.port, sendings[1])
        between.is_cut = False
        acked = [one.command for one in sendings if binh.insist(served.port, one)]

    assert (pressed, len(acked)) == (False, 2)
    report = invariants.look(acked=acked)
    assert [line for line in report.broken if not line.startswith("I6")] == []
