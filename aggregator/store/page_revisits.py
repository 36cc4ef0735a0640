"""Stores when pages are requested again, and the version of each page that was last answered.

``article.revisit_at`` is set only while the article waits for nothing else; a change that makes it wait clears
it. ``polling.revisit_schedule`` decides when a page is due again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from aggregator.model.extraction import TextSource
from aggregator.model.polling import Validators
from aggregator.store.tables import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class PageVersion:
    """A version of a page: its validators, and the digest of its bytes."""

    validators: Validators | None
    digest: str


NO_VERSION = PageVersion(validators=None, digest="")
"""No version, so that the next request is unconditional."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPage:
    """A page that was read before: its version, the source of the stored text, and the text's token count."""

    seen: PageVersion
    text_source: TextSource
    tokens: int


def stored_page(row: Row[Any]) -> StoredPage | None:
    """Returns the stored page of an article that is due for a revisit; None if no revisit is planned."""
    if row.revisit_at is None:
        return None
    validators = None
    if row.page_url is not None:
        validators = Validators(url=row.page_url, etag=row.page_etag, last_modified=row.page_modified)
    return StoredPage(
        seen=PageVersion(validators=validators, digest=row.page_digest or ""),
        text_source=TextSource(row.text_source),
        tokens=row.tokens,
    )


def revisit_is_planned(session: Session, article_id: int) -> bool:
    """Returns True if the revisit of a page is still planned.

    It is not if an entry changed in the meantime; then the page is read from the start.
    """
    return session.get_one(Article, article_id, populate_existing=True).revisit_at is not None


def plan_revisit(session: Session, article_id: int, *, at: datetime | None) -> None:
    """Stores when the page of an article is requested again; None for never."""
    session.get_one(Article, article_id).revisit_at = at


def store_page_version(session: Session, article_id: int, seen: PageVersion) -> None:
    """Stores the version of a page."""
    article, validators = session.get_one(Article, article_id), seen.validators
    article.page_digest = seen.digest or None
    article.page_url = validators.url if validators else None
    article.page_etag = validators.etag if validators else None
    article.page_modified = validators.last_modified if validators else None
