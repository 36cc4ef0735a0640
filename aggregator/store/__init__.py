"""Stores everything in one database: SQLite or PostgreSQL.

Each function takes an open session; the step that calls it opens the transaction (``database.Database``). The
store imports values and decides nothing: steps pass the results of ``polling``, ``dedup`` and the other packages.
In the order in which an entry passes through:

    schema_migration.migrate           creates the tables of ``tables``
    feeds.apply_configured_feeds       makes the feeds agree with the configuration
    host_claims.claim_hosts            claims hosts, each for one feed or one page
    tombstones.drop_expired            leaves out the entries that were deleted before
    entries.add_entries                stores new entries with their articles
    poll_records.record_poll           stores the result of a poll
    hosts.release_host                 releases a host after its request
    page_claims.longest_due_pages      chooses the page of a host
    articles.article_source            reads the feeds' values for an article
    articles.replace_article_text      stores a text, its alias URLs and its sketch
    merge_queries.next_ready_article   reads the article that is placed next
    merge_queries.find_candidates      reads the articles that it may be a copy of
    stories.create_story, add_copy     creates a story, or adds a copy to one
    stories.publish_settled            publishes stories
    digest_queries.select_stories      selects the stories of a digest
    stored_issues.store_issue          stores an edition issue
    expiry.delete_expired              deletes expired entries

Besides: ``rulings`` stores manual decisions, ``subscriptions`` and ``hub_request_queue`` push subscriptions,
``alerts`` what needs a person; ``backup`` copies the database.
"""
