"""How does an article page, or a feed's own words, become the text of an article?

    decode          bytes → characters
    page            characters → ExtractedPage or NoArticle: the only door to trafilatura
      metadata        what the page says of itself; jsonld reads its structured half
      title           which of the page's titles is the headline
      blocks          the engine's tree → HTML that can be dropped line by line
      witness         where the publisher's own copy of the body says the article starts and ends
      clean           which lines are not the article; phrases holds their words
      refusal         which pages are not articles at all
    boilerplate     which lines the outlet has on its other pages, too
    cleaning        the text without those, now and when more pages are known
    text_of_html    HTML → plain text, one paragraph per line
    choose          page, feed content or summary → ArticleText, with the reason

All of it is pure and none of it hangs on purpose; ``workers`` kills what hangs all the same.
"""
