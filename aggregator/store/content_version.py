"""Counts changes that a digest may show.

One number stands for everything that readers can see; it increases in the transaction that changes any of it. A
digest that was rendered at a number need not be rendered again while the number is the same.

The module inspects the SQL statements themselves, so that no function that writes has to remember it.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session

_WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?\s*(?:SET\s+(.*))?", re.DOTALL | re.IGNORECASE)
_ASSIGNED = re.compile(r"(\w+)\s*=")

_VISIBLE_TABLES = frozenset({"story", "copy", "entry", "text_match", "issue"})
"""Tables of which every change may be visible."""
_VISIBLE_COLUMNS = {
    "article": frozenset({
        "url", "outlet", "published_at", "title", "text", "html", "authors", "language", "image", "credit",
    }),
    "feed": frozenset({
        "name", "url", "outlet", "title", "configured_title", "site_url", "tags", "private", "merged_into_id",
    }),
}  # fmt: skip
"""Tables of which only changes of these columns are visible; a new row alone is not."""
_INVISIBLE_COLUMNS = frozenset({
    "uid", "digest", "guid", "link_key", "title_key", "text_key", "media_key", "details", "identity_reason",
})  # fmt: skip
"""Columns of entries that no reader sees."""
_CHANGED = "content changed"


def record_statements(engine: Engine) -> None:
    """Makes every connection of an engine record whether it wrote something that readers can see."""
    event.listen(engine, "before_cursor_execute", _record_statement)


def reset_record(connection: Connection) -> None:
    """Resets the record of a connection at the begin of a transaction."""
    connection.info.pop(_CHANGED, None)


def increment_if_changed(session: Session, connection: Connection) -> None:
    """Increases the number if this transaction wrote something that readers can see.

    The last statement of a transaction, so that other transactions wait for the row as briefly as possible.
    """
    session.flush()
    if connection.info.pop(_CHANGED, False):
        connection.execute(text("UPDATE shelf_version SET version = version + 1"))


def current_version(connection: Connection) -> int:
    """Returns the number; data that is read afterwards is at least as new.

    Runs for every request, so it needs no session.
    """
    return int(connection.exec_driver_sql("SELECT version FROM shelf_version").scalar() or 0)


def may_change_content(statement: str) -> bool:
    """Returns True if a statement may change what readers see."""
    write = _WRITE.match(statement)
    if write is None:
        return False
    verb, table, assignments = write[1].upper(), write[2].lower(), write[3] or ""
    if table == "entry" and verb == "UPDATE":
        return not _INVISIBLE_COLUMNS.issuperset(_ASSIGNED.findall(assignments.partition("WHERE")[0]))
    if table in _VISIBLE_TABLES:
        return True
    columns = _VISIBLE_COLUMNS.get(table)
    return bool(columns and verb == "UPDATE" and columns & set(_ASSIGNED.findall(assignments)))


def _record_statement(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if may_change_content(statement):
        connection.info[_CHANGED] = True
