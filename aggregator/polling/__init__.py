"""Sends requests politely and safely, and decides when the next one is due.

The steps of one poll, in the order in which they happen (``steps.poll_feed`` calls those marked *):

    request_identity *     User-Agent and headers from the configuration (identity_of_feed)
    fetch *                one request within its limits, with its redirects (Fetcher.get):
      request_urls           parses the URL (parse_url) and the target of a redirect (redirect_target)
      transport              takes an idle connection from the pool, or opens one (GuardedTransport)
      name_resolution        resolves the host name (permitted_addresses), checked by ip_address_rules (AddressRule)
      connector              connects to a checked address (Connector.connect)
      http11_connection      writes the request and reads the response (Http11Connection), whose head response_head
                             repairs (repair_head)
      response_body          reads headers and body (read_body), decoded by content_decoding (BodyDecoder)
      request_cookies        keeps the cookies of the request's redirects for the rest of it (RequestCookies)
      request_progress       makes the outcome (RequestProgress); a document that is whole (document_end) is one
      time_limit             limits the time, less the stalls of our own event loop (TimeLimit)
      fetch_errors           turns an exception into an outcome (classify_request_error)
    permanent_redirects *  the https URL to try if the host refuses http (https_url_of)
    connectivity           failures of this machine (Connectivity.is_offline); if so,
                           schedule.plan_offline plans the next poll
    schedule *             plans the next poll (plan_poll):
      poll_result            classifies the outcome (classify_poll), and collects intervals from
                             freshness (remaining_freshness, retry_after)
      poll_interval          chooses one interval (choose_interval)
      permanent_redirects    the URL of the next poll (next_address)
    validators *           the validators of the next conditional request (next_validators)
    private_feeds *        whether the feed is private (is_private_after)
    backfill_plan *        the first older document of a new feed (backfill_after_feed)
    push_discovery         the hub or cloud of the feed (discover_push, choose_push_offer), with link_headers

Used before and after a poll: host_identity (``HostGrouping.key``: the host to claim) and host_backoff (the backoff of
a host after any other request).

Requests for pages use robots_txt (``RobotsTxt.allows``) and revisit_schedule. Requests to hubs are built and checked
by websub and rsscloud; subscription_leases says when the next one is due.

``parsing`` reads feed documents, ``extraction`` reads pages.
"""
