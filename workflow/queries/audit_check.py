"""Is the audit trail whole? Everything is recomputed from its stored text, in one snapshot (R11). Reads only.

What two other files ask is put together here: `chain_check` the events, `seal_check` the seals over them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, create_engine, text

from models.base import db
from workflow.engine.errors import N_
from workflow.proof import keys as key_files
from workflow.proof.notes import PublicKey
from workflow.queries import private_words
from workflow.queries.chain_check import UNMATCHED, chains
from workflow.queries.seal_check import seals


@dataclass(frozen=True)
class Damage:
    """One place where the trail is not what was written. `kind` is a key of KINDS."""

    stream: str
    seq: int
    kind: str


@dataclass(frozen=True)
class Verdict:
    events: int
    streams: int
    sealed: int
    """Events under the newest checkpoint; the others are newer than it."""
    sealed_at: datetime | None
    anchors: int
    """Copies from outside that were compared."""
    damages: tuple[Damage, ...]
    unmatched: tuple[Damage, ...]
    """No damage: steps under a version that the program no longer has, held against no table."""

    @property
    def is_whole(self) -> bool:
        return not self.damages


KINDS = {
    "changed": N_("nội dung không khớp mã băm đã lưu"),
    "misplaced": N_("sự kiện nằm ở dòng hoặc số thứ tự khác với khi được ghi"),
    "columns_set_free": N_("cột để lọc không còn do cơ sở dữ liệu tự lấy từ nội dung đã băm"),
    "removed": N_("thiếu sự kiện ngay trước sự kiện này"),
    "unchained": N_("không nối với sự kiện ngay trước"),
    "jumped": N_("không bắt đầu từ trạng thái mà sự kiện trước để lại"),
    "not_in_table": N_("bước này không có trong quy trình"),
    UNMATCHED: N_("bước theo bản quy trình không còn trong chương trình, không đối chiếu được"),
    "version_changed": N_("bài theo quy trình hoặc bản khác với nhật ký ghi"),
    "cut_off": N_("các sự kiện cuối dòng đã bị cắt bỏ"),
    "head_changed": N_("đầu dòng không khớp sự kiện cuối"),
    "state_changed": N_("trạng thái của bài không phải trạng thái mà sự kiện cuối để lại"),
    "without_head": N_("dòng sự kiện không có đầu dòng"),
    "own_approval": N_("người viết hoặc người biên tập đã tự phê duyệt"),
    "effect_lost": N_("việc phải làm theo sự kiện này không có trong hàng đợi"),
    "effect_invented": N_("hàng đợi có việc của một sự kiện không tồn tại"),
    "word_changed": N_("dữ liệu cá nhân bên cạnh không khớp mã niêm phong trong sự kiện"),
    "remark_changed": N_("lời trao đổi về bài không phải lời mà sự kiện đã niêm phong"),
    "sealed_and_removed": N_("sự kiện đã niêm phong nay không còn"),
    "slipped_in": N_("sự kiện được chèn vào phần đã niêm phong"),
    "rewritten": N_("sự kiện đã được viết lại sau khi niêm phong"),
    "leaf_displaced": N_("thứ tự niêm phong có chỗ trống"),
    "node_changed": N_("nút của cây niêm phong không khớp các lá bên dưới"),
    "leaves_cut_off": N_("niêm phong phủ nhiều sự kiện hơn số còn lại"),
    "root_differs": N_("gốc cây không khớp: có sự kiện đã đổi giữa niêm phong này và niêm phong trước"),
    "note_differs": N_("phiếu niêm phong ghi khác với bảng niêm phong"),
    "note_unreadable": N_("phiếu niêm phong không đọc được"),
    "checkpoint_unchained": N_("phiếu niêm phong không nối với phiếu trước"),
    "unknown_key": N_("phiếu niêm phong ký bằng khóa lạ"),
    "forged": N_("chữ ký trên phiếu niêm phong không đúng"),
    "anchor_longer": N_("bản lưu bên ngoài phủ nhiều sự kiện hơn nhật ký: phần cuối đã bị cắt"),
    "anchor_differs": N_("nhật ký không còn khớp bản lưu bên ngoài: nội dung đã bị thay"),
    "anchor_foreign": N_("bản lưu bên ngoài ký bằng khóa khác khóa đang dùng"),
    "anchor_forged": N_("bản lưu bên ngoài không phải phiếu niêm phong hợp lệ"),
}

NOT_SEEN_WITHOUT_ANCHOR = N_(
    "Chưa so với bản lưu bên ngoài: nếu phần cuối nhật ký bị cắt cùng các niêm phong của nó, hoặc nhật ký được"
    " viết lại và ký lại bằng khóa bị lấy cắp, thì cách kiểm tra này không thấy."
)
"""What the house alone cannot find out (40 of 40 times in the tests): said whenever no copy was compared."""

MOST = 1000
"""Damages told at most; after a thousand the number says nothing more."""

_COUNT = text("""
SELECT (SELECT count(*) FROM audit_event) AS events, c.size AS sealed, c.at AS sealed_at,
  (SELECT count(*) FROM audit_event WHERE seq = 1) AS streams
FROM (SELECT max(size) AS size, max(at) AS at FROM checkpoint) AS c
""")
# Sorts and joins over the whole trail: with the default they would go through the disk several times.
_ROOM = text("SET LOCAL work_mem = '128MB'")


STEPS = 10
"""Questions put to the trail; after each one `told` is called, for who waits."""


def check(*, anchors: Sequence[str] = (), told: Callable[[], None] = lambda: None) -> Verdict:
    """Recompute every chain, the tree over them and every seal, in one snapshot.

    `anchors` are checkpoint notes that were kept outside. Raises Invalid(`seal_key_broken`).
    """
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return examine(connection, keys=key_files.believed(), anchors=anchors, told=told)


def check_elsewhere(url: str) -> Verdict:
    """The same for another database, as a backup leaves it, by the keys this house believes."""
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            return examine(connection, keys=key_files.believed(), anchors=())
    finally:
        engine.dispose()


def examine(
    connection: Connection,
    *,
    keys: Sequence[PublicKey],
    anchors: Sequence[str],
    told: Callable[[], None] = lambda: None,
) -> Verdict:
    """The same for the snapshot of a connection that is there already."""
    connection.execute(_ROOM)
    counted = connection.execute(_COUNT).one()
    found = [
        *chains(connection, most=MOST, told=told),
        *seals(connection, keys=keys, anchors=anchors, most=MOST, told=told),
        *private_words.altered(connection, most=MOST),
    ]
    told()
    return Verdict(
        counted.events,
        counted.streams,
        counted.sealed or 0,
        counted.sealed_at,
        len(anchors),
        tuple(Damage(*one) for one in found if one[2] != UNMATCHED)[:MOST],
        tuple(Damage(*one) for one in sorted({one for one in found if one[2] == UNMATCHED}))[:MOST],
    )
