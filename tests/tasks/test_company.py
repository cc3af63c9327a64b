"""A suspect is carried out alone: when its worker dies under it, nobody else was near."""

import threading
from contextlib import ExitStack

from tasks import company


def at_work(*, alone, said, name):
    """A thread that joins, says so, and leaves when it is let go."""
    go = threading.Event()

    def work():
        with company.joined(alone=alone):
            said.append(name)
            go.wait(30)

    thread = threading.Thread(target=work)
    thread.start()

    def leave():
        go.set()
        thread.join(30)

    return leave


def until(holds):
    for _ in range(3000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("in vain")


def stands(number):
    return lambda: len(company._at_work) == number


def test_a_suspect_waits_until_the_others_are_through_and_others_until_it_is():
    said = []
    first, second = (at_work(alone=False, said=said, name=name) for name in ("Lan", "Bình"))
    until(lambda: len(said) == 2)
    suspect = at_work(alone=True, said=said, name="suspect")
    until(stands(3))
    late = at_work(alone=False, said=said, name="Nga")
    first()
    assert len(said) == 2

    second()
    until(lambda: said[2:] == ["suspect"])
    assert stands(1)()
    suspect()
    until(lambda: said[3:] == ["Nga"])
    late()

    assert company._at_work == {}


def test_nobody_waits_for_ever_for_a_neighbour_who_never_ends(set_to):
    set_to(LEASE_SECONDS="0.4")
    said = []
    with ExitStack() as leaving:
        for alone in (False, True):
            leaving.callback(at_work(alone=alone, said=said, name=alone))

        until(lambda: said == [False, True])


def test_two_suspects_are_never_at_work_beside_each_other(set_to):
    set_to(LEASE_SECONDS="0.4")
    said = []
    first = at_work(alone=True, said=said, name="first")
    until(lambda: said == ["first"])

    # Each would be blamed for what the other does to their worker: the second is let go, and its row comes back.
    with company.joined(alone=True) as may:
        assert not may
    assert stands(1)()
    # Who is at it for a whole lease is not waited for any longer: his row is another's by now.
    until(lambda: not company._suspects())
    with company.joined(alone=True) as may:
        assert may
    first()
    assert company._at_work == {}
