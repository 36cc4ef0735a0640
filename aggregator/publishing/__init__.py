"""Renders stories as a digest: Atom, RSS, JSON Feed and a web page, each from one ``DigestPage``.

In the order in which they work:

    text_rules.text_rules_by_key          the text conditions of all digests
    audience.audience_of                  who can read the digest: the owner or everyone
    related_grouping.group_related        puts related stories together on a page
    update_notes.describe_changes         what changed in a story since readers saw it
    digest_documents.digest_document      a page of a digest → one document
    published_entries.story_entry         a story → one entry, with the title and text of ``entry_content``
    issue_entries.issue_entry             an issue of an edition → one entry
    operator_feed.operator_feed           alerts → the operator feed
    feed_formats.render_digest            → Atom (``atom``), RSS (``rss``), JSON Feed, HTML (``html_page``)
    opml_writer.render_opml               feeds → OPML
    text_differences.compare_texts        what a copy changed, for the page of a story

Everything except ``file_writer`` is pure: the same value gives the same bytes, without clock, database or
network. The store selects the stories of a page; ``web`` serves the bytes.
"""
