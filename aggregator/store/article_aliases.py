"""Stores the alias URLs of articles, and finds articles that share one.

``dedup.alias_urls`` decides which URLs are aliases, ``dedup.same_address`` what a shared alias means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, not_, or_, select
from sqlmodel import Session, col

from aggregator.model.dedup import AliasKey, AliasKind, AliasStrength
from aggregator.store.column_types import bounded_key
from aggregator.store.tables import Article, ArticleAlias, Entry, Feed, row_id, sql_table

MAX_IN_OUTLET = 5
"""A URL that more articles of an outlet share identifies no article: a template or a section page claims it."""
MAX_UNTRUSTED = 20
"""The most articles that are compared because of an untrusted alias."""


def feed_hosts(session: Session, article_id: int) -> frozenset[str]:
    """Returns the hosts of the feeds that carry an article."""
    hosts = select(col(Feed.host)).join(Entry, col(Entry.feed_id) == col(Feed.id))
    return frozenset(session.scalars(hosts.where(col(Entry.article_id) == article_id).distinct()))


def set_aliases(session: Session, article: Article, keys: Iterable[AliasKey]) -> None:
    """Makes the index hold exactly these keys of an article."""
    article_id = row_id(article.id)
    wanted = {bounded_key(key.key): (key.kind, key.believed) for key in keys}
    of_article = select(col(ArticleAlias.key), col(ArticleAlias.kind), col(ArticleAlias.believed))
    stored = {
        key: (kind, believed)
        for key, kind, believed in session.execute(of_article.where(col(ArticleAlias.article_id) == article_id))
    }
    if outdated := [key for key, value in stored.items() if wanted.get(key) != value]:
        mine = (col(ArticleAlias.article_id) == article_id, col(ArticleAlias.key).in_(outdated))
        session.execute(delete(ArticleAlias).where(*mine))
    added = [
        {"article_id": article_id, "key": key, "outlet": article.outlet, "kind": kind, "believed": believed}
        for key, (kind, believed) in wanted.items()
        if stored.get(key) != (kind, believed)
    ]
    if added:
        session.execute(insert(sql_table(ArticleAlias)), added)


def delete_aliases(session: Session, article_id: int) -> None:
    """Deletes the aliases of an article until it is read again, because its URL changed."""
    session.execute(delete(ArticleAlias).where(col(ArticleAlias.article_id) == article_id))


def articles_sharing_alias(session: Session, article_id: int) -> Mapping[int, AliasStrength]:
    """Returns the articles that share an alias with an article, and how strongly it links them.

    An alias that more than ``MAX_IN_OUTLET`` articles of the outlet share is ignored. However many articles share an
    alias, the database returns only a few rows.
    """
    mine = session.scalars(select(ArticleAlias).where(col(ArticleAlias.article_id) == article_id)).all()
    ties: dict[int, AliasStrength] = {}
    for row in mine:
        trusted = _trusted_in_outlet(session, row) if row.believed else {}
        if len(trusted) >= MAX_IN_OUTLET:
            continue
        for other_id in _untrusted(session, row):
            ties.setdefault(other_id, AliasStrength.MUST_COMPARE)
        for other_id, kind in trusted.items():
            both_claim = kind == row.kind == AliasKind.CLAIMED
            if not both_claim:
                ties[other_id] = AliasStrength.CONFIRMED
            elif ties.get(other_id) is not AliasStrength.CONFIRMED:
                ties[other_id] = AliasStrength.BOTH_CLAIM_IT
    return ties


def articles_at_link(session: Session, article_id: int) -> frozenset[int]:
    """Returns the articles of any outlet that were linked to or served at a trusted alias of an article, as it was."""
    mine, other = sql_table(ArticleAlias).alias("mine").c, sql_table(ArticleAlias).alias("other").c
    at_page = (AliasKind.LINKED, AliasKind.SERVED)
    same = (
        select(other.article_id)
        .where(mine.article_id == article_id, other.key == mine.key, other.article_id != article_id)
        .where(mine.kind.in_(at_page), mine.believed, other.kind.in_(at_page), other.believed)
        .order_by(other.article_id.desc())
        .limit(MAX_UNTRUSTED)
    )
    return frozenset(session.scalars(same))


def _trusted_in_outlet(session: Session, row: ArticleAlias) -> Mapping[int, str]:
    """Other articles of the outlet with a trusted key of the same URL, by id with the kind of key."""
    same = (
        select(col(ArticleAlias.article_id), col(ArticleAlias.kind))
        .where(
            col(ArticleAlias.key) == row.key,
            col(ArticleAlias.outlet) == row.outlet,
            col(ArticleAlias.believed),
            col(ArticleAlias.article_id) != row.article_id,
        )
        .limit(MAX_IN_OUTLET)
    )
    return dict(session.execute(same).all())


def _untrusted(session: Session, row: ArticleAlias) -> Iterable[int]:
    """Articles that share a URL by an untrusted key, or are of another outlet."""
    others = select(col(ArticleAlias.article_id)).where(
        col(ArticleAlias.key) == row.key, col(ArticleAlias.article_id) != row.article_id
    )
    if row.believed:
        others = others.where(or_(col(ArticleAlias.outlet) != row.outlet, not_(col(ArticleAlias.believed))))
    return session.scalars(others.order_by(col(ArticleAlias.outlet), col(ArticleAlias.article_id)).limit(MAX_UNTRUSTED))
