"""What does the candidate index keep of a text?

A hash of the whole and a sample of its shingles that two copies draw alike: a shingle is kept
when its hash is divisible by p, so a passage that two texts share is sampled in both or in
neither, and a short copy inside a long text is found. Of a sampled hash the upper half is kept:
two of 40 million postings are alike by chance once in a hundred, and one alike is no candidate.
Looking candidates up is ``index``'s.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from aggregator.dedup.shingles import WORD_WEIGHT, Hashes, distinct, exact_hash, shingle_hashes, token_hashes, weights
from aggregator.dedup.tokens import Tokens, tokenise
from aggregator.model.dedup import Sketch

FEWEST_WORDS = 20
"""A text with fewer words (a character without spaces is 5/8 of one) has no fingerprints.

So little text has too few shingles to tell a copy from a chance resemblance: two such texts
are copies only when they are equal. A brief of two sentences with one word changed is missed.
"""

FEWEST_FINGERPRINTS = 24
_UPPER_BITS = np.uint64(32)
_DIVISORS = (32, 16, 8, 4, 2, 1)


def sketch(text: str) -> Sketch:
    """The sketch of a text; equal for texts that differ only in case, spaces, punctuation or furniture."""
    return sketch_of(tokenise(text))


def sketch_of(tokens: Tokens) -> Sketch:
    """The sketch of a text that is already tokenised."""
    weighs = weights(tokens.kinds)
    exact = exact_hash(tokens.words)
    if weighs.sum() < FEWEST_WORDS * WORD_WEIGHT:
        return Sketch(exact=exact, fingerprints=(), tokens=len(tokens.words))
    hashes, _ = shingle_hashes(token_hashes(tokens.words), weighs)
    sample = distinct(sampled(distinct(hashes)) >> _UPPER_BITS)
    return Sketch(exact=exact, fingerprints=tuple(sample.tolist()), tokens=len(tokens.words))


def sampled(hashes: Hashes) -> Hashes:
    """The hashes divisible by the largest divisor that keeps enough of them; all when none does."""
    for divisor in _DIVISORS:
        kept = hashes[hashes & np.uint64(divisor - 1) == 0]
        if len(kept) >= FEWEST_FINGERPRINTS:
            return cast("Hashes", kept)
    return hashes
