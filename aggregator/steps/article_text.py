"""Makes the text of an article from its pages and its feed, in a worker.

If a page or the feed's text hangs or crashes the worker, the article is made without it.
"""

from __future__ import annotations

from dataclasses import replace

from aggregator.dedup.credit_line import credit_from_claims, find_credit
from aggregator.dedup.sketch import sketch
from aggregator.errors import WorkerError
from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.multipage_articles import continue_article
from aggregator.extraction.outlet_line_removal import clean_page
from aggregator.extraction.page_extraction import extract_article
from aggregator.extraction.text_choice import choose_text
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, ExtractedPage, NoArticle, PageOutcome, PartialArticle, TextSource
from aggregator.model.polling import SuccessResponse
from aggregator.settings.feeds_file import FullText, PageSettings
from aggregator.steps.service import Service
from aggregator.store.articles import ArticleSource

PageResult = tuple[ArticleText, Sketch] | PartialArticle
"""The result of a page: the text and sketch of its article, or the part that was read so far."""


SHARED_LINK = "several entries of the feed have this link, so its page is not the article"
"""The reason for the feed's text of an entry whose link is shared."""


def read_page(
    body: bytes,
    *,
    source: ArticleSource,
    url: str,
    content_type: str | None,
    wanted: PageSettings,
    reading: PartialArticle | None = None,
) -> PageResult:
    """Extracts a fetched page and continues its article; runs in a worker.

    ``reading`` is the part that was read before; None for the first page.
    """
    page = extract_article(
        body,
        url=url,
        content_type=content_type,
        feed_title=source.title,
        feed_summary=text_of_html(source.summary),
        feed_text=text_of_html(source.content),
        wanted=wanted,
    )
    return _result(source, continue_article(reading, page, url=url), served_url=reading.first_url if reading else url)


def read_without(*, source: ArticleSource, url: str, reason: str, reading: PartialArticle | None) -> PageResult:
    """Continues an article without the page at ``url``, which is missing for ``reason``; runs in a worker."""
    result = continue_article(reading, NoArticle(reason=reason), url=url)
    return _result(source, result, served_url=reading.first_url if reading else None)


def _result(source: ArticleSource, result: PartialArticle | PageOutcome, *, served_url: str | None) -> PageResult:
    if isinstance(result, PartialArticle):
        return result
    page = clean_page(result, source.pages) if isinstance(result, ExtractedPage) else result
    text, its_sketch = read_feed(source, page)
    return replace(text, served_url=served_url if text.source is TextSource.PAGE else None), its_sketch


def read_feed(source: ArticleSource, page: PageOutcome | None) -> tuple[ArticleText, Sketch]:
    """Chooses the text of an article from its page, if any, and its feed, and sketches it; runs in a worker."""
    text = choose_text(
        title=source.title,
        content=source.content,
        summary=source.summary,
        page=page,
        policy=FullText(source.full_text),
        entry_url=source.url,
    )
    text = replace(
        text,
        authors=source.authors or text.authors,
        language=text.language or source.language,
        image=source.image or text.image,
        credit=find_credit(text.text, authors=source.authors or text.authors) or credit_from_claims(text.credits),
    )
    return text, sketch(text.text)


async def text_from_page(
    service: Service, source: ArticleSource, answer: SuccessResponse, *, reading: PartialArticle | None
) -> PageResult:
    """Calls ``read_page`` in a worker for the page in ``answer``; after a worker error, continues without the page."""
    feed = service.settings_of(source.feed)
    try:
        return await service.workers.run(
            read_page,
            answer.body,
            source=source,
            url=answer.url,
            content_type=answer.headers.get("content-type"),
            wanted=feed.page if feed else PageSettings(),
            reading=reading,
        )
    except WorkerError as error:
        return await text_without_page(service, source, str(error), url=answer.url, reading=reading)


async def text_without_page(
    service: Service, source: ArticleSource, reason: str, *, url: str, reading: PartialArticle | None
) -> PageResult:
    """Calls ``read_without`` in a worker for a page that could not be fetched or read."""
    try:
        return await service.workers.run(read_without, source=source, url=url, reason=reason, reading=reading)
    except WorkerError as error:
        return _title_only(source, str(error))


async def text_from_feed(service: Service, source: ArticleSource) -> tuple[ArticleText, Sketch]:
    """Calls ``read_feed`` in a worker for an article whose page is not fetched."""
    page = NoArticle(reason=SHARED_LINK) if source.shares_link else None
    try:
        return await service.workers.run(read_feed, source, page)
    except WorkerError as error:
        return _title_only(source, str(error))


def _title_only(source: ArticleSource, reason: str) -> tuple[ArticleText, Sketch]:
    return read_feed(replace(source, content="", summary=""), NoArticle(reason=reason))
