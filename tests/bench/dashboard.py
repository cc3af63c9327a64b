"""The editor's first page over a hundred thousand pieces of sixty-nine units; the same SQL in a bare Flask view."""

from collections.abc import Iterable
from datetime import UTC, datetime
from statistics import median, quantiles

import psycopg

from tests.bench import archive, same_sql
from tests.bench.figures import Figure, Stage

ROUNDS, TIMES = 6, 12
"""Rounds take turns; in each, either is asked so often in a row. The first round warms."""
PIECES = range(100, 100_100)
NOW = datetime(2021, 5, 17, 1, 30, tzinfo=UTC)
PAGE = "/quan-tri/"

# All but the last month's newest are published, a few days after they came.
_PAGES = """
INSERT INTO publication (submission_id, revision_id, slug, first_published_at, published_at)
SELECT id, revision_id, 'bai-' || id, first_sent_at + make_interval(days => 2 + (id % 9)::int), now()
FROM submission WHERE state = 'published'
"""
# Units of the kind the directive of 2021 binds.
_BOUND = "UPDATE unit SET kind = 'phong_gddt'"
_CLOCK = "INSERT INTO rehearsal_clock (is_only, ahead, set_at) VALUES (true, %s - now(), now())"


def lay(stage: Stage) -> str:
    """The archive on the morning of 17 May 2021, three days before the deadline of its last month."""
    url = archive.database(stage.admin_url, "desk_of_years")
    archive.found(url)
    between = {"first": PIECES.start, "last": PIECES.stop - 1}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        # Without their million events: this page reads none.
        for statement in (archive._TEXTS, archive._PIECES):
            owner.execute(statement, between)
        owner.execute(_PAGES)
        owner.execute(_BOUND)
        owner.execute(_CLOCK, [NOW])
        owner.execute("VACUUM ANALYZE")
    return url


def measure(stage: Stage) -> Iterable[Figure]:
    from workflow import founding

    url = lay(stage)
    app = archive.open_house(url)
    with app.app_context():
        founding.lay_down_directive()
    visitor = archive.visitor(app, url)
    if visitor.get(PAGE).text.count('scope="row"') < archive.UNITS:
        raise RuntimeError("not every unit stands in the matrix")
    reads = same_sql.reads_of(app, visitor, PAGE)
    limit = same_sql.bare(url, {PAGE.lstrip("/"): reads})
    ours: list[float] = []
    theirs: list[float] = []
    for round_ in range(ROUNDS + 1):
        for taken, whom in ((ours, visitor), (theirs, limit)):
            more = same_sql.spent(whom, PAGE, TIMES)
            taken.extend(more if round_ else [])
    p95 = quantiles(ours, n=20)[-1]
    yield Figure(
        "dashboard_p95_ms", f"{p95:.0f}", "<= 60",
        f"the editor's first page, {len(PIECES):,} pieces, {archive.UNITS} units, {len(reads)} statements, whole WSGI"
        f" call (median {median(ours):.0f} ms; the same SQL in a bare Flask view {median(theirs):.0f} ms)",
    )  # fmt: skip
    yield Figure(
        "dashboard_vs_bare", f"{median(ours) / median(theirs):.1f}", "<= 3.0",
        "the same page against the same SQL, prepared, in a bare Flask view",
    )  # fmt: skip
