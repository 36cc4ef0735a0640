"""Chooses the page of a host that is requested next, for its first read or for a revisit.

``host_claims`` claims the host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal, select, union_all
from sqlmodel import Session, col

from aggregator.model.extraction import PartialArticle
from aggregator.store.hosts import page_is_wanted
from aggregator.store.page_revisits import StoredPage, stored_page
from aggregator.store.partial_articles import load_partial_article
from aggregator.store.tables import Article, sql_table


@dataclass(frozen=True, kw_only=True, slots=True)
class PageClaim:
    """A claim to fetch a page of one article; ``attempts`` were made before.

    ``reading`` is the partial article, if the article has several pages; ``known`` is the stored page, if this is
    a revisit.
    """

    article_id: int
    url: str
    host: str
    host_failures: int
    attempts: int
    reading: PartialArticle | None = None
    known: StoredPage | None = None


def page_due_conditions(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Returns two conditions: the page of an article is due for its first read, or for a revisit.

    They are separate, because each has an index of its own.
    """
    first_read = and_(page_is_wanted(), col(Article.next_attempt_at) <= now)
    return first_read, and_(col(Article.revisit_at).is_not(None), col(Article.revisit_at) <= now)


def longest_due_pages(session: Session, hosts: Mapping[str, int], now: datetime) -> Iterator[PageClaim]:
    """Yields, for each host, a claim to the page that has been due longest; revisits come last.

    ``hosts`` gives the number of failures in a row of each host.
    """
    article = sql_table(Article).c
    first_reads, revisits = (
        select(article.id, article.host, at.label("at"), literal(rank).label("rank")).where(
            article.host.in_(hosts), due
        )
        for rank, (at, due) in enumerate(
            zip((article.next_attempt_at, article.revisit_at), page_due_conditions(now), strict=True)
        )
    )
    due = union_all(first_reads, revisits).subquery()
    place = func.row_number().over(partition_by=due.c.host, order_by=(due.c.rank, due.c.at, due.c.id))
    ranked = select(due.c.id, place.label("place")).subquery()
    rows = select(*(article[name] for name in _COLUMNS)).join(ranked, article.id == ranked.c.id)
    for row in session.execute(rows.where(ranked.c.place == 1)):
        if row.url is None:
            raise AssertionError(f"article {row.id} wants a page but has no URL")
        reading = load_partial_article(row.reading)
        yield PageClaim(
            article_id=row.id,
            url=reading.next_url if reading else row.url,
            host=row.host,
            host_failures=hosts[row.host],
            attempts=row.attempts,
            reading=reading,
            known=stored_page(row),
        )


_COLUMNS = (
    "id", "url", "host", "attempts", "reading", "revisit_at", "page_url", "page_etag", "page_modified", "page_digest",
    "text_source", "tokens",
)  # fmt: skip
"""The columns that a claim needs; the texts would be larger than all of them."""
