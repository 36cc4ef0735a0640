"""Serves a sample newsroom on this machine: invented outlets that publish invented stories.

Nothing here polls, merges or publishes a digest. The ordinary service does that: it polls the newsroom's feeds
like any others. The modules, in the order in which they work:

    texts/*.toml       the stories, each with the outlets that print it
    sample_stories     reads these files
    outlets            the outlets: feed format, URLs, how they credit an agency
    printed_articles   what every outlet has printed at a given time
    newsroom_urls      the URLs of feeds, articles and pictures
    feed_documents     the articles as feed documents (with templates)
    pages              the articles as web pages (with templates)
    pictures           a drawing for every story
    site               chooses the document that answers a request
    server             answers requests on 127.0.0.1
    configuration      the two YAML files that make the service poll the newsroom
    run_demo           runs the service on the newsroom
"""

from __future__ import annotations
