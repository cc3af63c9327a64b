"""Every list of the console with its filters and searches, and the first byte of its exports: at ten thousand events
and at a million, each against a bare Flask view that runs the same statements.
"""

from collections.abc import Iterable, Mapping
from statistics import median

import psycopg
from flask.testing import FlaskClient

from tests.bench import archive, audit_list, same_sql
from tests.bench.figures import Figure, Stage

ROUNDS, TIMES = 4, 6
"""Rounds take turns; in each, every address is asked so often in a row. The first round warms."""
FEW = range(100, 1_100)
TRAIL, DESK = "/quan-tri/nhat-ky/", "/quan-tri/bai/"

PAGES: Mapping[str, str] = {
    "pieces": DESK,
    "pieces, deep": f"{DESK}?truoc={{place}}",
    "pieces with the editors": f"{DESK}?trang-thai=sent",
    "pieces, published": f"{DESK}?trang-thai=public",
    "pieces of a unit": f"{DESK}?don-vi=dv-3",
    "pieces of a month": f"{DESK}?ky={{month}}",
    "pieces of a section": f"{DESK}?muc=muc-3",
    "pieces, sent late": f"{DESK}?muon=1",
    "pieces nobody has taken": f"{DESK}?trang-thai=sent&chua-nhan=1",
    "pieces, by code": f"{DESK}?q={{code}}",
    "pieces, by words": f"{DESK}?q=truong+so+{{piece}}",
    "pieces, by common words": f"{DESK}?q=bep+an",
    "the trail": TRAIL,
    "the trail, deep": f"{TRAIL}?truoc={{oldest}}",
    "the trail of a person": f"{TRAIL}?nguoi=3",
    "the trail of a month": f"{TRAIL}?thang={{month}}",
    "the trail, by words": f"{TRAIL}?q=truong+so+{{piece}}",
    "who approved what": "/quan-tri/ai-da-duyet-gi/",
    "who approved what in a month": "/quan-tri/ai-da-duyet-gi/?ky={month}",
    "letters": "/quan-tri/thu-da-gui/",
    "letters, deep": "/quan-tri/thu-da-gui/?truoc={letters}",
    "letters that failed": "/quan-tri/thu-da-gui/?trang-thai=failed",
    "letters, by words": "/quan-tri/thu-da-gui/?search=nguoi7@example.edu.vn",
    "letters, by common words": "/quan-tri/thu-da-gui/?search=bai+so",
    "letters, by a word of none": "/quan-tri/thu-da-gui/?search=khong+co",
    "the queue": "/quan-tri/hang-doi/viec",
    "the queue, given up": "/quan-tri/hang-doi/viec?tinh-trang=dead",
    "units": "/quan-tri/don-vi/",
    "accounts": "/quan-tri/tai-khoan/",
    "export of the trail": f"{TRAIL}xuat.csv",
    "export of a person's trail": f"{TRAIL}xuat.csv?nguoi=3",
    "export of the trail as a workbook": f"{TRAIL}xuat.xlsx",
    "export of a month's count": "/quan-tri/bao-cao/thang.csv",
}

_LETTERS = """
INSERT INTO letter (key, kind, to_address, to_name, account_id, unit_id, subject, text, html, state, written_at,
  sent_at)
SELECT 'receipt|' || id || '|1', CASE id %% 5 WHEN 0 THEN 'published' ELSE 'receipt' END,
  'nguoi' || 1 + id %% 300 || '@example.edu.vn', 'Người nhận ' || id, 1 + id %% 300, 1 + id %% 69,
  'Đã nhận tin, bài số ' || id, 'Nội dung', '', CASE WHEN id %% 1000 = 7 THEN 'failed' ELSE 'sent' END, t,
  CASE WHEN id %% 1000 <> 7 THEN t END
FROM generate_series(1, %(pieces)s) AS id
CROSS JOIN LATERAL (SELECT timestamptz '2016-06-01' + make_interval(secs => id * 1570.0) AS t) AS times
"""
_EFFECTS = """
INSERT INTO outbox (key, topic, queue, payload, state, done_at)
SELECT 'submission:' || id || ':1:receipt', 'letter:receipt', 'letters', '{}',
  CASE WHEN id %% 1000 = 7 THEN 'dead' ELSE 'done' END, now() FROM generate_series(1, %(pieces)s) AS id
"""
_PLACES = """
SELECT (SELECT min(id) FROM audit_event) + 2000 AS oldest, to_char(s.state_since, 'YYYY-MM') AS month, s.id AS piece,
  s.code, (extract(epoch FROM s.state_since) * 1000000)::bigint || '.' || s.id AS place
FROM submission s ORDER BY s.id OFFSET (SELECT count(*) / 10 FROM submission) LIMIT 1
"""


def lay(stage: Stage) -> tuple[str, str]:
    """An archive of ten thousand events and that of a million, with a letter and an effect for each piece."""
    young = archive.database(stage.admin_url, "first_weeks")
    archive.found(young)
    archive.grow(young, FEW)
    _, old = audit_list.lay(stage)
    for url in (young, old):
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            pieces = (owner.execute("SELECT count(*) FROM submission").fetchone() or (0,))[0]
            for statement in (_LETTERS, _EFFECTS):
                owner.execute(statement, {"pieces": pieces})
            # An administrator's eyes as well: queues and letters are hers.
            owner.execute(
                "INSERT INTO role_grant (account_id, role, valid_from) VALUES (1, 'admin', '2016-01-01')"
            )
            owner.execute("VACUUM ANALYZE")
    return young, old


class Reader:
    """Somebody at the lists of one archive, and the bare view of the same."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            cursor = connection.execute(_PLACES)
            row = cursor.fetchone() or ()
            places = dict(zip([column.name for column in cursor.description or ()], row, strict=True))
            letters = (connection.execute("SELECT count(*) FROM letter").fetchone() or (0,))[0]
        app = archive.open_house(url)
        self.ours: FlaskClient = archive.visitor(app, url)
        self.pages = {name: page.format(letters=letters // 10, **places) for name, page in PAGES.items()}
        sent = {name: same_sql.reads_of(app, self.ours, page) for name, page in self.pages.items()}
        self.bare = same_sql.bare(url, sent)

    def spent(self, name: str) -> tuple[list[float], list[float]]:
        """Milliseconds of our page, and of the bare one."""
        return (
            same_sql.spent(self.ours, self.pages[name], TIMES),
            same_sql.spent(self.bare, f"/{name}", TIMES),
        )


def measure(stage: Stage) -> Iterable[Figure]:
    young, old = lay(stage)
    readers = {"young": Reader(young), "old": Reader(old)}
    taken: dict[tuple[str, str, str], list[float]] = {}
    for round_ in range(ROUNDS + 1):
        for whose, reader in readers.items():
            for name in PAGES:
                for which, more in zip(("ours", "bare"), reader.spent(name), strict=True):
                    if round_:
                        taken.setdefault((whose, which, name), []).extend(more)
    yield from told({key: median(each) for key, each in taken.items()})


def told(medians: Mapping[tuple[str, str, str], float]) -> Iterable[Figure]:
    times = {name: medians["old", "ours", name] / medians["old", "bare", name] for name in PAGES}
    growth = {name: medians["old", "ours", name] / medians["young", "ours", name] for name in PAGES}
    for name in PAGES:
        ours, bare = medians["old", "ours", name], medians["old", "bare", name]
        print(
            f"  {name:36} {ours:7.1f} ms  bare {bare:6.1f} ms  {times[name]:5.1f}x  growth {growth[name]:.2f}"
        )
    farthest, grown = max(times, key=times.__getitem__), max(growth, key=growth.__getitem__)
    slowest = max(PAGES, key=lambda name: medians["old", "ours", name])
    yield Figure(
        "lists_vs_bare", f"{median(times.values()):.1f}", "<= 3.0",
        f"the median of {len(PAGES)} lists, filters, searches and exports' first bytes at a million events against"
        f" the same SQL in a bare Flask view (most: {times[farthest]:.1f}, {farthest})",
    )  # fmt: skip
    yield Figure(
        "lists_growth", f"{growth[grown]:.2f}", "<= 1.5",
        f"the page that grows most from ten thousand events to a million: {grown} (median of all"
        f" {median(growth.values()):.2f})",
    )  # fmt: skip
    yield Figure(
        "lists_slowest_ms", f"{medians['old', 'ours', slowest]:.0f}", "<= 60",
        f"the slowest of them at a million events, median: {slowest}",
    )  # fmt: skip
