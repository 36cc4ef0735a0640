"""Removes lines that a newly read page shows to be boilerplate from the other texts of its outlet.

After a crash the remaining texts are cleaned with the outlet's next page, or keep their boilerplate.
"""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.dedup.sketch import sketch
from aggregator.errors import WorkerError
from aggregator.extraction.outlet_line_removal import cleaned
from aggregator.extraction.repeated_lines import newly_common
from aggregator.model.dedup import Sketch
from aggregator.model.extraction import Cleaned
from aggregator.steps.service import Service
from aggregator.store import boilerplate_removal
from aggregator.store.boilerplate_removal import KeptText

log = structlog.get_logger()


def texts_to_clean(session: Session, article_id: int) -> tuple[KeptText, ...]:
    """Returns the outlet's stored texts that may contain boilerplate now that the page of an article is known."""
    outlet = boilerplate_removal.outlet_pages(session, article_id)
    if outlet is None:
        return ()
    return boilerplate_removal.kept_texts(session, newly_common(outlet.lines, outlet.others), outlet)


def clean_text(stored: KeptText) -> tuple[Cleaned, Sketch]:
    """Returns a stored text without the boilerplate of its outlet, and its sketch; runs in a worker."""
    text = cleaned(stored.text, stored.pages)
    return text, sketch(text.text)


async def clean_others(service: Service, article_id: int) -> None:
    """Removes the boilerplate that the page of an article shows from the outlet's other texts."""
    for stored in await service.database.read(texts_to_clean, article_id):
        try:
            text, new_sketch = await service.workers.run(clean_text, stored)
        except WorkerError as error:
            log.warning("article.not_cleaned", article=stored.article_id, reason=str(error))
            continue
        if text != stored.text and await service.database.write(
            boilerplate_removal.keep_cleaned, stored, text, new_sketch
        ):
            log.info("article.cleaned", article=stored.article_id, cuts=len(text.cuts) - len(stored.text.cuts))
