"""Opens the stored stories for commands that read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.base_url import base_url_of
from aggregator.clock import utc_now
from aggregator.configured_database import open_database
from aggregator.random_keys import new_key
from aggregator.read_model import ReadModel
from aggregator.settings.settings_file import Configuration
from aggregator.store.database import Database
from aggregator.store.key_value import tag_authority


@contextmanager
def open_library(configuration: Configuration) -> Iterator[ReadModel]:
    """Opens the stored stories for reading, and closes them after the block; a service may run at the same time."""
    with open_database(configuration, hold=False) as database:
        yield library_of_database(database, configuration)


def library_of_database(database: Database, configuration: Configuration) -> ReadModel:
    """Returns the stored stories of an open database, read under this configuration."""
    with database.writing() as session:
        authority = tag_authority(session, candidate=new_key(), now=utc_now())
    return ReadModel(
        database,
        configuration=lambda: configuration,
        authority=authority,
        base_url=base_url_of(configuration),
        clock=utc_now,
    )
