"""How is a feed or page asked for, politely and safely, and when is it asked again?

    addresses, resolving, connecting   which addresses may be asked, and that no other is
    locations, decoding, failures      what is asked, what comes back, what goes wrong
    fetch                              one GET, bounded in time and size, as a value
    robots, hosts                      what a host allows, and which names are one host
    validators, freshness, pauses      what an answer says of the next request
    schedule                           when the next poll is

What the answers contain is read elsewhere: feed documents in ``parsing``, pages in
``extraction``.
"""
