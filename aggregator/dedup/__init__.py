"""Decides which articles are copies of one text, which story they form, and which copy leads.

Observations
    - A syndicated copy gets another headline, a dateline, one more paragraph, small edits, the
      outlet's boilerplate, or loses its last paragraphs. Two true copies share on average less than
      a third of their shingles (Silcock et al. 2023 for 3-grams), so a Jaccard threshold finds few.
      Containment works: the longer text contains most of the shorter one.
    - Templates (weather, markets, results) share most of their words and differ in what matters:
      the numbers and the names. Independent reports of one event share quotes, not sentences.
    - Chains make clusters useless: A is like B, B like C, and A and C have nothing in common.

Theory of operation
    tokens.tokenise: normalises NFKC, case, traditional Chinese to simplified; removes datelines, credit lines and
        boilerplate; gives words, or characters in scripts without spaces
    sketch.sketch: an exact hash, and shingle hashes sampled by value, so that a shortened copy keeps its share of
        the whole one's; ``candidate_index`` finds the articles that share two or more
    judge.judge: how much of the shorter and of the longer text shared shingles cover, in which order, whether both
        begin alike, and whether aligned slots contain other numbers and names; stricter within one outlet; the
        verdict contains its evidence
    alias_urls.alias_keys: the other URLs of an article: AMP and mobile versions, redirects, canonical links
    same_address.apply_alias: two articles of one outlet with one URL are one, unless their texts contradict; a link
        post belongs to the article that it points to
    story_assignment.assign_story: an article joins a story when it is a copy of the canonical copy, or of most of
        the newest members; never by chains
    recluster.recluster: groups the articles of unpublished stories again, independent of their order of arrival
    canonical.choose_canonical_copy: own site, no link post, priority, no roundup, credited origin, completeness,
        earliest; the rule is stored
    credit_line.find_credit: the agency that a text names as its origin

Known exceptions
    - Translations and paraphrases share no shingles and are not found.
    - Texts under 20 words are compared only as a whole.
    - A copy shortened to a few lines inside a page of other text is an excerpt, which never merges.
    - Later versions of a wire story, rewritten from the first paragraph on, can stay two stories.
"""
