"""Updates the text of an article from a page that was read before.

The request is conditional, and the text is extracted only if the bytes changed. A changed text is stored as a
revision. A page that fails, or gives less than before, changes nothing; it is due again at its next age
(``polling.revisit_schedule``).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

import structlog
from sqlmodel import Session

from aggregator.extraction.revision_rule import may_replace
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, PartialArticle
from aggregator.model.polling import FetchOutcome, HttpError, NotModified, SuccessResponse
from aggregator.polling.revisit_schedule import next_revisit_at
from aggregator.polling.validators import next_validators
from aggregator.settings.feeds_file import FullText
from aggregator.steps.article_text import text_from_page
from aggregator.steps.host_request import HostRequest, release_claim
from aggregator.steps.remove_boilerplate import clean_other_texts
from aggregator.steps.service import Service
from aggregator.steps.store_text import store_text
from aggregator.store import page_revisits, partial_articles
from aggregator.store.articles import ArticleSource
from aggregator.store.page_claims import PageClaim
from aggregator.store.page_revisits import NO_VERSION, PageVersion

log = structlog.get_logger()

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def revisits(service: Service, source: ArticleSource) -> bool:
    """True if the current configuration revisits the pages of the feed that carries the article."""
    feed = service.settings_of(source.feed)
    return bool(service.settings.extraction.revisit) and feed is not None and feed.full_text is not FullText.FEED


async def update_text(
    service: Service, request: HostRequest[PageClaim], source: ArticleSource, outcome: FetchOutcome
) -> None:
    """Stores the text that a page, or a further page of its article, gives now, if it changed."""
    claim = request.claim
    match outcome:
        case NotModified():
            await leave_text(service, request, source, "the page did not change")
        case SuccessResponse() if _has_same_bytes(request, outcome):
            await leave_text(service, request, source, "the page has the same bytes")
        case SuccessResponse():
            result = await text_from_page(service, source, outcome, reading=claim.reading)
            if isinstance(result, PartialArticle):
                await store_part(service, request, replace(result, whole=True))
            else:
                await _store_changed_text(service, request, source, *result)
        case HttpError(status=status) if status in _GONE and claim.reading is None:
            await end_revisits(service, request, f"the page answered {status}")
        case HttpError(status=status):
            await leave_text(service, request, source, f"the page answered {status}")
        case _:
            await leave_text(service, request, source, "the page could not be fetched")


async def leave_text(service: Service, request: HostRequest[PageClaim], source: ArticleSource, reason: str) -> None:
    """Leaves the text unchanged and plans the next revisit."""
    at = _next_revisit_at(service, source)
    await service.database.write(_commit_unchanged, service, request, at=at, seen=_page_after(request))
    log.info("page.revisited", article=request.claim.article_id, changed=False, reason=reason)


async def end_revisits(service: Service, request: HostRequest[PageClaim], reason: str) -> None:
    """Leaves the text unchanged and plans no further revisit."""
    await service.database.write(_commit_unchanged, service, request, at=None, seen=None)
    log.info("page.revisited", article=request.claim.article_id, changed=False, reason=reason)


async def store_part(service: Service, request: HostRequest[PageClaim], part: PartialArticle) -> None:
    """Stores the part of an article that was read so far; another claim fetches the next page."""
    await service.database.write(_commit_part, service, request, part)
    log.info("article.partly_read", article=request.claim.article_id, url=part.next_url, pages=len(part.pages))


def plan_next_revisit(
    session: Session, service: Service, request: HostRequest[PageClaim], source: ArticleSource
) -> None:
    """Stores validators and digest of a page that was just read, and the time of its next revisit.

    A page that gave no response is not revisited.
    """
    _store_page(session, request)
    has_page = isinstance(request.outcome, SuccessResponse) or request.claim.reading is not None
    at = _next_revisit_at(service, source) if has_page else None
    page_revisits.plan_revisit(session, source.article_id, at=at)


async def _store_changed_text(
    service: Service, request: HostRequest[PageClaim], source: ArticleSource, text: ArticleText, sketch: Sketch
) -> None:
    """Stores a new text, unless ``extraction.revision_rule`` finds it worse than the stored one."""
    known = request.claim.known
    if known is None or not may_replace(
        before=known.text_source, words_before=known.tokens, now=text.source, words_now=sketch.tokens
    ):
        await leave_text(service, request, source, f"it gave less than before: {text.reason}")
        return
    at = _next_revisit_at(service, source)
    changed = await service.database.write(_commit_text, service, request, text, sketch, at=at)
    log.info("page.revisited", article=source.article_id, changed=changed, reason=text.reason)
    if text.marks:
        await clean_other_texts(service, source.article_id)


def _next_revisit_at(service: Service, source: ArticleSource) -> datetime | None:
    return next_revisit_at(source.published_at, service.settings.extraction.revisit, now=service.clock())


def _has_same_bytes(request: HostRequest[PageClaim], answer: SuccessResponse) -> bool:
    claim = request.claim
    return claim.reading is None and claim.known is not None and claim.known.seen.digest == _page_of(answer).digest


def _page_of(answer: SuccessResponse) -> PageVersion:
    digest = hashlib.sha256(answer.body).hexdigest()
    return PageVersion(validators=next_validators(None, answer, parsed_ok=True), digest=digest)


def _page_after(request: HostRequest[PageClaim]) -> PageVersion | None:
    """Returns the page to store when the text stays unchanged; None if nothing new is known of it."""
    known, outcome = request.claim.known, request.outcome
    if request.claim.reading is not None:
        return NO_VERSION  # its first page changed, and that change is not stored
    match outcome:
        case NotModified() if known is not None:
            return replace(known.seen, validators=next_validators(known.seen.validators, outcome, parsed_ok=True))
        case SuccessResponse() if _has_same_bytes(request, outcome):
            return _page_of(outcome)
        case _:
            return None


def _commit_unchanged(
    session: Session,
    service: Service,
    request: HostRequest[PageClaim],
    *,
    at: datetime | None,
    seen: PageVersion | None,
) -> None:
    article_id = request.claim.article_id
    if page_revisits.revisit_is_planned(session, article_id):
        partial_articles.delete_partial_article(session, article_id)
        if seen is not None:
            page_revisits.store_page_version(session, article_id, seen)
        page_revisits.plan_revisit(session, article_id, at=at)
    release_claim(session, service, request)


def _commit_part(session: Session, service: Service, request: HostRequest[PageClaim], part: PartialArticle) -> None:
    article_id = request.claim.article_id
    if request.claim.known is None or page_revisits.revisit_is_planned(session, article_id):
        _store_page(session, request)
        partial_articles.store_partial_article(session, article_id, part, due_at=service.clock())
    release_claim(session, service, request)


def _commit_text(
    session: Session,
    service: Service,
    request: HostRequest[PageClaim],
    text: ArticleText,
    sketch: Sketch,
    *,
    at: datetime | None,
) -> bool:
    changed, article_id = False, request.claim.article_id
    if page_revisits.revisit_is_planned(session, article_id):
        changed = store_text(session, article_id, text, sketch, now=service.clock())
        _store_page(session, request)
        page_revisits.plan_revisit(session, article_id, at=at)
    release_claim(session, service, request)
    return changed


def _store_page(session: Session, request: HostRequest[PageClaim]) -> None:
    """Stores validators and digest of the first page of an article, if that was requested."""
    outcome = request.outcome
    if request.claim.reading is None and isinstance(outcome, SuccessResponse):
        page_revisits.store_page_version(session, request.claim.article_id, _page_of(outcome))
