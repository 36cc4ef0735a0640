"""Feed document in, entries out: bytes become a ``ParsedFeed`` or a reason why not.

    document     which kind of document is this, and who reads it?
    inflating    the bytes of a gzip file
    encoding     which text do the bytes hold?
    charsets guessing    what is meant by a label, and what is likeliest where none can be trusted
    structure    is the text well-formed XML, and where does it stop?
    mending      the same text as XML a parser can read to its end
    plain        RSS and Atom as nearly all write them, read as feedparser would
    elements carried naming corrections    one element, what goes on to the next, its name, its values
    xml_feed     RSS and Atom, plain or not (feedparser)
    json_feed    JSON Feed
    sitemap      the pages of a sitemap, read as a feed
    salvaging    those of its pages that are well-formed, if not all are
    drafts       an entry before its HTML is made safe
    reading      what a worker does: everything above, for the entries that are not stored yet
    fields       what a publisher's value means, whatever the format
    hints        how often does the feed itself ask to be polled?
    advertised   its own name, hubs, a cloud, older entries
    identity     which entry is this, and did a reader's view of it change?
    dates months calendars urls wrappers sanitise    one kind of value each

Everything here is a pure function of its arguments and runs in a worker process: nothing
fetches, stores, logs or reads the clock.
"""
