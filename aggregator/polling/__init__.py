"""How is a feed or page asked for, politely and safely, and when is it asked again?

    addresses, resolving, connecting   which addresses may be asked, and that no other is
    speaking, transport                HTTP on one connection, and which connection carries a request
    locations, reading, decoding       what is asked, and what comes back
    failures, fetch                    what goes wrong; one request, bounded in time and size, as a value
    robots, hosts, quiet               what a host allows, which names are one host, when it is left alone
    validators, freshness, pauses      what an answer says of the next request
    moves, connectivity, privacy       where a feed is by now, whose fault a failure is, who may read it
    judging, schedule, backfill        what a poll came to, when and where the next one is, what is older
    links, offers, leases              who would push news to us, and for how long
    websub, rsscloud                   the words for it

What the answers contain is read elsewhere: feed documents in ``parsing``, pages in
``extraction``.
"""
