"""A page that was just read shows which lines are its outlet's; the outlet's other texts lose them.

What a crash leaves undone here is done with the outlet's next page, or stays: it was text before.
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


def clean_text(kept: KeptText) -> tuple[Cleaned, Sketch]:
    """A stored text without the lines its outlet turned out to print everywhere, and its sketch; runs in a worker."""
    text = cleaned(kept.text, kept.pages)
    return text, sketch(text.text)


async def clean_others(service: Service, article_id: int) -> None:
    """Take out of the outlet's other texts what the page of an article shows to be the outlet's."""
    for kept in await service.database.read(texts_to_clean, article_id):
        try:
            text, new_sketch = await service.workers.run(clean_text, kept)
        except WorkerError as error:
            log.warning("article.not_cleaned", article=kept.article_id, reason=str(error))
            continue
        if text != kept.text and await service.database.write(boilerplate_removal.keep_cleaned, kept, text, new_sketch):
            log.info("article.cleaned", article=kept.article_id, cuts=len(text.cuts) - len(kept.text.cuts))
