"""Stores the alias URLs of articles, and finds articles that share one.

``dedup.alias_urls`` decides which URLs are aliases, ``dedup.same_address`` what a shared alias means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, not_, or_, select
from sqlmodel import Session, col

from aggregator.model.dedup import AddressKey, KeyKind, Tie
from aggregator.store.column_types import bounded_key
from aggregator.store.tables import Article, Entry, Feed, SecondKey, row_id, table_of

MOST_AT_IT = 5
"""A URL that more articles of an outlet share identifies no article: a template or a section page claims it."""
MOST_ELSEWHERE = 20
"""The most articles that are compared because of an untrusted alias."""


def feed_hosts(session: Session, article_id: int) -> frozenset[str]:
    """Returns the hosts of the feeds that carry an article."""
    hosts = select(col(Feed.host)).join(Entry, col(Entry.feed_id) == col(Feed.id))
    return frozenset(session.scalars(hosts.where(col(Entry.article_id) == article_id).distinct()))


def set_aliases(session: Session, article: Article, keys: Iterable[AddressKey]) -> None:
    """Makes the index hold exactly these keys of an article."""
    article_id = row_id(article.id)
    wanted = {bounded_key(key.key): (key.kind, key.believed) for key in keys}
    of_article = select(col(SecondKey.key), col(SecondKey.kind), col(SecondKey.believed))
    stored = {
        key: (kind, believed)
        for key, kind, believed in session.execute(of_article.where(col(SecondKey.article_id) == article_id))
    }
    if outdated := [key for key, value in stored.items() if wanted.get(key) != value]:
        mine = (col(SecondKey.article_id) == article_id, col(SecondKey.key).in_(outdated))
        session.execute(delete(SecondKey).where(*mine))
    added = [
        {"article_id": article_id, "key": key, "outlet": article.outlet, "kind": kind, "believed": believed}
        for key, (kind, believed) in wanted.items()
        if stored.get(key) != (kind, believed)
    ]
    if added:
        session.execute(insert(table_of(SecondKey)), added)


def forget_keys(session: Session, article_id: int) -> None:
    """Deletes the aliases of an article until it is read again, because its URL changed."""
    session.execute(delete(SecondKey).where(col(SecondKey.article_id) == article_id))


def sharing(session: Session, article_id: int) -> Mapping[int, Tie]:
    """Returns the articles that share an alias with an article, and how strongly it links them.

    An alias that more than ``MOST_AT_IT`` articles of the outlet share is ignored. However many articles share an
    alias, the database returns only a few rows.
    """
    mine = session.scalars(select(SecondKey).where(col(SecondKey.article_id) == article_id)).all()
    ties: dict[int, Tie] = {}
    for row in mine:
        trusted = _trusted_in_outlet(session, row) if row.believed else {}
        if len(trusted) >= MOST_AT_IT:
            continue
        for other_id in _untrusted(session, row):
            ties.setdefault(other_id, Tie.REASON_TO_LOOK)
        for other_id, kind in trusted.items():
            both_claim = kind == row.kind == KeyKind.CLAIMED
            if not both_claim:
                ties[other_id] = Tie.AT_IT
            elif ties.get(other_id) is not Tie.AT_IT:
                ties[other_id] = Tie.BOTH_CLAIM_IT
    return ties


def _trusted_in_outlet(session: Session, row: SecondKey) -> Mapping[int, str]:
    """Other articles of the outlet with a trusted key of the same URL, by id with the kind of key."""
    same = (
        select(col(SecondKey.article_id), col(SecondKey.kind))
        .where(
            col(SecondKey.key) == row.key,
            col(SecondKey.outlet) == row.outlet,
            col(SecondKey.believed),
            col(SecondKey.article_id) != row.article_id,
        )
        .limit(MOST_AT_IT)
    )
    return dict(session.execute(same).all())


def _untrusted(session: Session, row: SecondKey) -> Iterable[int]:
    """Articles that share a URL by an untrusted key, or are of another outlet."""
    others = select(col(SecondKey.article_id)).where(
        col(SecondKey.key) == row.key, col(SecondKey.article_id) != row.article_id
    )
    if row.believed:
        others = others.where(or_(col(SecondKey.outlet) != row.outlet, not_(col(SecondKey.believed))))
    return session.scalars(others.order_by(col(SecondKey.outlet), col(SecondKey.article_id)).limit(MOST_ELSEWHERE))
