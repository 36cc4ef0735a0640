"""Defines how much two texts must share to be copies.

``judge`` applies these numbers. Shares are shares of tokens, 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """The thresholds of the judge; ``across`` and ``within`` come from the configuration."""

    across: float = 0.60
    """Share of the shorter text that copies of different outlets have in common."""
    within: float = 0.75
    """The same for two articles of one outlet, where templates and serial articles are common."""

    longer_across: float = 0.15
    """Covered share of the longer text that a copy needs; less is an excerpt."""
    longer_within: float = 0.40
    """The same for two articles of one outlet."""
    fewest_words: int = 20
    """Texts with fewer words are copies only when they are equal (see ``sketch.FEWEST_WORDS``)."""
    fewest_shared: int = 30
    """Fewest shared words of a copy; fewer prove nothing."""
    in_order: float = 0.50
    """Share of the shorter text covered by passages in the same order; less is shared quotes and facts."""

    run: float = 7.0
    """Fewest words of the shared passages on average; common phrases have fewer."""

    lead_words: int = 60
    """Number of words at the beginning of a text that the lead check compares."""
    lead_share: float = 0.25
    """Covered share of both beginnings that a copy needs: a copy begins like its original."""
    lead_rewritten: float = 0.10
    """The same if each text covers the other by ``mutual``: then an outlet can have its own lead."""
    mutual: float = 0.60
    """See ``lead_rewritten``."""
    lead_own: float = 0.75
    """Across outlets, a text that is covered to this share can have its own lead before the other text's beginning,"""
    lead_taken: float = 0.70
    """if this share of the other's beginning is covered: reports are cut from the end and quoted from anywhere."""
    sure: float = 0.90
    """A shorter text with this covered share needs no covered lead if the longer one is covered by ``sure_longer``."""
    sure_longer: float = 0.30
    """See ``sure``."""

    revised: float = 0.75
    """This part of ``across`` is enough if everything else indicates two versions of one report:"""
    revised_longer: float = 0.25
    """the longer text is covered to this share,"""
    revised_lead: float = 0.40
    """both beginnings are covered to this share,"""
    revised_in_order: float = 0.42
    """passages in the same order cover this share of the shorter text,"""
    revised_run: float = 10.0
    """and the shared passages have this many words on average; shared quotes and facts have fewer."""

    words_per_conflict: int = 60
    """Number of shared words that excuse one different number or name (a typing error, a later figure)."""
    slots_differing: float = 0.25
    """Across outlets, conflicts in fewer of the common slots than this are an update, not a template."""

    numbers_differing: float = 0.50
    """Across outlets, conflicts in this share of the common number slots are a template, whatever the names say,"""
    fewest_differing: int = 3
    """if there are at least this many."""

    exact_words: int = 8
    """Equal texts with fewer words are not copies: a stub, a slogan, "Live updates"."""
    exact_titles: float = 0.50
    """Shared part of the title that equal short texts of one outlet need: behind a paywall all texts are equal."""
    exact_short: int = 60
    """A text with fewer words counts as short for ``exact_titles``."""

    related: float = 0.30
    """Smallest covered share of the shorter text that makes two different reports related."""
