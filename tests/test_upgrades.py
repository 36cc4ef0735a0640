"""A database of any earlier version comes up to this one with all that is in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SAWarning

from aggregator.store.database import Database
from aggregator.store.schema_migration import alembic_configuration, migrate
from tests.stored import NOW

ROWS = 3
VERSIONS = [script.revision for script in ScriptDirectory.from_config(alembic_configuration()).walk_revisions()][::-1]
OBJECTS = {"hints", "evidence"}
COUNTED_ANEW = {("sketch", "turn"), ("shelf_version", "version")}
"""What a later version makes anew of the rest."""

ADDED = {("note", version) for version in VERSIONS if version < "0010"}
"""Tables that a later version adds a row to: the tenth notes the newest turn."""


def value(column: Any, number: int) -> Any:
    """Something that a column of this type may hold, another one in each row."""
    for key in column.foreign_keys:
        return None if key.column.table is column.table else value(key.column, number)
    match column.type:
        case Boolean():
            return False
        case Integer():
            return number
        case Float():
            return float(number)
        case DateTime():
            at = NOW + timedelta(hours=number)
            return at if column.type.timezone and column.table.info["aware"] else at.replace(tzinfo=None)
        case LargeBinary():
            return bytes([number] * 8)
        case JSON() | JSONB():
            return {} if column.name in OBJECTS else []
        case _:
            return f"{column.name} {number}"


def tables_of(database: Database) -> list[Table]:
    found = MetaData()
    found.reflect(database.engine)
    for table in found.tables.values():
        table.info["aware"] = not database.is_sqlite
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def to_version(database: Database, version: str) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.upgrade(alembic_configuration(connection), version)


def fill(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Put rows into every table; gives them."""
    stored = {}
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        for table in tables_of(database):
            connection.execute(table.delete())
            rows = [{column.name: value(column, number) for column in table.c} for number in range(1, ROWS + 1)]
            connection.execute(insert(table), rows)
            stored[table.name] = rows
    return stored


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.filterwarnings(f"ignore::{SAWarning.__module__}.SAWarning")
def test_what_an_earlier_version_stored_is_there_after_the_upgrade(empty_url: str, version: str) -> None:
    database = Database(empty_url)
    try:
        to_version(database, version)
        before = fill(database)
        assert migrate(database) == tuple(VERSIONS[VERSIONS.index(version) + 1 :])
        tables = {table.name: table for table in tables_of(database)}
        lost = set(before) - set(tables)
        assert lost <= {"fingerprint", "band", "boilerplate"}, lost
        with database.engine.connect() as connection:
            for name in set(before) & set(tables):
                table = tables[name]
                kept = [c for c in table.c if c.name in before[name][0] and (name, c.name) not in COUNTED_ANEW]
                found = connection.execute(select(*kept).order_by(*table.primary_key.columns)).mappings().all()
                asked = [{column.name: row[column.name] for column in kept} for row in before[name]]
                added = 1 if (name, version) in ADDED else 0
                assert [dict(row) for row in found if dict(row) in asked] == asked, name
                assert len(found) == ROWS + added, name
    finally:
        database.close()
