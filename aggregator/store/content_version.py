"""Did anything change that a digest may show, since it was rendered?

One number stands for all that readers may see; it moves in the transaction that changes any of it. Who
rendered a digest at a number need not look at a story before the number is another one.

The statements themselves are watched, so that no writer has to think of it.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session

_WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?\s*(?:SET\s+(.*))?", re.DOTALL | re.IGNORECASE)
_ASSIGNED = re.compile(r"(\w+)\s*=")

_SHOWN = frozenset({"story", "copy", "entry", "text_match", "issue"})
"""Tables of which every change may show."""
_SHOWN_COLUMNS = {
    "article": frozenset({
        "url", "outlet", "published_at", "title", "text", "html", "authors", "language", "image", "credit",
    }),
    "feed": frozenset({
        "name", "url", "outlet", "title", "configured_title", "site_url", "tags", "private", "merged_into_id",
    }),
}  # fmt: skip
"""Tables of which a new row shows nothing by itself, and the columns that do."""
_MARK = "shelves changed"


def watch(engine: Engine) -> None:
    """Let every connection remember whether it wrote what readers may see."""
    event.listen(engine, "before_cursor_execute", _note)


def begin(connection: Connection) -> None:
    """A transaction begins that wrote nothing yet."""
    connection.info.pop(_MARK, None)


def move_if_changed(session: Session, connection: Connection) -> None:
    """Move the number if this transaction wrote what readers may see.

    Last of all, so that nothing waits for anybody while it holds the number.
    """
    session.flush()
    if connection.info.pop(_MARK, False):
        connection.execute(text("UPDATE shelf_version SET version = version + 1"))


def current(connection: Connection) -> int:
    """The number; whatever is read afterwards is at least as new. Asked with every request, so without a session."""
    return int(connection.exec_driver_sql("SELECT version FROM shelf_version").scalar() or 0)


def shows(statement: str) -> bool:
    """Whether a statement may change what readers see."""
    written = _WRITE.match(statement)
    if written is None:
        return False
    verb, table, assignments = written[1].upper(), written[2].lower(), written[3] or ""
    if table in _SHOWN:
        return True
    columns = _SHOWN_COLUMNS.get(table)
    return bool(columns and verb == "UPDATE" and columns & set(_ASSIGNED.findall(assignments)))


def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if shows(statement):
        connection.info[_MARK] = True
