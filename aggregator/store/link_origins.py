"""Reads on whose site the page of an article is, and whether its entries are link posts.

``parsing.link_posts`` recognises link posts: such an entry has the URL of an article elsewhere, and a discussion at
another host. ``dedup.canonical`` and ``dedup.same_address`` decide what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.model.dedup import AliasKind, LinkOrigin
from aggregator.store.database import in_batches
from aggregator.store.tables import Article, ArticleAlias, Entry, Feed


def link_origins(session: Session, article_ids: Collection[int]) -> Mapping[int, LinkOrigin]:
    """Returns the origin of the links of these articles, by id; those without a URL are left out."""
    carriers: defaultdict[int, list[tuple[Article, Entry, Feed]]] = defaultdict(list)
    served: dict[int, str] = {}
    for some in in_batches(article_ids):
        rows = (
            select(Article, Entry, Feed)
            .join(Entry, col(Entry.article_id) == col(Article.id))
            .join(Feed, col(Feed.id) == col(Entry.feed_id))
            .where(col(Article.id).in_(some), col(Article.url).is_not(None))
        )
        for article, entry, feed in session.execute(rows):
            carriers[article.id or 0].append((article, entry, feed))
        aliases = select(col(ArticleAlias.article_id), col(ArticleAlias.key)).where(
            col(ArticleAlias.article_id).in_(some), col(ArticleAlias.kind) == AliasKind.SERVED
        )
        served.update((article_id, key) for article_id, key in session.execute(aliases))
    return {article_id: link_origin(found, served.get(article_id)) for article_id, found in carriers.items()}


def is_link_post(entry: Entry, feed: Feed, *, page_host: str) -> bool:
    """True if an entry points to an article elsewhere and is discussed at another host than that article.

    ``page_host`` is the key of the host of its URL.
    """
    if entry.url is None or entry.comments_url is None or _is_at_home(feed, page_host):
        return False
    return not _is_below(_hostname(entry.comments_url), page_host)


def link_origin(carriers: Collection[tuple[Article, Entry, Feed]], served: str | None = None) -> LinkOrigin:
    """Returns the origin of an article's link, from its entries and the alias at which its page was served."""
    article = next(article for article, _, _ in carriers)
    redirected = _hostname(f"https:{served}") if served else ""
    site = article.host if not redirected or _is_below(redirected, article.host) else redirected
    return LinkOrigin(
        site=site,
        at_home=any(_is_at_home(feed, site) for _, _, feed in carriers),
        link_post=all(is_link_post(entry, feed, page_host=article.host) for _, entry, feed in carriers),
    )


def _is_at_home(feed: Feed, site: str) -> bool:
    """True if a host is that of the feed, of the site that the feed names, or of its outlet."""
    names = {feed.host, feed.outlet.lower(), _hostname(feed.site_url or "")}
    return any(name and (_is_below(name, site) or _is_below(site, name)) for name in names)


def _is_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _hostname(url: str) -> str:
    return urlsplit(url).hostname or ""
