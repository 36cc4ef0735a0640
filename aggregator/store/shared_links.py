"""Stores which links identify no entry, because different entries of one feed have them.

A link stays shared: the entries may be years apart. The link is stored for the outlet, so that all its feeds treat it
alike.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.store.column_types import bounded_key
from aggregator.store.database import in_batches, insert_missing
from aggregator.store.tables import SharedLink


def known_shared_links(session: Session, outlet: str, links: Collection[str]) -> frozenset[str]:
    """Returns those of these link keys that are shared in an outlet."""
    found: set[str] = set()
    for some in in_batches({bounded_key(link): link for link in links}):
        query = select(col(SharedLink.link_key)).where(col(SharedLink.outlet) == outlet)
        found.update(session.scalars(query.where(col(SharedLink.link_key).in_(some))))
    return frozenset(link for link in links if bounded_key(link) in found)


def add_shared_links(session: Session, outlet: str, links: Collection[str], *, now: datetime) -> frozenset[str]:
    """Stores that these links are shared; returns those that were not stored yet."""
    added = frozenset(links) - known_shared_links(session, outlet, links)
    rows = [{"outlet": outlet, "link_key": bounded_key(link), "found_at": now} for link in sorted(added)]
    insert_missing(session, SharedLink, rows)
    return added
