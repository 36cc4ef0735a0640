"""The steps of the pipeline: each claims, has decided, and commits.

    poll      one feed: fetch, parse, store what is new, plan the next poll
    read      one article: fetch its page, or one of several (asking does), extract the text (texts), sketch it
    revisit   one article that was read: did its text change?
    clean     the outlet's other texts lose what the page shows to be the outlet's
    merge     articles with a text: find candidates, judge, place in stories
    publish   stories that settled: show them

``pipeline`` says in which order they run and when there is nothing left to do.
"""
