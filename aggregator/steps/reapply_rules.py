"""Rules that were edited are applied to what is stored: entries to drop or let in, texts that digests ask for.

A feed whose rules are as they were is not looked at. A crash in the middle begins the feed again.
"""

from __future__ import annotations

import structlog
from sqlmodel import Session

from aggregator.entry_rules import Rules, rules_of
from aggregator.publishing.text_rules import holds, text_rules
from aggregator.steps.service import Service
from aggregator.store import entries, feeds, host_claims, hosts, rule_changes
from aggregator.store import text_matches as asked

log = structlog.get_logger()

_AT_ONCE = 200
"""Entries or articles of one transaction."""


async def sift_stored(service: Service) -> None:
    """Let the rules of the configuration decide on every stored entry of a feed whose rules changed."""
    wanted = {feed.name or "": rules_of(service.configuration, feed.name or "") for feed in service.configuration.feeds}
    keys = {name: rules.key for name, rules in wanted.items()}
    for name in await service.database.read(rule_changes.ruled_otherwise, keys):
        after: int | None = 0
        changed = 0
        while after is not None:
            after, more = await service.database.write(_sift, service, name, wanted[name], after)
            changed += more
        log.info("feed.sifted", feed=name, changed=changed)


def _sift(session: Session, service: Service, name: str, rules: Rules, after: int) -> tuple[int | None, int]:
    """Rule the next entries of a feed; gives the last of them (None: there are no more) and how many changed."""
    rows = rule_changes.stored_entries(session, name, after=after, limit=_AT_ONCE, only_dropped=not rules.key)
    changed = 0
    now = service.clock()
    origin = host_claims.origin_of(feeds.row_of(session, name))
    ready: set[str] = set()
    for row in rows:
        sifted = rules.sift(row)
        if sifted.dropped_by != row.dropped_by:
            changed += 1
            ready |= entries.rule_entry(session, origin, row, sifted.dropped_by, host_of=service.hosts.key, now=now)
    hosts.set_ready(session, ready)
    if len(rows) == _AT_ONCE:
        return rule_changes.last_id(rows), changed
    rule_changes.set_ruled(session, name, rules.key)
    return None, changed


async def ask_stored(service: Service) -> None:
    """Ask every stored article for what a digest began to ask of texts."""
    while await service.database.write(_ask_some, service):
        pass


def _ask_some(session: Session, service: Service) -> bool:
    rules = text_rules(service.configuration.digests)
    found = asked.unasked(session, rules, limit=_AT_ONCE)
    if found is None:
        return False
    rule, articles = found
    where = rules[rule]
    asked.keep_matches(session, rule, [a.article_id for a in articles if holds(where, title=a.title, text=a.text)])
    return True


def ask_placed(session: Session, service: Service, article_id: int) -> None:
    """Ask an article that was just placed for what digests ask of texts."""
    rules = text_rules(service.configuration.digests)
    if not rules:
        return
    said = asked.wording_of(session, article_id)
    matching = [rule for rule, where in rules.items() if holds(where, title=said.title, text=said.text)]
    asked.set_matches(session, article_id, matching)
