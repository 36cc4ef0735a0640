"""Applies the keep and drop rules of a feed, and those for all feeds, to an entry.

Pure: ``store.rule_changes`` stores the result. A rule that takes too long on an entry decides nothing about it: the
entry is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import unescape
from typing import Protocol

from aggregator.settings.feeds_file import EntryRule
from aggregator.settings.settings_file import Configuration
from aggregator.text_folding import fold_text
from aggregator.text_patterns import PhrasePattern, SearchTimeout

NO_KEEP_RULE_MATCHES = "no keep rule matches"
"""The reason for an entry that is dropped because keep rules exist and none matches."""
_OF_ALL = " (for all feeds)"

# "<" is excluded too, so that a run of them costs no more than its length.
_INLINE_TAG = re.compile(
    r"</?(?:abbr|b|bdi|bdo|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|tt|u|var"
    r"|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_MATCHING_VERSION = 2
"""Part of the fingerprint of rules: with a new number, the rules are applied to the stored entries again."""


class RuledEntry(Protocol):
    """An entry that rules read: a parsed one or a stored one."""

    @property
    def title(self) -> str:
        """Plain text."""

    @property
    def summary(self) -> str:
        """HTML."""

    @property
    def content(self) -> str:
        """HTML."""

    @property
    def url(self) -> str | None:
        """Normalised."""

    @property
    def authors(self) -> Sequence[str]:
        """Their names."""

    @property
    def categories(self) -> Sequence[str]:
        """As the feed has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleDecision:
    """The decision of the rules about an entry.

    ``dropped_by`` describes the rule that drops it; None if it is kept. ``slow`` lists rules that took too long.
    """

    dropped_by: str | None
    slow: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRules:
    """The rules for the entries of one feed.

    An entry must match one rule of each set in ``keep``. ``drop`` holds pairs of a text for people and a rule.
    """

    keep: tuple[tuple[EntryRule, ...], ...] = ()
    drop: tuple[tuple[str, EntryRule], ...] = ()

    @property
    def key(self) -> str:
        """The fingerprint of these rules, 32 hexadecimal digits; "" if there are none."""
        if not self.keep and not self.drop:
            return ""
        keep = [[str(rule) for rule in rules] for rules in self.keep]
        written = repr((_MATCHING_VERSION, keep, [name for name, _ in self.drop]))
        return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def apply_rules(self, entry: RuledEntry) -> RuleDecision:
        """Decides whether an entry is kept; a drop rule wins over every keep rule."""
        slow: list[str] = []

        def matches(rule: EntryRule) -> bool | None:
            try:
                return _matches(rule, entry)
            except SearchTimeout:
                slow.append(str(rule))
                return None

        dropped_by = next((name for name, rule in self.drop if matches(rule)), None)
        if dropped_by is None and any(all(matches(rule) is False for rule in rules) for rules in self.keep):
            dropped_by = NO_KEEP_RULE_MATCHES
        return RuleDecision(dropped_by=dropped_by, slow=tuple(slow))


def rules_of(configuration: Configuration, feed: str) -> FeedRules:
    """Returns the rules for the feed of this name; a feed that is no longer configured has those for all feeds."""
    own = next((known for known in configuration.feeds if known.name == feed), None)
    keep = (configuration.keep, own.keep if own else ())
    return FeedRules(
        keep=tuple(rules for rules in keep if rules),
        drop=(
            *((f"drop {rule}{_OF_ALL}", rule) for rule in configuration.drop),
            *((f"drop {rule}", rule) for rule in (own.drop if own else ())),
        ),
    )


def _matches(rule: EntryRule, entry: RuledEntry) -> bool:
    if rule.tag is not None:
        tag = _folded(rule.tag)
        return any(_folded(category) == tag for category in entry.categories)
    if rule.title is not None:
        return rule.title.found_in(entry.title)
    if rule.url is not None:
        return rule.url.found_in(entry.url or "")
    if rule.author is not None:
        return any(rule.author.found_in(author) for author in entry.authors)
    pattern = rule.text or PhrasePattern(rule.words or ())
    return pattern.found_in(_searched_text(entry.title, entry.summary, entry.content))


def _folded(label: str) -> str:
    return " ".join(fold_text(label).split())


@lru_cache(maxsize=4)
def _searched_text(title: str, summary: str, content: str) -> str:
    """Returns the text of an entry: tags within a word do not divide it, and character references are resolved."""
    markup = f"{summary}\n{content}"
    return f"{title}\n{unescape(_TAG.sub(' ', _INLINE_TAG.sub('', markup)))}"
