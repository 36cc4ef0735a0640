"""Extracts the text of an article from its page and its feed.

The steps in their order. All of them are pure functions.

1. ``page_extraction.extract_article``: bytes of a page → ``ExtractedPage`` or ``NoArticle``. It calls:

   1. ``html_tree.parse_page``: bytes → element tree; refuses pages that are too large or not HTML.
      ``page_encoding.decode_page`` finds the charset.
   2. ``page_links.page_links``: links to further parts of the article, its AMP version, its print version.
   3. ``page_pruning.remove_navigation``: removes menus and page footers, unless selectors are configured.
   4. ``page_metadata.read_page_metadata``: title, authors, times, language, image, section, canonical URL,
      outlet. It combines ``jsonld.read_jsonld`` and ``structured_article.jsonld_article``,
      ``meta_tags.read_meta_tags``, ``headline.choose_headline`` (with ``outlet_names.strip_outlet_name``),
      ``bylines.byline_candidates``, ``author_names.parse_author_names`` (data: ``name_phrases``),
      ``article_times.read_article_times`` and ``language_detection.detect_language``.
   5. ``configured_selectors.remove_configured`` and ``select_configured_body``: the selectors of the feed's
      configuration. If they select a body, only the line rules (step 9) follow.
   6. ``page_pruning.remove_scripts`` and ``page_blocks.blocks_of``: page → blocks of text.
   7. trafilatura finds the text of the article (the engine's text). ``embedded_json.embedded_articles`` reads
      the article from the JSON of the page's scripts, if that text is short.
   8. ``block_selection.select_blocks``: chooses the article's blocks. ``block_features.candidate_blocks``
      computes features (from ``block_overlap``, ``block_position``, ``dom_branches``),
      ``block_classifier.BlockClassifier`` turns them into probabilities, ``jsonld_body_end.end_of_article``
      finds the end by the publisher's copy.
   9. ``line_removal.find_lines_to_remove``: lines that are not the article, by rules (data:
      ``line_removal_phrases``); ``encrypted_text.is_encrypted`` finds text for subscribers.
   10. ``page_pictures.article_pictures``, ``page_players.article_players`` and ``article_html.blocks_to_html``: blocks,
       pictures and players → HTML;
       ``html_to_text.text_of_html``: HTML → text, one paragraph per line.
   11. ``non_article_pages.non_article_reason``: refuses error pages, login forms and the like.

2. ``multipage_articles.continue_article``: names the next page to fetch, or joins the parts of an article.
3. ``outlet_line_removal.clean_page``: removes lines that the outlet repeats on its pages
   (``repeated_lines.find_repeated_lines``); runs again when more pages of the outlet are known.
4. ``text_choice.choose_text``: page, feed content or summary → ``ArticleText`` with the reason.
5. ``revision_rule.may_replace``: decides if a later text may replace the stored one.
   ``original_lines.restore_removed_lines`` shows a text with its removed lines.

Every step is bounded in time by limits on its input. ``worker_pool`` stops an extraction that takes too long
all the same.
"""
