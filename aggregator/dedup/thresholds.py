"""How much must two texts have in common to be copies, as named numbers?

Only the numbers and what each means; ``judge`` applies them. Shares are of tokens, 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """What the judge asks of a pair; ``across`` and ``within`` are a person's to set."""

    across: float = 0.60
    """Share of the shorter text that copies in different outlets have in common."""
    within: float = 0.75
    """The same for two articles of one outlet, where templates and instalments abound."""

    longer_across: float = 0.15
    """Share of the longer text that must be covered too; less is an excerpt."""
    longer_within: float = 0.40
    """The same for two articles of one outlet."""
    fewest_words: int = 20
    """Texts with fewer words are copies only when they are equal (see ``sketch.FEWEST_WORDS``)."""
    fewest_shared: int = 30
    """Fewer shared words prove nothing."""
    in_order: float = 0.50
    """Share of the shorter text covered by passages in the same order; less is shared quotes and facts."""

    run: float = 7.0
    """The shared passages have so many words on average; a common phrase has fewer."""

    lead_words: int = 60
    """The head of a text that the lead check looks at."""
    lead_share: float = 0.25
    """Share of both heads that must be covered: who copies a report begins as it begins."""
    lead_rewritten: float = 0.10
    """The same when each text covers the other by ``mutual``: then a desk may have written its own lead."""
    mutual: float = 0.60
    """See ``lead_rewritten``."""
    lead_own: float = 0.75
    """Across outlets, a text covered so far may put a lead of its own before what the other begins with,"""
    lead_taken: float = 0.70
    """if so much of the other's head is covered: a report is cut from its end, and quoted from anywhere."""
    sure: float = 0.90
    """A shorter text covered so far needs no covered lead in the longer one, if that is covered by ``sure_longer``."""
    sure_longer: float = 0.30
    """See ``sure``."""

    revised: float = 0.75
    """This part of ``across`` is enough when everything else speaks for one report in two versions:"""
    revised_longer: float = 0.25
    """the longer text is covered so far,"""
    revised_lead: float = 0.40
    """both heads are covered so far,"""
    revised_in_order: float = 0.42
    """passages in the same order cover so much of the shorter text,"""
    revised_run: float = 10.0
    """and the shared passages have so many words on average; shared quotes and facts have fewer."""

    words_per_conflict: int = 60
    """So many shared words excuse one number or name that differs (a typing error, a late figure)."""
    slots_differing: float = 0.25
    """Across outlets, conflicts in fewer of the common slots than this are an update, not a template."""

    numbers_differing: float = 0.50
    """Across outlets, conflicts in so many of the common slots with numbers are a template whatever the names say,"""
    fewest_differing: int = 3
    """if there are so many of them."""

    exact_words: int = 8
    """Equal texts with fewer words are not copies: a stub, a slogan, "Live updates"."""
    exact_titles: float = 0.50
    """Share of the title that equal short texts of one outlet must share: behind a paywall all texts are equal."""
    exact_short: int = 60
    """A text with fewer words counts as short for ``exact_titles``."""

    related: float = 0.30
    """Share of the shorter text from which on two different reports are related."""
