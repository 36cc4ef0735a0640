"""Which pages are asked for again, when, and how did they look when they were seen last?

``article.revisit_at`` is set only while the article waits for nothing else: whatever makes it wait takes it
away. When a page is due again was decided by ``polling.revisit_schedule``.
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
class SeenPage:
    """How a page looked: its validators, and the digest of its bytes."""

    validators: Validators | None
    digest: str


UNSEEN = SeenPage(validators=None, digest="")
"""A page of which nothing is known, so that it is asked for whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownPage:
    """What is known of a page that was read before: how it looked, and what text is stored."""

    seen: SeenPage
    text_source: TextSource
    tokens: int


def known_page(row: Row[Any]) -> KnownPage | None:
    """What is known of the page of an article that is to be seen again; None when it was never read."""
    if row.revisit_at is None:
        return None
    validators = None
    if row.page_url is not None:
        validators = Validators(url=row.page_url, etag=row.page_etag, last_modified=row.page_modified)
    return KnownPage(
        seen=SeenPage(validators=validators, digest=row.page_digest or ""),
        text_source=TextSource(row.text_source),
        tokens=row.tokens,
    )


def is_expected(session: Session, article_id: int) -> bool:
    """Whether a page is still to be seen again: an entry that changed meanwhile wants it read anew instead."""
    return session.get_one(Article, article_id, populate_existing=True).revisit_at is not None


def plan_revisit(session: Session, article_id: int, *, at: datetime | None) -> None:
    """Note when the page of an article is asked for again, None for never."""
    session.get_one(Article, article_id).revisit_at = at


def note_seen(session: Session, article_id: int, seen: SeenPage) -> None:
    """Keep how a page looks."""
    article, validators = session.get_one(Article, article_id), seen.validators
    article.page_digest = seen.digest or None
    article.page_url = validators.url if validators else None
    article.page_etag = validators.etag if validators else None
    article.page_modified = validators.last_modified if validators else None
