"""How does an article page, or a feed's own words, become the text of an article?

    decode          bytes → characters
    page            characters → ExtractedPage or NoArticle: the only door to trafilatura
      metadata      what the page says of itself; jsonld reads its structured half
      title         which of the page's titles is the headline
      blocks        of which blocks of text the page consists
      selection     which of them are the article, and why the others are not
        traits        what can be told of a block in numbers: overlap with the engine's and the
                      publisher's text, surroundings in the markup
        forest        how likely a block with such traits is the article's
        witness       where the publisher's own copy of the body says the article ends
        clean         which lines are not the article; phrases holds their words
      rendering     the chosen blocks → HTML
      refusal       which pages are not articles at all
    text_of_html    HTML → plain text, one paragraph per line
    choose          page, feed content or summary → ArticleText, with the reason

All of it is pure and none of it hangs on purpose; ``workers`` kills what hangs all the same.
"""
