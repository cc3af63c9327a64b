"""What a page weighs over the wire, in bytes: the first one, the later ones, and who is asked for it."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.database]

FIRST, LATER = 250_000, 40_000

PAGES = (
    "/quan-tri/bai/", "/quan-tri/bai/{piece}/", "/quan-tri/thu-den/", "/quan-tri/don-vi/",
    "/quan-tri/ban-truyen-thong/",
    "/quan-tri/ky/", "/quan-tri/bao-cao/", "/quan-tri/thu-da-gui/", "/quan-tri/uy-quyen/", "/quan-tri/",
)  # fmt: skip


@pytest.fixture
def weigh():
    """`weigh(page)` counts what comes over the wire from then on: headers, bodies as they were packed."""

    def begin(page):
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.clearBrowserCache")
        seen = {"bytes": 0}

        def add(event):
            seen["bytes"] += event["encodedDataLength"]

        devtools.on("Network.loadingFinished", add)

        def load(address: str) -> int:
            seen["bytes"] = 0
            page.goto(address)
            page.wait_for_load_state("networkidle")
            return int(seen["bytes"])

        return load

    return begin


@pytest.mark.long
def test_the_first_page_of_the_console_and_every_later_one_are_light(make, cast, window, weigh):
    for _ in range(12):
        piece = make.submission(state="submitted")
    page = window(cast.son)
    load = weigh(page)

    first = load("/quan-tri/")
    later = {address: load(address.format(piece=piece.id)) for address in PAGES}

    assert 20_000 < first <= FIRST
    assert {address: weight for address, weight in later.items() if weight > LATER} == {}


def test_the_editor_comes_once(make, cast, window, weigh):
    piece = make.submission(state="submitted")
    page = window(cast.son)
    page.goto(f"/quan-tri/bai/{piece.id}/")
    page.get_by_role("button", name="Nhận biên tập").click()
    load = weigh(page)
    load("/quan-tri/")

    once = load(f"/quan-tri/bai/{piece.id}/sua")
    again = load(f"/quan-tri/bai/{piece.id}/sua")

    assert once <= 2 * LATER
    assert again <= LATER


def test_the_public_page_and_the_units_month_are_light_too(make, cast, window, weigh):
    make.submission(state="published")

    assert weigh(window())("/") <= FIRST
    assert weigh(window(cast.binh, width=390))("/don-vi/") <= FIRST
