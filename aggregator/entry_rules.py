"""Which entries does a person want to see? The keep and drop rules of a feed and of all feeds.

Pure: what becomes of an entry that is dropped is ``store.rule_changes``'s. A rule that takes too long on an
entry decides nothing about it: the entry is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from aggregator.settings.feeds_file import EntryRule
from aggregator.settings.settings_file import Configuration
from aggregator.text_patterns import TooSlow, words_pattern

UNWANTED = "no keep rule matches"
"""Why an entry is dropped that no keep rule speaks for."""
_OF_ALL = " (for all feeds)"

# "<" is excluded too, so that a run of them costs no more than its length.
_MARKUP = re.compile(r"<[^<>]*>")


class Ruled(Protocol):
    """What rules look at: an entry as it was parsed, or as it is stored."""

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
class Sifted:
    """What the rules say of an entry: the one that drops it, in words (None: it is used), and what was too slow."""

    dropped_by: str | None
    slow: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules that an entry of one feed has to pass: each set of keep rules, and the drop rules with their names."""

    keep: tuple[tuple[EntryRule, ...], ...] = ()
    drop: tuple[tuple[str, EntryRule], ...] = ()

    @property
    def key(self) -> str:
        """A name for exactly these rules; "" for none."""
        if not self.keep and not self.drop:
            return ""
        written = repr(([[str(rule) for rule in rules] for rules in self.keep], [name for name, _ in self.drop]))
        return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def sift(self, entry: Ruled) -> Sifted:
        """What becomes of an entry; a drop rule outdoes every keep rule."""
        slow: list[str] = []

        def matches(rule: EntryRule) -> bool | None:
            try:
                return _matches(rule, entry)
            except TooSlow:
                slow.append(str(rule))
                return None

        dropped_by = next((name for name, rule in self.drop if matches(rule)), None)
        if dropped_by is None and any(all(matches(rule) is False for rule in rules) for rules in self.keep):
            dropped_by = UNWANTED
        return Sifted(dropped_by=dropped_by, slow=tuple(slow))


def rules_of(configuration: Configuration, feed: str) -> Rules:
    """The rules for the entries of a feed, by name; those for all feeds hold for one that is no longer configured."""
    own = next((known for known in configuration.feeds if known.name == feed), None)
    keep = (configuration.keep, own.keep if own else ())
    return Rules(
        keep=tuple(rules for rules in keep if rules),
        drop=(
            *((f"drop {rule}{_OF_ALL}", rule) for rule in configuration.drop),
            *((f"drop {rule}", rule) for rule in (own.drop if own else ())),
        ),
    )


def _matches(rule: EntryRule, entry: Ruled) -> bool:
    if rule.tag is not None:
        return rule.tag.casefold() in (category.casefold() for category in entry.categories)
    if rule.title is not None:
        return rule.title.found_in(entry.title)
    if rule.url is not None:
        return rule.url.found_in(entry.url or "")
    if rule.author is not None:
        return any(rule.author.found_in(author) for author in entry.authors)
    pattern = rule.text or words_pattern(rule.words or ())
    return pattern.found_in(_MARKUP.sub(" ", f"{entry.title}\n{entry.summary}\n{entry.content}"))
