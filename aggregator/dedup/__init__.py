"""Which articles carry the same text, and which copy of it leads?

Observations
    - A syndicated copy gets another headline, a dateline, one more paragraph, small edits, the
      outlet's furniture, or loses its last paragraphs. Two true copies share on average less than
      a third of their shingles (Silcock et al. 2023 for 3-grams), so a Jaccard threshold finds few.
      What stays is containment: most of the shorter text stands in the longer.
    - Templates (weather, markets, results) share most of their words and differ in what matters:
      the numbers and the names. Independent reports of one event share quotes, not sentences.
    - Chains are the death of clusters: A is like B, B like C, and A and C have nothing in common.

Theory of operation
    tokens      normalise: NFKC, case, traditional Chinese to simplified; datelines, credit lines
                and furniture off; words, or characters in scripts without spaces
    sketch      an exact hash, and shingle hashes sampled by value, so that a cut copy keeps its
                share of the whole one's: the store's index finds candidates that share two or more
    judge       how much of the shorter and of the longer text is covered by shared shingles, in
                which order, whether they begin alike, and whether aligned slots hold other numbers
                and names; stricter within one outlet; the verdict carries its evidence
    addresses   by which other addresses an article is known: AMP and mobile twins, redirects, claims
    one_address two articles of one outlet at one address are one, unless their texts say otherwise
    placing     an article joins a story when it is a copy of the canonical copy, or of most of the
                newest members; never by chains
    canonical   priority, credited origin, completeness, earliest; the rule is kept
    credit      which agency a text names as its origin

Known exceptions
    - Translations and paraphrases share no shingles and are not found.
    - Texts under 20 words are compared as a whole only.
    - A copy cut to a few lines inside a page of other prose is an excerpt, which never merges.
    - Later versions of a wire story, rewritten from the first paragraph on, may stand as two.
"""
