"""Stores which articles match the text conditions of digests.

An article is matched when it is placed. The articles that were stored before a rule are matched once, in the
order of their ids. ``publishing.text_rules`` does the matching.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import Session, col

from aggregator.store.database import insert_missing
from aggregator.store.tables import Article, TextMatch, TextRule, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleWords:
    """The title and text of an article."""

    article_id: int
    title: str
    text: str


def article_words(session: Session, article_id: int) -> ArticleWords:
    """Returns the current title and text of an article."""
    article = session.get_one(Article, article_id)
    return ArticleWords(article_id=article_id, title=article.title, text=article.text)


def next_unmatched(
    session: Session, rules: Collection[str], *, limit: int
) -> tuple[str, tuple[ArticleWords, ...]] | None:
    """Returns a rule and the next older articles to match against it; None if all are done.

    Deletes the rules that are no longer used.
    """
    known = {row.key: row for row in session.scalars(select(TextRule))}
    for unused in known.keys() - set(rules):
        session.execute(delete(TextMatch).where(col(TextMatch.rule) == unused))
        session.delete(known[unused])
    for rule in rules:
        row = known.get(rule)
        if row is None:
            row = TextRule(key=rule)
            session.add(row)
        if row.passed_id is None:
            continue
        articles = select(Article).where(col(Article.id) > row.passed_id).order_by(col(Article.id)).limit(limit)
        found = session.scalars(articles).all()
        row.passed_id = row_id(found[-1].id) if len(found) == limit else None
        if found:
            return rule, tuple(ArticleWords(article_id=row_id(a.id), title=a.title, text=a.text) for a in found)
    return None


def add_matches(session: Session, rule: str, articles: Collection[int]) -> None:
    """Adds articles that match a rule."""
    insert_missing(session, TextMatch, [{"rule": rule, "article_id": article_id} for article_id in articles])


def set_matches(session: Session, article_id: int, rules: Collection[str]) -> None:
    """Replaces the rules that an article matches."""
    session.execute(delete(TextMatch).where(col(TextMatch.article_id) == article_id))
    session.add_all(TextMatch(rule=rule, article_id=article_id) for rule in rules)
