"""The audit screen at a hundred thousand and at a million events, against stock Flask-Admin on the same table.

Every figure is of whole WSGI calls by somebody signed in: session, rights, menu with its counts, filters, page.
"""

import time
from collections.abc import Iterable, Mapping
from functools import cache
from statistics import median, quantiles

import psycopg
from flask.testing import FlaskClient

from tests.bench import archive, audit_list_peers
from tests.bench.figures import Figure, Stage

ROUNDS, TIMES = 4, 8
"""Rounds take turns; in each, every address is asked so often in a row."""
FEW, MANY = range(100, 10_100), range(10_100, 100_100)
PAGE = "/quan-tri/nhat-ky/"
DEEP = 22_500
"""Nine tenths of the way to stock's last page."""

ASKED: Mapping[str, str] = {
    "the newest": "",
    "the middle": "truoc={middle}",
    "the oldest": "truoc={oldest}",
    "back towards the newest": "sau={oldest}",
    "a person": "nguoi=3",
    "a person, deep": "nguoi=3&truoc={oldest}",
    "a unit": "don-vi=dv-3",
    "a unit, deep": "don-vi=dv-3&truoc={oldest}",
    "a month": "thang={month}",
    "a month, deep": "thang={month}&truoc={in_month}",
    "an action": "hanh-dong=submission:approve",
    "an action, deep": "hanh-dong=submission:approve&truoc={oldest}",
    "all of a noun": "hanh-dong=account:",
    "refused": "tu-choi=1",
    "refused, deep": "tu-choi=1&truoc={oldest}",
    "a piece": "bai={piece}",
    "the code of a piece": "q=A-{piece:07d}",
    "words of a title": "q=truong so {piece}",
    "a word of every fifth title": "q=bep an",
    "a name": "q=Khanh 20",
    "what a person did of a kind": "nguoi=3&hanh-dong=submission:edit",
    "what a person never did": "nguoi=299&hanh-dong=submission:publish",
    "refused to a unit in a month": "tu-choi=1&don-vi=dv-8&thang={month}",
    "a person at a unit": "nguoi=3&don-vi=dv-33",
}


class Reader:
    """Somebody at the list of one archive."""

    def __init__(self, admin_url: str) -> None:
        with psycopg.connect(admin_url) as connection:
            least, most = connection.execute("SELECT min(id), max(id) FROM audit_event").fetchone() or (0, 0)
            middle = (least + most) // 2
            at, piece = connection.execute(
                "SELECT at, submission_id FROM audit_event WHERE id >= %s AND submission_id IS NOT NULL"
                " ORDER BY id LIMIT 1",
                [middle],
            ).fetchone() or ("", 0)
        self.client = archive.visitor(archive.open_house(admin_url), admin_url)
        places = {
            "middle": middle, "oldest": least + 2000, "month": at[:7], "in_month": middle, "piece": piece,
        }  # fmt: skip
        self.asked = {name: f"{PAGE}?{asked.format(**places)}" for name, asked in ASKED.items()}


def spent(client: FlaskClient, address: str, times: int = TIMES) -> list[float]:
    """Milliseconds of each of so many calls."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = client.get(address)
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return taken


@cache
def lay(stage: Stage) -> tuple[str, str]:
    """The archive when it was young, and as it is now: their superuser's addresses."""
    url = archive.database(stage.admin_url, "archive")
    archive.found(url)
    archive.grow(url, FEW)
    young = archive.database(stage.admin_url, "young_archive", like="archive")
    archive.grow(url, MANY)
    for each in (url, young):
        with psycopg.connect(each, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
    return young, url


def measure(stage: Stage) -> Iterable[Figure]:
    young, old = lay(stage)
    readers = {"young": Reader(young), "old": Reader(old)}
    stock, bare = audit_list_peers.stock(old), audit_list_peers.bare(old)
    first, deep = audit_list_peers.STOCK, f"{audit_list_peers.STOCK}?page={DEEP}"
    taken: dict[tuple[str, str], list[float]] = {}
    for round_ in range(ROUNDS + 1):
        for whose, reader in readers.items():
            for name, address in reader.asked.items():
                _add(taken, (whose, name), spent(reader.client, address), round_)
        _add(taken, ("stock", "first"), spent(stock, first, 4), round_)
        _add(taken, ("stock", "joined"), spent(stock, audit_list_peers.JOINED, 4), round_)
        _add(taken, ("stock", "deep"), spent(stock, deep, 4), round_)
        _add(taken, ("bare", "first"), spent(bare, "/"), round_)
    yield from _told({key: sorted(each) for key, each in taken.items()})


def _add(
    taken: dict[tuple[str, str], list[float]], key: tuple[str, str], more: list[float], round_: int
) -> None:
    # The first round only warms: connections prepare their statements, templates are compiled.
    if round_:
        taken.setdefault(key, []).extend(more)


def _told(taken: Mapping[tuple[str, str], list[float]]) -> Iterable[Figure]:
    slowest, p95 = max(
        ((name, quantiles(taken["old", name], n=20)[-1]) for name in ASKED), key=lambda pair: pair[1]
    )
    first, oldest = median(taken["old", "the newest"]), median(taken["old", "the oldest"])
    # Whichever way of stock's is the quicker one on that page.
    stock_first = min(median(taken["stock", way]) for way in ("first", "joined"))
    stock_deep = median(taken["stock", "deep"])
    growth = {name: median(taken["old", name]) / median(taken["young", name]) for name in ASKED}
    grown = max(growth, key=lambda name: growth[name])
    yield Figure(
        "audit_list_1m_p95_ms", f"{p95:.1f}", "<= 15",
        f"p95 of the slowest of {len(ASKED)} pages, filters and depths at a million events: {slowest}"
        f" (the first page p50 {first:.1f}, the oldest {oldest:.1f}; a bare view of the same SQL"
        f" {median(taken['bare', 'first']):.1f})",
    )  # fmt: skip
    yield Figure(
        "audit_list_vs_stock_first", f"{stock_first / first:.1f}", ">= 10",
        f"stock Flask-Admin's first page on the same table, behind the same gate, takes so often ours"
        f" ({stock_first:.0f} ms)",
    )  # fmt: skip
    yield Figure(
        "audit_list_vs_stock_deep", f"{stock_deep / oldest:.1f}", ">= 20",
        f"its page {DEEP:,} against our oldest ({stock_deep:.0f} ms to {oldest:.1f} ms)",
    )  # fmt: skip
    yield Figure(
        "audit_list_growth", f"{median(growth.values()):.2f}", "<= 1.3",
        f"the median page at a million events against a hundred thousand (most: {growth[grown]:.2f}, {grown})",
    )  # fmt: skip
