"""Serves the digests, the pages and the API over HTTP.

What happens to a request, in order:

    app.create_app                  the routes
    web_queries                     what they ask the rest of the program; ``ReadModel`` answers
    render_cache                    rendered digests, as long as nothing changed
    html_pages, explanations        the pages beside the digest, and their sentences
    api.add_api                     the same data as JSON
    http_caching.respond            validators, 304, compression, security headers
    error_pages, request_metrics    failures, and counters of all responses
    push_endpoints.add_push         the callbacks of hubs

Nothing here is stored.
"""
