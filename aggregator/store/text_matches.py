"""Which articles say what digests ask for by words?

An article is asked when it is placed; those that were there before a rule are asked once, in the order of
their ids. What a text has to hold is ``publishing.text_rules``'s.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import Session, col

from aggregator.store.database import add_missing
from aggregator.store.tables import Article, TextMatch, TextRule, row_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What an article says."""

    article_id: int
    title: str
    text: str


def wording_of(session: Session, article_id: int) -> Wording:
    """What one article says now."""
    article = session.get_one(Article, article_id)
    return Wording(article_id=article_id, title=article.title, text=article.text)


def unasked(session: Session, rules: Collection[str], *, limit: int) -> tuple[str, tuple[Wording, ...]] | None:
    """A rule and the next articles that were there before it; None when all were asked. Other rules are forgotten."""
    known = {row.key: row for row in session.scalars(select(TextRule))}
    for gone in known.keys() - set(rules):
        session.execute(delete(TextMatch).where(col(TextMatch.rule) == gone))
        session.delete(known[gone])
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
            return rule, tuple(Wording(article_id=row_id(a.id), title=a.title, text=a.text) for a in found)
    return None


def keep_matches(session: Session, rule: str, articles: Collection[int]) -> None:
    """These articles say what the rule asks for, beside those that are known to."""
    add_missing(session, TextMatch, [{"rule": rule, "article_id": article_id} for article_id in articles])


def set_matches(session: Session, article_id: int, rules: Collection[str]) -> None:
    """An article says what these rules ask for, and no others."""
    session.execute(delete(TextMatch).where(col(TextMatch.article_id) == article_id))
    session.add_all(TextMatch(rule=rule, article_id=article_id) for rule in rules)
