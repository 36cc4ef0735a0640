"""The page of an article is seen again, to learn whether its text changed.

It is asked for conditionally, and its text taken out only when its bytes changed. A text that changed is a
revision; a page that fails, or gives less than before, changes nothing and is seen again at its next age.
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
from aggregator.model.extraction import ArticleText, Reading
from aggregator.model.polling import Answer, FetchOutcome, HttpError, NotModified
from aggregator.polling.revisit_schedule import next_revisit_at
from aggregator.polling.validators import next_validators
from aggregator.settings.feeds_file import FullText
from aggregator.steps.article_text import from_page
from aggregator.steps.host_request import Asked, release
from aggregator.steps.remove_boilerplate import clean_others
from aggregator.steps.service import Service
from aggregator.steps.store_text import store_text
from aggregator.store import page_revisits, partial_articles
from aggregator.store.articles import ArticleSource
from aggregator.store.page_revisits import UNSEEN, SeenPage

log = structlog.get_logger()

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def is_wanted(service: Service, source: ArticleSource) -> bool:
    """Whether pages of the feed that carries an article are seen again at all, by the configuration of now."""
    feed = service.settings_of(source.feed)
    return bool(service.settings.extraction.revisit) and feed is not None and feed.full_text is not FullText.FEED


async def see_again(service: Service, asked: Asked, source: ArticleSource, outcome: FetchOutcome) -> None:
    """Take what a page that was read before, or a further one of its article, says now."""
    match outcome:
        case NotModified():
            await leave(service, asked, source, "the page did not change")
        case Answer() if _is_same(asked, outcome):
            await leave(service, asked, source, "the page has the same bytes")
        case Answer():
            read = await from_page(service, source, outcome, reading=asked.visit.reading)
            if isinstance(read, Reading):
                await read_on(service, asked, replace(read, whole=True))
            else:
                await _weigh(service, asked, source, *read)
        case HttpError(status=status) if status in _GONE and asked.visit.reading is None:
            await leave_for_good(service, asked, f"the page answered {status}")
        case HttpError(status=status):
            await leave(service, asked, source, f"the page answered {status}")
        case _:
            await leave(service, asked, source, "the page could not be had")


async def leave(service: Service, asked: Asked, source: ArticleSource, reason: str) -> None:
    """Leave the text as it is, and see the page again at its next age."""
    await service.database.write(_commit_left, service, asked, at=_next(service, source), seen=_renewed(asked))
    log.info("page.seen_again", article=asked.visit.article_id, changed=False, reason=reason)


async def leave_for_good(service: Service, asked: Asked, reason: str) -> None:
    """Leave the text as it is, and do not ask for the page again."""
    await service.database.write(_commit_left, service, asked, at=None, seen=None)
    log.info("page.seen_again", article=asked.visit.article_id, changed=False, reason=reason)


async def read_on(service: Service, asked: Asked, reading: Reading) -> None:
    """Keep what was read of an article so far: its next page is for another claim."""
    await service.database.write(_commit_reading, service, asked, reading)
    log.info("article.read_on", article=asked.visit.article_id, url=reading.next_url, pages=len(reading.pages))


def plan(session: Session, service: Service, asked: Asked, source: ArticleSource) -> None:
    """Note how the page of an article that was just read looks, and when it is seen again, if it answered."""
    _note(session, asked)
    was_seen = isinstance(asked.outcome, Answer) or asked.visit.reading is not None
    at = _next(service, source) if was_seen else None
    page_revisits.plan_revisit(session, source.article_id, at=at)


async def _weigh(service: Service, asked: Asked, source: ArticleSource, text: ArticleText, sketch: Sketch) -> None:
    """Store a text that the page gave now, unless it is no match for the one that it gave before."""
    known = asked.visit.known
    if known is None or not may_replace(
        before=known.text_source, words_before=known.tokens, now=text.source, words_now=sketch.tokens
    ):
        await leave(service, asked, source, f"it gave less than before: {text.reason}")
        return
    at = _next(service, source)
    changed = await service.database.write(_commit_text, service, asked, text, sketch, at=at)
    log.info("page.seen_again", article=source.article_id, changed=changed, reason=text.reason)
    if text.marks:
        await clean_others(service, source.article_id)


def _next(service: Service, source: ArticleSource) -> datetime | None:
    return next_revisit_at(source.published_at, service.settings.extraction.revisit, now=service.clock())


def _is_same(asked: Asked, answer: Answer) -> bool:
    known = asked.visit.known
    return asked.visit.reading is None and known is not None and known.seen.digest == _seen(answer).digest


def _seen(answer: Answer) -> SeenPage:
    digest = hashlib.sha256(answer.body).hexdigest()
    return SeenPage(validators=next_validators(None, answer, parsed_ok=True), digest=digest)


def _renewed(asked: Asked) -> SeenPage | None:
    """How a page looks whose text stays as it is; None where nothing new is known of it."""
    known, outcome = asked.visit.known, asked.outcome
    if asked.visit.reading is not None:
        return UNSEEN  # its first page changed, and the change is not stored
    match outcome:
        case NotModified() if known is not None:
            return replace(known.seen, validators=next_validators(known.seen.validators, outcome, parsed_ok=True))
        case Answer() if _is_same(asked, outcome):
            return _seen(outcome)
        case _:
            return None


def _commit_left(
    session: Session, service: Service, asked: Asked, *, at: datetime | None, seen: SeenPage | None
) -> None:
    article_id = asked.visit.article_id
    if page_revisits.is_expected(session, article_id):
        partial_articles.drop_reading(session, article_id)
        if seen is not None:
            page_revisits.note_seen(session, article_id, seen)
        page_revisits.plan_revisit(session, article_id, at=at)
    release(session, service, asked)


def _commit_reading(session: Session, service: Service, asked: Asked, reading: Reading) -> None:
    article_id = asked.visit.article_id
    if asked.visit.known is None or page_revisits.is_expected(session, article_id):
        _note(session, asked)
        partial_articles.keep_reading(session, article_id, reading, due_at=service.clock())
    release(session, service, asked)


def _commit_text(
    session: Session, service: Service, asked: Asked, text: ArticleText, sketch: Sketch, *, at: datetime | None
) -> bool:
    changed, article_id = False, asked.visit.article_id
    if page_revisits.is_expected(session, article_id):
        changed = store_text(session, article_id, text, sketch, now=service.clock())
        _note(session, asked)
        page_revisits.plan_revisit(session, article_id, at=at)
    release(session, service, asked)
    return changed


def _note(session: Session, asked: Asked) -> None:
    """Keep how the first page of an article looked when it was asked for."""
    outcome = asked.outcome
    if asked.visit.reading is None and isinstance(outcome, Answer):
        page_revisits.note_seen(session, asked.visit.article_id, _seen(outcome))
