"""The steps of the pipeline; each claims work, lets pure modules decide, and commits.

In the order in which an entry meets them:

    poll_feed           polls a feed and stores new entries (poll_feed), through host_request and ingest
    backfill            reads an older document of a new feed (read_older_document)
    push_subscriptions  subscribes to hubs (request_subscription); push_delivery stores what they send
    read_article        fetches an article's page (read_article), through host_request and article_text
    remove_boilerplate  removes lines that the page shows to be boilerplate from the outlet's other texts
    merge_articles      finds copies of the article, joins or creates a story (merge_next), then
                        recluster_stories reclusters its neighbours and canonical_copy chooses the canonical copy
    publish_stories     publishes stories whose hold is over (publish_stories)
    edition_issues      makes the issues of editions (make_due_issues)
    revisit_page        fetches the page again and stores a changed text (update_text)
    expire_entries      deletes expired entries in small batches (EntryExpiry)

Outside of this order: reapply_rules (edited rules), apply_ruling (manual decisions), clock_skew, update_alerts,
discover_feeds.
``pipeline`` runs the steps; ``service`` holds what they share.
"""
