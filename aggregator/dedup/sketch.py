"""Computes the sketch of a text for the candidate index.

A sketch is a hash of the whole text and a sample of its shingles. A shingle is sampled if its hash is divisible by p,
so a passage that two texts share is sampled in both or in neither, and a short copy inside a long text is found. The
upper half of a sampled hash is stored: among 40 million postings one lookup in a hundred finds another text by
chance, and one shared fingerprint does not make a candidate. ``candidate_index`` finds the candidates.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from aggregator.dedup.shingles import (
    WORD_WEIGHT,
    Hashes,
    distinct_hashes,
    exact_hash,
    shingle_hashes,
    token_hashes,
    token_weights,
)
from aggregator.dedup.tokens import Tokens, tokenise
from aggregator.model.dedup import Sketch

FEWEST_WORDS = 20
"""A text with fewer words (a character without spaces is 5/8 of one) has no fingerprints.

So short a text has too few shingles to distinguish a copy from chance: two such texts are copies only if they are
equal. A brief of two sentences with one changed word is missed.
"""

FEWEST_FINGERPRINTS = 24
_UPPER_BITS = np.uint64(32)
_DIVISORS = (32, 16, 8, 4, 2, 1)


def sketch(text: str) -> Sketch:
    """Returns the sketch of a text; case, spaces, punctuation and boilerplate do not change it."""
    return sketch_of(tokenise(text))


def sketch_of(tokens: Tokens) -> Sketch:
    """Returns the sketch of a tokenised text."""
    weighs = token_weights(tokens.kinds)
    exact = exact_hash(tokens.words)
    if weighs.sum() < FEWEST_WORDS * WORD_WEIGHT:
        return Sketch(exact=exact, fingerprints=(), tokens=len(tokens.words))
    hashes, _ = shingle_hashes(token_hashes(tokens.words), weighs)
    sample = distinct_hashes(sample_hashes(distinct_hashes(hashes)) >> _UPPER_BITS)
    return Sketch(exact=exact, fingerprints=tuple(sample.tolist()), tokens=len(tokens.words))


def sample_hashes(hashes: Hashes) -> Hashes:
    """Returns the hashes divisible by the largest divisor that leaves enough of them; all if none does."""
    for divisor in _DIVISORS:
        kept = hashes[hashes & np.uint64(divisor - 1) == 0]
        if len(kept) >= FEWEST_FINGERPRINTS:
            return cast("Hashes", kept)
    return hashes
