"""Which stories of those hours may tell of the same event as this one?

Reads how the stories published about the time of one begin; which of them are related is ``dedup.related_reports``'s.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregator.dedup.related_reports import WITHIN, Window
from aggregator.model.dedup import Telling
from aggregator.model.publishing import Audience, RelatedStory
from aggregator.store.digest_queries import in_view
from aggregator.store.tables import Article, Story

MOST = 5
_MOST_COMPARED = 300
_BEGINNING = 600  # characters


def related_stories(session: Session, key: str, *, audience: Audience) -> tuple[RelatedStory, ...]:
    """The published stories that may tell of the same event as this one, the likeliest first.

    Looked for among the 300 newest that were first published within twelve hours of it; a story whose
    canonical copy the audience may not see is left out.
    """
    story = session.scalars(select(Story).where(col(Story.key) == key)).one()
    of_those_hours = (
        select(col(Story.key), col(Article.title), func.substr(col(Article.text), 1, _BEGINNING), col(Article.outlet))
        .join(Article, col(Article.id) == col(Story.lead_article_id))
        .where(
            col(Story.visible_at).is_not(None),
            col(Story.withdrawn_at).is_(None),
            col(Story.published_at).between(story.published_at - WITHIN, story.published_at + WITHIN),
        )
        .order_by(col(Story.visible_at).desc(), col(Story.id).desc())
        .limit(_MOST_COMPARED)
    )
    of_those_hours = of_those_hours.where(in_view(col(Article.id), audience))
    found = {
        row.key: (Telling(key=row.key, title=row.title, text=row[2]), row.outlet)
        for row in session.execute(of_those_hours)
    }
    if key not in found:
        return ()
    keys = Window.of(telling for telling, _ in found.values()).related(key, most=MOST)
    return tuple(RelatedStory(key=each, title=found[each][0].title, outlet=found[each][1]) for each in keys)
