"""By which other addresses is an article known, and which articles share one?

Which addresses those are was decided in ``dedup.alias_urls``, what sharing one means is for
``dedup.same_address`` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, not_, or_, select
from sqlmodel import Session, col

from aggregator.model.dedup import AddressKey, KeyKind, Tie
from aggregator.store.column_types import bounded_key
from aggregator.store.tables import Article, Entry, Feed, SecondKey, row_id, table_of

MOST_AT_IT = 5
"""An address that more articles of an outlet share is no article's: a template claims it, or a section."""
MOST_ELSEWHERE = 20
"""So many articles that share an address without being believed are looked at."""


def feed_hosts(session: Session, article_id: int) -> frozenset[str]:
    """Returns the hosts of the feeds that carry an article."""
    hosts = select(col(Feed.host)).join(Entry, col(Entry.feed_id) == col(Feed.id))
    return frozenset(session.scalars(hosts.where(col(Entry.article_id) == article_id).distinct()))


def set_aliases(session: Session, article: Article, keys: Iterable[AddressKey]) -> None:
    """Makes the index hold exactly these keys of an article."""
    article_id = row_id(article.id)
    wanted = {bounded_key(key.key): (key.kind, key.believed) for key in keys}
    of_article = select(col(SecondKey.key), col(SecondKey.kind), col(SecondKey.believed))
    held = {
        key: (kind, believed)
        for key, kind, believed in session.execute(of_article.where(col(SecondKey.article_id) == article_id))
    }
    if gone := [key for key, what in held.items() if wanted.get(key) != what]:
        mine = (col(SecondKey.article_id) == article_id, col(SecondKey.key).in_(gone))
        session.execute(delete(SecondKey).where(*mine))
    come = [
        {"article_id": article_id, "key": key, "outlet": article.outlet, "kind": kind, "believed": believed}
        for key, (kind, believed) in wanted.items()
        if held.get(key) != (kind, believed)
    ]
    if come:
        session.execute(insert(table_of(SecondKey)), come)


def forget_keys(session: Session, article_id: int) -> None:
    """Let an article be known by no second key until it is read: it is at another address now."""
    session.execute(delete(SecondKey).where(col(SecondKey.article_id) == article_id))


def sharing(session: Session, article_id: int) -> Mapping[int, Tie]:
    """The articles that share an address with this one, and how far it ties them.

    An address that more than ``MOST_AT_IT`` articles of the outlet share counts for nothing. However many
    share one, no more than a handful of rows is given by the database.
    """
    mine = session.scalars(select(SecondKey).where(col(SecondKey.article_id) == article_id)).all()
    ties: dict[int, Tie] = {}
    for row in mine:
        here = _believed_here(session, row) if row.believed else {}
        if len(here) >= MOST_AT_IT:
            continue
        for other_id in _elsewhere(session, row):
            ties.setdefault(other_id, Tie.REASON_TO_LOOK)
        for other_id, kind in here.items():
            both_claim = kind == row.kind == KeyKind.CLAIMED
            if not both_claim:
                ties[other_id] = Tie.AT_IT
            elif ties.get(other_id) is not Tie.AT_IT:
                ties[other_id] = Tie.BOTH_CLAIM_IT
    return ties


def _believed_here(session: Session, row: SecondKey) -> Mapping[int, str]:
    """Other articles of the outlet that are believed to be at an address, by id with their kind of key."""
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


def _elsewhere(session: Session, row: SecondKey) -> Iterable[int]:
    """Articles that share an address without being believed to be there, or are of another outlet."""
    others = select(col(SecondKey.article_id)).where(
        col(SecondKey.key) == row.key, col(SecondKey.article_id) != row.article_id
    )
    if row.believed:
        others = others.where(or_(col(SecondKey.outlet) != row.outlet, not_(col(SecondKey.believed))))
    return session.scalars(others.order_by(col(SecondKey.outlet), col(SecondKey.article_id)).limit(MOST_ELSEWHERE))
