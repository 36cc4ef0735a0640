"""Applies edited rules to stored data: drops or restores entries, matches texts with the text rules of digests.

A feed whose rules did not change is skipped. After a crash the feed starts again from its first entry.
"""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.entry_rules import FeedRules, rules_of
from aggregator.publishing.text_rules import matches_text, text_rules_by_key
from aggregator.steps.service import Service
from aggregator.store import entries, feeds, host_claims, hosts, rule_changes, text_matches

log = structlog.get_logger()

_AT_ONCE = 200
"""Entries or articles per transaction."""


async def reapply_entry_rules(service: Service) -> None:
    """Applies the configured rules to every stored entry of each feed whose rules changed."""
    wanted = {feed.name or "": rules_of(service.configuration, feed.name or "") for feed in service.configuration.feeds}
    keys = {name: rules.key for name, rules in wanted.items()}
    for name in await service.database.read(rule_changes.feeds_with_changed_rules, keys):
        after: int | None = 0
        changed = 0
        while after is not None:
            after, more = await service.database.write(_reapply, service, name, wanted[name], after)
            changed += more
        log.info("feed.rules_reapplied", feed=name, changed=changed)


def _reapply(session: Session, service: Service, name: str, rules: FeedRules, after: int) -> tuple[int | None, int]:
    """Applies the rules to the next entries of a feed; returns the last id (None: no more) and the changed count."""
    rows = rule_changes.stored_entries(session, name, after=after, limit=_AT_ONCE, only_dropped=not rules.key)
    changed = 0
    now = service.clock()
    origin = host_claims.source_feed_of(feeds.feed_by_name(session, name))
    ready: set[str] = set()
    for row in rows:
        decision = rules.apply_rules(row)
        if decision.dropped_by != row.dropped_by:
            changed += 1
            ready |= entries.set_dropped_by(
                session, origin, row, decision.dropped_by, host_of=service.hosts.key, now=now
            )
    hosts.update_ready_at(session, ready)
    if len(rows) == _AT_ONCE:
        return rule_changes.last_entry_id(rows), changed
    rule_changes.set_rules_key(session, name, rules.key)
    return None, changed


async def match_stored_texts(service: Service) -> None:
    """Matches every stored article with text rules that are new in a digest."""
    while await service.database.write(_match_some, service):
        pass


def _match_some(session: Session, service: Service) -> bool:
    rules = text_rules_by_key(service.configuration.digests)
    found = text_matches.next_unmatched(session, rules, limit=_AT_ONCE)
    if found is None:
        return False
    rule, articles = found
    where = rules[rule]
    text_matches.add_matches(
        session, rule, [a.article_id for a in articles if matches_text(where, title=a.title, text=a.text)]
    )
    return True


def match_merged_text(session: Session, service: Service, article_id: int) -> None:
    """Matches an article that was just added to a story with the text rules of all digests."""
    rules = text_rules_by_key(service.configuration.digests)
    if not rules:
        return
    wording = text_matches.article_words(session, article_id)
    matching = [rule for rule, where in rules.items() if matches_text(where, title=wording.title, text=wording.text)]
    text_matches.set_matches(session, article_id, matching)
