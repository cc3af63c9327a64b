"""A Ledger over a table that grows for ever: newest first, by keyset, never counted."""

from collections.abc import Sequence
from typing import Any

from flask import g, url_for
from sqlalchemy import inspect

from admin.desk import key_of
from admin.ledger import Ledger
from workflow.queries import paging


class LongLedger(Ledger):
    """As quick at its end as at its beginning; the order is that of the keys, which no address changes."""

    simple_list_pager = True

    def get_list(
        self, _page: Any, _sort: Any, _descending: Any, search: str | None, _filters: Any, **_: Any
    ) -> tuple[None, list[Any]]:
        [key] = inspect(self.model).primary_key
        found = self.get_query()
        if search:
            found = found.filter(self.holding(search))
        before, after = key_of("truoc"), key_of("sau")

        def read(order: str, size: int) -> Sequence[Any]:
            rows = found.filter(key < before) if before else found
            rows = rows.filter(key > after) if after else rows
            return list(rows.order_by(key.asc() if order == "ASC" else key.desc()).limit(size))

        leaf = paging.leaf(read, key=paging.by_id, before=before, after=after, size=self.page_size)
        g.ledger_leaf = leaf
        return None, list(leaf.rows)

    def render(self, template: str, **values: Any) -> str:
        leaf = g.get("ledger_leaf")
        if leaf is not None:
            kept = self.kept()
            values["older"] = url_for(".index_view", **kept, truoc=leaf.older) if leaf.older else None
            values["newer"] = url_for(".index_view", **kept, sau=leaf.newer) if leaf.newer else None
        return super().render(template, **values)
