"""How does an article page, or a feed's own words, become the text of an article?

    page            bytes → ExtractedPage or NoArticle: the only door to trafilatura's extraction
      tree            the page as a tree of elements, or why it is not read
        decode          bytes → characters
      metadata        what the page says of itself, put together from
        jsonld          the nodes of its JSON-LD; structured finds the article among them
        meta_tags       its meta tags
        title           which of its titles is the headline; outlet_names cuts the outlet off
        authors         who of those it names is a person; name_phrases holds the words around names
        bylines         whom its elements name near the headline
        times           when it was published and changed
        language        in which language it is written
      picked          what the configuration of the feed says is the body, or is not
      pruning         what of a page can be no article, whatever is on it
      blocks          of which blocks of text the page consists
      embedded        the article that only the page's program carries
      selection       which blocks are the article, and why the others are not
        traits          what can be told of a block in numbers: overlap with the engine's and the
                        publisher's text, surroundings in the markup, branches that leave the article
        forest          how likely a block with such traits is the article's
        witness         where the publisher's own copy of the body says the article ends
        clean           which lines are not the article; phrases holds their words
      rendering       the chosen blocks → HTML
      refusal         which pages are not articles at all
      page_links      where it may go on, and where it stands on a plainer page
    parts           the pages of one article → what to read next, or one ExtractedPage
    boilerplate     which lines the outlet has on its other pages, too
    cleaning        the text without those, now and when more pages are known
    text_of_html    HTML → plain text, one paragraph per line
    choose          page, feed content or summary → ArticleText, with the reason

All of it is pure and none of it hangs on purpose; ``workers`` kills what hangs all the same.
"""
