"""Removes lines that a newly read page shows to be boilerplate from the other texts of its outlet.

After a crash the remaining texts are cleaned with the outlet's next page, or keep their boilerplate.
"""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.dedup.sketch import sketch
from aggregator.errors import WorkerError
from aggregator.extraction.outlet_line_removal import remove_outlet_lines
from aggregator.extraction.repeated_lines import articles_to_clean_again
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import CleanedText
from aggregator.steps.service import Service
from aggregator.store import boilerplate_removal
from aggregator.store.boilerplate_removal import StoredPageText

log = structlog.get_logger()


def texts_to_clean(session: Session, article_id: int) -> tuple[StoredPageText, ...]:
    """Returns the outlet's stored texts that may contain boilerplate now that the page of an article is known."""
    outlet = boilerplate_removal.outlet_pages(session, article_id)
    if outlet is None:
        return ()
    return boilerplate_removal.stored_page_texts(session, articles_to_clean_again(outlet.lines, outlet.others), outlet)


def clean_text(stored: StoredPageText) -> tuple[CleanedText, Sketch]:
    """Returns a stored text without the boilerplate of its outlet, and its sketch; runs in a worker."""
    text = remove_outlet_lines(stored.text, stored.pages)
    return text, sketch(text.text)


async def clean_other_texts(service: Service, article_id: int) -> None:
    """Removes the boilerplate that the page of an article shows from the outlet's other texts."""
    for stored in await service.database.read(texts_to_clean, article_id):
        try:
            text, new_sketch = await service.workers.run(clean_text, stored)
        except WorkerError as error:
            log.warning("article.not_cleaned", article=stored.article_id, reason=str(error))
            continue
        if text != stored.text and await service.database.write(
            boilerplate_removal.store_cleaned_text, stored, text, new_sketch
        ):
            log.info("article.cleaned", article=stored.article_id, cuts=len(text.cuts) - len(stored.text.cuts))
