"""Defines the greatest lengths of setting values, in characters."""

from __future__ import annotations

LONGEST_SELECTOR = 300
"""Characters of one CSS selector or XPath expression."""
LONGEST_EXPRESSION = 2_000
"""Characters of one regular expression."""
